"""The accounts of the example company and the tags its teams put on resources. None of the ids is real."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """A member account; `product` is its value of the cost category `product`, empty for shared accounts."""

    id: str
    name: str
    product: str = ""


MANAGEMENT = Account("100000000001", "management")
PAYMENTS = Account("100000000002", "payments-prod", "payments")
ANALYTICS = Account("100000000003", "data-prod", "analytics")
WEB = Account("100000000004", "web-prod", "storefront")
STAGING = Account("100000000005", "staging")
SHARED = Account("100000000006", "shared")
# Only a wide company has these. The first two share commitments with each other and with the payer.
PLATFORM = Account("100000000007", "platform-prod", "platform")
SANDBOX = Account("100000000008", "sandbox")
BATCH = Account("100000000009", "batch-prod", "analytics")
REPORTS = Account("100000000010", "reports-prod", "analytics")
TOOLS = Account("100000000011", "tools")
ARCHIVE = Account("100000000012", "archive-prod", "analytics")

# Account ids of one copy of the company lie together: see scale.py.
_FIRST_ID, IDS_PER_COPY = 100_000_000_000, 1000


def copy_of(account: Account) -> int:
    """Which copy of the company an account belongs to; 0 is the company itself."""
    return (int(account.id) - _FIRST_ID) // IDS_PER_COPY


ACCOUNTS = (MANAGEMENT, PAYMENTS, ANALYTICS, WEB, STAGING, SHARED)


@dataclass(frozen=True)
class Payer:
    """Who is invoiced for an organisation: its management account, in `currency`, by a company of AWS (`seller`).

    Each payer's bills come by exports of its own, named after it; `tax` is what the seller has to add.
    """

    account: Account
    name: str
    currency: str = "USD"
    seller: str = "Amazon Web Services, Inc."
    tax: str = "US Sales Tax"

    @property
    def export(self) -> str:
        """The name of its hourly report."""
        return f"{self.name}-hourly"


COMPANY = Payer(MANAGEMENT, "company")


@dataclass(frozen=True)
class Tags:
    """Who answers for a resource, as cost allocation tags. A blank value means that the tag is absent.

    `in_capitals` is how somebody typed the keys who did not know the others'.
    """

    owner: str = ""
    team: str = ""
    environment: str = ""
    cost_center: str = ""
    project: str = ""
    in_capitals: bool = False

    def normalized(self) -> tuple[tuple[str, str], ...]:
        """As in `resource_tags`: keys lower-cased with a `user_` prefix."""
        pairs = (
            ("user_owner", self.owner),
            ("user_team", self.team),
            ("user_environment", self.environment),
            ("user_cost_center", self.cost_center),
            ("user_project", self.project),
        )
        return tuple((key, value) for key, value in pairs if value)

    def raw(self) -> tuple[tuple[str, str], ...]:
        """As in `tags`: keys as people wrote them, with the prefix of their kind."""
        return tuple((f"resourceTags/{self._typed(RAW_KEYS[key])}", value) for key, value in self.normalized())

    def _typed(self, key: str) -> str:
        kind, _, name = key.partition(":")
        return f"{kind}:{name.upper()}" if self.in_capitals else key


RAW_KEYS = {
    "user_owner": "user:Owner",
    "user_team": "user:Team",
    "user_environment": "user:Environment",
    "user_cost_center": "user:CostCenter",
    "user_project": "user:Project",
}

UNTAGGED = Tags()
PAYMENTS_TEAM = Tags("maria.lopez", "payments", "production", "CC-1001")
ANALYTICS_TEAM = Tags("jonas.weber", "analytics", "production", "CC-2002")
WEB_TEAM = Tags("aisha.khan", "storefront", "production", "CC-3003")
STAGING_TEAM = Tags("tom.berg", "storefront", "staging", "CC-3003")
PLATFORM_TEAM = Tags("", "platform", "production", "CC-9009")
