"""Anomalies and forecasts on costs that are told day by day: what must be found, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from benchmarks import anomalies, forecasts
from benchmarks.compiled import compile_models, computed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trend_models")]

FIRST = anomalies.FIRST
Found = list[tuple[int, str]]
Find = Callable[[dict[int, list[float]]], dict[int, Found]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return compile_models([*anomalies.MODELS, *forecasts.MODELS], tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def find(models: dict[str, str]) -> Find:
    """Days (from 0) and directions that are told, by series."""

    def ask(costs: dict[int, list[float]]) -> dict[int, Found]:
        chosen = {name: models[name] for name in anomalies.MODELS}
        with computed(chosen, anomalies.tables(costs)) as engine:
            rows = engine.execute(
                "select cast(sub_account_id as integer), charged_on, direction "
                "from build.int_anomalies__found order by 2"
            ).fetchall()
        told: dict[int, Found] = {series: [] for series in costs}
        for series, day, direction in rows:
            told[series].append(((day - FIRST).days, direction))
        return told

    return ask


def days(cost: Callable[[date], float], count: int = 120, **changed: float) -> list[float]:
    """A cost for each day; `d80=500` is what the 80th costs instead."""
    told = [cost(FIRST + timedelta(days=age)) for age in range(count)]
    for name, amount in changed.items():
        told[int(name[1:])] = amount
    return told


def steady(day: date) -> float:
    return 100 + day.day % 3


def quiet_weekends(day: date) -> float:
    return 30 if day.weekday() >= 5 else 100


def growing(day: date) -> float:
    return 100 * 1.005 ** (day - FIRST).days


def dear_firsts(day: date) -> float:
    return 300 if day.day == 1 else 100


def test_a_day_far_above_or_below_what_was_expected_is_found_and_no_other(find: Find):
    told = find(
        {
            1: days(steady, d80=200),
            2: days(steady, d80=0),
            3: days(quiet_weekends, d80=180),
            4: days(growing, d80=300),
            5: days(lambda _: 0, d80=60),
        }
    )
    assert told == {1: [(80, "up")], 2: [(80, "down")], 3: [(80, "up")], 4: [(80, "up")], 5: [(80, "up")]}


def test_weeks_growth_monthly_days_and_small_change_are_no_news(find: Find):
    told = find(
        {
            1: days(quiet_weekends),
            2: days(growing),
            3: days(dear_firsts),
            4: days(steady, d80=115),
            5: days(lambda _: 4, d80=13),
        }
    )
    assert told == {series: [] for series in range(1, 6)}


def test_a_weekday_that_costs_as_much_as_others_is_news_where_weekends_are_quiet(find: Find):
    saturday = next(age for age in range(80, 90) if (FIRST + timedelta(days=age)).weekday() == 5)
    assert find({1: days(quiet_weekends, **{f"d{saturday}": 100.0})}) == {1: [(saturday, "up")]}


def test_a_change_that_stays_is_told_until_it_is_the_level_and_the_return_from_a_burst_is_not(find: Find):
    told = find(
        {
            1: days(lambda day: 250 if day >= FIRST + timedelta(days=80) else 100),
            2: days(steady, d80=300, d81=300, d82=300),
        }
    )
    assert [age for age, _ in told[1]] == list(range(80, 80 + len(told[1])))
    assert 5 <= len(told[1]) <= 14
    assert told[2] == [(80, "up"), (81, "up"), (82, "up")]


def test_nothing_is_told_before_five_weeks_are_known(find: Find):
    assert find({1: days(steady, count=60, d30=500)}) == {1: []}


def costs_of(cost: Callable[[date], float], fee: float, through: date) -> list[forecasts.Cost]:
    told = []
    for age in range((through - forecasts.FIRST).days + 1):
        day = forecasts.FIRST + timedelta(days=age)
        told.append(forecasts.Cost("000000000001", day, "Daily", Decimal(cost(day))))
        if day.day == 1:
            told.append(forecasts.Cost("000000000001", day, "Monthly", Decimal(fee)))
    return told


def forecast_of(models: dict[str, str], told: list[forecasts.Cost], through: date, columns: str) -> list[tuple]:
    chosen = {name: models[name] for name in forecasts.MODELS}
    with computed(chosen, forecasts.tables(forecasts.known_on(told, through), through)) as engine:
        return engine.execute(
            f"select horizon, {columns} from marts.cost_forecasts "
            "where scope = 'payer' and measure = 'billed_cost' order by 1"
        ).fetchall()


def test_a_steady_payer_is_forecast_to_the_cent_with_its_fees_and_the_length_of_the_month(models: dict[str, str]):
    """May has 31 days at 10, and a fee of 50 that comes with the bill's end; the quarter has 91 days and three fees."""
    through = date(2025, 5, 12)
    told = forecast_of(
        models,
        costs_of(lambda _: 10, 50, through),
        through,
        "ends_on, days_left, cost_to_date, forecast_cost, low_cost, high_cost, wape_pct, last_month_wape_pct > 1",
    )
    assert told == [
        ("month", date(2025, 5, 31), 19, 120, 360, 360, 360, 0, True),
        ("quarter", date(2025, 6, 30), 49, 470, 1060, None, None, 0, True),
    ]


def test_quiet_weekends_of_the_days_to_come_are_counted(models: dict[str, str]):
    through = date(2025, 6, 20)
    told = forecast_of(models, costs_of(quiet_weekends, 0, through), through, "forecast_cost, wape_pct")
    june = sum(quiet_weekends(date(2025, 6, day)) for day in range(1, 31))
    assert told[0] == ("month", june, 0)


def test_once_a_month_is_invoiced_the_next_one_is_forecast(models: dict[str, str]):
    through = date(2025, 4, 30)
    chosen = {name: models[name] for name in forecasts.MODELS}
    given = forecasts.tables(costs_of(lambda _: 10, 0, through), through)
    months = given["int_months__judged"]
    final = months.set_column(months.column_names.index("is_final"), "is_final", [[True] * months.num_rows])
    with computed(chosen, {**given, "int_months__judged": final}) as engine:
        told = engine.execute(
            "select billing_period, ends_on, known_through_on, days_left, forecast_cost from marts.cost_forecasts "
            "where scope = 'payer' and measure = 'billed_cost' and horizon = 'month'"
        ).fetchall()
    assert told == [("2025-04", date(2025, 5, 31), through, 31, 310)]
