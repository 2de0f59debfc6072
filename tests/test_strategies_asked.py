"""What an answer's own numbers ask for: which numbers, how many questions, and that the same source gets the same."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor

from autograder.strategies.asked import Literals, asked, literals
from tests.bank import course

COURSE = course()


def numbers(name: str, found: Literals) -> list[Tensor]:
    probes = [probe for several in asked(COURSE.exercise(name), found).values() for probe in several]
    return [case.args[0] for probe in probes for case in probe.cases if isinstance(case.args[0], Tensor)]


def test_literals_are_whole_sizes_and_values() -> None:
    source = "def f(x):\n    return x if x.numel() > 731 and x.abs().max() > 17.25 or x.dim() == 2 else x * -1e-7\n"
    assert literals(source) == Literals((731,), (731.0, 17.25, 1e-7))


@pytest.mark.parametrize("source", ["def f(:", "x = " + "(" * 5000, "", "x = '731'  # 731", "x = 1e400, True, 731j"])
def test_what_is_no_number_of_a_source_asks_nothing(source: str) -> None:
    assert literals(source) == Literals()


def test_there_are_few_questions_however_many_numbers_there_are() -> None:
    found = literals(f"x = {list(range(5, 4000))}, {[0.1 * n for n in range(4000)]}")
    for name in ("tanh", "mse_loss", "cross_entropy"):
        assert 0 < len(numbers(name, found)) < 90


def test_sizes_below_at_and_above_are_asked_for_and_sides_beside_another() -> None:
    shapes = [tuple(x.shape) for x in numbers("relu", Literals(sizes=(731,)))]
    assert shapes == [(730,), (731,), (732,), (2, 732), (732, 2)]
    assert {tuple(x.shape) for x in numbers("cross_entropy", Literals(sizes=(7,)))} >= {(6, 3), (8, 3), (2, 6), (2, 8)}


@pytest.mark.parametrize("name", ["sigmoid", "mse_loss", "cross_entropy"])
@pytest.mark.parametrize("value", [17.25, 3.0])
def test_values_to_both_sides_are_asked_for_alone_and_among_others(name: str, value: float) -> None:
    found = numbers(name, Literals(values=(value,)))
    assert any((x > value).all() and (x < value * 1.1).all() for x in found) or name == "cross_entropy"
    assert any((x > value).any() and (x.abs() < 2).any() for x in found)
    assert any((x < -value).any() for x in found)
    assert any((x == value).any() for x in found)


def test_the_same_source_gets_the_same_questions() -> None:
    found = literals("x = 60, 731")
    pairs = zip(numbers("tanh", found), numbers("tanh", found), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_hypothesis_is_not_needed_for_it() -> None:
    """A plan from the cache spares half a second by not importing it, whatever an answer asks for."""
    code = "import sys, autograder.strategies.asked; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
