"""The same ledger in every form of bill: the marts must not be able to tell which form it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingestion.synthetic.discounts import AGREEMENT
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from tests.pipeline.conftest import Built, workspace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("forms"),
    pytest.mark.usefixtures("without_checks"),
]

MARTS = (
    *("daily_costs", "monthly_costs", "allocated_costs", "idle_resources", "rightsizing_recommendations"),
    *("commitment_usage", "commitment_coverage", "effective_savings_rates", "team_costs", "tag_coverage"),
    *("cost_breakdowns", "snapshots", "recommendation_history"),
)
# What a mart may say of its source: nothing else may differ between forms.
OF_THE_DELIVERY = ("delivery_id", "source", "source_file")
FORMS_THAT_ARE_READ = ("cur2-csv", "legacy-parquet", "legacy-csv")


@pytest.fixture(scope="module")
def two_months() -> Ledger:
    """May 2026 whole and June to the 4th, with everything that a company may have."""
    return build_ledger(date(2026, 5, 1), 2, date(2026, 6, 4), 7, wide=True, payers=2, terms=AGREEMENT)


def _build(ledger: Ledger, form: str, folder: Path) -> Built:
    from dbt_project.build import build
    from ingestion.land import ingest

    FORMS[form](ledger, folder / "bills")
    ws = workspace(folder / "lake")
    with ws.store.locked():
        ingest(ws, str(folder / "bills"))
        build(ws)
    return Built(ws, ledger)


@pytest.fixture(scope="module")
def as_cur2_parquet(two_months: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    yield _build(two_months, "cur2-parquet", tmp_path_factory.mktemp("cur2-parquet"))


@pytest.fixture(scope="module", params=FORMS_THAT_ARE_READ)
def as_another_form(
    two_months: Ledger, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Built]:
    yield _build(two_months, request.param, tmp_path_factory.mktemp(request.param))


def _rows(built: Built, mart: str) -> list[tuple]:
    columns = [
        name for name, *_ in built.rows(f"select column_name from (describe {mart})") if name not in OF_THE_DELIVERY
    ]
    # A legacy report carries no account names: there the name is the id.
    shown = ", ".join("sub_account_id" if name == "sub_account_name" else name for name in columns)
    return built.rows(f"select {shown} from {mart} order by all")


@pytest.mark.parametrize("mart", MARTS)
def test_every_row_of_a_mart_is_the_same_in_each_form(as_cur2_parquet: Built, as_another_form: Built, mart: str):
    wanted = _rows(as_cur2_parquet, mart)
    assert wanted
    assert _rows(as_another_form, mart) == wanted


def test_a_form_without_account_names_shows_ids_in_their_place(as_another_form: Built):
    names = as_another_form.rows("select distinct sub_account_id, sub_account_name from daily_costs")
    has_names = (Path(as_another_form.ws.store.uri).parent / "bills" / "cur2").exists()
    assert all((name != account) == has_names for account, name in names)


def test_the_total_of_each_form_is_the_ledger_s(as_another_form: Built):
    told = as_another_form.rows(
        "select billing_period, billing_account_id, billing_currency, sum(billed_cost) "
        "from daily_costs group by 1, 2, 3"
    )
    assert {tuple(key): billed for *key, billed in told} == {
        (period.billing_period, period.billing_account_id, period.billing_currency): period.billed
        for period in as_another_form.ledger.truth.periods
    }
