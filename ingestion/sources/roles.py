"""What the columns of a form of bill are for: the landing speaks of these roles, never of a form's own names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Roles:
    """A form's columns, as its dictionary calls them, by what they tell. "" stands for none; conditions are SQL.

    `cost` is what a line was billed; `net_cost`, of forms that have it, is that after discounts that stand on no line
    of their own. `split_parent` is filled on lines that share out the cost of another one. `is_usage` are the lines
    that are metered as time goes by, `is_discount` those that are a negotiated discount, and `hours` how long a line
    lasts. `account_rules` are the columns with account ids and what a sound one is. `line_id` tells a line from all
    others of its hour. `provider` is who sells, in forms that other clouds write, too, and `is_aws` tells AWS's own
    lines. The conditions may speak of required columns and of those in `optional`; `cost` is there on every line.
    """

    payer: str
    sub_account: str
    seller: str
    currency: str
    cost: str
    net_cost: str
    invoice: str
    period_start: str
    charge_start: str
    split_parent: str
    is_usage: str
    is_discount: str
    hours: str
    account_rules: tuple[tuple[str, str], ...]
    line_id: str = ""
    provider: str = ""
    is_aws: str = "true"

    @property
    def optional(self) -> tuple[str, ...]:
        """The columns that a bill is counted by where it has them."""
        return tuple(column for column in (self.net_cost, self.sub_account) if column)


def _is_twelve_digits(account: str) -> tuple[str, str]:
    return account, f"regexp_full_match({account}, '[0-9]{{12}}')"


def _interval_end(part: int) -> str:
    return f"try_cast(split_part(identity_time_interval, '/', {part}) as timestamp)"


# Both forms of the Cost and Usage Report.
CUR = Roles(
    payer="bill_payer_account_id",
    sub_account="line_item_usage_account_id",
    # Who sells: Amazon Web Services, Inc., its local companies, sellers on the marketplace.
    seller="line_item_legal_entity",
    currency="line_item_currency_code",
    cost="line_item_unblended_cost",
    net_cost="line_item_net_unblended_cost",
    invoice="bill_invoice_id",
    period_start="bill_billing_period_start_date",
    charge_start="line_item_usage_start_date",
    # Pod and task rows split the cost of a host row that is on the bill too; AWS may leave their own cost blank.
    split_parent="split_line_item_parent_resource_id",
    is_usage=(
        "line_item_line_item_type in ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation')"
    ),
    is_discount="line_item_line_item_type like '%Discount'",
    # Usage keeps its hours in a daily report; how the report is cut, only the interval of the line says.
    hours=f"date_diff('hour', {_interval_end(1)}, {_interval_end(2)})",
    account_rules=tuple(map(_is_twelve_digits, ("bill_payer_account_id", "line_item_usage_account_id"))),
    line_id="identity_line_item_id",
)
