"""The scan of a csv's bytes, held against a reader that looks at one byte after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import csv_scan
from ingestion.csv_scan import CsvBytes
from ingestion.guards import SourceFile
from lake.errors import BadBillError

ENDS = b"\n\r"
# Long fields push what matters over the borders of the words of 64 bytes in which the scan looks at a file.
PIECES = st.sampled_from([b"a", b",", b'"', b"\n", b"\r\n", b'""', b"a" * 61, b'"x,\ny"', b'"q""q"', "ä".encode()])
CONTENTS = st.lists(PIECES, max_size=40).map(b"".join)


def one_by_one(content: bytes) -> int | None:
    """Lines that are not blank, line ends inside of quotes left out; None where a quote stands where none may."""
    lines, is_quoted, before = 0, False, ord("\n")
    for at, byte in enumerate(content):
        if byte == ord('"'):
            neighbour = before if not is_quoted else (content[at + 1] if at + 1 < len(content) else ord("\n"))
            if neighbour not in b'",\n\r':
                return None
            is_quoted = not is_quoted
        elif byte in ENDS and not is_quoted and before not in ENDS:
            lines += 1
        before = byte
    if is_quoted:
        return None
    return lines + (before not in ENDS)


def scanned(content: bytes, path: Path, stretch: int) -> int | None:
    path.write_bytes(content)
    file = SourceFile(key=path.name, path=path, where=str(path), is_csv=True, is_gzip=False, fields={}, has_rows=True)
    with CsvBytes(file) as stream:
        try:
            while stream.read(stretch):
                pass
        except BadBillError:
            return None
        return stream.records


@settings(max_examples=300, deadline=None)
@given(content=CONTENTS, stretch=st.sampled_from([1, 3, 63, 64, 65, 4096]), scan=st.sampled_from([1, 64, 100, 4096]))
def test_the_scan_counts_what_a_slow_reader_counts_wherever_the_stretches_end(content, stretch, scan, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "scanned.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_scan, "_SCANNED_BYTES", scan)
        assert scanned(content, path, stretch) == one_by_one(content)


@pytest.mark.parametrize("stretch", [1, 2, 64, 4096])
def test_bytes_that_are_no_text_are_refused_wherever_the_stretches_end(stretch, tmp_path):
    good = "a,b\nä,€\n".encode() * 20
    assert scanned(good, tmp_path / "good.csv", stretch) == 40
    assert scanned(good + b"\xe4,x\n", tmp_path / "latin.csv", stretch) is None
    assert scanned(good + "€".encode()[:2], tmp_path / "cut.csv", stretch) is None
