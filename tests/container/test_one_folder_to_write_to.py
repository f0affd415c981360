"""What the image promises, without an image: nobody's uid, everything read-only but one folder, no home, no shell."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger
from lake.tables import MART_NAMES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BOX = Path(__file__).parents[1] / "support" / "box.sh"


@functools.cache
def why_there_is_no_box() -> str:
    """Empty where this machine lets a test make a root file system of its own."""
    if os.getuid() != 0:
        return "only root may make a root file system of its own"
    try:
        subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], check=True, capture_output=True, text=True)
        subprocess.run(["setpriv", "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no namespaces of its own: {getattr(error, 'stderr', '') or error}"
    return ""


def boxed(tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that sees the machine's programs, this checkout and the bills, and can write to `work` alone."""
    if reason := why_there_is_no_box():
        pytest.skip(f"the container's promises are not tested here: {reason}")
    box = tmp_path / "box"
    box.mkdir(exist_ok=True)
    shown = {sys.base_prefix, sys.prefix, str(ROOT), str(tmp_path / "bills")}
    own = ["unshare", "--mount", "--pid", "--fork", "bash", str(BOX), str(box), str(tmp_path / "work")]
    return subprocess.run(
        [*own, *shown, "--", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=300,
    )


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("bills", "work"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_the_box_is_as_tight_as_a_container(folders: Path):
    seen = (
        "import os, pathlib\n"
        "print(os.getuid(), 'HOME' in os.environ)\n"
        f"for place in ('/x', '/tmp/x', '/etc/x', {str(ROOT / 'x')!r}, {str(folders / 'work' / 'x')!r}):\n"
        "    try: pathlib.Path(place).touch(); print(place)\n"
        "    except OSError as error: print(error.errno)\n"
    )
    done = boxed(folders, sys.executable, "-c", seen)
    assert done.stdout.split() == ["65532", "False", "30", "30", "30", "30", str(folders / "work" / "x")], done.stderr


def test_a_run_writes_to_its_one_folder_and_nowhere_else(folders: Path):
    write_cur2(build_ledger(date(2026, 3, 1), 1, date(2026, 3, 2), seed=3), folders / "bills")
    lake = folders / "work" / "lake"
    command = [str(Path(sys.executable).with_name("finops")), "--quiet", "--lake", str(lake)]

    done = boxed(folders, *command, "run", "--bills", str(folders / "bills"))

    # Whatever it had tried to write elsewhere would have failed.
    assert done.returncode == 0, done.stderr
    assert {path.stem for path in lake.glob("marts/**/*.parquet")} == set(MART_NAMES)
    assert {path.parent.name for path in lake.glob("verdicts/*/*.json")} == set(MART_NAMES)
    assert (lake / "dashboards" / "index.html").is_file()
    assert {path.name for path in (folders / "work").iterdir()} == {"lake"}, "something is left behind in TMPDIR"
