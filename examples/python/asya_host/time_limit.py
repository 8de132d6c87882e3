"""Ends a handler that takes too long."""

from __future__ import annotations

import faulthandler
import signal
from collections.abc import Generator
from contextlib import contextmanager

# What a handler may take to end after it was told to. One that is deep inside a library cannot be
# told: then the process ends, with the place in its log, and whoever runs it starts it again.
GRACE_S = 2.0


class TimeIsUp(BaseException):
    """Raised inside a handler whose time is over, where no ``except Exception`` hides it."""


@contextmanager
def time_limit(seconds: float) -> Generator[None, None, None]:
    """Raises TimeIsUp in the main thread when what is inside takes too long.

    :param seconds: how long it may take
    """
    is_over = False

    def end_handler(_signal: int, _frame: object) -> None:
        if not is_over:
            raise TimeIsUp

    previous = signal.signal(signal.SIGALRM, end_handler)
    faulthandler.dump_traceback_later(seconds + GRACE_S, exit=True)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        try:
            is_over = True  # the alarm, which comes once, may still come before this
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGALRM, previous)
