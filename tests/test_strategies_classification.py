"""Cases of cross entropy: every combination of options comes up, and every target keeps the contract."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.oracle import EPSILON
from autograder.strategies.build import families
from autograder.strategies.cells import IGNORED, REDUCTIONS, pairwise
from autograder.strategies.drawing import draw
from autograder.strategies.probe import Family, Probe
from autograder.strategies.tensors import DTYPES
from autograder.worker.case import Case
from tests.bank import course

F16, F32, F64 = torch.float16, torch.float32, torch.float64
COURSE = course()
CELLS = (
    "ordinary",
    "reductions",
    "unbatched",
    "spatial",
    "weight",
    "ignore-index",
    "label-smoothing",
    "probabilities",
    "weight+ignore-index",
    "weight+label-smoothing+ignore-index",
    "probabilities+weight+label-smoothing",
)
SEED = 5


@functools.cache
def makers() -> Mapping[str, Family]:
    return families(COURSE.exercise("cross_entropy"), COURSE.budget)


@functools.cache
def drawn(family: str, seed: int = SEED) -> tuple[Probe, ...]:
    return draw(makers()[family], seed)


def cases(family: str, *, fixed: bool | None = None, seed: int = SEED) -> Iterator[Case]:
    for probe in drawn(family, seed):
        if fixed is None or fixed is (probe.origin is None):
            yield from probe.cases


def logits(case: Case) -> Tensor:
    assert isinstance(case.args[0], Tensor)
    return case.args[0]


def target(case: Case) -> Tensor:
    assert isinstance(case.args[1], Tensor)
    return case.args[1]


def ignored(case: Case) -> int:
    value = case.kwargs.get("ignore_index", -100)
    assert isinstance(value, int)
    return value


def classes(case: Case) -> int:
    x = logits(case)
    return x.shape[0] if x.dim() == 1 else x.shape[1]


def form(case: Case) -> str:
    return {1: "unbatched", 2: "batch"}.get(logits(case).dim(), "spatial")


# Reach ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixed", [True, False], ids=["fixed", "drawn"])
@pytest.mark.parametrize(
    ("family", "options"),
    [
        ("ordinary", [()]),
        ("reductions", [()]),
        ("unbatched", [()]),
        ("spatial", [()]),
        ("weight", [("weight",)]),
        ("ignore-index", [(), ("ignore_index",)]),
        ("label-smoothing", [("label_smoothing",)]),
        ("probabilities", [()]),
        ("weight+ignore-index", [("weight",), ("ignore_index", "weight")]),
        (
            "weight+label-smoothing+ignore-index",
            [("label_smoothing", "weight"), ("ignore_index", "label_smoothing", "weight")],
        ),
        ("probabilities+weight+label-smoothing", [("label_smoothing", "weight")]),
    ],
)
def test_cells_hold_just_their_options(family: str, options: list[tuple[str, ...]], fixed: bool) -> None:
    """An ignore_index of -100 is left to the default, which a wrong function may lack; not drawn in every run."""
    seeds = [SEED] if fixed else range(SEED, SEED + 3)
    several = [case for seed in seeds for case in cases(family, fixed=fixed, seed=seed)]
    found = {tuple(sorted(set(case.kwargs) - {"reduction"})) for case in several}
    assert found == set(options)
    dense = {target(case).is_floating_point() for case in cases(family, fixed=fixed)}
    assert dense == {family.startswith("probabilities")}


@pytest.mark.parametrize("choices", [{}, {"ignore_index": IGNORED}, {"smoothing": [0.1, 0.5], "form": [(2,), (2, 3)]}])
def test_pairwise_cells_hold_every_two_values_and_are_few(choices: dict[str, Sequence[Any]]) -> None:
    """A mistake where two options meet needs no more; the product of three fields would ask 27 times."""
    cells, fields = pairwise(**choices), list({"form": (), "reduction": (), **choices})
    for one, other in itertools.combinations(fields, 2):
        met = {(getattr(cell, one), getattr(cell, other)) for cell in cells}
        values = [{getattr(cell, name) for cell in cells} for name in (one, other)]
        assert met == set(itertools.product(*values))
    for name, wanted in choices.items():
        assert {getattr(cell, name) for cell in cells} == set(wanted)
    assert len(cells) <= 10
    assert cells == pairwise(**choices)


@pytest.mark.parametrize("fixed", [True, False], ids=["fixed", "drawn"])
@pytest.mark.parametrize(
    ("family", "forms"),
    [
        ("reductions", ["batch"]),
        ("unbatched", ["unbatched"]),
        ("spatial", ["spatial"]),
        ("weight", ["unbatched", "batch", "spatial"]),
        ("ignore-index", ["unbatched", "batch", "spatial"]),
        ("label-smoothing", ["unbatched", "batch", "spatial"]),
        ("probabilities", ["unbatched", "batch", "spatial"]),
        ("weight+ignore-index", ["batch", "spatial"]),
        ("weight+label-smoothing+ignore-index", ["batch", "spatial"]),
        ("probabilities+weight+label-smoothing", ["unbatched", "batch", "spatial"]),
    ],
)
def test_every_reduction_of_every_form_comes_up(family: str, forms: list[str], fixed: bool) -> None:
    """Among the fixed cases of each run; among the drawn ones of a few runs, every form in each."""
    found = set()
    for seed in [SEED] if fixed else range(20):
        now = {(form(case), case.kwargs["reduction"]) for case in cases(family, fixed=fixed, seed=seed)}
        assert {name for name, _ in now} == set(forms)
        found |= now
    assert found == set(itertools.product(forms, REDUCTIONS))


@pytest.mark.parametrize("family", ["ignore-index", "weight+ignore-index", "weight+label-smoothing+ignore-index"])
def test_every_ignore_index_is_met_by_a_target(family: str) -> None:
    """With targets that count beside it; drawn, not enumerated, one corpus of eight had -100 alone."""
    met = {
        ignored(case) for case in cases(family) if (target(case) == ignored(case)).any() and target(case).numel() > 1
    }
    assert met == set(IGNORED)
    assert {index for index in IGNORED if 0 <= index < 2}  # one of them is a class


def test_ordinary_cases_are_plain_calls_in_four_dtypes() -> None:
    found = list(cases("ordinary"))
    assert all(not case.kwargs for case in found)
    assert {logits(case).dtype for case in found} == set(DTYPES)
    assert logits(found[0]).tolist() == [[1, 2, 0]]  # the lesson's worked example comes first
    assert target(found[0]).tolist() == [1]


@pytest.mark.parametrize("family", ["probabilities", "probabilities+weight+label-smoothing"])
def test_probabilities_are_differentiated_too(family: str) -> None:
    assert {case.wrt for case in cases(family)} == {(0, 1)}


@pytest.mark.parametrize("family", CELLS)
def test_cotangents_have_the_shape_of_the_loss(family: str) -> None:
    for case in cases(family):
        x = logits(case)
        whole = case.kwargs.get("reduction", "mean") != "none" or x.dim() == 1
        assert case.cotangent is not None
        assert case.cotangent.shape == (() if whole else x.shape[:1] + x.shape[2:])


@pytest.mark.parametrize(
    ("family", "shape"), [("one class", (2, 1)), ("empty", (0, 3)), ("all ignored", (2, 3)), ("out of range", (2, 3))]
)
def test_directed_families_are_about_one_shape(family: str, shape: tuple[int, ...]) -> None:
    assert {logits(case).shape for case in cases(family)} == {shape}


def test_large_logits_overflow_exp_in_every_dtype() -> None:
    overflow = {F64: 710, F32: 89, torch.bfloat16: 89, F16: 12}
    largest = {
        dtype: max(float(logits(c).max()) for c in cases("extreme") if logits(c).dtype is dtype) for dtype in DTYPES
    }
    assert all(largest[dtype] > overflow[dtype] for dtype in DTYPES)


def test_bad_reductions() -> None:
    assert [case.kwargs["reduction"] for case in cases("bad reduction")] == ["avg", "Mean", "", None]


def test_layouts_of_logits_target_and_weight() -> None:
    found = list(cases("layouts"))
    for strided in (logits, target):
        assert any(not strided(case).is_contiguous() and 0 not in strided(case).stride() for case in found)
        assert any(0 in strided(case).stride() for case in found)
    weights = [case.kwargs["weight"] for case in found if "weight" in case.kwargs]
    assert weights
    assert all(isinstance(weight, Tensor) and not weight.is_contiguous() for weight in weights)


# The contract ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("family", [*CELLS, "laws", "layouts", "dtypes", "repeated", "device", "second", "extreme"])
def test_targets_keep_the_contract(family: str, seed: int) -> None:
    """Classes in range or ignored, never all of them ignored; probabilities from 0 to 1 that sum to 1."""
    for case in (case for probe in drawn(family, seed) for case in probe.cases):
        found = target(case)
        if found.is_floating_point():
            assert found.shape == logits(case).shape
            assert ((found >= 0) & (found <= 1)).all()
            total = found.double().sum(min(1, found.dim() - 1))
            assert ((total - 1).abs() <= 4 * EPSILON[found.dtype]).all()
        else:
            assert found.dtype is torch.int64
            counted = found != ignored(case)
            assert ((found >= 0) & (found < classes(case)))[counted].all()
            assert counted.any()


def test_out_of_range_targets_are() -> None:
    for case in cases("out of range"):
        bad = (target(case) < 0) | (target(case) >= classes(case))
        assert bad.any()
        assert not (target(case) == -100).any()


def test_all_ignored_targets_are() -> None:
    found = list(cases("all ignored"))
    assert all((target(case) == ignored(case)).all() for case in found)
    assert {(ignored(case), case.kwargs["reduction"]) for case in found} == set(itertools.product(IGNORED, REDUCTIONS))


@pytest.mark.parametrize("family", CELLS)
def test_weights_are_positive_and_one_a_class(family: str) -> None:
    """A target whose weight is 0 would divide 0 by 0."""
    for case in cases(family):
        weight = case.kwargs.get("weight")
        if isinstance(weight, Tensor):
            assert weight.shape == (classes(case),)
            assert weight.dtype is logits(case).dtype
            assert (weight > 0).all()


@pytest.mark.parametrize("label", ["shift", "classes", "rows"])
def test_pairs_of_the_laws_differ_in_what_must_not_matter(label: str) -> None:
    """Shifting by a constant, renaming the classes and reordering the rows: undone, they give the first case again."""
    found = [probe for probe in drawn("laws") if probe.label == label]
    assert any(probe.origin is not None for probe in found)
    changed = 0
    for probe in found:
        (x, first), (y, second) = ((logits(case), target(case)) for case in probe.cases)
        changed += not torch.equal(x, y)
        if label == "shift":
            assert torch.equal(y - 1.5, x)
            assert torch.equal(first, second)
        elif label == "rows":
            assert torch.equal(y.flip(0), x)
            assert torch.equal(second.flip(0), first)
        else:
            assert torch.equal(y.roll(-1, 1), x)
            assert torch.equal((second - 1) % 3, first)
    assert changed
