"""How a command lives in its process: it can be told to stop, and needs no home."""

from __future__ import annotations

import os
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143


@dataclass
class Interruption:
    """What ended a command before its time; `exit_code` tells Ctrl-C (130) from a task that was stopped (143)."""

    exit_code: int = EXIT_INTERRUPTED

    def listen(self) -> None:
        """Let SIGTERM end the command as Ctrl-C does. A container's first process would be deaf to it."""
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, *_: Any) -> None:
        self.exit_code = EXIT_TERMINATED
        # What is cleaned up now shall not be cut short by being told again.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt


def ensure_home() -> None:
    """Give a user without a home a temporary one: libraries look for it while they are imported, and fail without."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = tempfile.gettempdir()
