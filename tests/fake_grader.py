"""A grader process that grades nothing, in a tenth of a second: what it is asked is in the learner's name.

Run as a process, as ``python -m autograder.pool`` is. ``dies-2`` kills it at its first two tries; ``slays``
kills who started it; ``hangs`` is never answered. The sandbox's levels, in the order of the starts, are given too.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.pool.messages import Answer, Done, Order, Ready, Task
from autograder.result import ExerciseResult, Report, RunInfo, SandboxInfo, Verdict

if TYPE_CHECKING:  # importing it takes as long as all the rest
    import pytest

FOLDER, LEVELS = "FAKE_FOLDER", "FAKE_LEVELS"


def use_fakes(monkeypatch: pytest.MonkeyPatch, folder: Path, *levels: str) -> None:
    """Have grader processes be such ones, in a folder of their own; the levels of the first that start."""
    monkeypatch.setattr("autograder.pool.process._COMMAND", ("-P", __file__))
    monkeypatch.setenv(FOLDER, str(folder))
    monkeypatch.setenv(LEVELS, ",".join(levels))


def started(folder: Path) -> list[int]:
    """The numbers of the processes that have been started, in that order."""
    return [int(path.read_text()) for path in sorted(folder.glob("fake-*"))]


def _claim(folder: Path, kind: str) -> int:
    """How many have come here before; each file is made by one process only."""
    for number in range(1000):
        try:
            with (folder / f"{kind}-{number:03}").open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            continue
        return number
    raise AssertionError(kind)


def _run_info(seed: int, level: str) -> RunInfo:
    sandbox = SandboxInfo.model_validate({"level": level, "layers": {"canary": level}})
    return RunInfo(
        seed=seed, kit="1", torch="2", python="3", hypothesis="6", sandbox=sandbox, device="simulated", language="en"
    )


def _report(task: Task) -> Report:
    if task.submission.learner.startswith("dies-") and task.fault is None:
        _, times = task.submission.learner.split("-")
        if _claim(Path(os.environ[FOLDER]), task.submission.learner) < int(times):
            os.kill(os.getpid(), signal.SIGKILL)
    if task.submission.learner == "slays" and task.fault is None:
        os.kill(os.getppid(), signal.SIGKILL)
    if task.submission.learner == "hangs":
        _claim(Path(os.environ[FOLDER]), "hanging")
        sys.stdin.buffer.readline()  # until the end
        raise SystemExit
    verdict = Verdict.PASS if task.fault is None else Verdict.ERROR
    result = ExerciseResult(
        name="relu", unit="a", file="relu.py", verdict=verdict, score=0, max_score=1, message=task.fault
    )
    submission = task.submission
    return Report(learner=submission.learner, sha256=submission.sha256, score=0, max_score=1, exercises=(result,))


def main() -> None:
    levels = os.environ[LEVELS].split(",")
    number = _claim(Path(os.environ[FOLDER]), "fake")
    order = Order.model_validate_json(sys.stdin.buffer.readline())
    level = levels[number] if number < len(levels) and levels[number] else "full"
    answer: Ready | Done = Ready(run=_run_info(order.seed, level))
    while True:
        sys.stdout.buffer.write(Answer(answer=answer).line())
        sys.stdout.buffer.flush()
        line = sys.stdin.buffer.readline()
        if not line:
            return
        answer = Done(report=_report(Task.model_validate_json(line)), seconds=0.5)


if __name__ == "__main__":
    main()
