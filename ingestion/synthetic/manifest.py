"""The manifest of a Data Exports delivery, in both of its places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingestion.synthetic.columns import COLUMNS, Kind
from ingestion.synthetic.files import write_whole

FileFormat = Literal["parquet", "csv"]


@dataclass(frozen=True)
class Delivery:
    """One delivery of an export for one month. `timestamp` is UTC, as AWS puts it into folder names.

    An export that overwrites (`overwrite`) has one place per month, where each delivery replaces the one before.
    """

    bucket: str
    prefix: str
    export: str
    arn: str
    partition: str
    timestamp: str
    execution_id: str
    file_format: FileFormat
    overwrite: bool = False

    @property
    def data_folder(self) -> str:
        """Key of the folder with this delivery's files."""
        folder = f"{self.prefix}/{self.export}/data/{self.partition}"
        return folder if self.overwrite else f"{folder}/{self.timestamp}-{self.execution_id}"

    def file_key(self, number: int, ending: str) -> str:
        """Key of one of this delivery's files, counted from one."""
        return f"{self.data_folder}/{self.export}-{number:05d}.{ending}"

    @property
    def manifest_keys(self) -> tuple[str, ...]:
        """Keys of the manifest kept with the delivery, where it is kept, and of the one that names the newest."""
        folder = f"{self.prefix}/{self.export}/metadata/{self.partition}"
        name = f"{self.export}-Manifest.json"
        if self.overwrite:
            return (f"{folder}/{name}",)
        return f"{folder}/{self.timestamp}-{self.execution_id}/{name}", f"{folder}/{name}"


def write_manifests(
    delivery: Delivery, keys: Sequence[str], out: Path, columns: Sequence[tuple[str, Kind]] = COLUMNS
) -> Path:
    """Write the manifests, the one that readers follow last, and return its path. `keys` are the files' keys."""
    maps_are_text = delivery.file_format == "csv"
    content = {
        "executionId": delivery.execution_id,
        "exportArn": delivery.arn,
        "columns": [{"name": name, "type": _type_of(kind, maps_are_text)} for name, kind in columns],
        "dataFiles": [f"s3://{delivery.bucket}/{key}" for key in keys],
    }
    text = json.dumps(content)
    for key in delivery.manifest_keys:
        write_whole(out / key, lambda aside: aside.write_text(text, encoding="utf-8"))
    return out / delivery.manifest_keys[-1]


def _type_of(kind: Kind, maps_are_text: bool) -> str:
    if kind.startswith("map"):
        return "string" if maps_are_text else "map"
    return {"text": "string", "timestamp": "timestamp"}.get(kind, "double")
