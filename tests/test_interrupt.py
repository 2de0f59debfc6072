"""Signals that end a command do so once, all in the same way, and only while they are asked for."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from autograder.interrupt import interruptible


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_is_a_keyboard_interrupt(name: str) -> None:
    number = signal.Signals[name]
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_second_one_does_not_disturb_the_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    """But who waits for five seconds is heard again: the first may have been lost."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with interruptible():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        now = 104.9
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        now = 105.1
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_what_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_sets_no_signals() -> None:
    """Python forbids it; a host that grades in a thread has signals of its own."""
    seen: list[object] = []

    def work() -> None:
        with interruptible():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
