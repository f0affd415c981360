"""The rows of a csv bill, parsed once: columns as dictionaries of their texts, in groups of rows.

Most of a bill's 130 columns are blank or hold few texts, so what is done with a value is done once per text and group.
The id of a line is the exception: nearly each is another one, and a dictionary of them would cost twice the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from ingestion.csv_scan import CsvBytes
from ingestion.guards import SourceFile
from lake.errors import BadBillError

if TYPE_CHECKING:
    import pyarrow as pa

# What is parsed at once stays in the processor's cache. A record must fit into it.
_BLOCK_BYTES = 2 * 1024 * 1024
# Rows of one dictionary, which become a row group of the landed file.
_GROUP_ROWS = 61_440
# Groups that wait for the next step; more cost memory and win nothing.
_WAITING = 2


@dataclass(frozen=True)
class Group:
    """Consecutive rows of a file, each column a dictionary over all of them but for ids; `first_row` counts from 1."""

    rows: pa.RecordBatch
    first_row: int


@contextmanager
def groups(file: SourceFile, line_id: str = "") -> Iterator[Iterator[Group]]:
    """The file's rows by the column names of its form, parsed in a thread of their own; `line_id` comes as plain texts.

    Raises BadBillError for a file that cannot be read, or whose rows do not fit the header or the scan of its bytes.
    """
    waiting: Queue[Group | BaseException | None] = Queue(_WAITING)
    stop = Event()
    thread = Thread(target=_parse, args=(file, line_id, waiting, stop), daemon=True)
    thread.start()
    try:
        yield _until_none(waiting)
    finally:
        stop.set()
        while thread.is_alive():
            while not waiting.empty():
                waiting.get()
            thread.join(0.05)


def _until_none(waiting: Queue[Group | BaseException | None]) -> Iterator[Group]:
    while (found := waiting.get()) is not None:
        if isinstance(found, BaseException):
            raise found
        yield found


def _parse(file: SourceFile, line_id: str, waiting: Queue[Group | BaseException | None], stop: Event) -> None:
    try:
        for group in _groups(file, line_id):
            if stop.is_set():
                return
            waiting.put(group)
        waiting.put(None)
    # Whatever it is, it is raised where the groups are taken.
    except BaseException as error:
        waiting.put(error)


def _groups(file: SourceFile, line_id: str) -> Iterator[Group]:
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    rows, first_row = 0, 1
    with CsvBytes(file) as content:
        try:
            for batch in _batches(file, content, line_id):
                held.append(batch)
                rows += batch.num_rows
                if rows >= _GROUP_ROWS:
                    yield _group(held, first_row)
                    held, rows, first_row = [], 0, first_row + rows
        except (pa.ArrowException, OSError) as error:
            told = content.fault or BadBillError(
                f"The file cannot be read: {_plain(str(error))}",
                where=file.where,
                todo="Take the file as AWS wrote it.",
            )
            raise told from error
        if held:
            yield _group(held, first_row)
        _require_all(file, content.records - 1, first_row + rows - 1)


def _group(batches: list[pa.RecordBatch], first_row: int) -> Group:
    import pyarrow as pa

    unified = pa.Table.from_batches(batches).unify_dictionaries()
    columns = [_joined(column.chunks) for column in unified.columns]
    return Group(pa.RecordBatch.from_arrays(columns, names=unified.column_names), first_row)


def _joined(chunks: list[Any]) -> Any:
    import pyarrow as pa

    if not pa.types.is_dictionary(chunks[0].type):
        return pa.concat_arrays(chunks)
    # Arrow would compare all dictionaries once more to join these, which are one and the same.
    indices = pa.concat_arrays([chunk.indices for chunk in chunks])
    return pa.DictionaryArray.from_arrays(indices, chunks[0].dictionary, safe=False)


def _batches(file: SourceFile, content: CsvBytes, line_id: str) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = list(file.fields)
    texts: dict[str, pa.DataType] = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    if line_id in texts:
        texts[line_id] = pa.string()
    plain: Any = content
    with arrow_csv.open_csv(
        plain,
        # One thread, so that Arrow can say in which row the fields do not fit. The header's own names may be alike.
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK_BYTES, column_names=names, skip_rows_after_names=1
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        # A blank field is null, but quoted blank text is not: AWS writes both.
        convert_options=arrow_csv.ConvertOptions(
            column_types=texts,
            null_values=["", *file.null_words],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            # The scan looked at that already.
            check_utf8=False,
        ),
    ) as batches:
        yield from batches


def _require_all(file: SourceFile, scanned: int, parsed: int) -> None:
    if scanned != parsed:
        raise BadBillError(
            "Two readers disagree about this bill, so it is not accepted: "
            f"its file has {scanned} rows by its line ends, {parsed} were read.",
            where=file.where,
            todo="Take the file as AWS wrote it.",
        )


def _plain(reason: str) -> str:
    match = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", reason)
    if match:
        return f"row {int(match[1]) - 1} below the header has {match[3]} fields where the header has {match[2]}."
    return reason.strip().splitlines()[0] if reason.strip() else "unknown reason"
