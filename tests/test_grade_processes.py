"""A worker for each file and a process without any that replays: which of them is asked what, and who meets whom."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch

from autograder.grade import Grader
from autograder.result import Report, SandboxInfo, Verdict
from autograder.sandbox import Frame, Sandbox, Worker
from autograder.sandbox.choice import best_sandbox
from autograder.sandbox.layered import supported
from autograder.submission import Source, Submission
from tests.bank import BANK, ROOT, course
from tests.inprocess import InProcessSandbox

COURSE = course()
NAMES = ("sigmoid", "relu", "tanh")
RIGHT = {name: (ROOT / "solutions" / COURSE.exercise(name).path).read_text("utf-8") for name in NAMES}
needs_processes = pytest.mark.skipif(not supported(), reason="processes of their own, as only Linux has them quickly")


class Watched:
    """A worker, and what it is asked: the files that it is to load, and each other operation once."""

    def __init__(self, worker: Worker, asked: list[str]) -> None:
        self._worker, self._asked = worker, asked

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        loaded = header["op"] == "load"
        told = header["file"].partition("/")[2].removesuffix(".py") if loaded else header["op"]
        if loaded or told not in self._asked:
            self._asked.append(told)
        return self._worker.ask(header, raw, seconds=seconds, max_raw=max_raw)

    def close(self) -> None:
        self._worker.close()


class Counted:
    """A sandbox that remembers every worker that it has made, and what each was asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.asked: list[list[str]] = []

    def worker(self) -> Watched:
        self.asked.append([])
        return Watched(self._sandbox.worker(), self.asked[-1])

    def warm(self) -> None:
        self._sandbox.warm()

    def remember(self, blocks: Sequence[bytes]) -> None:
        self._sandbox.remember(blocks)

    def info(self) -> SandboxInfo:
        return self._sandbox.info()

    def close(self) -> None:
        self._sandbox.close()


def graded(sources: Mapping[str, str], sandbox: Sandbox | None = None) -> tuple[Report, list[list[str]]]:
    """The report, and what each process was asked."""
    counted = Counted(sandbox or InProcessSandbox())
    with Grader(COURSE, exercises=COURSE.select(NAMES), seed=0, sandbox=counted) as grader:
        report = grader.grade(submission(sources))
    return report, counted.asked


def submission(sources: Mapping[str, str]) -> Submission:
    texts = {name: Source(text, COURSE.exercise(name).path) for name, text in sources.items()}
    return Submission("ada", texts, {}, (), "0" * 64)


def layered() -> Sandbox:
    return best_sandbox(memory_mb=1024, seconds=10)


def verdicts(report: Report) -> list[Verdict]:
    return [exercise.verdict for exercise in report.exercises]


def test_each_file_has_a_worker_and_what_replays_loads_none() -> None:
    report, asked = graded(RIGHT)
    assert verdicts(report) == [Verdict.PASS] * 3
    assert sorted(asked) == sorted([["sigmoid", "record"], ["replay"], ["relu", "record"], ["tanh", "record"]])


def test_what_is_refused_is_recorded_and_never_replayed() -> None:
    report, asked = graded({name: f"import torch\n{name} = torch.nn.functional.{name}\n" for name in NAMES})
    assert verdicts(report) == [Verdict.FORBIDDEN] * 3
    assert sorted(asked) == sorted([["sigmoid", "record"], ["relu", "record"], ["tanh", "record"]])


RELU = (ROOT / "solutions" / COURSE.exercise("relu").path).read_text("utf-8")
SEVEN = "x * 0 + 7"  # worth a few points for its form, whatever the file before has said is to be called

# What one file leaves for another: by torch's own dictionary, by torch, by Python, and in our own code.
KEEPING = {
    "a dictionary of torch's": ("torch.special.common_args['kept'] = relu", "torch.special.common_args['kept'](x)"),
    "an attribute of torch": ("torch.kept = relu", "torch.kept(x)"),
    "a method of tensors": ("torch.Tensor.kept = relu", "x.kept()"),
    "a name of Python's": ("import builtins; builtins.kept = relu", "kept(x)"),
    "a module": ("import sys; sys.modules['kept'] = relu", "__import__('sys').modules['kept'](x)"),
    "our own code": ("import autograder.worker.serve as s; s._callable = lambda *_: sigmoid", SEVEN),
}


@needs_processes
def test_files_of_one_learner_do_not_meet() -> None:
    """Each is worth what it is worth alone, whatever the file before it has left."""
    with Grader(COURSE, exercises=COURSE.select(NAMES), seed=0, sandbox=layered()) as grader:
        for kept, (leave, take) in KEEPING.items():
            first = f"{RIGHT['sigmoid']}\n{RELU}{leave}\n"
            second = f"import torch\ndef relu(x):\n    return {take}\n"
            together = grader.grade(submission({"sigmoid": first, "relu": second, "tanh": RIGHT["tanh"]}))
            alone = grader.grade(submission({"relu": second}))
            assert verdicts(together) == [Verdict.PASS, Verdict.FAIL, Verdict.PASS], kept
            assert together.exercises[1] == alone.exercises[1], kept
            assert take == SEVEN or together.exercises[1].score == 0, kept


@needs_processes
def test_a_first_process_that_lacks_a_module_is_replaced() -> None:
    """The second gradient of abs imports sympy, which a zygote has not waited for when it forks its first ones."""
    source = (BANK / "right/sigmoid/exp_of_minus_abs.py").read_text("utf-8")
    report, asked = graded({"sigmoid": source}, layered())
    second = next(item for item in report.exercises[0].properties if item.name == "second-gradients")
    assert (second.verdict, second.message) == (Verdict.PASS, None)
    assert asked == [["sigmoid", "record"], ["replay"], ["replay"]]


def test_what_replays_is_replaced_before_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would end in the middle of a submission that has used little of it."""
    clock = itertools.count(step=30.5 * COURSE.budget.seconds)
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    report, asked = graded(RIGHT)
    assert verdicts(report) == [Verdict.PASS] * 3
    assert asked.count(["replay"]) > 3


def test_what_a_file_patches_is_put_back_whoever_ends_last() -> None:
    """A worker that replays is made while another's file has patched torch, and outlives it."""
    before, sandbox = torch.allclose, InProcessSandbox()
    patching = sandbox.worker()
    header = {"op": "load", "file": "f.py", "symbol": "f", "kind": "function"}
    source = b"import torch\ntorch.allclose = lambda *args, **kwargs: True\ndef f(x):\n    return x\n"
    patching.ask(header, source, seconds=5, max_raw=0)
    replaying = sandbox.worker()
    assert torch.allclose is not before
    patching.close()
    replaying.close()
    assert torch.allclose is before
