"""What the families of cases reach, and what they never leave."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from autograder.properties import load_properties
from autograder.result import Tier
from autograder.strategies.build import families
from autograder.strategies.drawing import draw
from autograder.strategies.probe import Family, Probe
from autograder.strategies.sweeps import SIZES, SWEEP, TAIL, in_core_domain
from autograder.strategies.tensors import DTYPES, LAYOUTS, pattern, points
from autograder.worker.case import SIMULATED, Case
from tests.bank import course

F16, BF16, F32, F64 = torch.float16, torch.bfloat16, torch.float32, torch.float64
COURSE = course()
EXERCISES = {exercise.name: exercise for exercise in COURSE.exercises}
ACTIVATIONS = [name for name, exercise in EXERCISES.items() if exercise.family == "activation"]
REGRESSIONS = [name for name, exercise in EXERCISES.items() if exercise.family == "regression"]
SEED = 3


@functools.cache
def makers(name: str) -> Mapping[str, Family]:
    return families(EXERCISES[name], COURSE.budget)


@functools.cache
def drawn(name: str, family: str, seed: int = SEED) -> tuple[Probe, ...]:
    return draw(makers(name)[family], seed)


def cases(name: str, family: str) -> Iterator[Case]:
    for probe in drawn(name, family):
        yield from probe.cases


def tensors(name: str, family: str) -> Iterator[Tensor]:
    """Every floating-point argument of a family, options included."""
    for probe in drawn(name, family):
        yield from floating(probe)


def floating(probe: Probe) -> list[Tensor]:
    """The same of one probe."""
    given = [value for case in probe.cases for value in (*case.args, *case.kwargs.values())]
    return [value for value in given if isinstance(value, Tensor) and value.is_floating_point()]


def first(case: Case) -> Tensor:
    assert isinstance(case.args[0], Tensor)
    return case.args[0]


def target(case: Case) -> Tensor:
    assert isinstance(case.args[1], Tensor)
    return case.args[1]


# Families as a whole --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_families_are_those_that_the_properties_read(name: str) -> None:
    """A family that nothing reads is drawn for nothing; one that is missing would be a KeyError in the middle of a run.

    Builders make a family for every property of their kind, so an exercise may leave some unread.
    """
    known, kind = load_properties(), EXERCISES[name].family
    assert {known[item].reads for item in EXERCISES[name].properties} <= set(makers(name))
    read = {known[item].reads for other in EXERCISES.values() if other.family == kind for item in other.properties}
    assert set(makers(name)) <= read


@pytest.mark.parametrize("name", EXERCISES)
def test_every_family_has_cases(name: str) -> None:
    for family in makers(name):
        assert drawn(name, family), family
        assert all(probe.cases for probe in drawn(name, family))


@pytest.mark.parametrize("name", EXERCISES)
def test_fixed_probes_come_first_and_drawn_ones_know_their_strategy(name: str) -> None:
    for key, family in makers(name).items():
        found = drawn(name, key)
        assert found[: len(family.fixed)] == family.fixed
        assert all(probe.origin is None for probe in family.fixed)
        rest = [probe.origin for probe in found[len(family.fixed) :] if probe.origin is not None]
        assert len(rest) == len(found) - len(family.fixed)
        every = len(family.strategies)
        if family.count >= every:
            assert rest == [index % every for index in range(family.count)] if every else not rest
        else:  # one of each few neighbours
            bounds = [every * index // family.count for index in range(family.count + 1)]
            assert all(low <= origin < high for origin, (low, high) in zip(rest, pairwise(bounds), strict=True))


@pytest.mark.parametrize(
    ("names", "family", "fixed", "count"),
    [
        (["sigmoid", "tanh", "custom_activation"], "ordinary", 3 * 15 + 11 + 8 + 8, 100),
        (["relu"], "ordinary", 3 * (15 + 3) + 11 + 8 + 8, 100),
        (REGRESSIONS, "ordinary", 6 + 3 * 3 + 4 + 3, 12),
        (["cross_entropy"], "ordinary", 1 + 4 + 6, 6),
        (["cross_entropy"], "weight", 5 + 2, 1),
        (["cross_entropy"], "ignore-index", 8, 1),
        (["cross_entropy"], "probabilities+weight+label-smoothing", 13, 1),
    ],
)
def test_how_many_cases(names: list[str], family: str, fixed: int, count: int) -> None:
    """Fixed readable ones, then sweeps, and as many drawn ones as course.yaml's budget says."""
    for name in names:
        assert len(makers(name)[family].fixed) == fixed
        assert len(drawn(name, family)) == fixed + count


def test_budget_of_the_course_sets_how_many_are_drawn() -> None:
    small = COURSE.budget.model_copy(update={"cases": 7, "pairs": 8, "option_cases": 2})
    counts = {name: families(EXERCISES[name], small)["ordinary"].count for name in ("tanh", "mse_loss")}
    assert counts == {"tanh": 7, "mse_loss": 8}
    assert families(EXERCISES["cross_entropy"], small)["reductions"].count == 2


@pytest.mark.parametrize("name", EXERCISES)
def test_cotangents_fit_the_arguments(name: str) -> None:
    """A second cotangent for each differentiated argument, in its shape; and dtypes that agree."""
    for family in makers(name):
        for case in cases(name, family):
            assert all(isinstance(case.args[index], Tensor) for index in case.wrt)
            if case.cotangent is not None:
                assert case.cotangent.dtype == first(case).dtype
            shapes = [tensor.shape for tensor in case.second]
            assert shapes in ([], [case.args[index].shape for index in case.wrt])  # type: ignore[union-attr]  # tensors


# Reach ----------------------------------------------------------------------------------------------------------------


def reaches(name: str, family: str, wanted: Callable[[Tensor], bool]) -> bool:
    return any(wanted(tensor) for tensor in tensors(name, family))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(
    ("family", "what", "wanted"),
    [
        ("shapes", "0-d", lambda x: x.shape == ()),
        ("shapes", "empty", lambda x: x.shape == (0,)),
        ("shapes", "empty with sides", lambda x: x.shape == (2, 0, 3)),
        ("shapes", "six dimensions", lambda x: x.dim() == 6),
        ("ordinary", "0-d", lambda x: x.shape == ()),
        ("ordinary", "three dimensions", lambda x: x.dim() == 3),
        ("ordinary", "zero among others", lambda x: bool((x == 0).any() and (x != 0).any())),
        ("ordinary", "readable", lambda x: x.numel() > 1 and bool((x * 8 == (x * 8).round()).all())),
        ("ordinary", "any float32", lambda x: x.numel() > 1 and bool((x * 8 != (x * 8).round()).any())),
        ("dtypes", "0-d bfloat16", lambda x: x.shape == () and x.dtype is BF16),
        ("layouts", "stride 0", lambda x: 0 in x.stride() and x.numel() > 1),
        ("layouts", "not contiguous", lambda x: not x.is_contiguous()),
        (
            "layouts",
            "channels last",
            lambda x: x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous(),
        ),
        ("laws", "negative zero", lambda x: bool(((x == 0) & x.signbit()).any())),
        ("infinite", "inf", lambda x: x.item() == torch.inf),
        ("infinite", "-inf", lambda x: x.item() == -torch.inf),
        ("nan", "nan", lambda x: bool(x.isnan().all())),
        ("extreme", "3e38", lambda x: x.dtype is F32 and x.item() > 2.9e38),
        ("extreme", "-6e4 in float16", lambda x: x.dtype is F16 and x.item() < -5.9e4),
        ("zero", "exactly 0", lambda x: x.item() == 0),
        ("accuracy", "1e-6", lambda x: 0 < x.item() < 2e-6),
        ("accuracy", "the tail", lambda x: x.item() < -15),
    ],
)
def test_activations_reach(name: str, family: str, what: str, wanted: Callable[[Tensor], bool]) -> None:
    assert reaches(name, family, wanted), what


@pytest.mark.parametrize("name", REGRESSIONS)
@pytest.mark.parametrize(
    ("family", "what", "wanted"),
    [
        ("shapes", "0-d", lambda x: x.shape == ()),
        ("shapes", "five dimensions", lambda x: x.dim() == 5),
        ("empty", "empty", lambda x: x.shape == (0,)),
        ("empty", "empty with sides", lambda x: x.shape == (2, 0)),
        ("layouts", "stride 0", lambda x: 0 in x.stride()),
        ("layouts", "not contiguous", lambda x: not x.is_contiguous()),
        ("large", "1e4", lambda x: bool((x == 1e4).any())),
    ],
)
def test_regression_losses_reach(name: str, family: str, what: str, wanted: Callable[[Tensor], bool]) -> None:
    assert reaches(name, family, wanted), what


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("family", ["ordinary", "dtypes"])
def test_every_dtype_comes_up(name: str, family: str) -> None:
    assert {first(case).dtype for case in cases(name, family)} == set(DTYPES)


@pytest.mark.parametrize("name", EXERCISES)
def test_half_of_the_ordinary_draws_are_in_double_precision(name: str) -> None:
    """Wrong functions fail there: the other dtypes' tolerances let small mistakes through."""
    dtypes = [first(probe.cases[0]).dtype for probe in drawn(name, "ordinary") if probe.origin is not None]
    assert dtypes.count(F64) / len(dtypes) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("name", EXERCISES)
def test_default_dtype_comes_up_single_and_double(name: str) -> None:
    assert {case.default_dtype for case in cases(name, "dtypes")} == {F32, F64}


@pytest.mark.parametrize("name", EXERCISES)
def test_device_cases_are_placed_and_traced(name: str) -> None:
    found = list(cases(name, "device"))
    assert {case.device for case in found} == {SIMULATED}
    assert all(case.trace for case in found)
    assert {probe.label for probe in drawn(name, "device")} == {"placed", "growth"}


@pytest.mark.parametrize("name", EXERCISES)
def test_graph_is_asked_for_with_and_without(name: str) -> None:
    by_label = {probe.label: probe.cases[0] for probe in drawn(name, "graph")}
    others = {"after a layer", "inference"}
    assert set(by_label) in ({"with", "without", "no_grad"}, {"with", "without", "no_grad"} | others)
    assert others <= set(by_label) or COURSE.exercise(name).family == "classification"
    assert not by_label["without"].wrt
    assert by_label["with"].wrt
    assert by_label["no_grad"].wrt
    assert not by_label["no_grad"].grad_enabled


@pytest.mark.parametrize("name", [*ACTIVATIONS, *REGRESSIONS])
def test_modes_meet_every_dtype_and_dimensions(name: str) -> None:
    """A mistake may need two at once: bfloat16 behind a layer, five dimensions in inference mode."""
    calls = [(probe.label, first(case)) for probe in drawn(name, "graph") for case in probe.cases]
    for mode in ("with", "after a layer", "no_grad", "inference"):
        assert {x.dtype for label, x in calls if label == mode} == set(DTYPES)
        assert {x.dim() for label, x in calls if label == mode} >= {0, 2, 4, 6 if name in ACTIVATIONS else 5}


@pytest.mark.parametrize("name", [*ACTIVATIONS, *REGRESSIONS])
def test_second_gradients_are_asked_for_in_every_dtype_layout_and_dimension(name: str) -> None:
    found = [case for family in makers(name) for probe in drawn(name, family) for case in probe.cases if case.second]
    assert {first(case).dtype for case in found} == set(DTYPES)
    assert {first(case).dim() for case in found} >= set(range(6))
    assert {case.leaf for case in found} == {True, False}
    assert any(case.offset for case in found)
    assert any(not first(case).is_contiguous() for case in found)


@pytest.mark.parametrize("name", ["custom_activation", "custom_loss"])
def test_modules_are_called_in_both_modes_and_again(name: str) -> None:
    found = {probe.label: [case.training for case in probe.cases] for probe in drawn(name, "module")}
    assert found == {"train": [True] * 3, "eval": [False] * 3}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 2, 2)])
def test_layouts_change_strides_and_keep_the_shape(layout: str, shape: tuple[int, ...]) -> None:
    x = pattern(shape)
    laid_out = LAYOUTS[layout](x)
    assert laid_out.shape == x.shape
    if not layout.startswith("expanded"):
        assert torch.equal(laid_out, x)
    if len(shape) > 1 or layout not in ("transposed", "channels last"):  # one dimension has no other order
        assert laid_out.stride() != x.stride()


# The core domain ------------------------------------------------------------------------------------------------------

CORE = ("ordinary", "second", "elementwise", "laws", "layouts")


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("family", CORE)
@pytest.mark.parametrize("seed", range(3))
def test_activations_stay_in_the_core_domain(name: str, family: str, seed: int) -> None:
    """|x| <= 20, or 1e4 for relu; in float16 0 or 2⁻⁴ … 5; no subnormal number, and |x| < 2⁻¹⁰ only as 0.

    One sweep leaves it on purpose, and no property of the core tier asks for that.
    """
    for probe in filter(in_core_domain, drawn(name, family, seed)):
        for case in probe.cases:
            x = first(case).abs().double()
            half = first(case).dtype is F16
            largest = 5 if half else 1e4 if name == "relu" and family == "ordinary" else 100 if name == "relu" else 20
            assert (x <= largest).all()
            assert ((x == 0) | (x >= (2**-4 if half else 2**-10))).all()


@pytest.mark.parametrize("name", ["cross_entropy", *REGRESSIONS])
def test_losses_stay_in_the_core_domain(name: str) -> None:
    """Smaller than for activations: squares and sums of exponentials must not overflow in float16.

    The sweeps of two arguments go as far as float64, in which alone they are, lets both pass.
    """
    for probe in drawn(name, "ordinary"):
        arguments = [x for case in probe.cases for x in case.args if isinstance(x, Tensor) and x.is_floating_point()]
        for x in arguments:
            if probe.label == SWEEP and name != "cross_entropy" and x.numel() > 12:
                assert x.dtype is F64
                assert x.abs().exp().square().sum().isfinite()
            else:
                assert (x.abs() <= (4 if name == "cross_entropy" else 5)).all()


def test_relu_is_tried_far_out() -> None:
    def far(name: str, bound: float) -> bool:
        return any(
            (x > bound).any() for probe in drawn(name, "ordinary") if in_core_domain(probe) for x in floating(probe)
        )

    assert far("relu", 1000)
    assert not far("tanh", 20)


# Sweeps ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_one_sweep_of_an_activation_leaves_the_core_domain_and_core_properties_do_not_ask_for_it(name: str) -> None:
    """In float64, from tail to tail: there 48 still tells a logistic function from one that is clamped at 30."""
    (tails,) = [probe for probe in drawn(name, "ordinary") if not in_core_domain(probe)]
    assert tails.label == TAIL
    x = first(tails.cases[0])
    assert (x.dtype, x.min().item(), x.max().item()) == (F64, -48.0, 48.0)
    reading = [item for item in load_properties().values() if item.reads == "ordinary"]
    asking = {item.name: item.tier for item in reading if item.selects is None or item.selects(tails)}
    assert Tier.CORE not in asking.values()
    assert "precision" in asking  # somebody does


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_sweeps_of_an_activation_hold_the_readable_points_of_both_small_dtypes_and_sizes_beyond_blocks(
    name: str,
) -> None:
    swept = [first(probe.cases[0]) for probe in drawn(name, "ordinary") if probe.label == SWEEP]
    for dtype in (BF16, F16):
        (every,) = [x for x in swept if x.dtype is dtype]
        assert set(points(dtype)) <= set(every.tolist())
        assert torch.equal(every, every.sort().values)
        assert len(set(every.view(torch.int16).tolist())) == len(every)
    assert {x.numel() for x in swept if x.dtype is F64 and x.dim() == 1} == set(SIZES)


@pytest.mark.parametrize("name", EXERCISES)
def test_which_families_have_sweeps(name: str) -> None:
    """Tiny numbers of the 16-bit dtypes are among the extremes of an activation."""
    labels = {family: {probe.label for probe in drawn(name, family)} for family in makers(name)}
    activation = COURSE.exercise(name).family == "activation"
    found = {family for family, found in labels.items() if found & {SWEEP, TAIL}}
    assert found == ({"ordinary", "extreme", "accuracy", "dtypes"} if activation else {"ordinary"})
