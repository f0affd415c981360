"""The server: moto's, with an Athena that executes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.local_aws.engine import Engine
from tests.support.local_aws.executions import Execution, Executions

REGION = "us-east-1"


@dataclass
class LocalAws:
    """A local AWS account: its address, its statements so far, and a way to stop it."""

    url: str
    engine: Engine
    executions: Executions
    _server: Any
    _undo: list[tuple[Any, str, Any]] = field(default_factory=list)
    statements: list[Execution] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to work against this account."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": "testing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def stop(self) -> None:
        self._server.stop()
        self.executions.pool.shutdown(wait=True)
        for owner, name, old in self._undo:
            if old is None:
                delattr(owner, name)
            else:
                setattr(owner, name, old)
        self.engine.close()


def start(port: int = 0) -> LocalAws:
    """Start an account. Only one may run in a process: moto keeps its state there."""
    import logging

    from moto.athena.responses import AthenaResponse
    from moto.server import ThreadedMotoServer

    from tests.support.local_aws.protocol import methods

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    host, bound = server.get_host_and_port()
    engine = Engine(REGION)
    done: list[Execution] = []
    executions = Executions(engine, done.append)
    account = LocalAws(f"http://{host}:{bound}", engine, executions, server, statements=done)
    for name, method in methods(executions).items():
        account._undo.append((AthenaResponse, name, AthenaResponse.__dict__.get(name)))
        setattr(AthenaResponse, name, method)
    return account
