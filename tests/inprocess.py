"""A sandbox without a process, for submissions of our own: the worker's code and the real frames, 100 times faster.

The bank of submissions is graded thousands of times. What a process is for (deadlines, crashes, side effects on the
interpreter) is tested with the portable worker.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.result import SandboxInfo
from autograder.worker import wire
from autograder.worker.serve import Servant


class InProcessWorker:
    """Answers by calling the worker's own code."""

    def __init__(self) -> None:
        self._servant = Servant()

    def ask(
        self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int
    ) -> tuple[dict[str, Any], bytes]:
        """See `autograder.sandbox.Worker.ask`."""
        request = wire.receive(io.BytesIO(wire.pack({"id": 1, **header}, raw, wire.MAX_REQUEST)), max_header=wire.MAX_REQUEST)
        return wire.receive(io.BytesIO(wire.pack(*self._servant.answer(*request))), max_raw)

    def close(self) -> None:
        """Nothing to end."""


class InProcessSandbox:
    """Makes such workers."""

    def worker(self) -> InProcessWorker:
        """See `autograder.sandbox.Sandbox.worker`."""
        return InProcessWorker()

    def warm(self) -> None:
        """Nothing to start."""

    def remember(self, blocks: Sequence[bytes]) -> None:
        """Nothing: what is asked comes with the question."""

    def info(self) -> SandboxInfo:
        """No layer at all."""
        return SandboxInfo(level="none", layers={})

    def close(self) -> None:
        """Nothing to end."""
