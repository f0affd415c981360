"""Which months of a mart are asked about: a month that a green verdict speaks of, and that did not change, is not.

Only of marts with a file per month, whose suites look at each row, or at rows of one month: see docs/decisions/0013.
"""

from __future__ import annotations

from collections.abc import Mapping

from lake import verdicts
from lake.store import Store
from quality.snapshot import Copied
from quality.suite import Suite


def months_to_ask(store: Store, suite: Suite, copied: Copied) -> tuple[str, ...]:
    """The months (YYYY-MM) to ask about, sorted: the newest always, and whatever no green verdict of the suite knows.

    Empty for a mart that is one file: all of it is asked.
    """
    if not copied.months:
        return ()
    known = _found_good(store, suite)
    changed = {month for month, file in copied.months.items() if known.get(month) != file.version}
    return tuple(sorted(changed | {max(copied.months)}))


def _found_good(store: Store, suite: Suite) -> Mapping[str, str]:
    """The months of the newest verdict, if it is green and rests on the same expectations."""
    try:
        verdict = verdicts.newest(store, suite.mart)
    except (ValueError, TypeError, KeyError):
        return {}
    return verdict.months if verdict and verdict.passed and verdict.suite_version == suite.version else {}
