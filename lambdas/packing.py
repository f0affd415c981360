"""The zip of the actions, for Lambda: our own code, PyYAML and the time zones. boto3 is there, PyArrow in a layer.

The same code makes the same bytes, so that Terraform sees a change only where there is one.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

# What zip takes for the beginning of time.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HERE = Path(__file__).parents[1]


def pack(target: Path) -> Path:
    """Write the zip, folders made as needed, and return where it lies."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, path in sorted(_files()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes())
    return target


def _files() -> Iterator[tuple[str, Path]]:
    import yaml

    beside = Path(yaml.__file__).parent
    for folder in (_HERE / "lake", _HERE / "lambdas", beside):
        for path in folder.rglob("*"):
            # PyYAML's parser in C is for this machine alone; it has one in Python.
            if path.suffix in (".py", ".json", ".csv") and "__pycache__" not in path.parts:
                yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path
    # A schedule in a zone that Lambda does not have would be refused.
    zones = Path(str(import_module("tzdata").__file__)).parent
    for path in zones.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            yield f"{zones.name}/{path.relative_to(zones).as_posix()}", path


if __name__ == "__main__":
    sys.stdout.write(f"{pack(Path(sys.argv[1]))}\n")
