"""The property catalogue as a course writes it with pytest and Hypothesis alone: what `autograder` is compared with.

One test function a property. Each draws its own cases from the kit's strategies, as many as the kit draws, calls the
learner's function in this process, and judges what it did with the kit's judges. Run for one learner:

    LEARNER=FOLDER python -m pytest benchmarks/plain_given.py
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from torch import nn

from autograder.course import Exercise, load_course
from autograder.oracle import expect, use_one_thread
from autograder.properties import Check, Property, load_properties
from autograder.strategies.build import families
from autograder.strategies.probe import Family, Probe
from autograder.worker.case import Case, Observation
from autograder.worker.modules import ModuleWatch
from autograder.worker.observe import observe

COURSE = load_course(Path(__file__).parent.parent / "course.yaml")
LEARNER = Path(os.environ["LEARNER"])
# Without `explain`, which traces every line: the kit does not explain either.
_QUIET = settings(
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
use_one_thread()


@functools.cache
def answer(name: str) -> Callable[..., object]:
    """What the learner wrote; a file that cannot be loaded fails every test that asks for it."""
    exercise = COURSE.exercise(name)
    spec = importlib.util.spec_from_file_location(exercise.name, LEARNER / exercise.path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module can be made of {exercise.path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[..., object] = getattr(module, exercise.symbol)
    if exercise.kind == "module":
        found = found()  # type: ignore[assignment]  # what it is, is asked next
        assert isinstance(found, nn.Module), f"{exercise.symbol} is not derived from torch.nn.Module"
    return found


def seen(function: Callable[..., object], case: Case, filename: str) -> Observation:
    """What one call does; of a module, also what it holds and keeps."""
    watch = ModuleWatch(function, case) if isinstance(function, nn.Module) else None
    found = observe(function, case, filename)
    return found if watch is None or found.raised is not None else replace(found, module=watch.counts())


def make_test(exercise: Exercise, item: Property, family: Family) -> Callable[[], None]:
    """The test of one property: the fixed cases as examples, then drawn ones; where none are drawn, a plain loop."""

    def check(probe: Probe) -> None:
        if item.selects is not None and not item.selects(probe):
            return
        function = answer(exercise.name)
        actual = tuple(seen(function, case, str(LEARNER / exercise.path)) for case in probe.cases)
        expected = tuple(expect(exercise.reference, exercise.family, case) for case in probe.cases)
        mismatch = item.judge(Check(exercise, probe, actual, expected))
        assert mismatch is None, mismatch.message

    def test_fixed() -> None:
        for probe in family.fixed:
            check(probe)

    if not family.strategies:
        return test_fixed
    for probe in reversed(family.fixed):
        check = example(probe)(check)
    return settings(_QUIET, max_examples=family.count)(given(st.one_of(*family.strategies))(check))


for _exercise in COURSE.exercises:
    _makers = families(_exercise, COURSE.budget)
    for _name in _exercise.properties:
        _item = load_properties()[_name]
        globals()[f"test_{_exercise.name}[{_name}]"] = make_test(_exercise, _item, _makers[_item.reads])
