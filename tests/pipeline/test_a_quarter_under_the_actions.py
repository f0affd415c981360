"""Ninety days of the company's forgotten resources under `idle_cleanup`: an emulated account, and bills that react.

Each month's bill is built into the marts; every five days one run marks and another one acts. The first build marks,
the second one lets act, the third one tells on the bill what that saved: what the ledger says the same days would have
cost, less what the act left behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.ec2.models import ec2_backends
from moto.elbv2 import models as balancers

from ingestion.synthetic.accounts import ANALYTICS, PAYMENTS, STAGING
from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.events import network
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.volumes import VOLUMES
from ingestion.synthetic.ledger import Month, build_ledger
from ingestion.synthetic.reacting import LeftBehind, cost_of, of_resources, reacting
from ingestion.synthetic.regions import IRELAND, VIRGINIA
from lake import verdicts
from lake.accounts import Accounts
from lake.marts import read_mart
from lambdas.registry import action
from lambdas.runtime import approvals
from lambdas.runtime.action import Run
from lambdas.runtime.model import Grace, Patience, Request
from lambdas.runtime.run import run_action
from tests.lambdas.cloud import refusal
from tests.lambdas.conftest import new_session
from tests.pipeline.conftest import Built, workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("quarter"), pytest.mark.usefixtures("without_checks")]

SEED = 7
FIRST = date(2026, 6, 1)
PROTECTED = {"finops:protect": "true"}
WAIT = timedelta(days=40)
ACT = Request(apply=True, grace=Grace(builds=2, days=7), max_data_age=WAIT)
MARK = Request(mark=True, max_data_age=WAIT)
CHANGES = ("CreateSnapshot", "DeleteVolume", "ReleaseAddress", "DeleteNatGateway", "DeleteLoadBalancer")


@dataclass(frozen=True)
class Forgotten:
    """What the bill calls it, what AWS does, and what its owner tagged it with."""

    on_bill: str
    kind: str
    account: str
    region: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.on_bill if self.kind == "balancer" else self.on_bill.split("/")[-1]

    @property
    def is_protected(self) -> bool:
        return bool(self.tags)


def forgotten(scene: Scene) -> list[Forgotten]:
    """A volume, an address, a gateway and a balancer that may go, and a volume and a balancer that are protected."""
    volumes = {volume.name: volume.id(scene) for volume in VOLUMES}
    named = {device[0]: device for device in (*network.BALANCERS, *network.NAT_GATEWAYS)}
    eu, us = IRELAND.code, VIRGINIA.code
    return [
        Forgotten(volumes["staging-left-1"], "volume", STAGING.id, eu),
        Forgotten(volumes["staging-left-2"], "volume", STAGING.id, eu, PROTECTED),
        Forgotten(network.idle_address_arn(scene), "address", ANALYTICS.id, us),
        Forgotten(network.nat_arn(named["staging-eu-nat"], scene), "gateway", STAGING.id, eu),
        Forgotten(network.balancer_arn(named["old-checkout"], scene), "balancer", STAGING.id, us),
        Forgotten(network.balancer_arn(named["payments-eu-old"], scene), "balancer", PAYMENTS.id, eu, PROTECTED),
    ]


class Account:
    """The company's accounts in moto, under the names that its bills have, and all that is called there."""

    def __init__(self, resources: list[Forgotten]) -> None:
        self.session = new_session()
        self.calls: list[str] = []
        self.setup = Accounts("setup", role_name="finops", session=new_session())
        for one in resources:
            getattr(self, f"_{one.kind}")(one)
        self.reached = self.accounts()

    def accounts(self) -> Accounts:
        """The clients of all runs: to make them is what costs time here."""
        found = Accounts("quarter", role_name="finops", session=self.session)
        made = found.client

        def client(service: str, account: str, region: str) -> Any:
            told = made(service, account, region)
            told.meta.events.register("before-call", self._before_call, unique_id="calls")
            return told

        found.client = client  # type: ignore[method-assign]
        return found

    def _before_call(self, model: Any, params: Any, **_: Any) -> Any:
        if str(params["body"].get("DryRun") if isinstance(params["body"], dict) else "") == "true":
            # moto deletes a gateway that it was only asked about.
            return AWSResponse("", 412, {}, None), refusal("DryRunOperation")
        if model.name in CHANGES:
            self.calls.append(model.name)
        return None

    def alive(self, resources: list[Forgotten]) -> set[str]:
        found = set()
        for one in resources:
            ec2 = ec2_backends[one.account][one.region]
            elb = balancers.elbv2_backends[one.account][one.region]
            gateways = {name for name, each in ec2.nat_gateways.items() if each.state == "available"}
            names = {*ec2.volumes, *gateways, *elb.load_balancers}
            found |= {one.name} & (names | {address.allocation_id for address in ec2.addresses})
        return found

    def _volume(self, one: Forgotten) -> None:
        ec2, backend = self.setup.ec2(one.account, one.region), ec2_backends[one.account][one.region]
        made = ec2.create_volume(AvailabilityZone=f"{one.region}a", Size=4000, VolumeType="gp3")["VolumeId"]
        volume = backend.volumes[one.name] = backend.volumes.pop(made)
        volume.id, volume.create_time = one.name, datetime(2026, 1, 1, tzinfo=UTC)
        self._tag(one)

    def _address(self, one: Forgotten) -> None:
        made = self.setup.ec2(one.account, one.region).allocate_address(Domain="vpc")["AllocationId"]
        (address,) = ec2_backends[one.account][one.region].address_by_allocation([made])
        address.allocation_id = address.id = one.name

    def _gateway(self, one: Forgotten) -> None:
        ec2, backend = self.setup.ec2(one.account, one.region), ec2_backends[one.account][one.region]
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
        gateway = backend.nat_gateways[one.name] = backend.nat_gateways.pop(made)
        gateway.id, gateway._created_at = one.name, datetime(2026, 1, 1)  # noqa: DTZ001

    def _balancer(self, one: Forgotten) -> None:
        elb = self.setup.client("elbv2", one.account, one.region)
        subnets = [each["SubnetId"] for each in self.setup.ec2(one.account, one.region).describe_subnets()["Subnets"]]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(balancers, "make_arn_for_load_balancer", lambda **_: one.name)
            elb.create_load_balancer(Name="old", Subnets=subnets[:2])
        made = balancers.elbv2_backends[one.account][one.region].load_balancers[one.name]
        made.created_time = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
        if one.tags:
            elb.add_tags(ResourceArns=[one.name], Tags=[{"Key": key, "Value": text} for key, text in one.tags.items()])

    def _tag(self, one: Forgotten) -> None:
        if one.tags:
            tags: Any = [{"Key": key, "Value": text} for key, text in one.tags.items()]
            self.setup.ec2(one.account, one.region).create_tags(Resources=[one.name], Tags=tags)


class Quarter:
    """The lake, the account, and the days."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = build_ledger(FIRST, 3, None, SEED)
        self.resources = forgotten(Scene(SEED, self.ledger.months[0].period, FIRST))
        names = [one.on_bill for one in self.resources]
        self.months: list[Month] = [of_resources(month, names) for month in self.ledger.months]
        self.account = Account(self.resources)
        self.store = workspace(root / "lake").store
        self.versions: dict[str, str] = {}

    def live(self) -> None:
        """July, August and September, with the bill of the month before on the first day of each."""
        for number, (begin, days) in enumerate(
            [(datetime(2026, 7, 1, 10, tzinfo=UTC), 31), (datetime(2026, 8, 1, 10, tzinfo=UTC), 31)]
        ):
            self.bill(number, begin)
            for day in range(0, days, 5):
                self.day(begin + timedelta(days=day))
        end = datetime(2026, 9, 1, 10, tzinfo=UTC)
        self.bill(2, end)
        for day in range(0, 28, 9):
            self.day(end + timedelta(days=day))

    def bill(self, number: int, now: datetime) -> None:
        from dbt_project.build import build
        from ingestion.land import ingest

        acts = self.acts()
        names = {one.name: one.on_bill for one in self.resources}
        gone = {names[act["resource_id"]]: acted_on(act) for act in acts}
        left = [
            LeftBehind(act["after"]["snapshot_id"], act["resource_id"], acted_on(act), 1200)
            for act in acts
            if act["kind"] == "volume"
        ]
        month = reacting(self.months[number], gone, left)
        folder = self.root / f"bills-{number}"
        write_cur2(replace(self.ledger, months=(month,)), folder)
        ws = workspace(self.root / "lake", now)
        with ws.store.locked():
            ingest(ws, str(folder))
            build(ws)

    def day(self, now: datetime) -> None:
        """A run that marks, one that acts, and a person who approves whatever is asked for."""
        for mart in ("idle_resources", "realized_savings"):
            self.prove(mart, now)
        for request in (Request(max_data_age=WAIT), MARK, ACT):
            run_id = f"{now:%Y%m%dT%H%M%SZ}-{'mark' if request.mark else 'act' if request.apply else 'plan'}"
            run = Run(
                self.store,
                self.account.reached,
                run_id,
                now,
                patience=Patience(seconds=0),
                clock=lambda: now,
            )
            report = run_action(run, action("idle_cleanup"), request)
            assert not report.stopped
            assert not report.failures, report.failures
            for decision in report.decisions:
                if decision.asks_for and request.is_dry:
                    approvals.grant(self.store, "idle_cleanup", decision, "maria", now, now + timedelta(days=60))

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


def acted_on(act: dict[str, Any]) -> date:
    return datetime.fromisoformat(act["acted_at"]).date()


@pytest.fixture(scope="module")
def quarter(without_checks: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        with mock_aws():
            found = Quarter(tmp_path_factory.mktemp("quarter"))
            found.live()
            yield found


def test_what_may_go_is_gone_and_what_is_protected_was_never_touched(quarter: Quarter) -> None:
    kept = {one.name for one in quarter.resources if one.is_protected}
    assert len(kept) == 2
    assert quarter.account.alive(quarter.resources) == kept


def test_every_act_is_in_the_ledger_once(quarter: Quarter) -> None:
    assert {act["resource_id"] for act in quarter.acts()} == {
        one.name for one in quarter.resources if not one.is_protected
    }
    assert sorted(quarter.account.calls) == sorted(CHANGES)


def test_nothing_was_done_before_the_second_build_and_all_of_it_then(quarter: Quarter) -> None:
    assert {acted_on(act) for act in quarter.acts()} == {date(2026, 8, 1)}


def test_realized_savings_are_the_ledger_s_truth_to_the_cent(quarter: Quarter) -> None:
    told = dict(
        Built(workspace(quarter.root / "lake"), quarter.ledger).rows(
            "select resource_id, round(saved_cost, 2) from realized_savings where status = 'CONFIRMED'"
        )
    )
    # From the day after the act to the newest day of the bill that grows no more: of August's bill that is the 29th.
    first, last = date(2026, 8, 2), date(2026, 8, 29)
    truth = {
        one.name: cost_of(quarter.months, one.on_bill, first, last) for one in quarter.resources if not one.is_protected
    }
    # The snapshot of 1,200 GiB at 5 cents a month in Ireland, for 28 days of 31.
    volume = next(one.name for one in quarter.resources if one.kind == "volume")
    truth[volume] -= Decimal("0.05") * 1200 * 28 / 31
    assert told == {name: cost.quantize(Decimal("0.01")) for name, cost in truth.items()}
