"""Single keys from the terminal, without Enter; where there is none to ask, none come."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator

if sys.platform != "win32":
    import termios
    import tty

_ESCAPE = 0x1B  # how the keys begin that are no letters: an arrow is "\x1b[A"


@contextlib.contextmanager
def keys(press: Callable[[str], None]) -> Iterator[bool]:
    """Call ``press``, from a thread, with each letter typed; gives whether there is a keyboard to type on.

    The terminal is put back as it was. Ctrl-C stays what it is.
    """
    if sys.platform == "win32":  # no termios there; Ctrl-C does
        yield False
        return
    keyboard = _keyboard()
    if keyboard is None:
        yield False
        return
    before = termios.tcgetattr(keyboard)
    ear, mouth = os.pipe()
    thread = threading.Thread(target=_listen, args=(keyboard, ear, press), name="keys")
    try:
        tty.setcbreak(keyboard, termios.TCSANOW)
        thread.start()
        yield True
    finally:
        os.close(mouth)  # which the thread hears
        thread.join()
        os.close(ear)
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _keyboard() -> int | None:
    """Standard input, where it is a terminal that is ours: one of a job in the background would stop us."""
    if sys.platform == "win32" or sys.stdin is None or not sys.stdin.isatty():
        return None
    descriptor = sys.stdin.fileno()
    try:
        return descriptor if os.tcgetpgrp(descriptor) == os.getpgrp() else None
    except OSError:  # a terminal that no session owns
        return None


def _listen(keyboard: int, ear: int, press: Callable[[str], None]) -> None:
    while True:
        ready, _, _ = select.select([keyboard, ear], [], [])
        if ear in ready:
            return
        try:
            typed = os.read(keyboard, 64)
        except OSError:  # the terminal is gone; SIGHUP ends us
            return
        if not typed:
            return
        if typed[0] != _ESCAPE:
            for letter in typed.decode(errors="ignore").lower():
                press(letter)
