"""A sandbox that can be closed while submissions are being graded in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from autograder.result import SandboxInfo
from autograder.sandbox import Sandbox, Worker


class Closed(BaseException):
    """The sandbox was closed: leave the grading at once, there will be no report.

    Not an Exception: what the grading makes of those is a verdict.
    """


class Gate:
    """Gives out a sandbox's workers until it is closed, and never one after that.

    Ending the workers alone does not end a grading: a lost worker is replaced by a new one.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        """Whether a worker that was lost may have been lost to `close`."""
        return self._closed.is_set()

    def worker(self) -> Worker:
        """See `autograder.sandbox.Sandbox.worker`; raises Closed."""
        if self.closed:
            raise Closed
        worker = self._sandbox.worker()
        if self.closed:  # meanwhile, so that `close` may not have seen this one
            worker.close()
            raise Closed
        return worker

    def warm(self) -> None:
        """See `autograder.sandbox.Sandbox.warm`."""
        self._unless_closed(self._sandbox.warm)

    def remember(self, blocks: Sequence[bytes]) -> None:
        """See `autograder.sandbox.Sandbox.remember`."""
        self._unless_closed(lambda: self._sandbox.remember(blocks))

    def _unless_closed(self, act: Callable[[], None]) -> None:
        """Do what may start a process; end that where the sandbox was closed meanwhile."""
        if not self.closed:
            act()
            if self.closed:
                self._sandbox.close()

    def info(self) -> SandboxInfo:
        """See `autograder.sandbox.Sandbox.info`."""
        return self._sandbox.info()

    def close(self) -> None:
        """See `autograder.sandbox.Sandbox.close`."""
        self._closed.set()  # first: who finds a worker dead must find this set
        self._sandbox.close()
