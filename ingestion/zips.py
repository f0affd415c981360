"""Csv files in zip, as the legacy report may be delivered: one csv in each, read as a stream."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import IO, TextIO

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


def content(path: Path) -> IO[bytes]:
    """The zip's csv as bytes; reading it to its end compares its checksum. Raises one of ERRORS."""
    archive = zipfile.ZipFile(path)
    return archive.open(_member(archive))


def _member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    inside = [one for one in archive.infolist() if not one.is_dir()]
    if len(inside) != 1:
        raise zipfile.BadZipFile(f"it holds {len(inside)} files where AWS puts one csv")
    return inside[0]
