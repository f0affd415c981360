"""A small language for functions: `strpos(varchar, varchar) -> bigint : strpos({0}, {1})`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tests.support.local_aws import types
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.names import Typed
from tests.support.local_aws.types import Type, common, turns_into


@dataclass(frozen=True)
class Signature:
    """One form of a function. A capital letter stands for any type, the same one wherever it comes again."""

    name: str
    params: tuple[str, ...]
    result: str
    template: str
    is_variadic: bool = False

    def expand(self, count: int) -> tuple[str, ...] | None:
        if self.is_variadic and count >= len(self.params):
            return self.params + (self.params[-1],) * (count - len(self.params))
        return self.params if count == len(self.params) else None


def parse(text: str) -> dict[str, list[Signature]]:
    """Signatures by name, in the order in which they are tried."""
    found: dict[str, list[Signature]] = {}
    for line in text.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, template = line.split(" : ", 1)
        call, result = head.rsplit(" -> ", 1)
        name, inside = re.fullmatch(r"(\w+)\((.*)\)", call.strip()).groups()  # type: ignore[union-attr]
        is_variadic = inside.endswith("...")
        params = tuple(split_types(inside.removesuffix("...")))
        found.setdefault(name, []).append(Signature(name, params, result.strip(), template.strip(), is_variadic))
    return found


def split_types(text: str) -> list[str]:
    """Types at the top level of a list."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


@lru_cache(maxsize=512)
def _shape(pattern: str) -> tuple[str, tuple[str, ...]]:
    found = re.fullmatch(r"(\w+)\((.*)\)", pattern)
    return (found[1], tuple(split_types(found[2]))) if found else (pattern, ())


CLASSES = {
    "number": lambda kind: kind.is_number,
    "moment": lambda kind: kind.name in ("date", "timestamp", "timestamp_tz"),
    "text": lambda kind: kind.is_text,
}


def binds(pattern: str, kind: Type, bound: dict[str, Type]) -> bool:
    """Whether a type fits a pattern; notes what its letters stand for."""
    name, parts = _shape(pattern)
    letter, _, restriction = name.partition("_")
    if len(letter) == 1 and letter.isupper():
        if restriction and kind != types.UNKNOWN and not CLASSES[restriction](kind):
            return False
        shared = common(bound[letter], kind) if letter in bound else kind
        if shared is None:
            return False
        bound[letter] = shared
        return True
    if kind == types.UNKNOWN:
        return True
    if name in ("array", "map"):
        return kind.name == name and all(binds(p, k, bound) for p, k in zip(parts, kind.args, strict=True))
    if name == "any" or name in CLASSES:
        return name == "any" or CLASSES[name](kind)
    if name in ("varchar", "varbinary", "json"):
        return kind.name == name or (name == "varchar" and kind.is_text)
    if name == "timestamp":
        return kind.name in ("date", "timestamp")
    return turns_into(kind, Type(name, ()) if name != "timestamp_tz" else types.timestamp_tz())


def build(pattern: str, bound: dict[str, Type]) -> Type:
    """The type that a pattern is, its letters known."""
    name, parts = _shape(pattern)
    letter = name.partition("_")[0]
    if len(letter) == 1 and letter.isupper():
        return bound.get(letter, types.UNKNOWN)
    if name in ("array", "map"):
        return Type(name, tuple(build(part, bound) for part in parts))
    if name in ("decimal", "timestamp", "timestamp_tz"):
        return Type(name, tuple(int(part) for part in parts) or (3,))
    return Type(name)


def apply(signature: Signature, args: list[Typed]) -> Typed | None:
    """The call in DuckDB's SQL, or None when the arguments do not fit."""
    params = signature.expand(len(args))
    bound: dict[str, Type] = {}
    if params is None or not all(binds(p, arg.type, bound) for p, arg in zip(params, args, strict=True)):
        return None
    held = [_held(p, arg, bound) for p, arg in zip(params, args, strict=True)]
    spread = ", ".join(arg.sql for arg in held)
    sql = signature.template.format(*(arg.sql for arg in held), all=spread)
    return Typed(sql, build(signature.result, bound))


def _held(pattern: str, arg: Typed, bound: dict[str, Type]) -> Typed:
    if pattern == "any" or pattern in CLASSES or (arg.type == types.UNKNOWN and "(" in pattern):
        return arg
    if pattern in ("timestamp", "varchar"):
        target = (
            types.timestamp(arg.type.args[0] if arg.type.name == "timestamp" else 0) if pattern == "timestamp" else None
        )
        return (
            held_as(arg, target)
            if target and arg.type.name == "date"
            else held_as(arg, types.VARCHAR)
            if arg.type == types.UNKNOWN
            else arg
        )
    return held_as(arg, build(pattern, bound))
