"""Clients of AWS, all of them made here but those of other accounts: what is throttled is asked again, with jitter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_athena.client import AthenaClient
    from mypy_boto3_glue.client import GlueClient
    from mypy_boto3_s3.client import S3Client


def patience() -> Config:
    """How every client waits: ten attempts, each after a random part of twice the time of the one before, 20 s at most.

    Repeated is what AWS tells to repeat (503 SlowDown, ThrottlingException and their kin, errors of its own, lost
    connections); a refusal is told at once. What is sent to S3 carries a checksum that S3 compares.
    """
    from botocore.config import Config

    return Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 10},
        request_checksum_calculation="when_supported",
        response_checksum_validation="when_supported",
    )


@overload
def client(service: Literal["s3"], region: str | None) -> S3Client: ...


@overload
def client(service: Literal["glue"], region: str | None) -> GlueClient: ...


@overload
def client(service: Literal["athena"], region: str | None) -> AthenaClient: ...


def client(service: Literal["s3", "glue", "athena"], region: str | None) -> S3Client | GlueClient | AthenaClient:
    """A client with credentials from where boto3 finds them. Sends nothing yet."""
    import boto3

    return boto3.client(service, region_name=region, config=patience())


@contextmanager
def models_read_once() -> Iterator[None]:
    """Inside of this block, AWS's models of its services are read once, whatever the number of sessions.

    dbt-athena makes a session and a client for nearly each call, and a session of its own reads the model of its
    service anew: a tenth of a second of processor time, ten times what the call itself takes.
    """
    from botocore import session

    read: Callable[..., Any] = session.create_loader
    session.create_loader = cache(read)  # type: ignore[attr-defined,unused-ignore]
    try:
        yield
    finally:
        session.create_loader = read


@contextmanager
def clients_made_once() -> Iterator[None]:
    """Inside of this block boto3 makes one client for each service, place and way of waiting, and all threads share it.

    For libraries that make one for each call, all with the credentials that this process has: making one takes a
    tenth of what a small build takes.
    """
    from boto3.session import Session

    make: Callable[..., Any] = Session.client
    made: dict[tuple[str, ...], Any] = {}
    lock = Lock()

    def kept(session: Session, service_name: str, region_name: str | None = None, **more: Any) -> Any:
        config, endpoint = more.get("config"), more.get("endpoint_url")
        if more.keys() - {"config", "endpoint_url"}:
            return make(session, service_name, region_name, **more)
        key = (service_name, region_name or session.region_name or "", endpoint or "", str(config and vars(config)))
        with lock:
            if key not in made:
                made[key] = make(session, service_name, region_name, **more)
            return made[key]

    Session.client = kept  # type: ignore[method-assign,assignment,unused-ignore]
    try:
        yield
    finally:
        Session.client = make  # type: ignore[method-assign,assignment,unused-ignore]


def make_others_patient(environ: MutableMapping[str, str]) -> None:
    """Let libraries that make clients of their own, with nothing said of it, ask again in the same way.

    PyAthena is one. What the user set stays.
    """
    environ.setdefault("AWS_RETRY_MODE", "standard")
    environ.setdefault("AWS_MAX_ATTEMPTS", "10")
