"""The bytes of a csv file, unpacked once, with their records counted before any reader of csv sees them.

The scan knows quotes and line ends and nothing of columns: what it counts is held against what the reader took, so
that rows which a reader would merge, split or drop in silence do not go unnoticed.
"""

from __future__ import annotations

import codecs
import io
from typing import Protocol

from ingestion import bits, zips
from ingestion.guards import SourceFile, damaged
from lake.errors import BadBillError

_QUOTE, _COMMA, _LINE_FEED = b'",\n'
_LINE_ENDS = b"\n\r"
# What may stand beside a quote that opens or closes a field; another quote makes it text.
_BORDERS = b'",\n\r'
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Larger stretches fall out of the processor's cache, smaller ones cost a call more often.
_SCANNED_BYTES = 1024 * 1024
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
        self._decoder = codecs.getincrementaldecoder("utf-8")()

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
        self._require_text(content)
        line_ends = _LINE_ENDS if b"\r" in content else b"\n"
        for at in range(0, len(content), _SCANNED_BYTES):
            self._scan(memoryview(content)[at : at + _SCANNED_BYTES], line_ends)
        if content:
            return content
        if self._is_quoted:
            self._refuse_row("a quote that nothing closes", 0)
        if self._last not in _LINE_ENDS:
            self._last = _LINE_FEED
            self.records += 1
        return content

    def _require_text(self, content: bytes) -> None:
        """Refuse bytes that are no UTF-8: once for all, where the reader of rows would ask it of each value."""
        try:
            self._decoder.decode(content, final=not content)
        except UnicodeDecodeError as error:
            row = self.records + error.object[: error.start].count(_LINE_FEED)
            self._refuse(f"The file cannot be read: row {row} below the header, or one near it, is no UTF-8 text.")

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._raw.close()
        super().close()

    def _scan(self, content: memoryview, line_ends: bytes) -> None:
        quotes, ends = bits.where(content, _QUOTE), bits.where(content, *line_ends)
        borders = quotes | ends | bits.where(content, _COMMA)
        is_quoted = bits.odd(quotes, self._is_quoted)
        opening, closing = quotes & is_quoted, quotes & ~is_quoted
        lone = opening & ~bits.later(borders, self._last in _BORDERS)
        # What stands behind the last byte, the next scan sees: it may be a border as well as not.
        lone |= closing & ~bits.earlier(borders, len(content), True)
        if not self._is_quoted and self._last == _QUOTE and content[0] not in _BORDERS:
            lone |= bits.first(len(lone))
        ends &= ~is_quoted & ~bits.later(ends, self._last in _LINE_ENDS)
        if lone.any():
            self._refuse_row("a quote inside of a field", bits.count_before(ends, bits.lowest(lone)))
        self.records += bits.count(ends)
        self._is_quoted = bits.is_set(is_quoted, len(content) - 1)
        self._last = content[-1]

    def _refuse_row(self, what: str, records: int) -> None:
        row = self.records + records
        self._refuse(f"The file cannot be read: row {row} below the header has {what}.")

    def _refuse(self, what: str) -> None:
        self.fault = BadBillError(what, where=self._file.where, todo=_AGAIN)
        raise self.fault


def _opened(file: SourceFile) -> _Bytes:
    """The file's plain bytes; what is packed is compared with its checksum as it is read."""
    import pyarrow as pa

    if file.is_zip:
        return zips.content(file.path)
    # Arrow unpacks twice as fast as Python, and refuses all that Python does.
    return pa.CompressedInputStream(pa.OSFile(str(file.path), "rb"), "gzip") if file.is_gzip else file.path.open("rb")
