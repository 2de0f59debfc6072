"""Judges that hold several observations against each other, or a result against a law."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from autograder.oracle import Expected
from autograder.properties import Check, load_properties
from autograder.worker.case import Observation
from tests.judging import (
    EXERCISES,
    Change,
    Row,
    assert_judged,
    calls,
    events,
    expectation,
    find,
    gradient,
    judge,
    makers,
    output,
    put,
    raising,
    right,
    seen_as,
)

LOCALITY = [
    Row(
        "sigmoid",
        "elementwise",
        output(put(0.4, 0)),
        "value",
        "element 0 depends on its neighbours: output[0] is 0.4, expected 0.5",
    ),
    Row(
        "sigmoid",
        "elementwise",
        output(put(0.9, 0)),
        "value",
        "element 1 depends on its neighbours: output[0] is 0.731059, expected 0.9",
        at=2,
    ),
    Row(
        "sigmoid",
        "elementwise",
        calls(64),
        "operations",
        "a larger batch of the same rows takes 64 tensor operations instead of 2: is there a loop?",
        probe="growth",
        at=1,
    ),
    Row(
        "sigmoid",
        "elementwise",
        calls(0),
        "operations",
        "no tensor operation was seen: is the result computed outside torch?",
        probe="growth",
    ),
    Row(
        "cross_entropy",
        "vectorised",
        calls(3),
        "operations",
        "a larger batch of the same rows takes 3 tensor operations instead of 2: is there a loop?",
        at=1,
    ),
    Row(
        "mse_loss",
        "vectorised",
        seen_as(trace=None),
        "operations",
        "no tensor operation was seen: is the result computed outside torch?",
        at=1,
    ),
]

DEVICE = [
    Row("sigmoid", "device", seen_as(device="cpu"), "device", "the output is on cpu, the input on simulated"),
    Row(
        "sigmoid",
        "device",
        seen_as(gradient_devices=("cpu",)),
        "device",
        "the gradient is on cpu, the input on simulated",
    ),
    Row(
        "sigmoid",
        "device",
        events(d2h_copy=2, sync_item=1),
        "device",
        "data is copied from the device to the CPU on the way",
    ),
    Row(
        "sigmoid",
        "device",
        events(sync_item=16),
        "device",
        "four times the rows wait 16 times for the device instead of 0: is there an item() in a loop?",
        probe="growth",
        at=1,
    ),
    Row("sigmoid", "device", raising(RuntimeError, "mixed", line=3), "exception", "it raises RuntimeError"),
    Row("sigmoid", "device", output(put(0.0, 0, 1)), "value", "output[0, 1] is 0, expected …", probe=1),
    Row("sigmoid", "device", gradient(put(torch.nan, 0, 1)), "nan", "gradient[0, 1] is nan, expected …", probe=1),
]

LAWS = [
    Row(
        "sigmoid",
        "laws",
        output(put(1.25, 1)),
        "law",
        "a law is broken: the output lies in [0, 1]; but output[1] is 1.25, expected 1",
    ),
    Row(
        "relu",
        "laws",
        output(put(-1.0, 0)),
        "law",
        "a law is broken: the output lies in [0, inf]; but output[0] is -1, expected 0",
    ),
    Row(
        "tanh",
        "laws",
        output(put(-0.5, 1)),
        "law",
        "a law is broken: a larger input gives no smaller output; but output[1] is -0.5, expected 0",
    ),
    Row(
        "sigmoid",
        "laws",
        output(put(0.75, 1)),
        "law",
        "a law is broken: f(-x) = 1 - f(x); but output[1] is 0.0189414, expected 0",
    ),
    Row(
        "tanh",
        "laws",
        output(put(0.75, 1)),
        "law",
        "a law is broken: f(-x) = -f(x); but output[1] is -0.0115942, expected 0",
    ),
    Row(
        "relu",
        "laws",
        output(put(0.75, 1)),
        "law",
        "a law is broken: f(x) - f(-x) = x; but output[1] is -0.25, expected 0",
    ),
    Row(
        "custom_activation",
        "laws",
        output(put(torch.nan, 1)),
        "law",
        "a law is broken: f(x) - f(-x) = x; but output[1] is nan, expected 0",
    ),
    Row(
        "cross_entropy",
        "laws",
        output(lambda y: y + 1),
        "law",
        "a law is broken: adding a constant to all logits changes nothing; but output is 2.42022, expected 1.42022",
        probe="shift",
        at=1,
    ),
    Row(
        "cross_entropy",
        "laws",
        output(lambda y: y + 1),
        "law",
        "a law is broken: renaming the classes changes nothing; but output is 2.42022, expected 1.42022",
        probe="classes",
        at=1,
    ),
    Row(
        "cross_entropy",
        "laws",
        output(lambda y: y + 1),
        "law",
        "a law is broken: the order of the rows does not matter; but output is 2.42022, expected 1.42022",
        probe="rows",
        at=1,
    ),
    Row(
        "cross_entropy",
        "laws",
        gradient(lambda g: g + 1),
        "law",
        "a law is broken: the gradients of a row sum to 0; but output[0] is 3, expected 0; 2 more of 3 differ",
    ),
    Row(
        "cross_entropy",
        "laws",
        output(torch.neg),
        "law",
        "a law is broken: the loss is not negative; but output is -1.42022, expected 0",
        at=None,
    ),
]

OPTIONS = [
    Row(
        "mse_loss",
        "bad-reduction",
        lambda _: Observation(output=torch.ones(()), dtype="float64"),
        "exception",
        "reduction='avg' returned a result, expected ValueError",
    ),
    Row(
        "mse_loss",
        "bad-reduction",
        raising(KeyError, "'Mean'"),
        "exception",
        "reduction='Mean' raised KeyError, expected ValueError",
        probe=1,
    ),
    Row(
        "cross_entropy",
        "bad-reduction",
        raising(AssertionError, ""),
        "exception",
        "reduction=None raised AssertionError, expected ValueError",
        probe=3,
    ),
    Row(
        "cross_entropy",
        "out-of-range",
        lambda _: Observation(output=torch.ones(()), dtype="float32"),
        "exception",
        "target [3, 0] is out of range but nothing is raised",
    ),
]


@pytest.mark.parametrize("row", [*LOCALITY, *DEVICE, *LAWS, *OPTIONS], ids=str)
def test_mismatch_names_what_is_wrong(row: Row) -> None:
    assert_judged(row)


OPTION_CELLS = [
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
]


@pytest.mark.parametrize("name", OPTION_CELLS)
@pytest.mark.parametrize(
    ("change", "aspect"),
    [(output(lambda y: y + 1e-6), "value"), (gradient(lambda g: g * 1.0001), "gradient")],
    ids=["value", "gradient"],
)
def test_options_are_judged_by_values_and_gradients(name: str, change: Change, aspect: str) -> None:
    row = Row("cross_entropy", name, change, aspect, f"{'output' if aspect == 'value' else 'gradient'}…expected …")
    assert_judged(row)


class Refused(ValueError):
    """An error of a learner's own."""


def test_a_kind_of_value_error_is_a_value_error() -> None:
    row = Row("mse_loss", "bad-reduction", raising(Refused, "no"), "", "")
    assert judge(row, row.change) is None


def test_any_exception_will_do_for_a_target_out_of_range() -> None:
    """torch raises IndexError for one and RuntimeError for the other."""
    row = Row("cross_entropy", "out-of-range", raising(AssertionError, "no"), "", "", probe=2)
    assert judge(row, row.change) is None


def test_fewer_operations_for_more_rows_are_fine() -> None:
    """As when a check stops at the first row."""
    row = Row("sigmoid", "elementwise", calls(1), "", "", probe="growth", at=1)
    assert judge(row, row.change) is None


def test_a_wait_that_does_not_grow_is_fine() -> None:
    """One ``if (target >= C).any(): raise`` waits for the device once."""
    row = Row("sigmoid", "device", events(sync_item=1), "", "")
    assert judge(row, row.change) is None


def test_a_gradient_of_nothing_has_no_device() -> None:
    row = Row("sigmoid", "device", lambda seen: replace(seen, gradient_devices=("",)), "", "")
    assert judge(row, row.change) is None


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0, 1 + 1e-12, -1e-12])
def test_any_slope_between_both_sides_is_right_at_the_kink(slope: float) -> None:
    row = Row("relu", "kink", gradient(put(slope, 0)), "", "")
    assert judge(row, row.change) is None


def test_the_gradient_at_zero_is_left_to_its_own_property() -> None:
    """Right forms of an activation differ there."""
    _, probe = find("sigmoid", "gradients", 6)
    assert probe.cases[0].args[0] == torch.zeros(1)
    row = Row("sigmoid", "gradients", gradient(put(0.0, 0)), "", "", probe=6)
    assert judge(row, row.change) is None


def _off_by_what_is_allowed(seen: Observation, expected: Expected, signs: tuple[float, float]) -> Observation:
    """A right observation whose numbers are off by nearly all that `values` and `gradients` allow, to one side each."""
    assert seen.output is not None
    steps = torch.tensor(signs, dtype=torch.float64).repeat(1 + seen.output.numel() // 2)[: seen.output.numel()]
    room = 0.99 * expected.tolerance
    off = seen.output.double() + room * expected.scale * steps.reshape(seen.output.shape)
    gradients = tuple(
        None if one is None else one + room * scale
        for one, scale in zip(seen.gradients, expected.gradient_scales, strict=False)
    )
    return replace(seen, output=off, gradients=gradients)


@pytest.mark.parametrize("signs", [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)], ids=["above", "below", "above and below"])
@pytest.mark.parametrize(
    ("exercise", "name"),
    [
        ("sigmoid", "laws"),
        ("relu", "laws"),
        ("tanh", "laws"),
        ("custom_activation", "laws"),
        ("cross_entropy", "laws"),
        ("sigmoid", "elementwise"),
        ("relu", "elementwise"),
    ],
)
def test_what_values_allows_breaks_no_law(exercise: str, name: str, signs: tuple[float, float]) -> None:
    """Right forms such as exp by scaling and squaring are off by hundreds of eps, and to 1e-9 they may be."""
    item = load_properties()[name]
    for probe in makers(exercise)[item.reads].fixed:
        seen = [right(exercise, case) for case in probe.cases]
        expected = expectation(exercise, probe)
        off = [_off_by_what_is_allowed(*pair, signs) for pair in zip(seen, expected, strict=True)]
        off[0] = _off_by_what_is_allowed(seen[0], expected[0], (signs[1], signs[0]))
        assert item.judge(Check(EXERCISES[exercise], probe, tuple(off), expected)) is None
