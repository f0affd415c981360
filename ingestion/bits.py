"""Sets of places in a stretch of bytes, one bit for each byte: sixty-four places are looked at in one step.

A set is an array of 64-bit words; bit 0 of word 0 is the first byte. `where` sets none behind the last byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bits = npt.NDArray[np.uint64]

_WORD = 64


def where(content: memoryview, *wanted: int) -> Bits:
    """The places of one or several bytes."""
    import numpy as np

    here = np.frombuffer(content, np.uint8)
    words = np.zeros(-(-len(here) // _WORD), "<u8")
    places = words.view(np.uint8)[: -(-len(here) // 8)]
    for byte in wanted:
        places |= np.packbits(here == byte, bitorder="little")
    return words


def odd(places: Bits, start: bool) -> Bits:
    """The places up to which, themselves included, the set has an odd number of places; `start` counts as one more."""
    import numpy as np

    odds = places ^ (places << np.uint64(1))
    for step in (2, 4, 8, 16, 32):
        odds ^= odds << np.uint64(step)
    # A word's last bit is odd or even over all of the word: with it the words behind it turn, or do not.
    turns = np.bitwise_xor.accumulate(np.concatenate((np.array([start], np.uint64), odds[:-1] >> np.uint64(_WORD - 1))))
    return odds ^ (np.uint64(0) - turns)


def later(places: Bits, first: bool) -> Bits:
    """Every place moved one byte back towards the end; `first` is what comes in at the first byte."""
    import numpy as np

    moved = places << np.uint64(1)
    moved[1:] |= places[:-1] >> np.uint64(_WORD - 1)
    moved[0] |= np.uint64(first)
    return moved


def earlier(places: Bits, length: int, last: bool) -> Bits:
    """Every place moved one byte towards the start; `last` is what comes in at the last of `length` bytes."""
    import numpy as np

    moved = places >> np.uint64(1)
    moved[:-1] |= places[1:] << np.uint64(_WORD - 1)
    word, bit = divmod(length - 1, _WORD)
    moved[word] |= np.uint64(last) << np.uint64(bit)
    return moved


def first(words: int) -> Bits:
    """The first place alone, in a set of so many words."""
    import numpy as np

    return np.concatenate((np.ones(1, np.uint64), np.zeros(words - 1, np.uint64)))


def count(places: Bits) -> int:
    """How many places the set has."""
    import numpy as np

    return int(np.bitwise_count(places).sum())


def lowest(places: Bits) -> int:
    """The first place of a set that has any."""
    import numpy as np

    return int(np.flatnonzero(np.unpackbits(places.view(np.uint8), bitorder="little"))[0])


def count_before(places: Bits, place: int) -> int:
    """How many places of the set lie before `place`."""
    import numpy as np

    return int(np.unpackbits(places.view(np.uint8), bitorder="little")[:place].sum())


def is_set(places: Bits, place: int) -> bool:
    """Whether the set has `place`."""
    import numpy as np

    word, bit = divmod(place, _WORD)
    return bool(places[word] >> np.uint64(bit) & np.uint64(1))
