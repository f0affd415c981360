"""One writer of a lake in S3: a lock that shows signs of life, so that it can be told from one a killed run left.

S3 frees nothing when its holder dies. So the holder writes the lock anew every few seconds, always on condition that
nobody else has. Who finds a lock watches it: if it is renewed, its holder lives; if not, it is taken over. A holder
that could not renew it stops before anybody may take it over. Nobody's clock is compared with anybody else's.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from lake.errors import LakeError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# What S3 says when the condition of a write does not hold, or another write came between.
_REFUSED = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")

# Interrupts the main thread as Ctrl-C does; a program that was started in the background is deaf to that one.
_LOST = signal.SIGUSR1


@dataclass(frozen=True)
class Pace:
    """In seconds: how often a lock is renewed, after what its holder stops, after what others take it over.

    Between the last two lies the time that a write may still be on its way.
    """

    renewed: float = 15.0
    held: float = 45.0
    expires: float = 120.0


@dataclass(frozen=True)
class _Found:
    """The lock as S3 has it. `idle` is how long it has not been renewed, in seconds, by S3's own clock."""

    content: bytes
    etag: str
    idle: float

    def tells(self, name: str) -> str:
        try:
            return str(json.loads(self.content).get(name, ""))
        except (ValueError, AttributeError):
            return ""


class S3Lock:
    """A lock under one key of a bucket, to be held once by one program."""

    def __init__(self, client: S3Client, bucket: str, key: str, pace: Pace | None = None) -> None:
        self.client, self.bucket, self.key = client, bucket, key
        self.pace = pace or Pace()
        self.owner = f"{socket.gethostname()} process {os.getpid()} {uuid.uuid4().hex}"
        self._etag = ""
        self._renewed_at = 0.0
        self._lost = False
        self._done = threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock, or raise LakeError: when another run renews it, or when it is lost on the way.

        Waits for a lock that is not renewed, two minutes at most. Where it is lost the main thread is interrupted.
        """
        self._take()
        is_main = threading.current_thread() is threading.main_thread()
        heart = threading.Thread(target=self._beat, args=(is_main,), daemon=True, name="lock of the lake")
        before = signal.signal(_LOST, signal.default_int_handler) if is_main else None
        heart.start()
        try:
            yield
        except BaseException as error:
            if self._lost:
                raise self._gone() from error
            raise
        finally:
            self._done.set()
            # Whoever is told to stop has half a minute; a renewal that is stuck may take longer.
            heart.join(timeout=self.pace.renewed / 3)
            if is_main:
                signal.signal(_LOST, before)
            self._free()

    def require(self) -> None:
        """Raise LakeError unless the lock was renewed a moment ago: called before each write."""
        if self._lost or time.monotonic() - self._renewed_at > self.pace.held:
            self._lost = True
            raise self._gone()

    def _take(self) -> None:
        first = found = self._find()
        since = time.monotonic()
        while True:
            if found is None:
                free, condition = True, {"IfNoneMatch": "*"}
            else:
                is_dead = max(found.idle, time.monotonic() - since) > self.pace.expires
                free, condition = is_dead or not found.tells("owner"), {"IfMatch": found.etag}
            if free and self._write(condition):
                return
            if not free:
                time.sleep(self.pace.renewed / 3)
            found = self._find()
            if found and found.tells("owner") and (first is None or found.etag != first.etag):
                raise LakeError(
                    "Another run is at work in this lake.",
                    where=f"s3://{self.bucket}/{self.key}: {found.tells('owner')}",
                    todo="Wait for it to end.",
                )

    def _beat(self, is_main: bool) -> None:
        while not self._done.wait(self.pace.renewed):
            try:
                if self._write({"IfMatch": self._etag}):
                    continue
                found = self._find()
                self._lost = found is None or found.tells("owner") != self.owner
            except Exception:
                # The network may come back; `held` says how long that may take.
                self._lost = time.monotonic() - self._renewed_at > self.pace.held
            if self._lost:
                if is_main:
                    # A real signal: it wakes who sleeps or waits for an answer.
                    signal.pthread_kill(threading.main_thread().ident or 0, _LOST)
                return

    def _free(self) -> None:
        """Leave the lock without an owner: only what is still ours is written over."""
        try:
            self._write({"IfMatch": self._etag}, owner="")
        except Exception:
            # It expires by itself.
            return

    def _write(self, condition: dict[str, Any], owner: str | None = None) -> bool:
        from botocore.exceptions import ClientError

        told = {"owner": self.owner if owner is None else owner, "renewal": uuid.uuid4().hex}
        content, begun = json.dumps(told).encode(), time.monotonic()
        try:
            etag = self.client.put_object(Bucket=self.bucket, Key=self.key, Body=content, **condition)["ETag"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _REFUSED:
                raise
            # An answer may be lost and the call made again: then it is our own write that refuses it.
            found = self._find()
            if found is None or found.content != content:
                return False
            etag = found.etag
        self._etag, self._renewed_at = etag, begun
        return True

    def _find(self) -> _Found | None:
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=self.key)
        except self.client.exceptions.NoSuchKey:
            return None
        now = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        idle = (parsedate_to_datetime(now) - answer["LastModified"]).total_seconds() if now else 0.0
        return _Found(answer["Body"].read(), answer["ETag"], idle)

    def _gone(self) -> LakeError:
        return LakeError(
            "This run lost its hold on the lake: it could not show that it is alive.",
            where=f"s3://{self.bucket}/{self.key}",
            todo="Run it again: the lake is whole. If it happens again, look at the network.",
        )
