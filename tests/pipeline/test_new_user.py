"""What a stranger does by accident: Ctrl-C, an empty variable, a command too early. And what stops a task."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def command(lake: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "finops", "--lake", str(lake), *arguments]


@pytest.mark.parametrize(
    ("sign", "code", "begun"),
    [
        (signal.SIGINT, 130, "landing"),
        (signal.SIGINT, 130, "engine/finops.duckdb"),
        (signal.SIGTERM, 143, "engine/finops.duckdb"),
    ],
    ids=["Ctrl-C while landing", "Ctrl-C while computing", "a task that is stopped while computing"],
)
def test_being_stopped_is_told_as_an_interruption(tmp_path: Path, sign: signal.Signals, code: int, begun: str):
    write_cur2(build_ledger(date(2026, 6, 1), 2, date(2026, 7, 20), seed=7), tmp_path / "bills")
    lake = tmp_path / "lake"
    running = subprocess.Popen(
        command(lake, "--json", "run", "--bills", str(tmp_path / "bills")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # A job in the background would be deaf to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    patience = time.monotonic() + 60
    while not (lake / begun).exists() and running.poll() is None and time.monotonic() < patience:
        time.sleep(0.02)
    running.send_signal(sign)
    told, complaint = running.communicate(timeout=60)

    assert running.returncode == code
    assert json.loads(told)["error"]["what"] == "Interrupted."
    assert complaint.startswith("error: Interrupted.")


def test_an_empty_path_is_not_the_folder_one_stands_in(tmp_path: Path):
    done = subprocess.run(
        command(tmp_path / "lake", "run", "--bills", ""), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 2
    assert "No folder of bills is named" in done.stderr


def test_a_build_before_the_first_bill_leaves_no_lake(tmp_path: Path):
    done = subprocess.run(command(tmp_path / "lake", "build"), capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
