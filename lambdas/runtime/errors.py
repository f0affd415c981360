"""How an action fails, in words for a user."""

from __future__ import annotations

from lake.errors import EXIT_CLOSED, FinopsError


class NoAccountError(FinopsError):
    """An action was to change an account and no account can be reached. Nothing was touched."""


class UnknownActionError(FinopsError):
    """There is no action of that name."""


class StoppedError(FinopsError):
    """A cap or the kill switch stopped the run before it touched anything."""

    exit_code = EXIT_CLOSED


class ActsFailedError(FinopsError):
    """Some acts failed or could not begin. The others are done and recorded."""

    exit_code = EXIT_CLOSED
