"""The bytes of a csv file, unpacked once, with their records counted before any reader of csv sees them.

The scan knows quotes and line ends and nothing of columns: what it counts is held against what the reader took, so
that rows which a reader would merge, split or drop in silence do not go unnoticed.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from ingestion import zips
from ingestion.guards import SourceFile, damaged
from lake.errors import BadBillError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_QUOTE, _COMMA, _LINE_FEED, _RETURN = b'",\n\r'
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Small enough for the processor's cache.
_SCANNED_BYTES = 256 * 1024
_AGAIN = "Copy the file again from AWS's bucket."


class _Bytes(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class CsvBytes(io.RawIOBase):
    """A csv file's plain bytes as a stream, for the reader of its rows. Raises BadBillError for damaged compression.

    `records` are the lines that a reader has to find, the header among them; it is whole once the stream is read.
    Lines end outside of quotes; blank ones are none. A quote opens or closes a field, or stands twice for itself:
    whatever else is refused, for readers would disagree about it. `fault` keeps the error for threads that lose it.
    """

    def __init__(self, file: SourceFile) -> None:
        super().__init__()
        self.records = 0
        self.fault: BadBillError | None = None
        self._file = file
        self._raw = _opened(file)
        self._last = _LINE_FEED
        self._is_quoted = False
        self._is_first = True

    def readable(self) -> bool:
        """A stream that can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none at the end."""
        try:
            content = self._raw.read(size)
        except zips.ERRORS as error:
            told = (str(error).strip().splitlines() or ["unknown reason"])[0]
            self._refuse(f"{damaged(self._file.key)}: {told}")
        if self._is_first:
            content = content.removeprefix(_BYTE_ORDER_MARK)
            self._is_first = False
        for at in range(0, len(content), _SCANNED_BYTES):
            self._scan(content[at : at + _SCANNED_BYTES])
        if content:
            return content
        if self._is_quoted:
            self._refuse_row("a quote that nothing closes", 0)
        if self._last not in (_LINE_FEED, _RETURN):
            self._last = _LINE_FEED
            self.records += 1
        return content

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._raw.close()
        super().close()

    def _scan(self, content: bytes) -> None:
        import numpy as np

        here = np.frombuffer(content, np.uint8)
        # The byte before each byte.
        before = np.frombuffer(bytes((self._last,)) + content[:-1], np.uint8)
        quotes = np.flatnonzero(here == _QUOTE)
        ends = np.flatnonzero((here == _LINE_FEED) | (here == _RETURN) if b"\r" in content else here == _LINE_FEED)
        ends = ends[(before[ends] != _LINE_FEED) & (before[ends] != _RETURN)]
        ends = ends[(np.searchsorted(quotes, ends) + self._is_quoted) % 2 == 0]
        opening, closing = quotes[self._is_quoted :: 2], quotes[1 - self._is_quoted :: 2]
        lone = [opening[~_borders(before[opening])][:1]]
        # What stands behind the last byte, the next scan sees.
        inner = closing[: np.searchsorted(closing, len(here) - 1)]
        lone.append(inner[~_borders(here[1:][inner])][:1])
        if not self._is_quoted and self._last == _QUOTE and not _borders(here[:1])[0]:
            lone.append(np.zeros(1, np.intp))
        first = np.concatenate(lone)
        if len(first):
            self._refuse_row("a quote inside of a field", int(np.searchsorted(ends, first.min())))
        self.records += len(ends)
        self._is_quoted ^= bool(len(quotes) % 2)
        self._last = content[-1]

    def _refuse_row(self, what: str, records: int) -> None:
        row = self.records + records
        self._refuse(f"The file cannot be read: row {row} below the header has {what}.")

    def _refuse(self, what: str) -> None:
        self.fault = BadBillError(what, where=self._file.where, todo=_AGAIN)
        raise self.fault


def _borders(some: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which of these bytes may stand beside a quote that opens or closes a field; another quote makes it text."""
    fits: npt.NDArray[np.bool_] = (some == _COMMA) | (some == _QUOTE) | (some == _LINE_FEED) | (some == _RETURN)
    return fits


def _opened(file: SourceFile) -> _Bytes:
    """The file's plain bytes; what is packed is compared with its checksum as it is read."""
    import pyarrow as pa

    if file.is_zip:
        return zips.content(file.path)
    # Arrow unpacks twice as fast as Python, and refuses all that Python does.
    return pa.CompressedInputStream(pa.OSFile(str(file.path), "rb"), "gzip") if file.is_gzip else file.path.open("rb")
