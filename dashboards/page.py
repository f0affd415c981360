"""One self-contained HTML page over the published marts: figures and tables in HTML, charts on top of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dashboards import shown, view
from dashboards.charts import chart_rows
from dashboards.facts import Facts, gather
from dashboards.formats import write_whole
from dashboards.panels import PANELS
from dashboards.reading import rows_for_panels
from dashboards.standing import Standing, State, overall, read_held_back, read_standing
from dashboards.tiles import tiles
from lake import zones
from lake.errors import LakeError
from lake.marts import MartFiles, PublishedMart, mart_files, read_mart
from lake.tables import MART_NAMES
from lake.workspace import Workspace

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
DRAWN = frozenset(panel.mart for panel in PANELS)
SCRIPTS = (HERE / "vendor" / "echarts.min.js", TEMPLATES / "page.js")


@dataclass(frozen=True)
class PageReport:
    """What was drawn. `bytes` is the page's size; `data_through` a UTC day; `state` the worst standing of a mart."""

    location: str
    bytes: int
    period: str
    data_through: str
    currency: str
    billed_cost: Decimal
    state: State
    standings: tuple[Standing, ...]


def draw(ws: Workspace, to: Path | None = None) -> PageReport:
    """Draw the page from the marts as published now, into the lake and, if given, also to the file `to`.

    Raises LakeError when a mart is missing or `to` cannot be written; then the page in the lake stays as it was.
    """
    with ws.out.progress("Reading the marts", total=3) as advance:
        marts = {name: _published(ws, name) for name in MART_NAMES}
        standings = (
            *(read_standing(ws.store, mart, ws.now) for mart in marts.values()),
            *read_held_back(ws.store),
        )
        advance(what="Summing up")
        facts = gather(
            {name: mart.rows for name, mart in marts.items() if isinstance(mart, PublishedMart)}, ws.now.date()
        )
        advance(what="Writing the page")
        content = _html(ws, facts, standings)
        if to is not None:
            write_whole(to, content, "page")
        ws.store.write(zones.PAGE, content)
        advance()
    return PageReport(
        location=str(to.absolute()) if to is not None else ws.store.location(zones.PAGE),
        bytes=len(content),
        period=facts.scope.period,
        data_through=facts.scope.through.isoformat(),
        currency=facts.scope.currency,
        billed_cost=facts.totals.billed,
        state=overall(standings),
        standings=standings,
    )


def _published(ws: Workspace, name: str) -> PublishedMart | MartFiles:
    """A mart with its rows; one that no panel reads without them: only its standing is told."""
    today = ws.now.date()
    published: PublishedMart | MartFiles | None
    if name in DRAWN:
        published = read_mart(ws.store, name, lambda file: rows_for_panels(file, name, today))
    else:
        published = mart_files(ws.store, name)
    if published is None:
        raise LakeError(
            f"The mart {name} is not published, so there is nothing to draw.",
            where=ws.store.location(zones.published_mart(name)),
            todo="Run `finops build` first.",
        )
    return published


def _html(ws: Workspace, facts: Facts, standings: Sequence[Standing]) -> bytes:
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals.update(shown=shown, State=State)
    scripts = [path.read_text(encoding="utf-8") for path in SCRIPTS]
    validated = [one for one in standings if one.state is State.VALIDATED]
    # Markup stands only around our own files and around JSON that script_json escaped.
    text = environment.get_template("page.html.j2").render(
        policy=_policy(scripts),
        style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),  # noqa: S704  # nosec B704
        scripts=[Markup(script) for script in scripts],  # noqa: S704  # nosec B704
        marts_json=Markup(shown.script_json(chart_rows(facts))),  # noqa: S704  # nosec B704
        tiles=tiles(facts, frozenset(one.mart for one in validated)),
        standings=standings,
        overall=overall(standings),
        validated_by=", ".join(sorted({one.run_id for one in validated})),
        run_id=ws.run_id,
        drawn_at=f"{ws.now:%Y-%m-%d %H:%M} UTC",
        **view.context(facts),
    )
    return text.encode()


def _policy(scripts: Sequence[str]) -> str:
    # Only these very scripts may run: text that slipped through the escaping could still do nothing.
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
