"""How amounts, days and names are written for a reader. Rounding happens here, and only here."""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥"}
CENT = Decimal("0.01")
UNKNOWN = "–"


def money(amount: Decimal | None, currency: str, *, places: int = 2, signed: bool = False) -> str:
    """`$1,234.50`, `−$3.10`, `CNY 12.00`; a dash for an unknown amount. `signed` puts a plus before a rise."""
    if amount is None:
        return UNKNOWN
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{symbol(currency)}{abs(rounded):,.{places}f}"


def symbol(currency: str) -> str:
    """What is written before an amount."""
    return SYMBOLS.get(currency, f"{currency} ")


def exact(amount: Decimal) -> str:
    """Every digit, without an exponent: what a machine reads out of the page."""
    return format(amount, "f")


def percent(share: Decimal | None) -> str:
    """`7.1%`, without a sign; a dash when unknown."""
    return UNKNOWN if share is None else f"{abs(share).quantize(Decimal('0.1'), ROUND_HALF_UP):,}%"


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part in percent of a whole; None of a whole that is zero or a net credit."""
    return part / whole * 100 if whole > 0 else None


def day(value: date) -> str:
    """`22 Nov 2026`."""
    return f"{value.day} {value:%b %Y}"


def month(period: str) -> str:
    """`Nov 2026` from `2026-11`."""
    return f"{date.fromisoformat(period + '-01'):%b %Y}"


def days_of(period: str, last: int | None) -> str:
    """`1–22 Nov` for a month to date, `Nov 2026` for a whole month."""
    if last is None:
        return month(period)
    name = f"{date.fromisoformat(period + '-01'):%b}"
    return f"1 {name}" if last == 1 else f"1–{last} {name}"


def resource(resource_id: str) -> tuple[str, str]:
    """A short name and, for an ARN, the whole of it: the last part is what people look for."""
    if not resource_id.startswith("arn:"):
        return resource_id, ""
    tail = resource_id.rpartition("/")[2].rpartition(":")[2]
    return tail or resource_id, resource_id


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 resource`, `1,204 resources`; `plural` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def script_json(value: object) -> str:
    """JSON that may stand inside a script element: no text in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
