"""A lake in S3 has one writer: others are refused while it lives, and take over when it was killed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from lake import s3_lock
from lake.errors import LakeError
from lake.s3_lock import Pace, S3Lock
from lake.store import S3Store

QUICK = Pace(renewed=0.1, held=1.0, expires=2.0)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client: Any = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        # S3 looks at a condition and writes in one step. moto does it in two, between which another thread may write.
        one_step, call = threading.Lock(), client._make_api_call

        def called(operation: str, parameters: dict[str, Any]) -> Any:
            with one_step:
                return call(operation, parameters)

        monkeypatch.setattr(client, "_make_api_call", called)
        yield client


def lock(client: Any, pace: Pace = QUICK) -> S3Lock:
    return S3Lock(client, "lake", "prod/.lock", pace)


def owner(client: Any) -> str:
    return json.loads(client.get_object(Bucket="lake", Key="prod/.lock")["Body"].read())["owner"]


def leave(client: Any, owner: str) -> None:
    """A lock as a killed run leaves it."""
    content = json.dumps({"owner": owner, "renewal": "last"}).encode()
    client.put_object(Bucket="lake", Key="prod/.lock", Body=content)


def test_a_second_writer_is_refused_while_the_first_lives_and_told_who_it_is(client: Any):
    first = lock(client)
    with first.held():
        time.sleep(QUICK.expires + 0.2)
        with pytest.raises(LakeError, match="Another run") as told, lock(client).held():
            pass
        assert first.owner in told.value.where
        first.require()


def test_a_lock_that_was_let_go_is_taken_at_once(client: Any):
    for _ in range(2):
        begun = time.monotonic()
        with pytest.raises(ValueError, match="mine"), lock(client).held():
            assert time.monotonic() - begun < QUICK.expires
            raise ValueError("mine")
        assert owner(client) == ""


def test_a_killed_run_s_lock_is_taken_over_when_it_has_expired_and_not_before(client: Any):
    leave(client, "a task that was killed")
    begun = time.monotonic()
    mine = lock(client)
    with mine.held():
        assert time.monotonic() - begun > QUICK.expires
        assert owner(client) == mine.owner


def test_of_several_that_find_a_dead_lock_one_takes_it(client: Any):
    leave(client, "a task that was killed")
    took: list[str] = []
    refused: list[str] = []

    def contend() -> None:
        mine = lock(client)
        try:
            with mine.held():
                took.append(mine.owner)
                time.sleep(QUICK.expires + 0.2)
        except LakeError as error:
            refused.append(error.what)

    threads = [threading.Thread(target=contend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 1
    assert refused == ["Another run is at work in this lake."] * 3


def test_a_holder_whose_lock_was_taken_is_stopped_and_leaves_the_lock_to_the_other(client: Any):
    with pytest.raises(LakeError, match="lost its hold"), lock(client).held():
        leave(client, "another run")
        time.sleep(20)
    assert owner(client) == "another run"


def test_a_holder_that_cannot_show_that_it_lives_stops_before_others_may_take_over(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(s3_lock, "Pace", lambda: QUICK)
    store = S3Store(client, "lake", "prod", tmp_path)

    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="s3")

    began = time.monotonic()
    with pytest.raises(LakeError, match="lost its hold"), store.locked():
        store.write("a", b"before")
        monkeypatch.setattr(client, "put_object", unreachable)
        time.sleep(20)
    assert QUICK.held <= time.monotonic() - began < QUICK.expires
    assert store.read("a") == b"before"


def test_a_holder_that_slept_too_long_writes_nothing_when_it_wakes(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store = S3Store(client, "lake", "prod", tmp_path)
    (tmp_path / "part").write_bytes(b"rows")
    with pytest.raises(LakeError, match="lost its hold"), store.locked():
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + Pace().held + 1)
        for write in (
            lambda: store.write("a", b"late"),
            lambda: store.write_once("a", b"late"),
            lambda: store.upload(tmp_path / "part", "a"),
        ):
            with pytest.raises(LakeError, match="lost its hold"):
                write()
        store.write("a", b"late")
    assert store.read("a") is None


def test_a_write_whose_answer_was_lost_and_that_was_sent_again_counts(client: Any, monkeypatch: pytest.MonkeyPatch):
    put = client.put_object

    def twice(**request: Any) -> Any:
        put(**request)
        return put(**request)

    monkeypatch.setattr(client, "put_object", twice)
    mine = lock(client)
    with mine.held():
        time.sleep(3 * QUICK.renewed)
        mine.require()
        assert owner(client) == mine.owner


def test_the_lock_is_no_file_of_the_lake(client: Any, tmp_path: Path):
    store = S3Store(client, "lake", "prod", tmp_path)
    with store.locked():
        store.write("a", b"one")
        assert [file.key for file in store.files()] == ["a"]
