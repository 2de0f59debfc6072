"""Drawing is repeatable in any process, and a failure shrinks to something a learner can read."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.strategies.build import families
from autograder.strategies.drawing import draw, minimal
from autograder.strategies.probe import Family, Probe
from autograder.strategies.tensors import numbers, pattern, tensors
from autograder.worker.case import Case
from autograder.worker.codec import encode_cases
from tests.bank import ROOT, course

COURSE = course()
FAMILIES = {
    "tanh": "ordinary",
    "relu": "layouts",
    "mse_loss": "ordinary",
    "cross_entropy": "weight+ignore-index",
}  # one of each kind of strategy


def fingerprint(family: Family, seed: int) -> str:
    """A hash of every bit of the drawn cases: numbers, dtypes, strides, options."""
    return hashlib.sha256(encode_cases([case for probe in draw(family, seed) for case in probe.cases])).hexdigest()


def fingerprints(seed: int) -> dict[str, str]:
    return {
        exercise: fingerprint(families(COURSE.exercise(exercise), COURSE.budget)[name], seed)
        for exercise, name in FAMILIES.items()
    }


# The same for the same seed --------------------------------------------------------------------------------------

_DRAW_ELSEWHERE = """
import json, constants
from tests.test_strategies_drawing import fingerprints
print(json.dumps([constants.HALF, fingerprints(11)]))
"""


def test_draws_are_the_same_in_a_process_with_other_modules(tmp_path: Path) -> None:
    """Hypothesis draws constants that it reads out of local modules: a learner's file must not change the cases."""
    numbers_of_its_own = [7.625 + index / 1024 for index in range(200)] + list(range(-160, 160, 7))
    (tmp_path / "constants.py").write_text(f"ODD = {numbers_of_its_own}\nHALF = 0.5\n", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    answer = subprocess.run(
        [sys.executable, "-c", _DRAW_ELSEWHERE],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(answer.stdout) == [0.5, fingerprints(11)]


_SHRINK_ELSEWHERE = """
import constants
from tests.test_strategies_drawing import argument, shrunk_threshold
print(argument(shrunk_threshold(4)).tolist())
"""


def shrunk_threshold(seed: int) -> Probe:
    """By seed 4 the shrinker draws a number of its own, where it may choose one that it has read somewhere."""
    found = shrunk(lambda x: torch.where(x > 1, x, 0 * x), seed=seed)
    assert found is not None
    return found


def test_shrinking_is_the_same_there_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Hypothesis kept what it had read of them in the folder that a learner happened to work in."""
    (tmp_path / "constants.py").write_text("HALF = 0.5\n", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    answer = subprocess.run(
        [sys.executable, "-c", _SHRINK_ELSEWHERE],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["constants.py"]
    assert answer.stdout == f"{argument(shrunk_threshold(4)).tolist()}\n"


@pytest.mark.parametrize(("exercise", "family"), FAMILIES.items())
def test_another_seed_draws_other_cases(exercise: str, family: str) -> None:
    made = families(COURSE.exercise(exercise), COURSE.budget)[family]
    assert fingerprint(made, 1) == fingerprint(made, 1)
    assert len({fingerprint(made, seed) for seed in range(4)}) == 4


def test_drawing_leaves_the_random_number_generators_alone() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    fingerprints(2)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_family_without_strategies_is_its_fixed_probes() -> None:
    fixed = (Probe((Case((pattern((2,)),)),)),)
    assert draw(Family(fixed), 0) is fixed


def test_draws_are_shared_out_evenly() -> None:
    def labelled(label: str) -> SearchStrategy[Probe]:
        return st.integers().map(lambda number: Probe((Case((number,)),), label))

    family = Family(strategies=tuple(labelled(label) for label in "abc"), count=7)
    assert [(probe.label, probe.origin) for probe in draw(family, 0)] == [
        *(("a", 0), ("b", 1), ("c", 2)) * 2,
        ("a", 0),
    ]


# Minimal failures --------------------------------------------------------------------------------------------------


def argument(probe: Probe) -> Tensor:
    value = probe.cases[0].args[0]
    assert isinstance(value, Tensor)
    return value


def differs(wrong: Callable[[Tensor], Tensor]) -> Callable[[Probe], bool]:
    """Whether a wrong relu shows itself."""
    return lambda probe: not torch.equal(wrong(argument(probe)), torch.relu(argument(probe)))


def shrunk(wrong: Callable[[Tensor], Tensor], *, seed: int, attempts: int = COURSE.budget.search_calls) -> Probe | None:
    strategy = families(COURSE.exercise("relu"), COURSE.budget)["ordinary"].strategies[0]
    return minimal(strategy, differs(wrong), seed=seed, attempts=attempts)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("wrong", "low", "high"),
    [
        (lambda x: x.clamp(0, 100), 100, 101.5),
        (lambda x: x.relu() + (x < -3), -4.5, -3),
        (lambda x: x.clamp(min=0.5), -0.5, 0.5),
    ],
    ids=["clamp(0, 100)", "wrong below -3", "clamp(min=0.5)"],
)
def test_a_failure_shrinks_to_one_readable_number(
    wrong: Callable[[Tensor], Tensor], low: float, high: float, seed: int
) -> None:
    """Near the border of what is right, in eighths or whole, with a cotangent of 1."""
    probe = shrunk(wrong, seed=seed)
    assert probe is not None
    x, cotangent = argument(probe), probe.cases[0].cotangent
    assert x.numel() == 1
    assert low <= float(x) <= high
    assert float(x) * 8 == int(float(x) * 8)
    assert cotangent is not None
    assert float(cotangent) == 1


def test_shrinking_is_repeatable() -> None:
    first, second = (shrunk(lambda x: x.clamp(0, 100), seed=4, attempts=60) for _ in range(2))
    assert first is not None
    assert second is not None
    assert encode_cases(first.cases) == encode_cases(second.cases)


@pytest.mark.parametrize("attempts", [1, 2, 17, 60])
@pytest.mark.parametrize("limit", [5.0, torch.inf], ids=["failing", "never failing"])
def test_no_more_attempts_than_allowed(limit: float, attempts: int) -> None:
    """A call may take a second: 200 of them are what a learner waits for, not 201."""
    calls = 0

    def fails(probe: Probe) -> bool:
        nonlocal calls
        calls += 1
        return bool((argument(probe).abs() > limit).any())

    strategy = numbers(20.0).flatmap(lambda kind: tensors((3, 4), kind)).map(lambda x: Probe((Case((x,)),)))
    minimal(strategy, fails, seed=1, attempts=attempts)
    assert calls <= attempts
    assert calls == attempts or limit == 5  # a failure may be minimal before


def test_no_attempt_finds_nothing() -> None:
    assert shrunk(lambda x: x.clamp(0, 100), seed=0, attempts=0) is None


def test_what_never_fails_has_no_minimum() -> None:
    assert shrunk(torch.relu, seed=0, attempts=40) is None


def test_the_best_failure_so_far_survives_the_end_of_the_budget() -> None:
    """The smallest that was seen to fail, not the last that was tried."""
    seen: list[float] = []

    def fails(probe: Probe) -> bool:
        x = argument(probe)
        if bool((x > 100).any()):
            seen.append(float(x.numel()))
            return True
        return False

    strategy = families(COURSE.exercise("relu"), COURSE.budget)["ordinary"].strategies[0]
    best = minimal(strategy, fails, seed=0, attempts=30)
    assert best is not None
    assert fails(best)
    assert argument(best).numel() == min(seen)


class Lost(BaseException):
    """As a lost worker is."""


def test_a_lost_worker_leaves_the_search_at_once() -> None:
    calls = 0

    def fails(_probe: Probe) -> bool:
        nonlocal calls
        calls += 1
        raise Lost

    strategy = tensors((2,), st.just(1.0)).map(lambda x: Probe((Case((x,)),)))
    with pytest.raises(Lost):
        minimal(strategy, fails, seed=0, attempts=50)
    assert calls == 1


def test_a_failure_that_comes_once_is_no_error() -> None:
    """A random submission: Hypothesis calls it flaky, the search must end all the same, with what it saw."""
    calls = 0

    def fails(_probe: Probe) -> bool:
        nonlocal calls
        calls += 1
        return calls == 3

    strategy = numbers(20.0).flatmap(lambda kind: tensors((2,), kind)).map(lambda x: Probe((Case((x,)),)))
    assert minimal(strategy, fails, seed=0, attempts=2000) is not None
    assert 3 < calls < 2000


def test_the_end_of_the_budget_ends_the_search() -> None:
    """Not just the calls: Hypothesis takes a plain Exception for one more failure, and would go on shrinking it."""
    made = 0

    def count(x: Tensor) -> Probe:
        nonlocal made
        made += 1
        return Probe((Case((x,)),))

    strategy = numbers(20.0).flatmap(lambda kind: tensors((3, 4), kind)).map(count)
    minimal(strategy, lambda probe: bool((argument(probe).abs() > 5).any()), seed=1, attempts=5)
    assert made <= 5 + 1
