"""References, tolerances and scales: what an answer is compared with, and how closely."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.course import Exercise
from autograder.errors import CourseError
from autograder.oracle import (
    EPSILON,
    PRECISE,
    TOLERANCE,
    Expected,
    dtype_of,
    expect,
    find_reference,
    reference,
    references,
)
from autograder.properties import Check
from autograder.properties.compare import gradients, pairs, relative, value
from autograder.strategies.build import families
from autograder.strategies.drawing import draw
from autograder.strategies.tensors import DTYPES
from autograder.worker.case import SIMULATED, Argument, Case
from autograder.worker.observe import observe
from tests.bank import course

F16, BF16, F32, F64 = torch.float16, torch.bfloat16, torch.float32, torch.float64
EXERCISES = course().exercises
SEED = 1


def t(*values: Any, dtype: torch.dtype = F64) -> Tensor:
    """A tensor of these numbers or rows; of one number, a 0-d tensor."""
    return torch.tensor(values[0] if len(values) == 1 else values, dtype=dtype)


# References -----------------------------------------------------------------------------------------------------------


def test_references_are_what_course_yaml_may_name() -> None:
    assert references() == (
        "custom_loss",
        "torch.nn.CrossEntropyLoss",
        "torch.nn.MSELoss",
        "torch.nn.ReLU",
        "torch.nn.SiLU",
        "torch.nn.Sigmoid",
        "torch.nn.Tanh",
    )


def test_every_reference_is_used_by_an_exercise() -> None:
    assert {exercise.reference for exercise in EXERCISES} == set(references())


def test_unknown_reference_names_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"unknown reference='torch\.nn\.GELU'; known are custom_loss, torch\.nn\."):
        find_reference("torch.nn.GELU")


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match=r"name='torch\.nn\.ReLU' is defined twice"):
        reference("torch.nn.ReLU")(torch.relu)


@pytest.mark.parametrize(
    ("name", "args", "options", "right"),
    [
        ("torch.nn.Sigmoid", (t(-1, 0, 1),), {}, [0.2689, 0.5, 0.7311]),
        ("torch.nn.ReLU", (t(-1, 0, 1),), {}, [0, 0, 1]),
        ("torch.nn.Tanh", (t(-1, 0, 1),), {}, [-0.7616, 0, 0.7616]),
        ("torch.nn.SiLU", (t(-1, 0, 1),), {}, [-0.2689, 0, 0.7311]),
        ("torch.nn.CrossEntropyLoss", (t([[1, 2, 0]]), torch.tensor([1])), {}, 0.4076),
        ("torch.nn.MSELoss", (t(1.5, 2.5, 3.5), t(1, 2, 3)), {}, 0.25),
        ("torch.nn.MSELoss", (t(1.5, 2.5, 3.5), t(1, 2, 3)), {"reduction": "sum"}, 0.75),
        ("custom_loss", (t(1.5, 2.5, 3.5), t(1, 2, 3)), {}, 0.5),
    ],
)
def test_worked_examples_of_the_lessons(
    name: str, args: tuple[Tensor, ...], options: dict[str, Argument], right: Any
) -> None:
    found = find_reference(name)(*args, **options)
    torch.testing.assert_close(found, t(right), atol=5e-5, rtol=0)


@pytest.mark.parametrize(
    ("options", "right"),
    [
        ({"reduction": "none"}, [1.4076, 0.4076]),
        ({"reduction": "sum"}, 1.8152),
        ({"weight": t(3, 1, 1)}, (3 * 1.4076 + 0.4076) / 4),
        ({"ignore_index": 0}, 0.4076),
        ({"label_smoothing": 0.3}, 0.7 * 0.9076 + 0.3 * 1.4076),
    ],
)
def test_cross_entropy_passes_every_option_on(options: dict[str, Argument], right: Any) -> None:
    """Of two rows of logits 1, 2, 0, whose losses are 1.4076, 0.4076 and 2.4076 for the three classes."""
    found = find_reference("torch.nn.CrossEntropyLoss")(t([[1, 2, 0], [1, 2, 0]]), torch.tensor([0, 1]), **options)
    torch.testing.assert_close(found, t(right), atol=1e-4, rtol=0)


# The tolerance table --------------------------------------------------------------------------------------------------


def test_tolerance_table() -> None:
    """Numbers, not formulas: a change of the table is a change of who passes, and is made here too."""
    assert {
        F64: 1e-9,
        F32: 64 * 2.0**-23,
        BF16: 6 * 2.0**-7,
        F16: 6 * 2.0**-10,
    } == TOLERANCE
    assert {F64: 2.0**-52, F32: 2.0**-23, BF16: 2.0**-7, F16: 2.0**-10} == EPSILON
    assert PRECISE == 64


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tolerance_is_that_of_the_first_argument(dtype: torch.dtype) -> None:
    case = Case((t(1.0, dtype=dtype), t(2.0, dtype=F64)))
    assert dtype_of(case) is dtype
    assert expect("custom_loss", "regression", case).tolerance == TOLERANCE[dtype]


# What is expected -----------------------------------------------------------------------------------------------------


def test_expected_is_exact_for_the_rounded_input() -> None:
    """bfloat16 rounds 0.1 to 0.10009765625; a right answer is sigmoid of that."""
    case = Case((t(0.1, dtype=BF16),), wrt=(0,), cotangent=t(1.0, dtype=BF16))
    seen = expect("torch.nn.Sigmoid", "activation", case).observation
    assert seen.output is not None
    assert seen.output.dtype is F64
    assert seen.output.item() == torch.sigmoid(t(0.10009765625)).item() != torch.sigmoid(t(0.1)).item()
    assert [item is not None and item.dtype for item in seen.gradients] == [F64]


def test_expected_is_exact_in_options_and_cotangents() -> None:
    """A float32 weight beside float64 logits would raise."""
    logits, weight = t([[1, 2, 0]], dtype=F32), t(0.1, 0.3, 1, dtype=F32)
    case = Case((logits, torch.tensor([1])), {"weight": weight}, (0,), t(0.1, dtype=F32), (torch.ones(1, 3),))
    seen = expect("torch.nn.CrossEntropyLoss", "classification", case).observation
    assert seen.raised is None
    assert seen.dtype == "float64"
    (gradient,), (second,) = seen.gradients, seen.second
    assert gradient is not None
    assert second is not None
    assert gradient[0, 1].item() == pytest.approx(float(t(0.1, dtype=F32)) * (0.66524096 - 1), rel=1e-7)
    assert second.dtype is F64


def test_expected_is_worked_out_on_the_cpu_without_a_trace() -> None:
    case = Case((t(1.0, 2.0, dtype=F32),), wrt=(0,), cotangent=torch.ones(2), device=SIMULATED, trace=True)
    seen = expect("torch.nn.Tanh", "activation", case).observation
    assert (seen.device, seen.trace, seen.raised) == ("cpu", None, None)


def test_what_the_reference_raises_is_expected() -> None:
    case = Case((t([[1, 2, 0]]), torch.tensor([3])))
    seen = expect("torch.nn.CrossEntropyLoss", "classification", case).observation
    assert seen.raised is not None
    assert seen.raised.type == "IndexError"


# Scales ---------------------------------------------------------------------------------------------------------------

X = t(-3, 0.5, 8)
COTANGENT = t(-2, 0.5, 1)


@pytest.mark.parametrize(
    ("name", "scale", "gradient"),
    [
        ("torch.nn.Sigmoid", [1, 1, 1], [2, 1, 1]),
        ("torch.nn.Tanh", [1, 1, 1], [2, 1, 1]),
        ("torch.nn.ReLU", [3, 1, 8], [3 * 2, 1, 8]),
        ("torch.nn.SiLU", [3, 1, 8], [3 * 2, 1, 8]),
    ],
)
def test_scale_of_an_activation(name: str, scale: list[float], gradient: list[float]) -> None:
    """1 where the output is bounded, else max(1, |x|); a gradient's also times max(1, |cotangent|)."""
    expected = expect(name, "activation", Case((X,), wrt=(0,), cotangent=COTANGENT))
    assert expected.scale.tolist() == scale
    assert [item.tolist() for item in expected.gradient_scales] == [gradient]


def test_scale_of_an_activation_beyond_the_core_domain() -> None:
    """|x| counts up to 20: at -3e38, where the answer is 0, more would allow anything. A large answer counts whole."""
    expected = expect("torch.nn.ReLU", "activation", Case((t(-3e38, -1e4, 1e4),)))
    assert expected.scale.tolist() == [20, 20, 1e4]
    assert [item.tolist() for item in expected.gradient_scales] == [[20, 20, 20]]


def test_scale_of_a_second_gradient() -> None:
    """The gradient's, times the largest of the second cotangents."""
    case = Case((X,), wrt=(0,), cotangent=COTANGENT, second=(t(-1, 5, 2),))
    expected = expect("torch.nn.Tanh", "activation", case)
    assert [item.tolist() for item in expected.second_scales] == [[10, 5, 5]]


LOGITS = t([[1, 2, -6], [0, 0, 0]])
WEIGHT = t(0.5, 3, 1)


def cross_entropy(cotangent: Tensor, target: Tensor | None = None, **options: Argument) -> Expected:
    target = torch.tensor([1, 0]) if target is None else target
    wrt = (0, 1) if target.is_floating_point() else (0,)
    case = Case((LOGITS, target), options, wrt=wrt, cotangent=cotangent)
    return expect("torch.nn.CrossEntropyLoss", "classification", case)


def test_scale_of_cross_entropy() -> None:
    """max(1, max|x|, |reference|) · max(1, max weight), times the number of losses in a sum."""
    one = t(1.0)
    assert cross_entropy(one).scale.item() == 6
    assert cross_entropy(one, weight=WEIGHT).scale.item() == 6 * 3
    assert cross_entropy(one, weight=WEIGHT / 10).scale.item() == 6
    assert cross_entropy(one, weight=WEIGHT, reduction="sum").scale.item() == 6 * 3 * 2
    rows = cross_entropy(t(1, 1), torch.tensor([2, 0]), reduction="none")
    assert rows.scale.tolist() == pytest.approx([8.3135, 6], abs=1e-4)  # the first loss is larger than its logits


def test_scale_of_the_gradients_of_cross_entropy() -> None:
    """max(1, max weight) · the sum of |cotangent|; by class probabilities also times max(1, max|x|)."""
    weighted = cross_entropy(t(-1.5, 2), reduction="none", weight=WEIGHT)
    assert [item.tolist() for item in weighted.gradient_scales] == [torch.full((2, 3), 3 * 3.5).tolist()]
    assert float(cross_entropy(t(0.25)).gradient_scales[0].max()) == 1  # never below 1
    by_logits, by_target = cross_entropy(t(2.0), torch.full((2, 3), 1 / 3, dtype=F64)).gradient_scales
    assert by_logits.tolist() == torch.full((2, 3), 2).tolist()
    assert by_target.tolist() == torch.full((2, 3), 2 * 6).tolist()


@pytest.mark.parametrize("name", ["torch.nn.MSELoss", "custom_loss"])
def test_scale_of_a_regression_loss(name: str) -> None:
    """max(1, max x², max t²), gradients times 4 and the sum of |cotangent|."""
    case = Case((t(1, -3), t(4, 0)), wrt=(0, 1), cotangent=t(2.0))
    expected = expect(name, "regression", case)
    assert expected.scale.item() == 16
    assert [item.tolist() for item in expected.gradient_scales] == [[4 * 16 * 2] * 2] * 2
    small = expect(name, "regression", replace(case, args=(t(0.1, 0.2), t(0.3, 0.4)), cotangent=t(0.5)))
    assert (small.scale.item(), small.gradient_scales[0].tolist()) == (1, [4, 4])


def test_scale_of_a_summed_regression_loss() -> None:
    """A sum of n squares may be n times as far off; single squares may not."""
    total, single = (
        expect("torch.nn.MSELoss", "regression", Case((t(1, -3), t(4, 0)), {"reduction": reduction}))
        for reduction in ("sum", "none")
    )
    assert total.scale.item() == 2 * 16
    assert single.scale.tolist() == [16, 16]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_scales_are_finite_and_at_least_one(exercise: Exercise) -> None:
    """An infinite scale would allow every answer, a nan none; at ±inf and nan inputs too."""
    for name, family in families(exercise, course().budget).items():
        for probe in draw(family, SEED):
            for case in probe.cases:
                expected = expect(exercise.reference, exercise.family, case)
                for scale in (expected.scale, *expected.gradient_scales, *expected.second_scales):
                    assert scale.isfinite().all(), (name, case)
                    assert (scale >= 1).all(), (name, case)


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf, -torch.inf])
@pytest.mark.parametrize("x", [1.0, -3e38, 3e38])
def test_nan_and_infinity_are_never_near_a_number(x: float, wrong: float) -> None:
    case = Case((t([x]),), wrt=(0,), cotangent=t([1.0]))
    expected = expect("torch.nn.ReLU", "activation", case)
    right = observe(find_reference("torch.nn.ReLU"), case)
    assert value(right, expected) is None
    assert value(replace(right, output=t([wrong])), expected) is not None
    assert gradients(case, replace(right, gradients=(t([wrong]),)), expected) is not None


@pytest.mark.parametrize(("x", "right"), [(torch.inf, torch.inf), (-torch.inf, torch.nan), (torch.nan, torch.nan)])
def test_a_number_is_never_near_nan_or_infinity(x: float, right: float) -> None:
    """The reference x · sigmoid(x) is nan at -inf, where its limit is 0."""
    case = Case((t([x]),))
    expected = expect("torch.nn.SiLU", "activation", case)
    seen = observe(find_reference("torch.nn.SiLU"), case)
    for answer in (torch.nan, torch.inf, -torch.inf, 0.0, 3e38):
        same = answer == right or (answer != answer and right != right)
        assert (value(replace(seen, output=t([answer])), expected) is None) is same, answer


# Who passes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_torch_itself_is_right_in_every_dtype(exercise: Exercise) -> None:
    """On the ordinary cases; beyond them torch's own low precision is not always near enough."""
    family = families(exercise, course().budget)["ordinary"]
    tried = set()
    for probe in draw(family, SEED):
        check = Check(
            exercise,
            probe,
            tuple(observe(find_reference(exercise.reference), case) for case in probe.cases),
            tuple(expect(exercise.reference, exercise.family, case) for case in probe.cases),
        )
        for case, actual, expected in pairs(check):
            tried.add(dtype_of(case))
            assert value(actual, expected) is None
            assert gradients(case, actual, expected) is None
    assert tried == set(DTYPES)


def test_an_answer_more_accurate_than_torchs_is_right() -> None:
    """In float32 sigmoid(-89) is 2.2e-39, a subnormal number; torch may answer 0."""
    case = Case((t([-89.0], dtype=F32),))
    expected = expect("torch.nn.Sigmoid", "activation", case)
    exact = (1 / (1 + t([89.0]).exp())).to(F32)
    seen = observe(find_reference("torch.nn.Sigmoid"), case)
    mine, zero = replace(seen, output=exact), replace(seen, output=torch.zeros(1))
    assert value(mine, expected) is None
    assert relative(mine, expected, case) is None
    assert value(zero, expected) is None  # near enough for `values`
    assert relative(zero, expected, case) is not None  # but not for `accuracy`


def test_rounding_to_single_precision_is_wrong_in_double_precision() -> None:
    """The mistake that the tolerance of float64 is tight for."""
    case = Case((t([0.3]),))
    expected = expect("torch.nn.Sigmoid", "activation", case)
    seen = observe(lambda x: torch.sigmoid(x.float()).double(), case)
    assert value(seen, expected) is not None
