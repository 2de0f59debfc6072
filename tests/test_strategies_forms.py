"""What a worker is shown tells everything of a call's form and nothing of its numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.strategies.forms import forms_of, key_of, probe_of
from autograder.worker.case import SIMULATED, Case
from tests.programs import bits

NUMBERS = torch.tensor([[0.5, -1.5, 3.0], [2.0, -0.25, 1.0]])
DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def case(tensor: Tensor = NUMBERS, **options: Any) -> Case:
    return Case(args=(tensor,), **options)


def tensor_of(found: Case) -> Tensor:
    (tensor,) = found.args
    assert isinstance(tensor, Tensor)
    return tensor


LAYOUTS = {
    "contiguous": NUMBERS,
    "transposed": NUMBERS.T,
    "strided": NUMBERS[:, ::2],
    "expanded": NUMBERS[:1].expand(4, 3),
    "from the middle": NUMBERS[1:],
    "a number": torch.tensor(2.5),
    "nothing": torch.zeros(0, 3),
    "whole numbers": torch.tensor([0, 4, 2]),
    "booleans": torch.tensor([True, False]),
    **{str(dtype): NUMBERS.to(dtype) for dtype in DTYPES},
}


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("tensor", LAYOUTS.values(), ids=LAYOUTS)
def test_a_probe_has_the_same_form(tensor: Tensor, alike: bool) -> None:
    found = tensor_of(probe_of(case(tensor), alike=alike))
    assert (found.dtype, found.shape, found.stride()) == (tensor.dtype, tensor.shape, tensor.stride())


OPTIONS: dict[str, dict[str, Any]] = {
    "words": {"kwargs": {"reduction": "sum", "label_smoothing": 0.1, "ignore_index": -100, "weight": None}},
    "the device": {"device": SIMULATED},
    "the default dtype": {"default_dtype": torch.float64},
    "the mode": {"training": False, "grad_enabled": False, "watch": True, "trace": True},
    "what is differentiated": {"wrt": (0,)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_probe_is_called_as_the_case_is(options: dict[str, Any]) -> None:
    found = probe_of(case(**options))
    assert {name: getattr(found, name) for name in options} == options


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_probes_numbers_tell_nothing_of_the_case(dtype: torch.dtype) -> None:
    """They are the same for other numbers of the same form, and none of those is among them."""
    one, other = NUMBERS.to(dtype), (NUMBERS * -7.25 + 0.125).to(dtype)
    shown = tensor_of(probe_of(case(one)))
    assert bits(shown) == bits(tensor_of(probe_of(case(other))))
    assert not torch.isin(shown.double(), torch.cat([one, other]).double()).any()
    assert shown.isfinite().all()


def test_tensors_of_a_call_have_different_numbers() -> None:
    """Or a loss of two inputs would be 0 on every probe."""
    found = probe_of(Case(args=(NUMBERS, NUMBERS), kwargs={"weight": NUMBERS}, cotangent=NUMBERS, second=(NUMBERS,)))
    tensors = [*found.args, found.kwargs["weight"], found.cotangent, *found.second]
    assert len({bits(tensor) for tensor in tensors if isinstance(tensor, Tensor)}) == len(tensors)


def test_cotangents_are_not_shown_either() -> None:
    shown = probe_of(case(wrt=(0,), cotangent=NUMBERS * 9, second=(NUMBERS * 11,)))
    for held, given in ((shown.cotangent, NUMBERS * 9), (shown.second[0], NUMBERS * 11)):
        assert held is not None
        assert not torch.isin(held, given).any()


def test_whole_numbers_lie_where_those_of_the_case_do() -> None:
    """Class ids are ids of classes, or a right answer would raise on its probe."""
    ids = torch.tensor([0, 4, 2, -100, 3])
    shown = tensor_of(probe_of(case(ids)))
    assert shown.min() >= 0
    assert shown.max() <= 4


def test_positive_numbers_stay_positive() -> None:
    """Weights and probabilities: what takes their logarithm must not meet nan."""
    assert (tensor_of(probe_of(case(NUMBERS.abs()))) > 0).all()
    assert (tensor_of(probe_of(case(torch.zeros(3)))) > 0).all()
    assert (tensor_of(probe_of(case(NUMBERS.expand(50, 2, 3)))) < 0).any()


SPECIAL = torch.tensor([0.0, -0.0, torch.inf, -torch.inf, torch.nan, -3.0, 5.0])


def test_what_is_alike_has_the_same_signs_and_special_values_and_other_magnitudes() -> None:
    shown = tensor_of(probe_of(case(SPECIAL), alike=True))
    assert bits(shown[:5]) == bits(SPECIAL[:5])
    assert shown[5] < 0 < shown[6]
    assert not torch.isin(shown[5:], SPECIAL).any()


def test_what_is_alike_keeps_whole_numbers() -> None:
    ids = torch.tensor([0, 4, -100])
    assert tensor_of(probe_of(case(ids), alike=True)).equal(ids)


def test_what_is_alike_keeps_strides_and_what_lies_between() -> None:
    tensor = SPECIAL[::2]
    shown = tensor_of(probe_of(case(tensor), alike=True))
    assert shown.stride() == tensor.stride()
    assert bits(shown[:3]) == bits(tensor[:3])


# Keys -----------------------------------------------------------------------------------------------------------------

SEEN: dict[str, Case] = {
    "the dtype": case(NUMBERS.double()),
    "the shape": case(NUMBERS[:1]),
    "the strides": case(NUMBERS.T.contiguous().T),
    "a sign": case(NUMBERS.abs()),
    "an option": case(kwargs={"reduction": "sum"}),
    "another option": case(kwargs={"reduction": "mean"}),
    "a number of another type": case(kwargs={"reduction": 1}),
    "a boolean for a number": case(kwargs={"reduction": True}),
    "one tensor more": Case(args=(NUMBERS, NUMBERS)),
    "a tensor by its name": Case(args=(), kwargs={"x": NUMBERS}),
    "the gradient": case(wrt=(0,)),
    "a cotangent": case(wrt=(0,), cotangent=NUMBERS),
    "a second gradient": case(wrt=(0,), cotangent=NUMBERS, second=(NUMBERS,)),
    "the device": case(device=SIMULATED),
    "the default dtype": case(default_dtype=torch.float64),
    "the grad mode": case(grad_enabled=False),
    "evaluation": case(training=False),
    "watched": case(watch=True),
}


def test_whatever_code_can_see_of_a_call_makes_another_form() -> None:
    keys = [key_of(case()), *map(key_of, SEEN.values())]
    assert len(set(keys)) == len(keys)


def test_other_numbers_make_no_other_form() -> None:
    assert key_of(case(NUMBERS * 3)) == key_of(case())


def test_a_form_is_shown_twice_so_that_what_a_call_leaves_behind_shows_itself() -> None:
    cases = [case(NUMBERS * number) for number in (1, 2, 3, 4)]
    probes, places = forms_of(cases, [False] * 4)
    assert places == (0, 1, 1, 1)
    assert bits(tensor_of(probes[0])) == bits(tensor_of(probes[1]))


def test_each_call_of_a_sequence_is_shown() -> None:
    cases = [case(), case(NUMBERS * 2), case()]
    probes, places = forms_of(cases, [True] * 3)
    assert places == (0, 1, 2)
    assert len(probes) == 3


def test_forms_are_shown_in_the_order_of_their_cases() -> None:
    cases = [case(), case(NUMBERS.double()), case(NUMBERS * 2), case(NUMBERS.double() * 2), case(NUMBERS * 3)]
    probes, places = forms_of(cases, [False] * 5)
    assert places == (0, 1, 2, 3, 2)
    assert [tensor_of(probe).dtype for probe in probes] == [torch.float32, torch.float64] * 2


def test_a_probe_is_the_same_in_every_run() -> None:
    assert bits(tensor_of(probe_of(case()))) == bits(tensor_of(probe_of(replace(case()))))
