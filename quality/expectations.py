"""Expectations that Great Expectations lacks, each one SQL query whose rows are the failures.

They are written in the SQL that DuckDB and Athena share. Money is compared as decimals: the built-in sum is a float,
and a float of a large bill cannot see a cent. Great Expectations registers each class under its name in snake case,
which is how the suites call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import great_expectations.expectations as gxe
from great_expectations.compatibility import pydantic

_COUNT = "unexpected_rows_query.row_count"


class _FailingRows(gxe.UnexpectedRowsExpectation):  # type: ignore[misc]
    """Base: a subclass turns its arguments into the query that finds failing rows of `{batch}`, the mart."""

    unexpected_rows_query: str = ""
    # How many rows fail is all that we ask; the rows themselves would be a second statement for every expectation.
    metric_dependencies: ClassVar[tuple[str, ...]] = (_COUNT,)

    @pydantic.root_validator(skip_on_failure=True)  # type: ignore[untyped-decorator]
    def _write_query(cls, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        return {**arguments, "unexpected_rows_query": cls.query(arguments)}

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """SQL that returns one row per failure."""
        raise NotImplementedError

    def _validate(self, metrics: dict[str, Any], *_: object, **__: object) -> dict[str, Any]:
        return {"success": metrics[_COUNT] == 0, "result": {"observed_value": metrics[_COUNT]}}


class ExpectGrainToBeUnique(_FailingRows):
    """No two rows share all of `columns`; nulls count as equal."""

    columns: list[str]

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """One row per grain that occurs more than once."""
        keys = ", ".join(arguments["columns"])
        return f"select {keys}, count(*) as occurrences from {{batch}} group by {keys} having count(*) > 1"  # noqa: S608


class ExpectDigits(_FailingRows):
    """Every text in `column` is exactly `length` decimal digits; nulls are left to another expectation.

    Great Expectations offers no regular expression and no LIKE for either engine.
    """

    column: str
    length: int

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """One row per text that is not such a number."""
        column = arguments["column"]
        return (
            f"select {column} from {{batch}} where length({column}) <> {arguments['length']} "  # noqa: S608
            f"or translate({column}, '0123456789', '') <> ''"
        )


class ExpectAccountIds(_FailingRows):
    """No account id in `column` is what a spreadsheet makes of twelve digits: 8.36E+11, or fewer for a lost zero.

    Ids of other clouds have letters or are far shorter. Where the id in `payer` has more than twelve digits, the bill
    was anonymised and its accounts may be digits of any number. Nulls are left to another expectation.
    """

    column: str
    payer: str

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """One row per id that is damaged."""
        column, payer = arguments["column"], arguments["payer"]
        is_number = f"translate({column}, '0123456789.,eE+-', '') = ''"
        is_digits = f"translate({column}, '0123456789', '') = ''"
        # Four leading zeros that are lost would be one account in ten thousand.
        may_be = f"length({column}) between 1 and 8 or length({column}) >= 12 or length({payer}) > 12"
        return f"select {column} from {{batch}} where {is_number} and not ({is_digits} and ({may_be}))"  # noqa: S608


class ExpectForeignKey(_FailingRows):
    """The values of `columns` occur together in `parent_table`, whose rows of that key all meet `parent_condition`.

    Rows without a key are left to the expectation that keys are not null.
    """

    columns: list[str]
    parent_table: str
    parent_condition: str = "1 = 1"

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """One row per key that has no parent, or has one that fails the condition."""
        columns: Sequence[str] = arguments["columns"]
        keys = ", ".join(columns)
        child_keys = ", ".join(f"child.{column}" for column in columns)
        same = " and ".join(f"parent.{column} = child.{column}" for column in columns)
        known = " and ".join(f"child.{column} is not null" for column in columns)
        return (
            f"select distinct {child_keys} from {{batch}} child left join ("  # noqa: S608
            f"select {keys}, min(case when {arguments['parent_condition']} then 1 else 0 end) as is_good "
            f"from {arguments['parent_table']} group by {keys}) parent on {same} "
            f"where {known} and coalesce(parent.is_good, 0) = 0"
        )


class ExpectTotalToReconcile(_FailingRows):
    """The sum of `column` equals the sum of `measure` in `other_table`, for every value of `by` on either side.

    `column` is `measure` unless given; `condition` restricts the mart's rows, `other_condition` those of the other
    table. Both are decimals, so their sums are exact, and `tolerance` (in the currency of the bill) is zero unless
    given. A side without rows counts as zero.
    """

    measure: str
    other_table: str
    by: list[str]
    column: str = ""
    condition: str = "1 = 1"
    other_condition: str = "1 = 1"
    tolerance: Decimal = Decimal(0)

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """One row per group whose totals differ by more than the tolerance."""
        by: Sequence[str] = arguments["by"]
        keys = ", ".join(by)
        either = ", ".join(f"coalesce(mine.{key}, other.{key}) as {key}" for key in by)
        same = " and ".join(f"mine.{key} = other.{key}" for key in by)
        column = arguments["column"] or arguments["measure"]
        mine = f"select {keys}, sum({column}) as total from {{batch}} where {arguments['condition']} group by {keys}"  # noqa: S608
        other = (
            f"select {keys}, sum({arguments['measure']}) as total from {arguments['other_table']} "  # noqa: S608
            f"where {arguments['other_condition']} group by {keys}"
        )
        return (
            f"select {either}, mine.total as total, other.total as other_total "  # noqa: S608
            f"from ({mine}) mine full outer join ({other}) other on {same} "
            f"where abs(coalesce(mine.total, 0) - coalesce(other.total, 0)) > {arguments['tolerance']:f}"
        )


class ExpectNewestDayToBeRecent(_FailingRows):
    """The newest day in `column`, among rows that meet `condition`, is `not_before` or later.

    Days after `not_after` do not count: recurring fees are billed ahead, and would make any old bill look fresh.
    Both are ISO dates. Without a single such day the expectation fails.
    """

    column: str
    not_before: str
    not_after: str
    condition: str = "1 = 1"

    @classmethod
    def query(cls, arguments: dict[str, Any]) -> str:
        """One row, the newest day, if it is too old or missing."""
        newest = f"max({arguments['column']})"
        return (
            f"select {newest} as newest_day from {{batch}} "  # noqa: S608
            f"where {arguments['condition']} and {arguments['column']} <= date '{arguments['not_after']}' "
            f"having {newest} is null or {newest} < date '{arguments['not_before']}'"
        )
