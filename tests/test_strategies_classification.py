"""Cases of cross entropy: every combination of options comes up, and every target keeps the contract."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping

import pytest
import torch
from torch import Tensor

from autograder.oracle import EPSILON
from autograder.strategies.build import families
from autograder.strategies.cells import IGNORED, REDUCTIONS
from autograder.strategies.drawing import draw
from autograder.strategies.option_space import SMALL, cells_in_dtypes, kinds, option_cells, values
from autograder.strategies.probe import Family, Probe
from autograder.strategies.tensors import DTYPES, DTYPES_AND_DEFAULTS
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
            [
                ("label_smoothing", "weight"),
                ("ignore_index", "label_smoothing", "weight"),
                ("ignore_index", "label_smoothing"),
                ("label_smoothing",),
            ],
        ),
        ("probabilities+weight+label-smoothing", [("label_smoothing", "weight"), ("label_smoothing",), ("weight",)]),
    ],
)
def test_cells_hold_just_their_options(family: str, options: list[tuple[str, ...]], fixed: bool) -> None:
    """An ignore_index of -100 is left to the default, which a wrong function may lack; not drawn in every run."""
    seeds = [SEED] if fixed else range(SEED, SEED + 3)
    several = [case for seed in seeds for case in cases(family, fixed=fixed, seed=seed)]
    found = {tuple(sorted(set(case.kwargs) - {"reduction"})) for case in several}
    assert found == set(options) if fixed else found <= set(options)
    dense = {target(case).is_floating_point() for case in cases(family, fixed=fixed)}
    assert dense == {family.startswith("probabilities")}


OPTIONS = ("form", "target", "reduction", "weighted", "smoothed")


@pytest.mark.parametrize("fields", list(itertools.combinations(OPTIONS, 3)))
def test_every_three_options_meet(fields: tuple[str, ...]) -> None:
    """A mistake where three options meet is asked for; the product of all values would ask 5,000 times."""
    cells = [kinds(cell) for cell in option_cells()]
    met = {tuple(cell[name] for name in fields) for cell in cells}
    assert met == set(itertools.product(*({cell[name] for cell in cells} for name in fields)))
    assert len(cells) <= 70


def test_all_that_is_in_a_loss_meets() -> None:
    """In a mean, which has what is wrong above its fraction bar and below."""
    met = {tuple(kinds(cell).values()) for cell in option_cells() if kinds(cell)["reduction"] == "mean"}
    assert len(met) == 3 * 3 * 2 * 2


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("target", {"indices", "probabilities", "last class", -100, 0, 255, -1}),
        ("form", {(), (3,), (2, 3), (2, 2, 3), (2, 2, 1, 2)}),
        ("smoothed", {None, 0.1, 1.0, 0.37}),
        ("classes", {2, 3, 12, 130}),
    ],
)
def test_every_value_meets_every_kind_of_the_other_options(field: str, wanted: set[object]) -> None:
    for other in set(OPTIONS) - {field}:
        met = {(values(cell)[field], kinds(cell)[other]) for cell in option_cells()}
        assert met == set(itertools.product(wanted, {kinds(cell)[other] for cell in option_cells()}))


def test_many_classes_meet_all_that_is_in_a_loss() -> None:
    many = [kinds(cell) for cell in option_cells() if cell.classes > SMALL]
    assert len({tuple(cell[name] for name in ("target", "weighted", "smoothed")) for cell in many}) == 3 * 2 * 2


def test_every_dtype_meets_every_option() -> None:
    """Two of them at once in a mean, which has what is wrong above its fraction bar and below."""
    asked = [(cell, kinds(cell)) for cell, _ in cells_in_dtypes() if cell.dtype is not F64]
    for dtype in DTYPES[1:]:
        own = [(cell, found) for cell, found in asked if cell.dtype is dtype]
        assert {cell.form for cell, _ in own} == {(), (3,), (2, 3), (2, 2, 3), (2, 2, 1, 2)}
        assert {found["reduction"] for _, found in own} == set(REDUCTIONS)
        assert {(cell.classes > SMALL, cell.probabilities) for cell, _ in own} == set(itertools.product([0, 1], [0, 1]))
        means = [found for _, found in own if found["reduction"] == "mean" and found["form"] != "unbatched"]
        for one, other in itertools.combinations(("target", "weighted", "smoothed"), 2):
            met = {(found[one], found[other]) for found in means}
            assert len(met) == len({one for one, _ in met}) * len({other for _, other in met})
    assert {(cell.dtype, default) for cell, default in cells_in_dtypes()} == set(DTYPES_AND_DEFAULTS)


@pytest.mark.parametrize("family", [name for name in CELLS if name != "ordinary"])
def test_every_reduction_and_form_of_every_family_comes_up(family: str) -> None:
    found = list(cases(family, fixed=True))
    assert {case.kwargs.get("reduction", "mean") for case in found} == set(REDUCTIONS)
    own = {"reductions": {"batch"}, "unbatched": {"unbatched"}, "spatial": {"spatial"}}
    assert {form(case) for case in found} == own.get(family, {"unbatched", "batch", "spatial"})


def test_draws_of_a_few_runs_have_every_reduction_and_form() -> None:
    found = {
        (form(case), case.kwargs.get("reduction", "mean"))
        for family in CELLS[1:]
        for seed in range(12)
        for case in cases(family, fixed=False, seed=seed)
    }
    assert found == set(itertools.product(["unbatched", "batch", "spatial"], REDUCTIONS))


def test_every_ignore_index_is_met_by_a_target() -> None:
    """With targets that count beside it; drawn, not enumerated, one corpus of eight had -100 alone."""
    everything = set()
    for family in ("ignore-index", "weight+ignore-index", "weight+label-smoothing+ignore-index"):
        met = {
            "last" if ignored(case) == classes(case) - 1 else ignored(case)
            for case in cases(family, fixed=True)
            if (target(case) == ignored(case)).any() and target(case).numel() > 1
        }
        assert met & {0, "last"}, "one of them is a class"
        assert met & {-100, 255, -1}
        everything |= met
    assert everything == {-100, 0, "last", 255, -1}


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


@pytest.mark.parametrize("family", ["one class", "all ignored", "out of range", "bad reduction", "extreme"])
def test_directed_families_ask_in_every_branch(family: str) -> None:
    found = list(cases(family))
    assert {form(case) for case in found} == {"unbatched", "batch", "spatial"}
    for option in ("weight", "label_smoothing"):
        assert {option in case.kwargs for case in found} == {True, False}
    if family not in ("all ignored", "out of range"):
        assert {target(case).is_floating_point() for case in found} == {True, False}


def test_one_class_is_one() -> None:
    assert {classes(case) for case in cases("one class")} == {1}


def test_empty_batches_are() -> None:
    assert {logits(case).shape for case in cases("empty")} == {(0, 3)}


def test_large_logits_overflow_exp_in_every_dtype() -> None:
    overflow = {F64: 710, F32: 89, torch.bfloat16: 89, F16: 12}
    largest = {
        dtype: max(float(logits(c).max()) for c in cases("extreme") if logits(c).dtype is dtype) for dtype in DTYPES
    }
    assert all(largest[dtype] > overflow[dtype] for dtype in DTYPES)


def test_bad_reductions() -> None:
    words = [case.kwargs["reduction"] for case in cases("bad reduction")]
    assert words[:4] == ["avg", "Mean", "", None]
    assert set(words) == {"avg", "Mean", "", None, "batchmean", "NONE"}


def test_layouts_of_logits_target_and_weight() -> None:
    found = list(cases("layouts"))
    for strided in (logits, target):
        assert any(not strided(case).is_contiguous() and 0 not in strided(case).stride() for case in found)
        assert any(0 in strided(case).stride() for case in found)
    weights = [case.kwargs["weight"] for case in found if "weight" in case.kwargs]
    assert any(isinstance(weight, Tensor) and not weight.is_contiguous() for weight in weights)


@pytest.mark.parametrize("dims", [1, 2, 3, 4, 5])
def test_every_number_of_dimensions_begins_somewhere_in_its_memory(dims: int) -> None:
    """A slice of a batch, of indices and of probabilities."""
    found = [case for case in cases("layouts") if case.offset and logits(case).dim() == dims]
    assert found


def test_gradients_that_come_in_have_strides() -> None:
    """Those of a sum have none; a transposed loss has other ones."""
    incoming = [case.cotangent for case in cases("layouts") if case.cotangent is not None]
    assert any(found.dim() and set(found.stride()) == {0} for found in incoming)
    assert any(not found.is_contiguous() and 0 not in found.stride() for found in incoming)


def test_options_are_given_by_position_and_arguments_by_name() -> None:
    (named,) = [case for case in cases("reductions") if case.names]
    assert named.names == ("input", "target")
    order = ["weight", "ignore_index", "reduction", "label_smoothing"]
    bare = [list(case.kwargs) for family in CELLS for case in cases(family) if case.bare]
    assert bare == [["weight"], order]


def test_calls_without_gradients_and_after_a_layer_ask_about_every_target() -> None:
    def met(found: list[Case]) -> set[tuple[bool, bool, bool]]:
        own = [case for case in found if case.kwargs.get("reduction", "mean") == "mean" and logits(case).dim() > 1]
        return {
            (target(c).is_floating_point(), bool((target(c) == ignored(c)).any()), "weight" in c.kwargs) for c in own
        }

    every = {(True, False, weighted) for weighted in (True, False)} | set(itertools.product([False], [0, 1], [0, 1]))
    assert met([case for case in cases("graph") if not case.grad_enabled]) >= every
    assert met([case for case in cases("graph") if not case.leaf]) >= every


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
            single = found.dim() == 0 and case.kwargs.get("reduction") in ("sum", "none")  # of which nothing is divided
            assert counted.any() or single


def test_out_of_range_targets_are() -> None:
    for case in cases("out of range"):
        bad = (target(case) < 0) | (target(case) >= classes(case))
        assert bad.any()
        assert not (target(case) == -100).any()


def test_all_ignored_targets_are() -> None:
    found = list(cases("all ignored"))
    assert all((target(case) == ignored(case)).all() for case in found)
    asked = {(ignored(case), case.kwargs.get("reduction", "mean")) for case in found}
    assert asked >= set(itertools.product(IGNORED, REDUCTIONS))


@pytest.mark.parametrize("family", CELLS)
def test_weights_are_one_a_class_and_some_target_has_one(family: str) -> None:
    """Where the weights of all targets are 0, their mean divides 0 by 0."""
    for case in cases(family):
        weight = case.kwargs.get("weight")
        if isinstance(weight, Tensor):
            assert weight.shape == (classes(case),)
            assert weight.dtype is logits(case).dtype
            assert (weight >= 0).all()
            found = target(case)
            if not found.is_floating_point() and (counted := found[found != ignored(case)]).numel():
                assert weight[counted].sum() > 0


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
