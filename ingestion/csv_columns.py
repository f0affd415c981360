"""Groups of csv rows as the landed columns of a form: each text is cast once, whatever the number of its rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingestion import reading
from ingestion.csv_maps import Array, folded, spread
from ingestion.csv_rows import Group
from ingestion.dictionary import DELIVERY_ID, SOURCE_FILE, Column, arrow_schema, columns
from ingestion.guards import SourceFile
from ingestion.sources import form
from lake.errors import BadBillError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass
class LandedColumns:
    """Makes the landed columns of one file's groups. Casts are DuckDB's, with the very SQL that reads Parquet bills."""

    engine: duckdb.DuckDBPyConnection
    source: str
    file: SourceFile
    delivery_id: str
    _known: dict[tuple[str, tuple[str, ...]], Array] = field(default_factory=dict)

    def of(self, group: Group) -> pa.Table:
        """The group's rows as they are landed. Raises BadBillError naming column, row and value that no cast takes."""
        import pyarrow as pa

        schema, rows = arrow_schema(self.source), group.rows
        texts: dict[str, Array] = dict(zip(rows.schema.names, rows.columns, strict=True))
        folds = {fold.column: fold for fold in form(self.source).folds}
        cast = self._cast(group)
        made: dict[str, Array] = {}
        for column in columns(self.source):
            if column.name in folds:
                made[column.name] = folded(rows, folds[column.name].prefix)
            elif column.name not in self.file.fields:
                made[column.name] = _nothing(schema.field(column.name).type, rows.num_rows)
            elif column.name in cast:
                made[column.name] = spread(texts[column.name].indices, cast[column.name])
            else:
                made[column.name] = texts[column.name]
        made[DELIVERY_ID] = _same(self.delivery_id, rows.num_rows)
        made[SOURCE_FILE] = _same(self.file.key, rows.num_rows)
        return pa.table(made)

    def _cast(self, group: Group) -> dict[str, Array]:
        """The typed values of each column's dictionary, of all columns but texts."""
        import pyarrow as pa

        wanted: dict[str, list[tuple[Column, Array]]] = defaultdict(list)
        made: dict[str, Array] = {}
        for column in columns(self.source):
            if column.type == "varchar" or column.name not in self.file.fields:
                continue
            rows: Array = group.rows[column.name]
            texts: Array = rows.dictionary
            key = (column.type, tuple(texts.to_pylist())) if len(texts) <= _FEW else None
            if key in self._known:
                made[column.name] = self._known[key]
            else:
                wanted[column.type].append((column, texts))
        for kind, some in wanted.items():
            typed = self._typed(kind, pa.concat_arrays([texts for _, texts in some]), group, some)
            at = 0
            for column, texts in some:
                made[column.name] = typed.slice(at, len(texts))
                at += len(texts)
                if len(texts) <= _FEW:
                    self._known[column.type, tuple(texts.to_pylist())] = made[column.name]
        return made

    def _typed(self, kind: str, texts: Array, group: Group, some: list[tuple[Column, Array]]) -> Array:
        import duckdb
        import pyarrow as pa

        self.engine.register("texts", pa.table({"text": texts}))
        try:
            read = reading.expression(Column("text", kind, False, ""), {"text": ("text", "text")})
            # One thread and kept order: the answer must stand beside the texts.
            found = self.engine.execute(f"select {read} as typed from texts").to_arrow_table()["typed"]  # noqa: S608
            return found.combine_chunks().cast(arrow_schema(self.source).field(some[0][0].name).type)
        except duckdb.OutOfMemoryException:
            raise
        except (duckdb.Error, pa.ArrowException) as error:
            raise self._explained(some, group, error) from error
        finally:
            self.engine.unregister("texts")

    def _explained(self, some: list[tuple[Column, Array]], group: Group, error: Exception) -> BadBillError:
        """Which value of which row could not be cast: asked only after the fact, so that good bills pay nothing."""
        import pyarrow as pa
        import pyarrow.compute as pc

        for column, texts in some:
            self.engine.register("texts", pa.table({"text": texts}))
            tried = reading.expression(column, {column.name: ("text", "text")}, cast="try_cast")
            bad = self.engine.execute(f"select text from texts where {tried} is null and text <> ''").fetchall()  # noqa: S608
            rows = [pc.index(group.rows[column.name].cast(pa.string()), value).as_py() for (value,) in bad]
            if rows:
                row, value = min(zip(rows, (value for (value,) in bad), strict=True))
                at = f"column {column.name}, row {group.first_row + row} below the header: {value!r}"
                what = f"A value cannot be read as {column.type}."
                return BadBillError(what, where=f"{self.file.where}, {at}", todo="Take the file as AWS wrote it.")
        told = (str(error).strip().splitlines() or ["unknown reason"])[0]
        return BadBillError(f"The file cannot be read: {told}", where=self.file.where)


# Columns of so few texts have the same ones in the next group, too.
_FEW = 64


def _nothing(kind: pa.DataType, rows: int) -> Array:
    import pyarrow as pa

    if pa.types.is_string(kind):
        return pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), pa.array([], pa.string()))
    if pa.types.is_map(kind):
        return spread(pa.nulls(rows, pa.int32()), pa.array([], kind))
    nulls: Any = pa.nulls
    return nulls(rows, kind)


def _same(value: str, rows: int) -> Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([value]))
