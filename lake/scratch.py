"""Work in progress of a lake on disk: beside the zones, each piece named after the program that is at it.

A killed program leaves its pieces; the next one that holds the lake's lock sweeps them. Pieces of a program that still
lives stay: `finops validate` writes without the lock while a run may begin.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path

SCRATCH = ".scratch"


def new_folder(root: Path) -> Path:
    """An empty folder on the lake's own file system."""
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=_base(root)))


def new_file(root: Path, content: bytes) -> Path:
    """A file with this content, on disk for good before its name is known to anybody."""
    path = _base(root) / f"{os.getpid()}-{uuid.uuid4().hex}"
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def settle(path: Path) -> None:
    """Make sure that a finished file outlives a power failure before it gets its name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sweep(root: Path) -> None:
    """Remove the pieces of this program, and those of programs that are no more."""
    base = root / SCRATCH
    if not base.is_dir():
        return
    for piece in base.iterdir():
        owner = piece.name.partition("-")[0]
        if not owner.isdigit() or int(owner) == os.getpid() or not _lives(int(owner)):
            shutil.rmtree(piece, ignore_errors=True) if piece.is_dir() else piece.unlink(missing_ok=True)
    if not any(base.iterdir()):
        base.rmdir()


def _base(root: Path) -> Path:
    base = root / SCRATCH
    base.mkdir(parents=True, exist_ok=True)
    return base


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
