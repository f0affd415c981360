"""Answers of our own, by the name of the operation, and an honest refusal where nobody has one.

To what it does not know moto says 500, which clients take for a fault that passes: Terraform asks again for half an
hour. AWS says 400 to what it does not take, and so does this.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.local_aws.server import LocalAws

ACCOUNT = "123456789012"
Body = dict[str, Any]
Answer = Callable[[Body], Body]

ANSWERS: dict[str, Answer] = {}
KEPT: dict[str, dict[str, Any]] = defaultdict(dict)


class RefusedError(Exception):
    """What AWS answers by a code of its own."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def answers(target: str) -> Callable[[Answer], Answer]:
    """Register an answer under the name that clients send as X-Amz-Target."""

    def register(answer: Answer) -> Answer:
        ANSWERS[target] = answer
        return answer

    return register


def patch(account: LocalAws) -> None:
    from moto.server import DomainDispatcherApplication

    before = DomainDispatcherApplication.__call__

    def answered(dispatcher: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        try:
            if target not in ANSWERS:
                return before(dispatcher, environ, start_response)
            size = int(environ.get("CONTENT_LENGTH") or 0)
            told = ANSWERS[target](json.loads(environ["wsgi.input"].read(size) or b"{}"))
        except RefusedError as refused:
            return _reply(start_response, "400 Bad Request", {"__type": refused.code, "message": str(refused)})
        except Exception as error:
            what = f"{target or environ['PATH_INFO']}: {type(error).__name__}: {error}"
            sys.stderr.write(f"the local AWS has no answer to {what}\n")
            return _reply(start_response, "400 Bad Request", {"__type": "UnknownOperationException", "message": what})
        return _reply(start_response, "200 OK", told)

    account.patch(DomainDispatcherApplication, "__call__", answered)


def _reply(start_response: Any, status: str, body: Body) -> list[bytes]:
    content = json.dumps(body, default=str).encode()
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(content)))]
    if "__type" in body:
        headers.append(("x-amzn-errortype", body["__type"]))
    start_response(status, headers)
    return [content]
