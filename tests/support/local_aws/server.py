"""The server: moto's, with an Athena that executes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.local_aws.engine import Engine
from tests.support.local_aws.executions import Executions
from tests.support.local_aws.journal import Journal, Statement, Write
from tests.support.local_aws.throttle import Throttle

REGION = "us-east-1"


class Account:
    """A local AWS account by its address."""

    url: str
    region: str = REGION

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to work against this account."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": "testing",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # It answers at once, and a wait of half a second for each statement adds up.
            "FINOPS_ATHENA_POLL": "0.05",
            "WR_ATHENA_QUERY_WAIT_POLLING_DELAY": "0.05",
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the account; the environment is left alone."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


@dataclass
class LocalAws(Account):
    """An account in this process, with all that happened on it. `mock_aws` in the same process empties it."""

    url: str
    engine: Engine
    executions: Executions
    journal: Journal
    _server: Any
    region: str = REGION
    _undo: list[tuple[Any, str, Any]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the journal lies, and what tasks write."""
        assert self.journal.path is not None, "a whole account needs a journal"
        return self.journal.path.parent

    @property
    def statements(self) -> list[Statement]:
        return self.journal.statements

    @property
    def writes(self) -> list[Write]:
        return self.journal.writes

    def patch(self, owner: Any, name: str, method: Callable[..., Any]) -> None:
        self._undo.append((owner, name, owner.__dict__.get(name)))
        setattr(owner, name, method)

    def stop(self) -> None:
        self._server.stop()
        self.executions.pool.shutdown(wait=True)
        for owner, name, old in self._undo:
            if old is None:
                delattr(owner, name)
            else:
                setattr(owner, name, old)
        self.engine.close()


def start(
    port: int = 0,
    journal: Path | None = None,
    throttle: Throttle | None = None,
    region: str = REGION,
    *,
    is_whole: bool = False,
) -> LocalAws:
    """Start an account. Only one may run in a process: moto keeps its state there. Athena answers in one region."""
    import logging

    from moto.athena.responses import AthenaResponse
    from moto.server import DomainDispatcherApplication, ThreadedMotoServer

    from tests.support.local_aws.protocol import methods
    from tests.support.local_aws.whole import widen

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    host, bound = server.get_host_and_port()
    engine = Engine(region)
    kept = Journal(journal)
    executions = Executions(engine, kept.statement)
    account = LocalAws(f"http://{host}:{bound}", engine, executions, kept, server, region)
    for name, method in methods(executions).items():
        account.patch(AthenaResponse, name, method)
    _note_writes(account)
    if throttle is not None:
        account.patch(DomainDispatcherApplication, "__call__", throttle.wrap(DomainDispatcherApplication.__call__))
    if is_whole:
        widen(account)
    return account


def _note_writes(account: LocalAws) -> None:
    from moto.s3.models import S3Backend

    put, delete = S3Backend.put_object, S3Backend.delete_object

    def put_object(self: Any, bucket_name: str, key_name: str, *given: Any, **named: Any) -> Any:
        kept = put(self, bucket_name, key_name, *given, **named)
        account.journal.write("put", bucket_name, key_name)
        return kept

    def delete_object(self: Any, bucket_name: str, key_name: str, *given: Any, **named: Any) -> Any:
        told = delete(self, bucket_name, key_name, *given, **named)
        account.journal.write("delete", bucket_name, key_name)
        return told

    account.patch(S3Backend, "put_object", put_object)
    account.patch(S3Backend, "delete_object", delete_object)
