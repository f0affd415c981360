"""Refuses calls as AWS does when too many come: every n-th call of each operation, before anything is done."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Athena has a word of its own for it; everybody else says ThrottlingException, and S3 answers in XML.
CODES = {"AmazonAthena": "TooManyRequestsException"}
SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)


class Throttle:
    """Counts the calls of each operation. `refused` tells how many of each were refused."""

    def __init__(self, every: int):
        self.every = every
        self.refused: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()

    def wrap(self, answer: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """moto's dispatcher, with this before it."""

        def answered(dispatcher: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            target = environ.get("HTTP_X_AMZ_TARGET", "")
            if not self._refuses(target or f"S3.{environ['REQUEST_METHOD']}"):
                return answer(dispatcher, environ, start_response)
            # What was sent is read, or the client would not read the answer.
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            status, kind, content = _refusal(target, self.refused[target])
            start_response(f"{status.value} {status.phrase}", [("Content-Type", kind), ("Connection", "close")])
            return [content]

        return answered

    def _refuses(self, operation: str) -> bool:
        with self._lock:
            self._seen[operation] += 1
            is_refused = self._seen[operation] % self.every == 0
            self.refused[operation] += is_refused
            return is_refused


def _refusal(target: str, times: int) -> tuple[HTTPStatus, str, bytes]:
    if not target:
        return HTTPStatus.SERVICE_UNAVAILABLE, "application/xml", SLOW_DOWN
    code = CODES.get(target.partition(".")[0], "ThrottlingException") if times % 2 else "ThrottlingException"
    content = json.dumps({"__type": code, "message": "Rate exceeded"}).encode()
    return HTTPStatus.BAD_REQUEST, "application/x-amz-json-1.1", content
