"""What no grader can go below: the learner's functions called forward and backward on the kit's cases, nothing else.

    python -m benchmarks.floor

reads the names of learners' folders, a line each, and prints after each the processor seconds that it took as JSON:
for the very calls that the kit judges, and with each case a call of its own, where the kit joins several. The cases are
drawn before; nothing is judged, kept or shut in, and all learners share this process. What is counted: to load the
files, to copy the tensors of a case so that it can be differentiated by them, the call, and the gradients that the case
asks for.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from autograder.course import Course, Exercise
from autograder.grade.plan import Plan, make_plan
from autograder.oracle import use_one_thread
from autograder.worker.case import Argument, Case
from tests.bank import ROOT, course

Cases = Mapping[str, list[Case]]


@dataclass(frozen=True)
class Floor:
    """Processor seconds of one learner, and how many cases they were for."""

    cpu: float
    cases: int


def cases_of(plans: Iterable[Plan], *, joined: bool) -> Cases:
    """Every case that the kit judges, by exercise; not ``joined``, every case that one was made of."""
    found: dict[str, list[Case]] = {}
    for plan in plans:
        probes = [probe for family in plan.families.values() for probe in family.probes]
        if not joined:
            probes = [part for probe in probes for part in probe.parts or (probe,)]
        found[plan.exercise.name] = [case for probe in probes for case in probe.cases]
    return found


def measure(folders: Iterable[Path], asked: Course, cases: Cases) -> list[Floor]:
    """Call what lies in each folder."""
    return [_measure(folder, asked, cases) for folder in folders]


def _measure(folder: Path, asked: Course, cases: Cases) -> Floor:
    start = time.process_time()
    called = 0
    for exercise in asked.exercises:
        try:
            function = _load(folder, exercise)
        except Exception:  # a wrong answer that cannot be loaded costs no calls
            continue
        for case in cases[exercise.name]:
            call(function, case)
            called += 1
    return Floor(time.process_time() - start, called)


def _load(folder: Path, exercise: Exercise) -> Callable[..., Any]:
    names: dict[str, Any] = {"__name__": "submission"}
    path = folder / exercise.path
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    found: Callable[..., Any] = names[exercise.symbol]() if exercise.kind == "module" else names[exercise.symbol]
    return found


def call(function: Callable[..., Any], case: Case) -> None:
    """One case, on the CPU; an exception of the learner's ends it."""
    args = [_copy(value, differentiable=index in case.wrt) for index, value in enumerate(case.args)]
    kwargs = {name: _copy(value, differentiable=False) for name, value in case.kwargs.items()}
    torch.set_default_dtype(case.default_dtype)
    try:
        with torch.set_grad_enabled(case.grad_enabled):
            output = function(*args, **kwargs)
        _differentiate(output, [args[index] for index in case.wrt], case)
    except Exception:  # many a wrong answer raises, and some cases ask right ones to
        pass
    finally:
        torch.set_default_dtype(torch.float32)


def _copy(value: Argument, *, differentiable: bool) -> Any:  # noqa: ANN401  # whatever a function takes
    return value.detach().clone().requires_grad_(differentiable) if isinstance(value, Tensor) else value


def _differentiate(output: Tensor, wrt: list[Tensor], case: Case) -> None:
    cotangent = case.cotangent
    if cotangent is None or not wrt or not output.requires_grad or output.shape != cotangent.shape:
        return
    found = torch.autograd.grad(
        output, wrt, cotangent.to(output.dtype), create_graph=bool(case.second), allow_unused=True
    )
    pairs = [(first, second) for first, second in zip(found, case.second, strict=False) if first is not None]
    pairs = [(first, second) for first, second in pairs if first.requires_grad]
    if pairs:
        torch.autograd.grad([first for first, _ in pairs], wrt, [second for _, second in pairs], allow_unused=True)


def main() -> None:
    """Measure once over the solutions, for what torch loads with its first calls, then whatever is asked for."""
    use_one_thread()
    warnings.simplefilter("ignore")
    asked = course()
    plans = [make_plan(asked, exercise, asked.seed) for exercise in asked.exercises]
    kinds = {"joined": cases_of(plans, joined=True), "single": cases_of(plans, joined=False)}
    for cases in kinds.values():
        measure([ROOT / "solutions"], asked, cases)
    gc.collect()
    gc.freeze()  # the cases are thousands of objects that no collection need look at
    for line in sys.stdin:
        folder = [Path(line.rstrip("\n"))]
        print(json.dumps({kind: measure(folder, asked, cases)[0].cpu for kind, cases in kinds.items()}), flush=True)


if __name__ == "__main__":
    main()
