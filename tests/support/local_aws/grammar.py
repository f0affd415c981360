"""sqlglot's tree of a statement, in which every function stands under the name that the statement gives it."""

from __future__ import annotations

import threading
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.athena import Athena
from sqlglot.dialects.trino import Trino

from tests.support.local_aws import known
from tests.support.local_aws.errors import MalformedQueryError

# Functions whose arguments have a syntax of their own; all others are plain calls.
SPECIAL = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "SUBSTRING", "LISTAGG")


class PlainTrino(Trino):
    """Trino without sqlglot's knowledge of functions, which would rename them and change their arguments."""

    INDEX_OFFSET = 0

    class Parser(Trino.Parser):
        FUNCTIONS: dict = {}  # noqa: RUF012
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: parse for name, parse in Trino.Parser.FUNCTION_PARSERS.items() if name in SPECIAL
        }
        FUNC_TOKENS = Trino.Parser.FUNC_TOKENS


# Of statements that came first and at once, one was read with another dialect's functions: seen once in many runs.
_reading = threading.Lock()


@lru_cache(maxsize=4096)
def _query(sql: str) -> exp.Expression:
    try:
        with _reading:
            tree = sqlglot.parse_one(sql, read=PlainTrino)
    except sqlglot.errors.SqlglotError as error:
        raise MalformedQueryError(str(error).split("\n")[0]) from error
    known.check(tree)
    return tree


def query(sql: str) -> exp.Expression:
    """A statement in Trino's language. Never change the tree: it is kept."""
    return _query(sql)


def hive(sql: str) -> exp.Expression:
    """A statement in Hive's language, as Athena's DDL is."""
    try:
        with _reading:
            return sqlglot.parse_one(sql, read=Athena)
    except sqlglot.errors.SqlglotError as error:
        raise MalformedQueryError(str(error).split("\n")[0]) from error
