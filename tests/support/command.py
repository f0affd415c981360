"""The command itself, in this very process: what it says and how it ends, without a new Python for each call.

Programs of their own are what a user starts: tests/pipeline/test_new_user.py and others do that.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from finops import main

# What the command listens to as long as a process lives.
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def finops(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `finops ARGUMENTS` would have answered as a process."""
    out, err = _stream(), _stream()
    with _as_it_was(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["finops", *arguments])
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code, _written(out), _written(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextmanager
def _as_it_was() -> Iterator[None]:
    """The environment and the signals are those of before, afterwards."""
    environ, handlers = dict(os.environ), {one: signal.getsignal(one) for one in _SIGNALS}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(environ)
        for one, handler in handlers.items():
            signal.signal(one, handler)
