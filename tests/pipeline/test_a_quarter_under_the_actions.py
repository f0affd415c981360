"""Ninety days of the company's forgotten resources under the actions: an emulated account, and bills that react.

Each month's bill is built into the marts; every five days one run of `idle_cleanup` marks and another one acts.
`snapshot_cleanup` and `rightsizing` do so beside each build, and `scheduler` runs at each edge of its schedule in
August. The first build marks, the second one lets act, the third one tells on the bill what that saved: what the
ledger says the same days would have cost, less what the act left behind and what still runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from ingestion.synthetic.accounts import PAYMENTS
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.volumes import VOLUMES, snapshot_meter
from ingestion.synthetic.ledger import Month, build_ledger
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.reacting import Changes, LeftBehind, cost_of, of_resources, reacting, with_snapshots
from ingestion.synthetic.regions import VIRGINIA
from lake import verdicts
from lake.marts import read_mart
from lambdas.registry import action
from lambdas.runtime import approvals
from lambdas.runtime.action import Reach, Run
from lambdas.runtime.model import Grace, Patience, Request
from lambdas.runtime.run import run_action
from tests.pipeline.conftest import Built, workspace
from tests.pipeline.quarter_account import Account, Forgotten, forgotten

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("quarter"), pytest.mark.usefixtures("without_checks")]

SEED = 7
FIRST = date(2026, 6, 1)
WAIT = timedelta(days=40)
ACT = Request(apply=True, grace=Grace(builds=2, days=7), max_data_age=WAIT)
MARK = Request(mark=True, max_data_age=WAIT)
MARTS = {
    "idle_cleanup": "idle_resources",
    "snapshot_cleanup": "idle_resources",
    "rightsizing": "rightsizing_recommendations",
}
# What each of the snapshots holds, in GiB.
HELD = 400
MONDAYS = [datetime(2026, 8, day, tzinfo=UTC) for day in (3, 10, 17, 24, 31)]


class Quarter:
    """The lake, the account, and the days."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = build_ledger(FIRST, 3, None, SEED)
        self.scenes = [Scene(SEED, month.period, FIRST) for month in self.ledger.months]
        self.resources = forgotten(self.scenes[0])
        self.account = Account(self.resources)
        names = [one.on_bill for one in self.resources]
        snapshots = self.account.chain(PAYMENTS.id, VIRGINIA.code, 5)[:3]
        meters = [snapshot_meter(PAYMENTS, VIRGINIA, PAYMENTS_TAGS, one.name) for one in snapshots]
        self.months: list[Month] = [
            with_snapshots(of_resources(month, names), meters, HELD) for month in self.ledger.months
        ]
        self.resources += snapshots
        self.store = workspace(root / "lake").store

    def live(self) -> None:
        """July, August and September, with the bill of the month before on the first day of each."""
        for number, begin in enumerate((datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 8, 1, 10, tzinfo=UTC))):
            self.bill(number, begin)
            self.day(begin, *MARTS)
            if number == 1:
                self.schedule(begin, *(monday.replace(hour=hour) for monday in MONDAYS for hour in (8, 18)))
            for day in range(5, 31, 5):
                self.day(begin + timedelta(days=day), "idle_cleanup")
        end = datetime(2026, 9, 1, 10, tzinfo=UTC)
        self.bill(2, end)
        for day in range(0, 28, 9):
            self.day(end + timedelta(days=day), *MARTS)

    def bill(self, number: int, now: datetime) -> None:
        from dbt_project.build import build
        from ingestion.land import ingest

        month = reacting(self.months[number], self.changes(), self.scenes[number])
        folder = self.root / f"bills-{number}"
        write_cur2(replace(self.ledger, months=(month,)), folder)
        ws = workspace(self.root / "lake", now)
        with ws.store.locked():
            ingest(ws, str(folder))
            self.look_around(ws)
            build(ws)

    def changes(self) -> Changes:
        """What the acts on record change on the bill."""
        names = {one.name: one.on_bill for one in self.resources}
        done = self.acts()
        archive = next(volume for volume in VOLUMES if volume.name == "payments-archive")
        return Changes(
            gone={names[act["resource_id"]]: acted_on(act) for act in done if act["verb"] in ("delete", "release")},
            left=[
                LeftBehind(act["after"]["snapshot_id"], act["resource_id"], acted_on(act), 1200)
                for act in done
                if act["kind"] == "volume" and act["verb"] == "delete"
            ],
            became={
                act["resource_id"]: (
                    acted_on(act),
                    replace(
                        archive,
                        type=act["after"]["volume_type"],
                        iops=act["after"]["iops"] - 3000,
                        mibps=act["after"]["throughput"] - 125,
                    ),
                )
                for act in done
                if act["verb"] == "convert"
            },
            stopped={one.name: stood_still(done, one.name) for one in self.resources if one.kind == "machine"},
        )

    def look_around(self, ws: Any) -> None:
        """What an inventory of the payments' account has of volumes, images and snapshots on this day."""
        from ingestion.collecting.landing import land
        from ingestion.collecting.rows import table_of
        from lake.collected.days import Answer

        place = {"account_id": PAYMENTS.id, "region_id": VIRGINIA.code}
        trace = {"asked_account_id": PAYMENTS.id, "asked_region_id": VIRGINIA.code, "collected_at": ws.now}
        backend = ec2_backends[PAYMENTS.id][VIRGINIA.code]
        owned = [each for each in backend.snapshots.values() if each.owner_id == PAYMENTS.id]
        seen: dict[str, list[dict[str, Any]]] = {
            "volume": [{"resource_id": name, "state": "in-use", "use_count": 1} for name in backend.volumes],
            "image": [],
            "snapshot": [
                {
                    "resource_id": each.id,
                    "state": "completed",
                    "created_at": each.start_time,
                    "source_id": each.volume.id,
                }
                for each in owned
            ],
        }
        answered = []
        for part, rows in seen.items():
            told = [{**place, **trace, "part": part, "resource_type": part, **row} for row in rows]
            answer = Answer(part, PAYMENTS.id, VIRGINIA.code, "ok", "", len(rows), f"{ws.now:%Y-%m-%dT%H:%M:%SZ}")
            answered.append((answer, table_of("inventory", told)))
        land(ws, "inventory", answered)

    def day(self, now: datetime, *actions: str) -> None:
        """Of each action a run that marks, one that acts, and a person who approves whatever is asked for."""
        for mart in {*(MARTS[name] for name in actions), "realized_savings"}:
            self.prove(mart, now)
        for name in actions:
            asks = [Request(max_data_age=WAIT)] if name == "idle_cleanup" else []
            for request in (*asks, MARK, ACT):
                self.run(name, request, now)

    def schedule(self, *moments: datetime) -> None:
        """The runs in which something is to be started or stopped."""
        for now in moments:
            self.run("scheduler", Request(apply=True, caps=action("scheduler").caps), now)

    def run(self, name: str, request: Request, now: datetime) -> None:
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{'mark' if request.mark else 'act' if request.apply else 'plan'}"
        run = Run(
            self.store,
            self.account.reached,
            run_id,
            now,
            patience=Patience(seconds=0),
            clock=lambda: now,
            reach=Reach((PAYMENTS.id,), (VIRGINIA.code,)),
        )
        report = run_action(run, action(name), request)
        assert not report.stopped
        assert not report.failures, report.failures
        for decision in report.decisions:
            if decision.asks_for and request.is_dry:
                approvals.grant(self.store, name, decision, "maria", now, now + timedelta(days=60))

    def prove(self, mart: str, now: datetime) -> None:
        """A green verdict on the mart as it lies there, as a day's validation would write it."""
        published = read_mart(self.store, mart)
        assert published is not None
        stamps = {"validated_at": now.isoformat(), "expires_at": (now + timedelta(hours=26)).isoformat()}
        through = f"{now - timedelta(days=1):%Y-%m-%d}"
        verdicts.record(
            self.store,
            verdicts.Verdict(
                mart=mart,
                run_id="validation",
                passed=True,
                version=published.version,
                row_count=published.rows.num_rows,
                evaluated=1,
                critical_failures=(),
                warning_failures=(),
                errors=(),
                data_through=through,
                suite_version="1",
                **stamps,
            ),
        )

    def acts(self) -> list[dict[str, Any]]:
        return [json.loads(self.store.read(file.key) or b"") for file in self.store.files("actions/ledger/")]

    def of(self, *kinds: str) -> list[Forgotten]:
        """Those of these kinds that are not protected; of the snapshots the first is the one that may go."""
        found = [one for one in self.resources if one.kind in kinds and not one.is_protected]
        return [one for one in found if one.kind != "snapshot" or one is self.resources[-3]]


PAYMENTS_TAGS = next(volume for volume in VOLUMES if volume.name == "payments-archive").tags


def acted_on(act: dict[str, Any]) -> date:
    return datetime.fromisoformat(act["acted_at"]).date()


def stood_still(acts: list[dict[str, Any]], name: str) -> list[tuple[datetime, datetime]]:
    """From each stop of a machine to its next start."""
    of_it = sorted((datetime.fromisoformat(act["acted_at"]), act["verb"]) for act in acts if act["resource_id"] == name)
    ends = [moment for moment, _ in of_it[1:]] + [datetime.max.replace(tzinfo=UTC)]
    return [(moment, end) for (moment, verb), end in zip(of_it, ends, strict=False) if verb == "stop"]


@pytest.fixture(scope="module")
def quarter(without_checks: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        with mock_aws():
            found = Quarter(tmp_path_factory.mktemp("quarter"))
            found.live()
            yield found


DELETED = ("volume", "address", "gateway", "balancer", "snapshot")


def test_what_may_go_is_gone_and_what_is_protected_was_never_touched(quarter: Quarter) -> None:
    gone = {one.name for one in quarter.of(*DELETED)}
    assert len(gone) == 5
    assert quarter.account.alive(quarter.resources) == {one.name for one in quarter.resources} - gone
    touched = {act["resource_id"] for act in quarter.acts()}
    assert not touched & {one.name for one in quarter.resources if one.is_protected}


def test_every_act_is_in_the_ledger_once(quarter: Quarter) -> None:
    acts = Counter((act["action"], act["verb"], act["resource_id"]) for act in quarter.acts())
    (machine,), (disk,) = quarter.of("machine"), quarter.of("disk")
    assert acts == {
        **{("idle_cleanup", "delete", one.name): 1 for one in quarter.of("volume", "gateway", "balancer")},
        **{("idle_cleanup", "release", one.name): 1 for one in quarter.of("address")},
        **{("snapshot_cleanup", "delete", one.name): 1 for one in quarter.of("snapshot")},
        ("rightsizing", "convert", disk.name): 1,
        # On Saturday the first, and on each Monday's evening.
        ("scheduler", "stop", machine.name): 1 + len(MONDAYS),
        ("scheduler", "start", machine.name): len(MONDAYS),
    }
    # A volume is deleted after a snapshot, and each other act is one call.
    assert len(quarter.account.calls) == acts.total() + 1


def test_nothing_was_done_before_the_second_build_and_all_of_it_then(quarter: Quarter) -> None:
    acts = [act for act in quarter.acts() if act["action"] != "scheduler"]
    assert {acted_on(act) for act in acts} == {date(2026, 8, 1)}


def test_realized_savings_are_the_ledger_s_truth_to_the_cent(quarter: Quarter) -> None:
    told = dict(
        Built(workspace(quarter.root / "lake"), quarter.ledger).rows(
            "select resource_id, round(saved_cost, 2) from realized_savings where status = 'CONFIRMED'"
        )
    )
    # From the day after the act to the newest day of the bill that grows no more: of August's bill that is the 29th.
    first, last = date(2026, 8, 2), date(2026, 8, 29)
    truth = {
        one.name: cost_of(quarter.months, one.on_bill, first, last) for one in quarter.of(*DELETED, "disk", "machine")
    }
    # The snapshot of 1,200 GiB at 5 cents a month in Ireland, for 28 days of 31.
    truth[quarter.of("volume")[0].name] -= Decimal("0.05") * 1200 * 28 / 31
    # gp3 of 1,500 GiB with the 4,500 IOPS and the 250 MiB/s that gp2 had, 3,000 and 125 of them free.
    gp3 = {name: public_price(f"Volume{name}.gp3", VIRGINIA) for name in ("Usage", "P-IOPS", "P-Throughput")}
    month = 1500 * gp3["Usage"] + 1500 * gp3["P-IOPS"] + Decimal(125) / 1024 * gp3["P-Throughput"]
    truth[quarter.of("disk")[0].name] -= month * 28 / 31
    # Ten hours on each of four Mondays.
    truth[quarter.of("machine")[0].name] -= 40 * public_price("m5.xlarge", VIRGINIA)
    assert told == {name: cost.quantize(Decimal("0.01")) for name, cost in truth.items()}
