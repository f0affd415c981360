"""Colours that people tell apart, also those who see red, green or blue differently, on a light and a dark page.

Deficiencies as in Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision
Deficiency (2009), at full severity, on linear RGB. Distances are those of CIE L*a*b*: 2.3 is just noticeable. Contrast
as in WCAG 2.2: 3 for what is drawn (1.4.11), 4.5 for text (1.4.3).
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "dashboards" / "templates" / "page.css").read_text()
SEEN = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
Linear = tuple[float, ...]
# Clearly apart at a glance, in small areas that may not touch.
APART = 12


def colours(scheme: str) -> dict[str, str]:
    """The page's colours by name; what the dark scheme leaves out is as in the light one."""
    blocks = re.findall(r":root\{(.*?)\}", CSS, re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z0-9]+):(#[0-9a-f]{3,6})", block)) for block in blocks[:2])
    return light | dark if scheme == "dark" else light


def linear(colour: str) -> Linear:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def times(matrix: tuple[tuple[float, ...], ...], vector: Linear) -> Linear:
    return tuple(sum(one * other for one, other in zip(row, vector, strict=True)) for row in matrix)


def lab(seen: Linear) -> Linear:
    to_xyz = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    clipped = tuple(min(1.0, max(0.0, part)) for part in seen)
    scaled = [part / white for part, white in zip(times(to_xyz, clipped), (0.95047, 1.0, 1.08883), strict=True)]
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: str, other: str, seen: str) -> float:
    ends = (lab(times(SEEN[seen], linear(colour))) for colour in (one, other))
    return float(sum((a - b) ** 2 for a, b in zip(*ends, strict=True)) ** 0.5)


def contrast(one: str, other: str) -> float:
    bright = sorted(sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("seen", SEEN)
def test_any_two_services_can_be_told_apart(scheme: str, seen: str) -> None:
    found = colours(scheme)
    series = [found[f"s{number}"] for number in range(1, 10)]
    close = [(one, other) for one, other in combinations(series, 2) if distance(one, other, seen) < APART]
    assert close == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("seen", SEEN)
def test_parts_of_one_bar_can_be_told_apart(scheme: str, seen: str) -> None:
    found = colours(scheme)
    for one, other in (("before", "s1"), ("s1", "s2"), ("s1", "s3"), ("s3", "before")):
        assert distance(found[one], found[other], seen) >= APART, (one, other)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_drawn_stands_out_from_the_card(scheme: str) -> None:
    found = colours(scheme)
    names = ["before", *(f"s{number}" for number in range(1, 10))]
    assert {name: found[name] for name in names if contrast(found[name], found["card"]) < 3} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str) -> None:
    found = colours(scheme)
    for name in ("ink", "quiet", "accent", "good", "bad", "warn"):
        for under in ("page", "card", "grid"):
            assert contrast(found[name], found[under]) >= 4.5, (name, under)


def test_two_reds_a_painter_would_mix_up_are_too_close() -> None:
    assert distance("#c0392b", "#c2412f", "all colours") < APART
    assert distance("#d62728", "#2ca02c", "no green") < distance("#d62728", "#2ca02c", "all colours") / 2
