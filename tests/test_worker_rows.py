"""Observations taken apart into outlines and a row of numbers, and put together again."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.worker.case import Observation, Raised, Trace
from autograder.worker.rows import DTYPES, Observations, Outline
from tests.sending import FULL, alike, tensors

PLAIN = replace(FULL, module=None, trace=None, raised=None)


def vector(*numbers: float, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.tensor(numbers, dtype=dtype)


def output(*numbers: float) -> Observation:
    return Observation(output=vector(*numbers), shape=(len(numbers),), dtype="float32")


def values(seen: Observations) -> list[list[float] | None]:
    return [None if item.output is None else item.output.tolist() for item in seen]


# There and back -------------------------------------------------------------------------------------------------------


def test_every_field_comes_back() -> None:
    told = replace(FULL, lost="timeout", detail="too late")
    (back,) = Observations.of([told])
    for field in fields(Observation):
        before, after = getattr(told, field.name), getattr(back, field.name)
        if field.name in ("gradients", "second"):
            assert len(before) == len(after)
            assert all(map(alike, before, after)), field.name
        else:
            assert alike(before, after) if field.name == "output" else before == after, field.name


@settings(database=None, deadline=None, derandomize=True, max_examples=300)
@given(st.lists(st.tuples(tensors(), st.none() | tensors()), max_size=4))
def test_numbers_come_back_in_their_dtype_and_shape(pairs: list[tuple[Tensor, Tensor | None]]) -> None:
    pairs = [(one >> 10 if one.dtype is torch.int64 else one, other) for one, other in pairs]
    pairs = [(one, other) for one, other in pairs if other is None or other.dtype is not torch.int64]
    seen = [Observation(output=one, gradients=(other, one), second=(None, other)) for one, other in pairs]
    rows = Observations.of(seen)
    assert rows.numbers.dtype is torch.float64
    assert len(rows) == len(seen)
    for (one, other), back in zip(pairs, rows, strict=True):
        assert alike(back.output, one)
        assert all(map(alike, back.gradients, (other, one)))
        assert all(map(alike, back.second, (None, other)))


def test_numbers_lie_in_the_order_of_output_gradients_and_second_gradients() -> None:
    seen = Observation(
        output=torch.tensor([[1, 2], [3, 4]]).T,
        gradients=(None, vector(5.0), vector(6.0, 7.0)),
        second=(vector(8.0), None),
    )
    rows = Observations.of([output(0.5), seen, output()])
    assert rows.numbers.tolist() == [0.5, 1, 3, 2, 4, 5, 6, 7, 8]
    assert rows.starts == (0, 1, 9, 9)
    assert [rows.numbers_of(index).tolist() for index in range(3)] == [[0.5], [1, 3, 2, 4, 5, 6, 7, 8], []]


def test_the_row_is_a_copy_without_a_graph() -> None:
    tensor = vector(1.0, 2.0, dtype=torch.float64).requires_grad_()
    rows = Observations.of([Observation(output=tensor * 1, gradients=(tensor,))])
    with torch.no_grad():
        tensor.fill_(9)
    assert rows.numbers.tolist() == [1, 2, 1, 2]
    assert not rows.numbers.requires_grad


def test_a_zero_tensor_of_torch_has_numbers() -> None:
    """The gradient of nothing may be one, and has no memory to read."""
    zero = torch._efficientzerotensor((2, 2))
    assert zero._is_zerotensor()
    (back,) = Observations.of([Observation(output=zero, gradients=(zero,), second=(zero,))])
    assert alike(back.output, torch.zeros(2, 2))
    assert alike(back.second[0], torch.zeros(2, 2))


@pytest.mark.parametrize("dtype", [torch.complex64, torch.int8, torch.int16], ids=str)
def test_a_dtype_that_is_not_carried_has_no_numbers(dtype: torch.dtype) -> None:
    assert dtype not in DTYPES
    seen = Observation(output=torch.ones(2, dtype=dtype), gradients=(torch.ones(1, dtype=dtype), vector(3.0)))
    rows = Observations.of([seen])
    assert rows.numbers.tolist() == [3.0]
    assert (rows[0].output, rows[0].gradients[0]) == (None, None)


# A sequence -----------------------------------------------------------------------------------------------------------


def test_observations_are_a_sequence() -> None:
    rows = Observations.of(output(float(n)) for n in range(5))
    assert len(rows) == 5
    assert values(rows) == [[0], [1], [2], [3], [4]]
    assert [rows[index].output.tolist() for index in (0, 4, -1, -5)] == [[0], [4], [4], [0]]  # type: ignore[union-attr]


@pytest.mark.parametrize("index", [5, -6, 1 << 70])
def test_an_index_outside_is_an_error(index: int) -> None:
    with pytest.raises(IndexError):
        Observations.of(output(1.0) for _ in range(5))[index]


@pytest.mark.parametrize(
    "part", [slice(None), slice(1, 3), slice(3, 1), slice(-2, None), slice(0, 99), slice(None, None, -2)], ids=str
)
def test_a_slice_is_a_tuple_of_observations(part: slice) -> None:
    rows = Observations.of(output(float(n)) for n in range(5))
    assert type(rows[part]) is tuple
    assert [seen.output.tolist() for seen in rows[part] if seen.output is not None] == [[n] for n in range(5)[part]]


def test_an_observation_is_made_once_and_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Outline] = []
    honest = Outline.filled

    def filled(outline: Outline, numbers: Tensor) -> Observation:
        made.append(outline)
        return honest(outline, numbers)

    monkeypatch.setattr(Outline, "filled", filled)
    rows = Observations.of(output(*range(n)) for n in range(9))
    assert rows[3] is rows[3] is rows[-6] is rows[3:4][0]
    assert made == [rows.outlines[3]]


def test_nothing_is_a_sequence_too() -> None:
    for rows in (Observations.of([]), Observations.joined([]), Observations.joined([Observations.of([])] * 2)):
        assert (len(rows), list(rows), rows[:], rows.starts, rows.numbers.tolist()) == (0, [], (), (0,), [])
        assert rows.numbers.dtype is torch.float64


def test_joined_ones_follow_one_another() -> None:
    parts = [Observations.of(chunk) for chunk in ([output(1.0, 2.0), output()], [], [FULL], [output(3.0)])]
    rows = Observations.joined(parts)
    assert len(rows) == 4
    assert values(rows) == [[1, 2], [], [[1, 0]], [3]]
    assert rows.starts == (0, 2, 2, 6, 7)
    assert rows.numbers.tolist() == [1, 2, 1, -0.0, 2, 3, 3]
    assert rows.outlines == [outline for part in parts for outline in part.outlines]
    assert rows[2].raised == FULL.raised


# What is alike, and what is not ---------------------------------------------------------------------------------------


def shared(*seen: Observation) -> bool:
    """Whether all have one outline."""
    return len({id(outline) for outline in Observations.of(seen).outlines}) == 1


def test_what_differs_in_numbers_alone_shares_an_outline() -> None:
    other = replace(
        PLAIN,
        output=torch.full((1, 2), torch.nan),
        gradients=(vector(-7.0, dtype=torch.float16), None),
        second=(None, torch.tensor(torch.inf, dtype=torch.float64)),
    )
    assert shared(PLAIN, PLAIN, other)
    rows = Observations.of([PLAIN, FULL, other])
    assert rows.outlines[0] is rows.outlines[2]
    assert rows[2].output is not None
    assert rows[2].output.isnan().all()


DIFFERENT: dict[str, list[Any]] = {
    "type": ["list"],
    "output": [None, torch.ones(2, 1), torch.ones(1, 2, 1), torch.ones(1, 2).double(), torch.ones(1, 2).bfloat16()],
    "shape": [(2, 1), ()],
    "dtype": ["float64"],
    "device": ["cuda"],
    "requires_grad": [False],
    "gradients": [(), (None, None), (None, vector(2.0)), (*PLAIN.gradients, None), (vector(2.0), None)],
    "gradient_devices": [(), ("cpu",), ("", "cpu")],
    "second": [(), (None, torch.ones(())), (None, torch.ones(1).double()), (torch.ones(()).double(), None)],
    "mutated": [(), ("argument 2",), ("argument 1", "argument 2")],
    "aliased": [(), ("argument 1",)],
    "globals_changed": [(), ("default dtype",)],
    "module": [{"parameters": 1}],
    "trace": [Trace(calls=1)],
    "raised": [Raised("call", "E", ("E",), "m", 1)],
    "lost": ["timeout"],
    "detail": ["too late"],
}


def test_every_field_is_tried() -> None:
    assert list(DIFFERENT) == [field.name for field in fields(Observation)]


@pytest.mark.parametrize(
    ("field", "value"),
    [pytest.param(name, value, id=f"{name}-{n}") for name, found in DIFFERENT.items() for n, value in enumerate(found)],
)
def test_what_differs_in_any_fact_has_an_outline_of_its_own(field: str, value: Any) -> None:
    other = replace(PLAIN, **{field: value})
    assert not shared(PLAIN, other)
    back = Observations.of([PLAIN, other, PLAIN])
    if field not in ("output", "gradients", "second"):
        assert [getattr(seen, field) for seen in back] == [getattr(PLAIN, field), value, getattr(PLAIN, field)]


@pytest.mark.parametrize(
    "fact",
    [{"trace": Trace()}, {"raised": FULL.raised}],
    ids=lambda fact: next(iter(fact)),
)
def test_what_is_seldom_alike_is_not_compared(fact: dict[str, Any]) -> None:
    assert not shared(replace(PLAIN, **fact), replace(PLAIN, **fact))


# Forms ----------------------------------------------------------------------------------------------------------------


def form(**changes: Any) -> object:
    return Observations.of([replace(PLAIN, **changes)]).outlines[0].form


def test_a_form_is_of_shapes_alone() -> None:
    right = ((1, 2), ((1,), None), (None, ()))
    assert form() == right
    assert form(output=torch.zeros(1, 2, dtype=torch.int32), requires_grad=False, mutated=("argument 9",)) == right
    assert form(output=torch.zeros(2, 1)) == ((2, 1), *right[1:])
    assert form(gradients=()) == (right[0], (), right[2])
    assert form(second=(None, None)) == (*right[:2], (None, None))
    assert form(output=torch.zeros(0, 3), gradients=(torch.zeros(0, 3),)) == ((0, 3), ((0, 3),), right[2])


@pytest.mark.parametrize(
    "fact",
    [{"raised": FULL.raised}, {"lost": "crash"}, {"type": "list"}, {"output": None}, {"output": torch.ones(1) * 1j}],
    ids=["raised", "lost", "a list", "no output", "complex"],
)
def test_what_is_no_tensor_with_numbers_has_no_form(fact: dict[str, Any]) -> None:
    assert form(**fact) is None


# Room -----------------------------------------------------------------------------------------------------------------


def test_what_has_no_room_is_left_out_and_what_comes_later_may_have_some() -> None:
    seen = Observation(output=torch.ones(4), gradients=(torch.ones(5), torch.ones(2)), second=(torch.ones(1),))
    for room, counts in ((None, [4, 5, 2, 1]), (96, [4, 5, 2, 1]), (95, [4, 5, 2, 0]), (80, [4, 5, 0, 1])):
        assert told(seen, room) == counts
    assert told(seen, 56) == [4, 0, 2, 1]
    assert told(seen, 16) == [0, 0, 2, 0]
    assert told(seen, 0) == [0, 0, 0, 0]


def told(seen: Observation, room: int | None) -> list[int]:
    """How many numbers of each tensor come back."""
    rows = Observations.of([seen], room)
    assert room is None or rows.numbers.numel() * 8 <= room
    (back,) = rows
    return [0 if item is None else item.numel() for item in (back.output, *back.gradients, *back.second)]


def test_room_is_for_all_observations_together() -> None:
    assert values(Observations.of([output(1.0), output(2.0, 3.0), output(4.0)], room=16)) == [[1], None, [4]]


def test_what_has_no_room_is_not_copied() -> None:
    """An expanded tensor of 10**12 elements takes four bytes until someone makes it contiguous."""
    assert values(Observations.of([Observation(output=torch.ones(1).expand(10**12))], room=1 << 20)) == [None]


def test_a_tensor_without_elements_always_fits() -> None:
    assert values(Observations.of([output()], room=0)) == [[]]
