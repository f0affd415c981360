"""A local AWS for tests: moto's S3, Glue and STS, and an Athena that executes statements on DuckDB. See README.md."""

from tests.support.local_aws.journal import Scan, Statement, Write
from tests.support.local_aws.process import RemoteAws, running
from tests.support.local_aws.server import LocalAws, start

__all__ = ["LocalAws", "RemoteAws", "Scan", "Statement", "Write", "running", "start"]
