"""Answers that decide by numbers: recorded anew for every way that the judged inputs lead, within a bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.grade import session
from autograder.grade.plan import encoded_chunk
from autograder.grade.replayer import Replayer
from autograder.grade.session import NotAllowed, Session
from autograder.sandbox import Frame
from autograder.worker import codec
from autograder.worker.case import Case, Observation
from autograder.worker.observe import observe
from tests.bank import course
from tests.inprocess import InProcessSandbox, InProcessWorker
from tests.programs import FILE, HEAD, Learner, numbers

EXERCISE = course().exercise("sigmoid").model_copy(update={"symbol": "f"})
INPUTS = [
    torch.tensor(values).double()
    for values in ([1.0, 2.0, 3.0], [-1.0, 2.0, -3.0], [-1.0, -2.0, -3.0], [0.5, -0.5, 0.0], [4.0, 0.0, -9.0])
]


class Watched(InProcessSandbox):
    """Notes what workers are asked to record, and everything they are shown."""

    def __init__(self) -> None:
        self.shown: list[Case] = []
        self.scripts: list[Sequence[bool | None]] = []

    def worker(self) -> InProcessWorker:
        return _Watched(self)


class _Watched(InProcessWorker):
    def __init__(self, sandbox: Watched) -> None:
        super().__init__()
        self._sandbox = sandbox

    def ask(self, header: Mapping[str, Any], raw: bytes, *, seconds: float, max_raw: int) -> Frame:
        if header["op"] == "record":
            cases = codec.decode_cases(raw)
            self._sandbox.shown += cases
            self._sandbox.scripts += header.get("scripts", ())
        return super().ask(header, raw, seconds=seconds, max_raw=max_raw)


def graded(source: str, inputs: Sequence[Tensor] = INPUTS, sandbox: Watched | None = None) -> list[Observation]:
    """What the grader gets to see of a file on these inputs, differentiated."""
    sandbox = sandbox or Watched()
    cases = [case_of(tensor) for tensor in inputs]
    budget = course().budget
    with Session(sandbox, Replayer(InProcessSandbox()), EXERCISE, HEAD + source, budget) as opened:
        opened.load()
        return list(opened.ask(encoded_chunk(cases, 1 << 20, [False] * len(cases))))


def case_of(tensor: Tensor) -> Case:
    return Case(args=(tensor,), wrt=(0,), cotangent=torch.ones_like(tensor))


def called(source: str, inputs: Sequence[Tensor] = INPUTS) -> list[Observation]:
    function = Learner(HEAD + source).function
    return [observe(function, case_of(tensor), FILE) for tensor in inputs]


RIGHT = {
    "all or nothing": "def f(x): return x * 2 if (x > 0).all() else x * 3",
    "a loop over elements": "def f(x): return torch.stack([a * 2 if a > 0 else a * 3 if a < 0 else a for a in x])",
    "max of Python": "def f(x): return x * max(x[0], x[1])",
    "a loop until it is small": "def f(x):\n while x.abs().max() > 1: x = x / 2\n return x",
    "an early end": "def f(x):\n for a in x:\n  if a < 0: return x * 2\n return x * 3",
    "a Function": "class F(Function):\n @staticmethod\n def forward(ctx, x):\n"
    "  ctx.positive = bool((x > 0).all())\n  return x * 2\n"
    " @staticmethod\n def backward(ctx, g): return g * 2 if ctx.positive else g * 3\nf = F.apply",
    "in a try": "def f(x):\n try: return torch.linalg.cholesky(torch.diag(x.detach())).diag() * x\n"
    " except RuntimeError: return x",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_an_answer_that_decides_by_numbers_is_judged_by_what_it_does(source: str) -> None:
    assert [numbers(item) for item in graded(source)] == [numbers(item) for item in called(source)]


def test_no_worker_is_shown_a_number_that_is_judged() -> None:
    sandbox = Watched()
    graded(RIGHT["a loop over elements"], sandbox=sandbox)
    judged = torch.cat(INPUTS)
    judged = judged[judged != 0]
    for case in sandbox.shown:
        for tensor in (*case.args, case.cotangent):
            assert isinstance(tensor, Tensor)
            assert not torch.isin(tensor.detach(), judged).any()
    assert sandbox.scripts  # it is told booleans, each of which is one bit
    assert {type(read) for script in sandbox.scripts for read in script} <= {bool, type(None)}


FRACTIONS = {
    "float": "def f(x): return x * float(x.detach().sum())",
    "Python's mathematics": "import math\ndef f(x): return torch.stack([a * math.tanh(a.detach()) for a in x])",
    "a whole number": "def f(x): return x * int(x.detach().sum() * 1000)",
}


@pytest.mark.parametrize("source", FRACTIONS.values(), ids=FRACTIONS)
def test_an_answer_that_computes_with_numbers_it_reads_is_told_so(source: str) -> None:
    for item in graded(source):
        assert item.raised is not None
        assert "numbers that Python reads out of tensors" in item.raised.message


# Numbers read bit by bit ----------------------------------------------------------------------------------------------

BIT_BY_BIT = """
import math
def f(x):
    numbers = []
    for a in x.detach():
        low, high = -16.0, 16.0
        for _ in range({bits}):
            middle = (low + high) / 2
            low, high = (middle, high) if bool(a > middle) else (low, middle)
        numbers.append(math.tanh((low + high) / 2))
    return torch.tensor(numbers, dtype=x.dtype) + x * 0
"""


def test_numbers_that_are_read_bit_by_bit_come_to_no_answer() -> None:
    """A boolean at a time says a number, too; a case gives a few bits for each of its elements."""
    inputs = [*INPUTS, torch.tensor([0.7]).double(), torch.tensor(0.3).double().reshape(1)]
    for item in graded(BIT_BY_BIT.format(bits=16), inputs):
        assert item.raised is not None
        assert "numbers that Python reads out of tensors" in item.raised.message


def test_recordings_for_other_ways_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_WAYS", 25)
    sandbox = Watched()
    inputs = [torch.randn(3, generator=torch.Generator().manual_seed(n)).double() for n in range(30)]
    graded(BIT_BY_BIT.format(bits=4), inputs, sandbox)
    assert len(sandbox.scripts) == 25


def test_a_ready_made_that_only_the_judged_inputs_lead_to_is_refused() -> None:
    source = "def f(x): return x * 2 if (x.abs() <= 2).all() else torch.sigmoid(x)"
    with pytest.raises(NotAllowed) as caught:
        graded(source)
    assert [violation.call for violation in caught.value.violations] == ["torch.sigmoid"]


def test_one_that_waits_for_its_script_gains_nothing() -> None:
    """The worker sees that it is told booleans; what it then records is judged as all else is."""
    source = (
        "import gc\ndef f(x):\n told = any(type(o).__name__ == 'Tape' and o.script for o in gc.get_objects())\n"
        " return torch.sigmoid(x) if told else x * 2 if x[0] > 0 else x * 3"
    )
    with pytest.raises(NotAllowed):
        graded(source)
