"""Signals that end a command, all as Ctrl-C does: by a KeyboardInterrupt, so that workers end and work is kept."""

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterator

_DEAF_SECONDS = 5.0


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP end what runs here as Ctrl-C does; a second one soon after does not disturb the ending.

    What the caller's shell or ``nohup`` has set to be ignored stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():  # no other may set signals
        yield
        return
    heard = -math.inf

    def end(_number: int, _frame: object) -> None:
        nonlocal heard
        # Not for good: an exception raised inside a destructor is lost, and the user must be able to try again.
        if time.monotonic() - heard > _DEAF_SECONDS:
            heard = time.monotonic()
            raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler not in (signal.SIG_IGN, None):
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # set by other than Python: it was not replaced
                signal.signal(number, handler)
