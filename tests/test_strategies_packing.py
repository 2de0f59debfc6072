"""Packs hold exactly the cases they join, and what fails in one is found by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from autograder.grade import Grader
from autograder.result import PropertyResult, Verdict
from autograder.strategies.build import families
from autograder.strategies.drawing import draw
from autograder.strategies.packing import pack, packed, part_of, side_by_side
from autograder.strategies.probe import Family, Probe
from autograder.strategies.sweeps import WHOLE
from autograder.submission import Source, Submission
from autograder.worker.case import Case
from tests.bank import course
from tests.inprocess import InProcessSandbox

COURSE = course()
TANH = families(COURSE.exercise("tanh"), COURSE.budget)
PACKED = [name for name, family in TANH.items() if family.join is not None]


def first(probe: Probe) -> Tensor:
    x = probe.cases[0].args[0]
    assert isinstance(x, Tensor)
    return x


def numbers(probes: tuple[Probe, ...], of: Callable[[Probe], Tensor | None]) -> list[tuple[str, float]]:
    """Every number with its dtype, in whatever order."""
    found = [tensor for probe in probes if (tensor := of(probe)) is not None]
    return sorted((str(tensor.dtype), float(value)) for tensor in found for value in tensor.reshape(-1))


@pytest.mark.parametrize("name", PACKED)
def test_packs_hold_every_number_of_what_was_drawn(name: str) -> None:
    """The input, and where there are any, its cotangent and second cotangent; in half of the calls at most."""
    family, drawn = TANH[name], draw(TANH[name], 3)
    joined = packed(family, drawn)
    assert numbers(joined, first) == numbers(drawn, first)
    assert numbers(joined, lambda p: p.cases[0].cotangent) == numbers(drawn, lambda p: p.cases[0].cotangent)
    assert numbers(joined, lambda p: next(iter(p.cases[0].second), None)) == numbers(
        drawn, lambda p: next(iter(p.cases[0].second), None)
    )
    assert sum(probe.count for probe in joined) == len(drawn)
    assert sum(probe.label not in WHOLE for probe in joined) <= sum(probe.label not in WHOLE for probe in drawn) / 2


def test_a_number_keeps_its_cotangent() -> None:
    """Beside another one's, the gradient would be right and the comparison wrong."""
    drawn = draw(TANH["ordinary"], 3)

    def paired(probes: tuple[Probe, ...]) -> list[tuple[str, float, float]]:
        rows = []
        for probe in probes:
            x, cotangent = first(probe), probe.cases[0].cotangent
            assert cotangent is not None
            assert cotangent.shape == x.shape
            rows += [(str(x.dtype), float(a), float(b)) for a, b in zip(x.flatten(), cotangent.flatten(), strict=True)]
        return sorted(rows)

    assert paired(packed(TANH["ordinary"], drawn)) == paired(drawn)


def test_drawn_and_fixed_ones_are_apart_and_some_keep_their_shapes() -> None:
    """Readable points come first; a family that asks for it keeps tensors of several dimensions. Sweeps stay whole."""
    joined = packed(TANH["ordinary"], draw(TANH["ordinary"], 3))
    swept = [probe for probe in TANH["ordinary"].fixed if probe.label in WHOLE]
    assert [probe for probe in joined if probe.label in WHOLE] == swept
    assert not any(probe.parts for probe in swept)
    apart = [probe for probe in joined if not probe.parts and probe not in swept]
    first_two, zero, apart = apart[:2], apart[2], apart[3:]
    assert len({(first(probe).dtype, first(probe).shape) for probe in first_two}) == 1
    assert first(zero).item() == 0  # of no sign: the only one of its kind in float64
    assert len(apart) == TANH["ordinary"].apart
    assert {first(probe).dim() for probe in apart} >= {1, 2, 3}
    kinds = [{part.origin is None for part in probe.parts} for probe in joined if probe.parts]
    assert kinds[:5] == [{True}] * 5
    assert kinds[5:] == [{False}] * (len(kinds) - 5)


@pytest.mark.parametrize("name", ["ordinary", "extreme"])
def test_whole_packs_are_positive_negative_and_mixed(name: str) -> None:
    """Who chooses one formula for the whole tensor, by x.min() >= 0 or (x > 0).all(), is asked for each."""
    packs = [first(probe) for probe in packed(TANH[name], draw(TANH[name], 3)) if probe.parts]
    fixed = [x for x in packs if x.dtype is torch.float64][:2]
    assert [bool((x > 0).all()) for x in fixed] == [True, False]
    assert [bool((x < 0).all()) for x in fixed] == [False, True]
    assert any((x > 0).any() and (x < 0).any() for x in packs)
    assert all(x.numel() > 2 for x in fixed)


def test_a_pack_of_sorted_pairs_is_a_sorted_pair() -> None:
    for probe in packed(TANH["laws"], draw(TANH["laws"], 3)):
        x, mirrored = (case.args[0] for case in probe.cases)
        assert isinstance(x, Tensor)
        assert isinstance(mirrored, Tensor)
        assert torch.equal(x, x.sort().values)
        assert torch.equal(mirrored, -x)


def test_families_of_other_cases_are_not_packed() -> None:
    """What a shape, a layout or a neighbour does is only seen in a call of its own."""
    for name in set(TANH) - set(PACKED):
        drawn = draw(TANH[name], 3)
        assert packed(TANH[name], drawn) == drawn


def test_a_single_part_stays_itself() -> None:
    family: Family = TANH["extreme"]
    assert pack(family, family.fixed[:1]) is family.fixed[0]


def judged(body: str, name: str, search_calls: int = 0) -> PropertyResult:
    """How a tanh with a mistake in it is judged on one property."""
    source = f"import torch\n\n\ndef tanh(x):\n    y = 2 / (1 + torch.exp(-2 * x)) - 1\n    {body}\n    return y\n"
    budget = COURSE.budget.model_copy(update={"search_calls": search_calls})
    exercises = [COURSE.exercise("tanh")]
    with Grader(
        replace(COURSE, budget=budget), exercises=exercises, seed=0, properties=[name], sandbox=InProcessSandbox()
    ) as grader:
        sources = {"tanh": Source(source, "activations/tanh.py")}
        report = grader.grade(Submission(learner="learner", sources=sources, problems={}, notes=(), sha256="0" * 64))
    return report.exercises[0].properties[0]


@pytest.mark.parametrize(
    ("wrong", "call"),
    [
        ("y = torch.where(x == 3, y + 1, y)", "tanh(torch.tensor([3.0], dtype=torch.float64))"),
        ("y = torch.where(x == -20, y + 1, y)", "tanh(torch.tensor([-20.0], dtype=torch.float64))"),
        ("y = y + 1", "tanh(torch.tensor([1.0], dtype=torch.float64))"),
    ],
)
def test_the_counterexample_of_a_pack_is_the_one_number_that_fails(wrong: str, call: str) -> None:
    result = judged(wrong, "values")
    assert result.verdict is Verdict.FAIL
    assert result.counterexample is not None
    assert result.counterexample.call == call


def test_a_drawn_part_is_shrunk_by_its_own_strategy() -> None:
    """0.3 is near no fixed point: only drawn numbers show it, and the smallest that does is found."""
    result = judged("y = torch.where((x.abs() - 7).abs() < 0.5, y + 1, y)", "values", search_calls=200)
    assert result.verdict is Verdict.FAIL
    assert result.counterexample is not None
    assert len(result.counterexample.call) < 60, result.counterexample.call


def test_what_fails_only_beside_others_stays_as_small_a_pack_as_fails() -> None:
    """No part fails by itself: it is no `flaky`, and the counterexample still shows it."""
    result = judged("y = y + (x.max() - x.min() > 30)", "values")
    assert result.verdict is Verdict.FAIL
    assert result.counterexample is not None
    assert "20.0" in result.counterexample.call


def test_as_many_cases_are_told_as_were_drawn() -> None:
    """And the seven sweeps that stay in the core domain, and eight calls that are joined with no other."""
    assert judged("pass", "values").cases == 3 * 15 + 11 + 7 + 8 + COURSE.budget.cases


def test_the_part_of_an_element_is_found_by_the_numbers_before_it() -> None:
    parts = [Probe((Case((torch.ones(shape),)),)) for shape in ((2,), (), (0,), (2, 3))]
    whole = Probe(side_by_side(parts), parts=tuple(parts))
    found = [part_of(whole, element) for element in range(10)]
    assert found == [parts[0]] * 2 + [parts[1]] + [parts[3]] * 6 + [None]
    assert part_of(parts[0], 0) is None
