"""Athena's tables as the Parquet files that they consist of: where those lie Athena says without reading a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lake import aws
from lake.errors import LakeError
from lake.settings import Settings

if TYPE_CHECKING:
    from boto3 import Session


@dataclass(frozen=True)
class Part:
    """A table, or that part of it that whole files hold: `where` asks for partitions only."""

    table: str
    where: str = "true"

    def select(self) -> str:
        """Where the rows lie. A file whose rows were all deleted is none of them."""
        return f'select distinct "$path" from {self.table} where {self.where}'  # noqa: S608


@dataclass(frozen=True)
class Athena:
    """Where statements are sent to: all of them to one workgroup and one Glue database."""

    settings: Settings
    database: str
    session: Session

    @classmethod
    def reach(cls, settings: Settings, database: str) -> Athena:
        """Reached as the environment says; nothing is sent yet."""
        import awswrangler as wr
        import boto3

        wr.config.botocore_config = aws.patience()
        return cls(settings, database, boto3.Session(region_name=settings.region))

    def run(self, statements: Sequence[str]) -> list[str]:
        """Send all statements at once and wait for the last: their ids.

        Raises LakeError with Athena's words when one fails.
        """
        import awswrangler as wr

        begun = [self._begin(statement) for statement in statements]
        for one in begun:
            try:
                wr.athena.wait_query(one, boto3_session=self.session)
            except (wr.exceptions.QueryFailed, wr.exceptions.QueryCancelled) as error:
                raise LakeError(
                    f"Athena failed: {error}", where=f"query {one}, workgroup {self.settings.athena.workgroup}"
                ) from error
        return begun

    def _begin(self, statement: str) -> str:
        import awswrangler as wr

        started: str = wr.athena.start_query_execution(
            sql=statement,
            database=self.database,
            s3_output=self.settings.results,
            workgroup=self.settings.athena.workgroup,
            boto3_session=self.session,
        )
        return started

    def fetch(self, parts: Mapping[str, Part], folder: Path) -> dict[str, list[Path]]:
        """The files of each part, copied to `folder`; none where there are no rows."""
        begun = self.run([part.select() for part in parts.values()])
        return {
            name: [
                self._copy(address, folder / name / f"{at:05}.parquet") for at, address in enumerate(self._told(one))
            ]
            for name, one in zip(parts, begun, strict=True)
        }

    def _told(self, query: str) -> list[str]:
        """The one column of a result, sorted."""
        pages = (
            aws.client("athena", self.settings.region)
            .get_paginator("get_query_results")
            .paginate(QueryExecutionId=query)
        )
        rows = [row["Data"][0]["VarCharValue"] for page in pages for row in page["ResultSet"]["Rows"]]
        return sorted(rows[1:])

    def _copy(self, address: str, path: Path) -> Path:
        import awswrangler as wr

        path.parent.mkdir(parents=True, exist_ok=True)
        wr.s3.download(address, str(path), boto3_session=self.session)
        return path


def contract(node: Any) -> tuple[tuple[str, str], ...]:
    """The columns of a model's contract, (name, type), in its order."""
    return tuple((name, column.data_type) for name, column in node.columns.items())
