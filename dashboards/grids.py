"""How a panel stands on the page: tables of text, charts with their words, lists with their sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboards import shown

# As many rows of a list as a reader scrolls through; the mart has the others.
ROWS = 200


@dataclass(frozen=True)
class Grid:
    """A table: headings, which of them are numbers, and rows of text. `caption` says what the rows are.

    `accounts` has the account id of each row, where a reader may choose one; `wide` are columns of sentences, `short`
    those that stay on one line.
    """

    caption: str
    columns: tuple[str, ...]
    numbers: frozenset[int]
    rows: tuple[tuple[str, ...], ...]
    accounts: tuple[str, ...] = ()
    wide: frozenset[int] = field(default=frozenset())
    short: frozenset[int] = field(default=frozenset())


@dataclass(frozen=True)
class ChartView:
    """A chart's words: `label` is what a screen reader says for the picture.

    `is_measured` puts the chosen measure before `sub`; `lead` is a sentence that is true of what the page opens with.
    `by_account` says whether it follows the account that a reader chose. `empty` is told where nothing is drawn.
    Of several `choices`, value and words, one is drawn; `choose` is what is chosen, the first is drawn first.
    """

    id: str
    title: str
    sub: str
    label: str
    grid: Grid
    width: str
    is_empty: bool = False
    swatches: tuple[tuple[str, str], ...] = field(default=())
    is_measured: bool = False
    by_account: bool = False
    lead: str = ""
    empty: str = ""
    choose: str = ""
    choices: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class ListView:
    """A list's words and rows; `empty` is told where there are none."""

    id: str
    title: str
    sub: str
    grid: Grid
    width: str
    empty: str
    by_account: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is no row."""
        return not self.grid.rows


Section = ChartView | ListView


def largest(rows: int, of: int, noun: str, plural: str = "") -> str:
    """How many of how many rows are shown."""
    return f"The largest {rows:,} of {shown.count(of, noun, plural)}" if rows < of else shown.count(of, noun, plural)
