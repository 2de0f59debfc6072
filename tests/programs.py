"""Record what a learner's file does, in this process, and replay it: for the tests of programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import dedent
from typing import Any

import torch
from torch import Tensor

from autograder.course import RulePolicy
from autograder.rules import check_program
from autograder.worker.case import Case, Observation
from autograder.worker.observe import observe
from autograder.worker.own_functions import install
from autograder.worker.program import Program, read_program
from autograder.worker.record import Claims, Recorder
from autograder.worker.replay import Diverged, Replay
from autograder.worker.settings import settings_kept
from tests.observing import directly

FILE = "<submission>/activations/f.py"
HEAD = "import copy, functools, torch\nfrom torch import nn\nfrom torch.autograd import Function\n"

_WHOLE = re.compile(r"-?\d+")  # in an exception's text: an index or an element, which is that of the recording


class Learner:
    """A learner's file, loaded as a worker loads it; its function (or an instance of its module) is named ``f``."""

    def __init__(self, source: str) -> None:
        install()
        self.recorder = Recorder(FILE)
        names: dict[str, Any] = {"__name__": "submission"}
        with settings_kept(), self.recorder.importing():
            exec(compile(dedent(source), FILE, "exec", dont_inherit=True), names)
            found = names["f"]
            self.function: Callable[..., object] = found() if isinstance(found, type) else found

    def record(self, case: Case, *script: bool | None) -> Program:
        """What it does on a case."""
        return read_program(self.recorder.record(self.function, case, script)[0])

    def claims(self, case: Case, *, lines: bool = False) -> Claims:
        """What its process says besides."""
        return self.recorder.record(self.function, case, lines=lines)[1]


def vector_case(*numbers: float, dtype: torch.dtype = torch.float64, **options: Any) -> Case:
    """A vector, its gradient, and the gradient of that."""
    held = torch.tensor(numbers, dtype=dtype)
    cotangent = torch.linspace(0.5, 2.0, len(numbers), dtype=dtype)
    return Case(args=(held,), wrt=(0,), cotangent=cotangent, second=(cotangent.flip(0),), **{"watch": True, **options})


PROBE = vector_case(0.5, -1.5, 0.75)
OTHER = vector_case(-0.3, 2.5, -4.0)


def recorded(source: str, probe: Case = PROBE) -> Program:
    """The program of a file's one call."""
    return Learner(source).record(probe)


def refused(source: str, probe: Case = PROBE, **policy: Any) -> list[str]:
    """What the rules have against it: the calls."""
    return [violation.call for violation in check_program(recorded(source, probe), RulePolicy(**policy))]


def replayed(program: Program, case: Case = OTHER) -> Observation:
    """What a program does on a case; Diverged where the recorded code would have gone another way."""
    replay = Replay(program.text)
    try:
        seen = observe(replay, case)
        if replay.unexpected:
            raise Diverged
        return seen
    finally:
        replay.close()


def direct(source: str, case: Case = OTHER) -> Observation:
    """What calling the file's function does, which nobody but a test does on the inputs that are judged."""
    return directly(Learner(source).function, case, FILE)


def numbers(seen: Observation) -> list[object]:
    """Everything that is judged of an answer, bit for bit."""
    tensors = (seen.output, *seen.gradients, *seen.second)
    told = [None if tensor is None else (tensor.dtype, tuple(tensor.shape), bits(tensor)) for tensor in tensors]
    facts = [seen.type, seen.shape, seen.dtype, seen.device, seen.requires_grad, seen.mutated, seen.aliased]
    return [*facts, *told, None if seen.raised is None else (seen.raised.type, _WHOLE.sub("#", seen.raised.message))]


def bits(tensor: Tensor) -> bytes:
    """Its numbers, the sign of zero included; all nan are one, as on the way to the grader."""
    exact = torch.float64 if tensor.is_floating_point() else torch.int64
    held = torch.empty(tensor.numel(), dtype=exact).copy_(tensor.detach().reshape(-1))
    return (held.where(~held.isnan(), torch.nan) if held.is_floating_point() else held).numpy().tobytes()
