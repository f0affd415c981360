"""AWS throttles whoever asks much: a call that is told to slow down is made again, and what arrives is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

from lake import aws
from lake.store import S3Store


class Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.content


SLOW_DOWN = (503, "application/xml", b"<Error><Code>SlowDown</Code><Message>Slow.</Message></Error>")
THROTTLED = (400, "application/x-amz-json-1.1", b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')
DENIED = (400, "application/x-amz-json-1.1", b'{"__type": "AccessDeniedException", "message": "no"}')


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    # Standard mode waits a random part of 1, 2, 4 … seconds.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    with mock_aws():
        yield


def answered(client: Any, answer: tuple[int, str, bytes], times: int) -> list[str]:
    """Let AWS answer so for the first few calls, and note every call that is sent."""
    sent: list[str] = []

    def before_send(request: Any, **_: Any) -> AWSResponse | None:
        sent.append(request.url)
        if len(sent) > times:
            return None
        status, kind, content = answer
        return AWSResponse(request.url, status, {"content-type": kind}, Body(content))

    client.meta.events.register_first("before-send", before_send)
    return sent


def test_s3_that_tells_us_to_slow_down_is_asked_again(tmp_path: Path):
    client = aws.client("s3", "us-east-1")
    client.create_bucket(Bucket="lake")
    sent = answered(client, SLOW_DOWN, times=3)
    S3Store(client, "lake", "prod", tmp_path).write("a", b"one")
    assert len(sent) == 4
    assert client.get_object(Bucket="lake", Key="prod/a")["Body"].read() == b"one"


def test_glue_that_throttles_is_asked_again():
    client = aws.client("glue", "us-east-1")
    sent = answered(client, THROTTLED, times=4)
    assert client.get_databases()["DatabaseList"] == []
    assert len(sent) == 5


def test_a_call_that_is_throttled_for_good_fails_after_ten_attempts():
    client = aws.client("glue", "us-east-1")
    sent = answered(client, THROTTLED, times=1000)
    with pytest.raises(ClientError, match="ThrottlingException"):
        client.get_databases()
    assert len(sent) == 10


def test_a_refusal_is_told_at_once():
    client = aws.client("glue", "us-east-1")
    sent = answered(client, DENIED, times=1000)
    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_databases()
    assert len(sent) == 1


@pytest.mark.parametrize(("size", "parts"), [(1_000, 1), (9_000_000, 2)], ids=["one call", "several parts"])
def test_what_is_uploaded_carries_a_checksum_of_each_part(tmp_path: Path, size: int, parts: int):
    client = aws.client("s3", "us-east-1")
    client.create_bucket(Bucket="lake")
    content = bytes(range(250)) * (size // 250)
    sent: list[str] = []

    def note(request: Any, **_: Any) -> None:
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        if request.method == "PUT":
            sent.append(headers.get("x-amz-checksum-crc32") or headers.get("x-amz-trailer") or "none")

    client.meta.events.register("before-send", note)
    (tmp_path / "part").write_bytes(content)
    S3Store(client, "lake", "prod", tmp_path).upload(tmp_path / "part", "landing/part")

    assert boto3.client("s3").get_object(Bucket="lake", Key="prod/landing/part")["Body"].read() == content
    assert len(sent) == parts
    assert "none" not in sent
