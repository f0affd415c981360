"""Maps of a group of rows, made from the maps of its distinct texts or from columns of one prefix.

Keys and values are dictionaries in the end, which the writer of Parquet takes as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# An array of Arrow, whose stubs know too little of maps and dictionaries.
Array = Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    Places = npt.NDArray[np.int64]


def spread(indices: Array, values: Array) -> Array:
    """Each row's value; `indices` tell which of `values` it is, null stands for none."""
    import pyarrow as pa

    return _spread_maps(indices, values) if pa.types.is_map(values.type) else values.take(indices)


def _spread_maps(indices: Array, maps: Array) -> Array:
    import numpy as np
    import pyarrow.compute as pc

    starts = maps.offsets.to_numpy()
    lengths = np.append(np.diff(starts), 0)
    # A row without a text has no map; it takes the length behind all others.
    none = indices.is_null().to_numpy(zero_copy_only=False)
    rows = pc.fill_null(indices, len(maps)).to_numpy()
    if maps.null_count:
        none |= np.append(maps.is_null().to_numpy(zero_copy_only=False), True)[rows]
    counts = lengths[rows]
    offsets = np.concatenate(([0], np.cumsum(counts)))
    places = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - np.append(starts[:-1], 0)[rows], counts)
    return _maps(offsets, _taken(maps.keys, places), _taken(maps.items, places), none)


def _taken(values: Array, places: Places) -> Array:
    import pyarrow as pa

    if not pa.types.is_string(values.type):
        return values.take(pa.array(places))
    texts = values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(texts.indices.take(pa.array(places)), texts.dictionary)


def _maps(offsets: Places, keys: Array, items: Array, none: npt.NDArray[Any] | None = None) -> Array:
    import numpy as np
    import pyarrow as pa

    of: Any = pa.MapArray.from_arrays
    return of(pa.array(offsets.astype(np.int32)), keys, items, mask=None if none is None else pa.array(none))


def folded(rows: pa.RecordBatch, prefix: str) -> Array:
    """All columns of one prefix as one map per row, the rest of their names as keys; blank values are left out.

    Columns of one key have `#2`, `#3` … behind it; the first that is filled counts.
    """
    import numpy as np
    import pyarrow as pa

    named: list[tuple[str, Array]] = [
        (name.removeprefix(prefix).partition("#")[0], rows[name])
        for name in rows.schema.names
        if name.startswith(prefix)
    ]
    keys = list(dict.fromkeys(key for key, _ in named))
    places = np.full((rows.num_rows, len(keys)), -1, np.int64)
    texts = [pa.array([], pa.string())]
    start = 0
    for key, column in named:
        _fill(places[:, keys.index(key)], column, start)
        texts.append(column.dictionary)
        start += len(column.dictionary)
    filled = places >= 0
    return _maps(
        np.concatenate(([0], np.cumsum(filled.sum(axis=1)))),
        pa.DictionaryArray.from_arrays(np.nonzero(filled)[1].astype(np.int32), pa.array(keys, pa.string())),
        pa.DictionaryArray.from_arrays(places[filled].astype(np.int32), pa.concat_arrays(texts)),
    )


def _fill(places: Places, column: Array, start: int) -> None:
    """Put where the texts of a column lie into places that are free yet; blank ones stay free."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    texts: Any = column.dictionary
    at = np.append(np.arange(len(texts)) + start, -1)
    at[:-1][pc.equal(texts, pa.scalar("")).to_numpy(zero_copy_only=False)] = -1
    indices = pc.fill_null(column.indices, len(texts)).to_numpy()
    places[places < 0] = at[indices][places < 0]
