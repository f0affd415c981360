"""The way into AWS accounts: one client per account and region, and a plain word when there is no way."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from lake import aws
from lake.sessions import Policy

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef

NO_ACCOUNT = "no AWS account reachable"


class UnreachableError(Exception):
    """An account or region cannot be reached; the message says why. Told among other reasons, never shown by itself."""


class Accounts:
    """Clients of one run. The caller's own account is reached as is, every other by the role named `role_name`.

    Opens nothing before it is asked, and may be asked by many threads. The run id becomes the role session's name, so
    that CloudTrail ties each call to the run. `at_most` limits what is done by that role: see lake/sessions.py.
    """

    def __init__(
        self,
        run_id: str,
        *,
        role_name: str | None = None,
        at_most: Policy | None = None,
        session: boto3.Session | None = None,
    ) -> None:
        self._run_id = run_id
        self._limits: Any = {} if at_most is None else {"Policy": json.dumps(at_most, separators=(",", ":"))}
        self._role_name = role_name
        self._session = session
        self._own: str | UnreachableError | None = None
        self._sessions: dict[str, boto3.Session | UnreachableError] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        # Sessions of boto3 may not be shared between threads, the clients that they make may.
        self._lock = threading.RLock()

    def own_account(self, region: str) -> str:
        """Account id of the caller. Raises UnreachableError; asks AWS once, whatever the answer."""
        with self._lock:
            if self._own is None:
                try:
                    self._own = self._ask_own_account(region)
                except UnreachableError as error:
                    self._own = error
        if isinstance(self._own, UnreachableError):
            raise self._own
        return self._own

    def caller(self, region: str) -> str:
        """The ARN by which AWS knows the caller. Raises UnreachableError."""
        return self._identity(region)["Arn"]

    def ec2(self, account: str, region: str) -> EC2Client:
        """The EC2 client of an account and region. Raises UnreachableError with the reason."""
        if not region or region == "global":
            raise UnreachableError("the bill names no region")
        found: EC2Client = self.client("ec2", account, region)
        return found

    def client(self, service: str, account: str, region: str) -> Any:
        """The client of a service in an account and region. Raises UnreachableError with the reason."""
        from botocore.exceptions import BotoCoreError

        with self._lock:
            if (service, account, region) not in self._clients:
                try:
                    make: Any = self._session_in(account, region).client
                    self._clients[service, account, region] = make(service, region_name=region, config=aws.patience())
                except (BotoCoreError, ValueError) as error:
                    raise UnreachableError(f"no client for {account} in {region!r}: {error}") from error
            return self._clients[service, account, region]

    def _ask_own_account(self, region: str) -> str:
        return self._identity(region)["Account"]

    def _identity(self, region: str) -> GetCallerIdentityResponseTypeDef:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            session = self._base()
            # botocore asks an instance for its role once and waits one second, so this returns quickly everywhere.
            if session.get_credentials() is None:
                raise UnreachableError(f"{NO_ACCOUNT} (no credentials found)")
            client = session.client("sts", region_name=region, config=_brief())
            return client.get_caller_identity()
        except (BotoCoreError, ClientError, ValueError) as error:
            raise UnreachableError(f"{NO_ACCOUNT} ({in_words(error)})") from error

    def _base(self) -> boto3.Session:
        import boto3

        if self._session is None:
            self._session = boto3.Session()
        return self._session

    def _session_in(self, account: str, region: str) -> boto3.Session:
        if account == self.own_account(region):
            return self._base()
        if not self._role_name:
            raise UnreachableError(f"no role for account {account}")
        if account not in self._sessions:
            try:
                self._sessions[account] = self._assume(account, region, self._role_name)
            except UnreachableError as error:
                self._sessions[account] = error
        found = self._sessions[account]
        if isinstance(found, UnreachableError):
            raise found
        return found

    def _assume(self, account: str, region: str, role_name: str) -> boto3.Session:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        base = self._base()
        role = f"arn:{base.get_partition_for_region(region)}:iam::{account}:role/{role_name}"
        try:
            client = base.client("sts", region_name=region, config=aws.patience())
            # AWS takes at most 64 characters as a session's name.
            name = f"finops-{self._run_id}"[:64]
            taken = client.assume_role(RoleArn=role, RoleSessionName=name, **self._limits)["Credentials"]
        except (BotoCoreError, ClientError) as error:
            raise UnreachableError(f"role {role} cannot be assumed ({in_words(error)})") from error
        return boto3.Session(
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
        )


def _brief() -> Config:
    from botocore.config import Config

    # Asking who we are decides whether there is an account at all; without a network that must be known in seconds.
    return Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})


def code_of(error: ClientError) -> str:
    """AWS's error code, such as `VolumeInUse`."""
    return error.response.get("Error", {}).get("Code", "")


def in_words(error: BotoCoreError | ClientError | Exception) -> str:
    """An AWS error in one line: its code and AWS's own message."""
    # Of a call without an answer botocore's errors have a response, too: None.
    response: dict[str, Any] = getattr(error, "response", None) or {}
    told = response.get("Error", {})
    return f"{told['Code']}: {told.get('Message', '')}".rstrip(": ") if told.get("Code") else str(error)
