"""Both stores keep the same promises: whole files, write once, one writer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from lake.errors import LakeError
from lake.store import LocalStore, S3Store, Store, open_store


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "folder":
        yield LocalStore(tmp_path / "lake")
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        yield S3Store(client, "lake", "some/prefix", tmp_path / "cache")


def test_a_missing_file_is_none(store: Store):
    assert store.read("marts/nothing.parquet") is None


def test_what_is_written_is_read_back_and_replaced_whole(store: Store):
    store.write("a/b.json", b"one")
    store.write("a/b.json", b"two")
    assert store.read("a/b.json") == b"two"


def test_write_once_keeps_the_first(store: Store):
    assert store.write_once("verdicts/x.json", b"first") is True
    assert store.write_once("verdicts/x.json", b"second") is False
    assert store.read("verdicts/x.json") == b"first"


def test_files_are_listed_by_prefix_in_order_with_sizes(store: Store):
    for key in ("b/2.json", "b/1.json", "c/3.json", "bb/4.json"):
        store.write(key, b"12345")
    assert [(file.key, file.size) for file in store.files("b/")] == [("b/1.json", 5), ("b/2.json", 5)]
    assert [file.key for file in store.files()] == ["b/1.json", "b/2.json", "bb/4.json", "c/3.json"]


def test_a_file_s_version_changes_with_its_content(store: Store):
    store.write("a", b"one")
    before = next(store.files("a")).version
    store.write("a", b"three")
    assert next(store.files("a")).version != before


def test_a_local_copy_is_the_current_content(store: Store):
    store.write("a/b", b"one")
    assert store.local_copy("a/b").read_bytes() == b"one"
    store.write("a/b", b"two")
    assert store.local_copy("a/b").read_bytes() == b"two"


def test_a_file_tells_when_it_was_written(store: Store):
    before = datetime.now(UTC).replace(microsecond=0)
    store.write("a", b"one")
    assert before <= next(store.files("a")).written_at <= datetime.now(UTC)


def test_a_file_that_is_replaced_while_it_is_copied_is_never_kept_under_the_name_of_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        store = S3Store(client, "lake", "", tmp_path / "cache")
        store.write("a", b"old")
        download = client.download_file

        def replaced_first(*where: str) -> None:
            monkeypatch.setattr(client, "download_file", download)
            store.write("a", b"new")
            download(*where)

        monkeypatch.setattr(client, "download_file", replaced_first)
        assert store.local_copy("a").read_bytes() == b"new"
        store.write("a", b"old")
        assert store.local_copy("a").read_bytes() == b"old"


def test_a_local_copy_of_nothing_says_what_is_missing(store: Store):
    with pytest.raises(LakeError) as told:
        store.local_copy("marts/nothing.parquet")
    assert "nothing.parquet" in told.value.where


def test_an_uploaded_file_arrives_whole_and_leaves_its_scratch(store: Store):
    path = store.scratch() / "part"
    path.write_bytes(b"rows")
    store.upload(path, "landing/part")
    assert store.read("landing/part") == b"rows"
    assert not path.exists()


def test_deleting_what_is_not_there_is_no_error(store: Store):
    store.write("a", b"one")
    store.delete("a")
    store.delete("a")
    assert store.read("a") is None


def test_scratch_is_never_listed(store: Store):
    (store.scratch() / "half").write_bytes(b"half a file")
    store.write("a", b"one")
    assert [file.key for file in store.files()] == ["a"]


def test_a_second_writer_of_a_folder_is_refused(tmp_path: Path):
    with LocalStore(tmp_path).locked(), pytest.raises(LakeError, match="Another run"), LocalStore(tmp_path).locked():
        pass


def test_the_lock_sweeps_what_a_killed_run_left(tmp_path: Path):
    store = LocalStore(tmp_path)
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    left = store.scratch().with_name(f"{killed.pid}-abc") / "half"
    left.parent.mkdir()
    left.write_bytes(b"half a file")
    with store.locked():
        assert not left.exists()
    assert not (tmp_path / ".scratch").exists()


def test_the_lock_leaves_alone_what_a_living_program_is_at(tmp_path: Path):
    store = LocalStore(tmp_path)
    piece = store.scratch().with_name(f"{os.getppid()}-abc")
    piece.write_bytes(b"half a verdict")
    with store.locked():
        assert piece.exists()
    assert piece.exists()


def test_a_lake_that_cannot_be_written_is_one_clear_error(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LakeError) as told, LocalStore(tmp_path / "file" / "lake").locked():
        pass
    assert "--lake" in told.value.todo


def test_an_address_opens_the_store_it_names(tmp_path: Path):
    assert open_store(str(tmp_path)).location("a/b") == str(tmp_path / "a" / "b")
    assert open_store("s3://bucket/pre/fix", region="us-east-1").location("a/b") == "s3://bucket/pre/fix/a/b"


def test_a_folder_in_which_nothing_came_to_be_is_taken_away_again(tmp_path: Path):
    store = LocalStore(tmp_path / "lake")
    with pytest.raises(LakeError), store.locked():
        raise LakeError("Nothing to do.")
    assert not (tmp_path / "lake").exists()
    with pytest.raises(LakeError), store.locked():
        store.write("a", b"kept")
        raise LakeError("Too late.")
    assert store.read("a") == b"kept"
    (tmp_path / "mine").mkdir()
    with LocalStore(tmp_path / "mine").locked():
        pass
    assert (tmp_path / "mine").is_dir()
