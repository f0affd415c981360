from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lambdas.packing import pack
from lambdas.registry import ACTIONS

# boto3 is in Lambda's own environment, PyArrow in a layer; nothing else of ours may be needed.
PROGRAM = """
import importlib, sys
for name in sys.argv[1:]:
    module = importlib.import_module(f"lambdas.{name}.handler")
    assert ".zip" in module.__file__, module.__file__
    importlib.import_module(f"lambdas.{name}.act")
import yaml
assert ".zip" in yaml.__file__, yaml.__file__
from lambdas.scheduler.config import load
import tzdata, zoneinfo
assert ".zip" in tzdata.__file__, tzdata.__file__
zoneinfo.reset_tzpath(to=[])
assert load(b"zone: Europe/Paris").zone == "Europe/Paris"
assert zoneinfo.ZoneInfo("Europe/Paris").key == "Europe/Paris"
print(sorted({name.partition(".")[0] for name in sys.modules} & {"typer", "rich", "dbt", "duckdb", "boto3", "pandas"}))
"""


def test_zip_is_small_runs_by_itself_and_is_the_same_each_time(tmp_path: Path) -> None:
    packed = pack(tmp_path / "dist" / "actions.zip")
    assert packed.stat().st_size < 600_000
    assert pack(tmp_path / "again.zip").read_bytes() == packed.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *ACTIONS],
        env={"PYTHONPATH": str(packed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
