"""The Trino gate: no statement in Trino's language runs that Trino's own grammar, functions and types do not know."""

from __future__ import annotations

import re
import threading
from typing import Any

from tests.support.local_aws.accepted import Accepted
from tests.support.local_aws.errors import MalformedQueryError, fail

# Hive's DDL and Athena's own words are in no Trino grammar.
OTHER_WORDS = {"CREATE", "ALTER", "DROP", "MSCK", "SHOW", "DESCRIBE", "DESC", "OPTIMIZE", "VACUUM"}
NOT_TRINO = re.compile(
    r"(?i)\b(text|string|float|int2|int4|int8|long|hugeint|datetime|bool|str|number|nvarchar|blob)\b"
)
TYPES = {
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "REAL", "DOUBLE", "DECIMAL", "DEC", "NUMERIC",
    "VARCHAR", "CHAR", "VARBINARY", "JSON", "DATE", "TIME", "TIMESTAMP", "ARRAY", "MAP", "ROW", "UUID", "IPADDRESS",
    "HYPERLOGLOG", "P4HYPERLOGLOG", "QDIGEST", "TDIGEST", "GEOMETRY",
}  # fmt: skip
# A unit test of dbt is hundreds of these. The validator takes 4,096 words, and a long statement takes seconds to parse.
LONG = 8_000
CAST = r"""try_cast\('x' as (?:[^()]|\([^()]*\))*\) as "x",? """
REPEATED = re.compile(rf"({CAST})\1+"), re.compile(rf"(select (?:{CAST})+ ?union all )\1+")
TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_]\w*|--[^\n]*|/\*.*?\*/|\s+|\b\d[\d.]*\b|.""", re.S)

_accepted = Accepted()
_lock = threading.Lock()


def trino_part(sql: str) -> str | None:
    """What of a statement is in Trino's language: all of it, the query of UNLOAD, or nothing."""
    from tests.support.local_aws.statements import bare

    text = bare(sql)
    word = (re.match(r"\w+", text) or [""])[0].upper()
    if word == "UNLOAD":
        found = re.fullmatch(r"(?is)unload\s*\((.*)\)\s*to\s*'[^']+'\s*with\s*\(.*\)", text)
        return found[1].strip() if found else text
    if word == "CREATE" and "`" not in text:
        return (
            text
            if re.match(r"(?is)create\s+(or\s+replace\s+)?(view|table)\b(?!.*\brow\s+format\b)", text)
            and (re.search(r"(?is)\bas\b\s*\(*\s*(select|with|values|table)\b", text))
            else None
        )
    return None if word in OTHER_WORDS else text


def shape(sql: str) -> str:
    """A statement without what grammar does not look into: literals, names in quotes, comments, blanks."""

    def one(found: re.Match[str]) -> str:
        text = found[0]
        if text[0] in "'\"" and len(text) > 1:
            return f"{text[0]}x{text[0]}"
        if text.startswith(("--", "/*")) or text.isspace():
            return " "
        return "0" if text[0].isdigit() else text

    return re.sub(r"\s+", " ", TOKEN.sub(one, sql)).strip()


def folded(text: str) -> str:
    """A long statement with what it says over and over said once: each type of the values that dbt casts stays."""
    if len(text) < LONG:
        return text
    text = re.sub(r"(?i)try_cast\((?:null|true|false|-? ?0) as", "try_cast('x' as", shape(text))
    for repeated in REPEATED:
        text = repeated.sub(r"\1", text)
    return text


def grammar(sql: str) -> None:
    """Refuse what Trino's grammar does not know, as StartQueryExecution does. Each shape is parsed once."""
    text = trino_part(sql)
    if text is None:
        return
    kept = shape(text)
    if kept in _accepted:
        return
    text = folded(text)
    with _lock:
        _parsed(text)
    from trino_sql_validator import validate

    told = validate(text, jinja="reject")
    if not told.valid:
        where = told.error
        line, column = (where.line or 1, where.column or 1) if where is not None else (1, 1)
        raise MalformedQueryError(f"line {line}:{column}: {where.message if where else 'not valid'}")
    _accepted.add(kept)


def _parsed(text: str) -> Any:
    from antlr4 import CommonTokenStream, InputStream, PredictionMode
    from antlr4.error.ErrorListener import ErrorListener
    from trino_query_parser.SqlBaseLexer import SqlBaseLexer
    from trino_query_parser.SqlBaseParser import SqlBaseParser

    class Listener(ErrorListener):
        def syntaxError(self, recognizer, symbol, line, column, message, error):  # noqa: N802
            found = re.split(r" expecting ", message, maxsplit=1)
            expecting = f". Expecting: {found[1]}" if len(found) > 1 else ""
            raise MalformedQueryError(f"line {line}:{column + 1}: {found[0].lower()}{expecting}")

    def parse(mode: Any) -> Any:
        lexer = SqlBaseLexer(InputStream(text.upper()))
        parser = SqlBaseParser(CommonTokenStream(lexer))
        for one in (lexer, parser):
            one.removeErrorListeners()
            one.addErrorListener(Listener())
        parser._interp.predictionMode = mode
        return parser.singleStatement()

    try:
        return parse(PredictionMode.SLL)
    except MalformedQueryError:
        return parse(PredictionMode.LL)


def _check_types(tree: Any) -> None:
    """Types that stand in the statement, against those that Trino has."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node).__name__ == "GenericTypeContext":
            name = node.identifier().getText().strip('"')
            if name.upper() not in TYPES:
                line, column = node.start.line, node.start.column + 1
                raise fail("TYPE_NOT_FOUND", f"line {line}:{column}: Unknown type: {name.lower()}")
        waiting.extend(node.getChildren() if hasattr(node, "getChildren") else ())


def names(sql: str) -> None:
    """Refuse functions and types that Trino does not have, as its analysis does once the statement runs."""
    text = trino_part(sql)
    if text is None:
        return
    text = folded(text)
    from trino_sql_validator import FunctionWarning, TypeWarning, validate

    for one in validate(text, jinja="reject").warnings:
        if isinstance(one, FunctionWarning):
            raise fail("FUNCTION_NOT_FOUND", f"line {one.line}:{one.column}: Function '{one.name}' not registered")
        if isinstance(one, TypeWarning):
            raise fail("TYPE_NOT_FOUND", f"line {one.line}:{one.column}: Unknown type: {one.name}")
    if NOT_TRINO.search(shape(text)):
        with _lock:
            _check_types(_parsed(text))


def kind_of(sql: str) -> tuple[str, str]:
    """StatementType and SubstatementType of a statement that did not come to an end."""
    from tests.support.local_aws.statements import bare

    word = (re.match(r"\w+", bare(sql)) or ["SELECT"])[0].upper()
    if word in ("CREATE", "ALTER", "DROP", "MSCK"):
        return "DDL", word
    if word in ("SHOW", "DESCRIBE", "DESC"):
        return "UTILITY", word
    return "DML", "SELECT" if word in ("WITH", "VALUES") else word
