"""The grader's end of a connection to a worker, with a deadline that dripping bytes do not extend."""

from __future__ import annotations

import select
import socket
import time

from autograder.language import _

_WALL_PER_CPU = 5  # a learner's seconds are of computing: a busy machine must not turn a right answer into a timeout


class Late(Exception):
    """The deadline of an exchange has passed; says which, in words for the learner."""


class Line:
    """A connection with one deadline for all that is read and written, in wall-clock and in processor time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._clock: int | None = None
        self._seconds = self._end = self._cpu_end = 0.0

    def watch(self, pid: int) -> None:
        """Count this process's processor time from now on."""
        self._clock = (~pid << 3) | 2  # CPUCLOCK_SCHED of the process: MAKE_PROCESS_CPUCLOCK in the kernel's sources

    def begin(self, seconds: float) -> None:
        """An exchange begins that may take so many seconds of computing, and of a busy machine five times that."""
        self._seconds = seconds
        self._end = time.monotonic() + _WALL_PER_CPU * seconds
        self._cpu_end = self._cpu() + seconds

    def read(self, size: int) -> bytes:
        """So many bytes; fewer only at the end of the stream."""
        data = bytearray(size)
        filled = 0
        while filled < size:
            self._wait(select.POLLIN)
            count = self._connection.recv_into(memoryview(data)[filled:])
            if count == 0:
                break
            filled += count
        return bytes(data[:filled])

    def write(self, data: bytes) -> None:
        """All the bytes."""
        left = memoryview(data)
        while left:
            self._wait(select.POLLOUT)
            left = left[self._connection.send(left, socket.MSG_DONTWAIT) :]

    def flush(self) -> None:
        """Nothing is held back."""

    def _wait(self, event: int) -> None:
        poll = select.poll()
        poll.register(self._connection, event)
        while True:
            # A worker has one thread: it cannot use up its processor time in less wall-clock time than that.
            computing, waiting = self._cpu_end - self._cpu(), self._end - time.monotonic()
            left = min(computing, waiting)
            if left <= 0:
                raise Late(self._late(computing <= 0))
            if poll.poll(1000 * left + 1):
                return

    def _late(self, computing: bool) -> str:
        limit = f"{self._seconds:g}"
        if computing:
            late = _("no answer within {seconds} s of computing; is there a loop that does not end?")
            return late.format(seconds=limit)
        late = _("no answer within {wall} s, where {seconds} s of computing are allowed; does it sleep or wait?")
        return late.format(wall=f"{_WALL_PER_CPU * self._seconds:g}", seconds=limit)

    def _cpu(self) -> float:
        if self._clock is None:
            return 0.0
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # it has ended: the next read says so
            return 0.0
