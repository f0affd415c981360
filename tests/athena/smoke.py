"""One bill through both engines by the command itself: `python -m tests.athena.smoke --lake s3://bucket/prefix`.

Against a real account it needs credentials that may use the bucket, Glue and Athena; it costs a few cents. Everything
lies under a prefix and in Glue databases of its own, which are removed at the end.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq

from lake import zones
from lake.aws import client
from lake.settings import Settings
from lake.store import LOCK, open_store

ROOT = Path(__file__).parents[2]
ZONES = (zones.LANDING, "build", zones.MARTS)
DAYS = ("2026-06-04", "2026-06-05")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", required=True, metavar="s3://BUCKET/PREFIX", help="where the smoke test may write")
    parser.add_argument("--keep", action="store_true", help="leave bills, lake and tables where they are")
    parser.add_argument("--deliveries", type=int, choices=(1, 2), default=len(DAYS), help="the second one restates")
    chosen = parser.parse_args()
    name = f"finops_smoke_{secrets.token_hex(4)}"
    lake = f"{chosen.lake.rstrip('/')}/{name}"
    environ = os.environ | {"FINOPS_GLUE_PREFIX": name}
    try:
        with tempfile.TemporaryDirectory() as folder:
            compare(lake, Path(folder), environ, DAYS[: chosen.deliveries])
    finally:
        if not chosen.keep:
            remove(lake, name)
    print(f"The smoke test passed. {'It is kept at ' + lake if chosen.keep else 'Nothing of it is left.'}")


def compare(lake: str, folder: Path, environ: Mapping[str, str], days: Sequence[str]) -> None:
    """The same deliveries of a month into a lake on either engine. Raises SystemExit where the marts differ."""
    here = str(folder / "lake")
    for day in days:
        bills = folder / day
        finops(environ, "synth", "--out", str(bills), "--months", "1", "--through", day)
        told = finops(environ, "--profile", "aws", "--lake", lake, "run", "--bills", str(bills))
        finops(environ, "--lake", here, "run", "--bills", str(bills))
        there, local = marts(lake), marts(here)
        if there != local:
            wrong = sorted(key for key in there.keys() | local.keys() if there.get(key) != local.get(key))
            raise SystemExit(f"The engines disagree after {day} about {', '.join(wrong)}. Look with --keep.")
        read = told["athena"]
        print(f"{day}: {len(there)} files are the same; Athena read {read['bytes']:,} bytes for ${read['dollars']}.")


def finops(environ: Mapping[str, str], *arguments: str) -> dict:
    """A verb's JSON. Raises SystemExit when it fails."""
    command = [sys.executable, str(ROOT / "finops.py"), "--json", *arguments]
    done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"finops {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}\n{done.stdout}")
    return json.loads(done.stdout)


def marts(lake: str) -> dict[str, bytes | list[dict]]:
    """What is published: the files' bytes, but of restatements the rows, without when this lake took a delivery in."""
    store = open_store(lake, region=os.environ.get("AWS_REGION"))
    found: dict[str, bytes | list[dict]] = {}
    for file in store.files(f"{zones.MARTS}/"):
        content = store.read(file.key) or b""
        found[file.key] = _without_moments(content) if "/restatements/" in file.key else content
    return found


def _without_moments(content: bytes) -> list[dict]:
    table = pq.read_table(io.BytesIO(content))
    return table.drop_columns([name for name in table.column_names if name.endswith("accepted_at")]).to_pylist()


def remove(lake: str, prefix: str) -> None:
    """Take away what the smoke test made: files below its own prefix, databases of its own name."""
    region = os.environ.get("AWS_REGION")
    store = open_store(lake, region=region)
    for file in list(store.files()):
        store.delete(file.key)
    # No file of the lake, but an object in the bucket.
    store.delete(LOCK)
    glue, settings = client("glue", region), Settings.resolve(environ={"FINOPS_GLUE_PREFIX": prefix})
    for zone in ZONES:
        with suppress(glue.exceptions.EntityNotFoundException):
            glue.delete_database(Name=settings.glue_database(zone))


if __name__ == "__main__":
    main()
