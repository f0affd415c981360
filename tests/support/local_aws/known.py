"""The parts of a statement that this emulator looks at. Any other part is refused: unseen, it would be passed over."""

from __future__ import annotations

from sqlglot import exp

from tests.support.local_aws.errors import refuse

TWO_SIDES = """
Add And Div DPipe Dot EQ Escape Except Extract Filter GT GTE Intersect Is Like LT LTE Mod Mul NEQ NullSafeEQ NullSafeNEQ
Or Sub Union
"""

PARTS = """
All: this | Alias: alias this | Anonymous: this expressions | Any: this | Array: expressions
AtTimeZone: this zone | Between: this low high | Boolean: this | Bracket: this expressions
CTE: this alias | Case: this ifs default | Cast: this to
Column: this table db catalog | ColumnDef: this kind | Cube: expressions | CurrentDate: | CurrentTimestamp:
CurrentUser: | DataType: this expressions nested | DataTypeParam: this | Delete: this where | Distinct: expressions
Div: typed | Except: distinct order limit offset with_ | Exists: this | Fetch: count direction limit_options
FileFormatProperty: this | From: this | Group: expressions | GroupConcat: this separator | GroupingSets: expressions
Having: this | HexString: this | Identifier: this quoted | If: this true false | IgnoreNulls: this
In: this expressions query | Insert: this expression | Intersect: distinct order limit offset with_
Interval: this unit | Create: this kind expression exists replace properties | Join: this kind side on using
Lambda: this expressions | Lateral: this alias | Like: negate | Limit: expression | LimitOptions: rows
Literal: this is_string | Localtimestamp: | LocationProperty: this | Merge: this using on whens | Neg: this | Not: this
Null: | Offset: expression | Order: this expressions | Ordered: this desc nulls_first | Paren: this
PartitionedByProperty: this | Placeholder: | Properties: expressions | Property: this value | RespectNulls: this
Rollup: expressions | Schema: this expressions | Star: | StrPosition: this substr
Select: distinct expressions from_ group having joins limit offset order where windows with_
Subquery: this alias joins order limit offset with_ | Substring: this start length | Table: this db catalog alias joins
TableAlias: this columns | Trim: this expression position | TryCast: this to safe | Tuple: expressions
Union: distinct order limit offset with_ | Unnest: expressions alias offset | Update: this expressions where
Values: expressions alias joins | Var: this | When: matched condition then | Whens: expressions | Where: this
Window: this alias order over partition_by spec | WindowSpec: kind start start_side end end_side | With: expressions
"""


def _known() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: {"this", "expression"} for name in TWO_SIDES.split()}
    for entry in PARTS.replace("\n", "|").split("|"):
        name, _, parts = entry.strip().partition(":")
        found.setdefault(name, set()).update(parts.split())
    return found


KNOWN = _known()


def check(tree: exp.Expression) -> None:
    """Raise StatementError where a statement has a part that nothing here reads."""
    for node in tree.walk():
        name = type(node).__name__
        if name not in KNOWN:
            raise refuse(f"{name}: {node.sql('trino')[:80]}")
        for part, value in node.args.items():
            if part not in KNOWN[name] and value not in (None, False, [], ""):
                raise refuse(f"{part} of {name}: {node.sql('trino')[:80]}")
