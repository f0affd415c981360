"""The forms in which a ledger can be written, by the names that `finops synth --format` takes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Protocol

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.files import ROWS_PER_FILE, Watch, unwatched
from ingestion.synthetic.focus import write_focus
from ingestion.synthetic.ledger import Ledger
from ingestion.synthetic.legacy import write_legacy


class WriteBills(Protocol):
    """Writes a ledger below a folder, negotiated discounts in net columns or as lines; see `write_cur2`.

    With `overwrite` a delivery replaces the one before; each of its files has at most `rows_per_file` rows.
    `watch` is told of rows as they are written.
    """

    def __call__(
        self,
        ledger: Ledger,
        out: Path,
        /,
        *,
        net_columns: bool = False,
        overwrite: bool = False,
        rows_per_file: int = ROWS_PER_FILE,
        watch: Watch = unwatched,
    ) -> list[Path]:
        """Each month's manifest, or its first file where a form has none."""
        ...


FORMS: dict[str, WriteBills] = {
    "cur2-parquet": partial(write_cur2, file_format="parquet"),
    "cur2-csv": partial(write_cur2, file_format="csv"),
    "legacy-parquet": partial(write_legacy, file_format="parquet"),
    "legacy-parquet-manifest": partial(write_legacy, file_format="parquet", manifest=True),
    "legacy-csv": partial(write_legacy, file_format="csv"),
    "legacy-zip": partial(write_legacy, file_format="zip"),
    "focus-parquet": partial(write_focus, file_format="parquet"),
    "focus-csv": partial(write_focus, file_format="csv"),
}
# The names of before there was more than one form.
SHORT_NAMES = {"parquet": "cur2-parquet", "csv": "cur2-csv"}
