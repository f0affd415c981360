"""Csv files in zip, as the legacy report may be delivered: one csv in each, read as a stream."""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lake.errors import BadBillError

if TYPE_CHECKING:
    from ingestion.guards import SourceFile

_BLOCK = 1024 * 1024

# What Python raises for a zip that is cut off, damaged, encrypted, or packed in a way it does not know.
ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


class _Text(io.TextIOWrapper):
    """Text of a file in a zip, which closes the zip with itself."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive.open(_member(archive)), encoding="utf-8-sig", newline="")
        self._archive = archive

    def close(self) -> None:
        super().close()
        self._archive.close()


def text(path: Path) -> TextIO:
    """The zip's csv as text, a byte order mark skipped. Raises one of ERRORS."""
    return _Text(zipfile.ZipFile(path))


def require_whole(path: Path) -> None:
    """Read the zip to its end, which compares its checksum. Raises one of ERRORS."""
    with zipfile.ZipFile(path) as archive, archive.open(_member(archive)) as content:
        while content.read(_BLOCK):
            pass


def unpacked(file: SourceFile, scratch: Path) -> SourceFile:
    """The same file with its csv lying unpacked in scratch, since the readers of rows know no zip.

    Raises BadBillError for a zip that was whole a moment ago and is not now.
    """
    if not file.is_zip:
        return file
    path = scratch / f"unpacked-{file.key.replace('/', '-')[-120:]}.csv"
    try:
        with zipfile.ZipFile(file.path) as archive, archive.open(_member(archive)) as content, path.open("wb") as out:
            shutil.copyfileobj(content, out, _BLOCK)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BadBillError(f"The zip file changed while it was read: {error}", where=file.where) from error
    return replace(file, path=path, is_zip=False)


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    inside = [one for one in archive.infolist() if not one.is_dir()]
    if len(inside) != 1:
        raise zipfile.BadZipFile(f"it holds {len(inside)} files where AWS puts one csv")
    return inside[0]
