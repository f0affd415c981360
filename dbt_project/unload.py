"""Rows of Athena's tables as Parquet files on this machine: amounts stay decimals, to the last digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lake.aws import patience
from lake.errors import LakeError
from lake.settings import Settings

if TYPE_CHECKING:
    from boto3 import Session


@dataclass(frozen=True)
class Question:
    """Rows that are wanted of a table; `columns` are (name, type) as its contract has them."""

    table: str
    columns: tuple[tuple[str, str], ...]
    where: str = "true"

    def select(self) -> str:
        """The rows. Moments to the millisecond: no other are in Athena's Parquet, and none finer on a bill."""
        names = ", ".join(
            f"cast({name} as timestamp(3)) as {name}" if kind == "timestamp" else name for name, kind in self.columns
        )
        return f"select {names} from {self.table} where {self.where}"  # noqa: S608


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

        wr.config.botocore_config = patience()
        return cls(settings, database, boto3.Session(region_name=settings.region))

    def run(self, statements: Sequence[str]) -> None:
        """Send all statements at once and wait for the last. Raises LakeError with Athena's words when one fails."""
        import awswrangler as wr

        begun = [self._begin(statement) for statement in statements]
        for one in begun:
            try:
                wr.athena.wait_query(one, boto3_session=self.session)
            except (wr.exceptions.QueryFailed, wr.exceptions.QueryCancelled) as error:
                raise LakeError(
                    f"Athena failed: {error}", where=f"query {one}, workgroup {self.settings.athena.workgroup}"
                ) from error

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

    def unload(self, questions: Mapping[str, Question], place: str, folder: Path) -> dict[str, list[Path]]:
        """The rows of each question as Parquet files in `folder`; none where there are no rows. Athena writes them
        under `place`, an s3:// prefix, from where they are taken away.
        """
        import awswrangler as wr

        # Athena writes only where nothing is: what a run left that was killed goes first.
        wr.s3.delete_objects(place, boto3_session=self.session)
        self.run([_unload(question, f"{place}{name}/") for name, question in questions.items()])
        found = {name: self._fetch(f"{place}{name}/", folder / name) for name in questions}
        wr.s3.delete_objects(place, boto3_session=self.session)
        return found

    def _fetch(self, place: str, folder: Path) -> list[Path]:
        import awswrangler as wr

        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, address in enumerate(sorted(wr.s3.list_objects(place, boto3_session=self.session))):
            path = folder / f"{number:05}.parquet"
            wr.s3.download(address, str(path), boto3_session=self.session)
            paths.append(path)
        return paths


def _unload(question: Question, place: str) -> str:
    return f"unload ({question.select()}) to '{place}' with (format = 'PARQUET', compression = 'ZSTD')"


def contract(node: Any) -> tuple[tuple[str, str], ...]:
    """The columns of a model's contract, (name, type), in its order."""
    return tuple((name, column.data_type) for name, column in node.columns.items())
