"""What can go wrong, told as a person would want to hear it: what, where, and what to do about it."""

from __future__ import annotations

EXIT_CLOSED = 1
EXIT_BAD_INPUT = 2
EXIT_OVER_BUDGET = 3


class FinopsError(Exception):
    """Base of every error shown to a user.

    `what` is one sentence, `where` names the file, row or setting, `todo` says how to go on.
    `exit_code` is 2 (wrong use or bad input) unless a subclass says otherwise.
    """

    exit_code = EXIT_BAD_INPUT

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        return "; ".join(part for part in (self.what, self.where, self.todo) if part)


class BadBillError(FinopsError):
    """A bill that cannot be accepted: unreadable, incomplete, or not a bill at all. Nothing of it was landed."""


class SettingsError(FinopsError):
    """A setting that is missing or out of its range."""


class LakeError(FinopsError):
    """The lake cannot be read or written, or another run holds it."""


class BudgetError(FinopsError):
    """Athena would read for more dollars than the run may spend. What was published before stays."""

    exit_code = EXIT_OVER_BUDGET


class CheckFailedError(FinopsError):
    """A build, a test or a reconciliation said no. The last good marts are untouched."""

    exit_code = EXIT_CLOSED


class GateClosedError(FinopsError):
    """An action may not run on this mart. `reason` is one of `lake.verdicts.CLOSED_REASONS`."""

    exit_code = EXIT_CLOSED

    def __init__(self, reason: str, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what, where=where, todo=todo)
        self.reason = reason
