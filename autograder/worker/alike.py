"""Tell without a call what a submission does on a form, where it has asked nothing that tells the form from others.

Most code asks little of its inputs' form: a dtype, a number of dimensions. What it has asked is on the tape. Forms that
agree in all that was asked have one program, which is found by calling twice and told of all others. That is a worker's
word as every program is: what is judged is that program, on all of those inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from autograder.worker.case import Case
from autograder.worker.record import Claims

Told = tuple[str, Claims]

_CALLS = 2  # that must have come to the same program before it is told without a call
_TRUSTED = 24  # calls without a contradiction, after which one is enough
_ASKED: dict[str, Callable[[Tensor], object]] = {
    "dtype": lambda tensor: str(tensor.dtype),
    "dims": lambda tensor: tensor.dim(),
    "shape": lambda tensor: list(tensor.shape),
    "layout": lambda tensor: [list(tensor.shape), list(tensor.stride())],  # and the case's offset
}


@dataclass(slots=True)
class _Known:
    facts: frozenset[str]
    answers: str
    told: Told
    calls: int = 1


class Alike:
    """What one submission has been found to do, by form."""

    def __init__(self) -> None:
        self._known: dict[str, list[_Known]] = {}
        self._learnt = 0
        self._constant = True  # until two calls of one form have come to two programs: then something is remembered

    def told(self, case: Case) -> Told | None:
        """What is known of a form, if it is."""
        if not self._constant:
            return None
        enough = _CALLS if self._learnt < _TRUSTED else 1
        for known in self._known.get(_kind(case), ()):
            if known.calls >= enough and known.answers == _answers(case, known.facts):
                return known.told
        return None

    def learn(self, case: Case, facts: set[str], told: Told) -> None:
        """Take in what a call came to, which had asked these facts of its tensors."""
        self._learnt += 1
        asked = frozenset(facts)
        answers = _answers(case, asked)
        found = self._known.setdefault(_kind(case), [])
        for known in found:
            if known.facts == asked and known.answers == answers:
                known.calls += 1
                self._constant &= known.told[0] == told[0]
                return
        found.append(_Known(asked, answers, told))


def _kind(case: Case) -> str:
    """What every call can see without asking a tensor."""
    plain = {
        name: [type(value).__name__, value]
        for name, value in (*enumerate(case.args), *case.kwargs.items())
        if not isinstance(value, Tensor)
    }
    modes = case.default_dtype, case.grad_enabled, case.training, case.inference, case.watch, case.names, case.bare
    return repr((len(case.args), [*case.kwargs], plain, *modes))


def _answers(case: Case, facts: frozenset[str]) -> str:
    """What a case's tensors answer to what was asked."""
    answers: list[object] = [
        [ask(tensor) for tensor in case.tensors()] for fact, ask in _ASKED.items() if fact in facts
    ]
    if "graph" in facts:
        answers.append((case.wrt, case.cotangent is None, len(case.second), case.leaf))
    if "layout" in facts:
        answers.append(case.offset)
    if "device" in facts:
        answers.append(case.device)
    return repr(answers)
