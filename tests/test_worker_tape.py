"""What a tape notes of the calls made while it is entered, step by step."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.worker.cut import text_of
from autograder.worker.program import FEW
from autograder.worker.tape import Tape
from autograder.worker.terms import Refused
from autograder.worker.values import Step

Json = Any


def x() -> Tensor:
    return torch.tensor([0.5, -1.5, 0.75])


class Noted:
    """The steps of a call on one input, as plain data; the input is value 0."""

    def __init__(self, call: Callable[[Tensor], object], *script: bool | None) -> None:
        self.tape = Tape()
        given = x()
        bound = self.tape.bind(given)
        self.tape.script.extend(script)
        with self.tape:
            self.result = call(given)
        self.refused = [step.refused for step in self.tape.steps]
        self.steps: list[Json] = json.loads(text_of(self.tape.steps, [bound], None))["steps"]


V0, V1, V2 = ({"v": number} for number in range(3))
STEPS: dict[str, tuple[Callable[[Tensor], object], list[Json]]] = {
    "a call": (lambda x: torch.exp(x), [["call", "torch.exp", [V0], {}, V1]]),
    "keywords": (lambda x: torch.sum(x, dim=0), [["call", "torch.sum", [V0], {"dim": 0}, V1]]),
    "a keyword alone": (lambda x: torch.exp(input=x), [["call", "torch.exp", [], {"input": V0}, V1]]),
    "several results": (lambda x: x.max(0), [["call", "torch.Tensor.max", [V0, 0], {}, [V1, V2]]]),
    "the very argument": (lambda x: x.contiguous(), [["call", "torch.Tensor.contiguous", [V0], {}, V0]]),
    "in place": (lambda x: x.mul_(2), [["call", "torch.Tensor.mul_", [V0, 2], {}, V0]]),
    "no result": (lambda x: x.__setitem__(0, 1.0), [["call", "torch.Tensor.__setitem__", [V0, 0, 1.0], {}, None]]),
    "an index": (
        lambda x: x[..., None, 1:2],
        [["call", "torch.Tensor.__getitem__", [V0, {"t": [{"k": "..."}, None, {"s": [1, 2, None]}]}], {}, V1]],
    ),
    "a dtype": (lambda x: x.to(torch.float64), [["call", "torch.Tensor.to", [V0, {"d": "float64"}], {}, V1]]),
    "a device": (
        lambda _x: torch.zeros(2, device=torch.device("cpu")),
        [["call", "torch.zeros", [2], {"device": {"p": "cpu"}}, V1]],
    ),
    "a memory format": (
        lambda x: x.clone(memory_format=torch.preserve_format),
        [["call", "torch.Tensor.clone", [V0], {"memory_format": {"m": "preserve_format"}}, V1]],
    ),
    "a shape": (lambda x: x.expand(torch.Size((2, 3))), [["call", "torch.Tensor.expand", [V0, {"t": [2, 3]}], {}, V1]]),
    "numbers of rows": (
        lambda x: x[list(range(3)) * 1],
        [["call", "torch.Tensor.__getitem__", [V0, [0, 1, 2]], {}, V1]],
    ),
    "many numbers of rows": (
        lambda x: x.expand(20, 3)[list(range(20))],
        [
            ["call", "torch.Tensor.expand", [V0, 20, 3], {}, V1],
            ["call", "torch.Tensor.__getitem__", [V1, {"r": [0, 19, 1]}], {}, V2],
        ],
    ),
    "a read": (lambda x: torch.equal(x, x), [["read", "torch.equal", [V0, V0], {}, True]]),
    "a read of a list": (lambda x: x.tolist(), [["read", "torch.Tensor.tolist", [V0], {}, [0.5, -1.5, 0.75]]]),
    "what says nothing of numbers": (
        lambda x: (x.shape, x.dtype, x.device, x.dim(), len(x), x.size(0), x.is_contiguous(), x.requires_grad),
        [],
    ),
    "an own tensor": (
        lambda x: x * torch.Tensor([2.0]),
        [
            ["constant", V1, "float32", [1], [2.0], "cpu", False],
            ["call", "torch.Tensor.mul", [V0, V1], {}, V2],
        ],
    ),
    "an alias that is cut off": (
        lambda x: nn.Parameter(x) * 2,
        [["alias", V1, V0, True, True], ["call", "torch.Tensor.mul", [V1, 2], {}, V2]],
    ),
    "gradients off": (
        lambda x: torch.no_grad()(lambda: x * 2)() * 3,
        [
            ["set", False, False, "float32", None],
            ["call", "torch.Tensor.mul", [V0, 2], {}, V1],
            ["set", True, False, "float32", None],
            ["call", "torch.Tensor.mul", [V1, 3], {}, V2],
        ],
    ),
}


@pytest.mark.parametrize(("call", "steps"), STEPS.values(), ids=STEPS)
def test_a_call_is_noted_as_it_was_made(call: Callable[[Tensor], object], steps: list[Json]) -> None:
    assert Noted(call).steps == steps


def test_a_call_that_raises_is_noted_and_raises() -> None:
    def caught(x: Tensor) -> str:
        try:
            return str(x.view(7))
        except RuntimeError as error:
            return str(error)

    noted = Noted(caught)
    assert noted.steps == [["raises", "torch.Tensor.view", [V0, 7], {}]]
    assert "invalid for input of size 3" in str(noted.result)


SIZES = {
    "nonzero": lambda x: x.nonzero().shape,
    "a mask": lambda x: x[x > 0].numel(),
    "masked_select": lambda x: len(x.masked_select(x > 0)),
    "unique": lambda x: x.unique().size(0),
    "a result of such a one": lambda x: (x[x > 0] * 2).shape[0],
    "where": lambda x: torch.where(x > 0)[0].shape,
}


@pytest.mark.parametrize("call", SIZES.values(), ids=SIZES)
def test_a_size_that_depends_on_numbers_is_read(call: Callable[[Tensor], object]) -> None:
    assert Noted(call).steps[-1][0] == "read"
    assert "read" not in [
        step[0] for step in Noted(lambda x: (x[1:].shape, x.clamp(0).numel(), len(x.sort()[0]))).steps
    ]


REFUSED: dict[str, tuple[Callable[[Tensor], object], Refused]] = {
    "a table": (lambda x: x * torch.Tensor([1.0] * (FEW + 1)).sum(), Refused.OUTSIDE),
    "a complex number": (lambda x: x * 1j, Refused.COMPLEX),
    "a complex dtype": (lambda x: x.to(torch.complex64), Refused.COMPLEX),
    "a hook": (lambda x: x.requires_grad_().register_hook(abs), Refused.CALLBACK),  # type: ignore[no-untyped-call]
    "a generator of numbers": (lambda x: torch.rand(3, generator=torch.Generator()) * x, Refused.ARGUMENT),
    "vmap": (lambda x: torch.vmap(lambda a: torch.Tensor.mul(a, 2))(x), Refused.TRANSFORM),
}


@pytest.mark.parametrize(("call", "why"), REFUSED.values(), ids=REFUSED)
def test_what_a_program_cannot_say_is_refused_for_its_reason(call: Callable[[Tensor], object], why: Refused) -> None:
    tape = Tape()
    given = x()
    tape.bind(given)
    with tape:
        result = call(given)
        if isinstance(result, Tensor):
            tape.value_of(result)
    assert why in [step.refused for step in tape.steps]


def test_numpys_numbers_are_refused_as_numpys() -> None:
    numpy = pytest.importorskip("numpy")
    tape, given = Tape(), x()
    tape.bind(given)
    with tape:
        torch.mul(given, numpy.float32(2))
    assert tape.steps[0].refused == Refused.NUMPY


def test_a_few_numbers_of_numpys_are_a_constant_as_python_s_are() -> None:
    numpy = pytest.importorskip("numpy")
    held = torch.from_numpy(numpy.ones(FEW))
    assert Noted(lambda x: x.sum() * held).refused == [None, None, None]


def test_what_is_looked_at_of_a_tensor_from_elsewhere_is_no_step() -> None:
    """The recorder itself must not be recorded, where it looks while the tape is entered."""
    tape = Tape()
    elsewhere = torch.ones(3)
    with tape:
        tape.value_of(elsewhere)
    assert [step.entry[0] for step in tape.steps] == ["constant"]


def test_code_reads_what_it_is_told_where_that_is_a_boolean() -> None:
    def call(x: Tensor) -> list[object]:
        return [bool(x[0] > 0), float(x[0]), bool(x[1] > 0), bool(x[2] > 0)]

    assert Noted(call).result == [True, 0.5, False, True]
    assert Noted(call, False, True, True).result == [False, 0.5, True, True]
    assert Noted(call, None, None, None).result == [True, 0.5, False, True]
    told = Noted(call, False).steps
    assert [step[4] for step in told if step[0] == "read"] == [False, 0.5, False, True]  # a told one is what was read


def test_a_size_takes_its_place_among_what_is_told() -> None:
    def call(x: Tensor) -> tuple[int, bool]:
        return len(x[x > 0]), bool(x[0] > 0)

    assert Noted(call, None, False).result == (2, False)


# What lasts from one call to the next ---------------------------------------------------------------------------------


def after(*calls: Callable[[Tensor], object]) -> list[Step]:
    """The steps that are left of calls, after the next one's beginning."""
    tape, last = Tape(), 0
    for call in calls:
        given = x()
        tape.bind(given)
        with tape:
            call(given)
        del given
        tape.forget_since(last)
        last = len(tape.steps)
    return tape.steps


def test_a_call_that_leaves_nothing_is_forgotten() -> None:
    assert after(lambda x: torch.exp(x) * 2, lambda x: x + 1) == []


def test_a_call_that_leaves_a_tensor_is_kept() -> None:
    kept: list[Tensor] = []
    assert [step.entry[1] for step in after(lambda x: kept.append(torch.exp(x)))] == ["torch.exp"]


def test_a_call_that_changes_what_an_earlier_one_has_left_is_kept() -> None:
    kept: list[Tensor] = []
    steps = after(lambda _x: kept.append(torch.zeros(())), lambda _x: kept[0].add_(1), lambda x: x * kept[0])
    assert [step.entry[1] for step in steps] == ["torch.zeros", "torch.Tensor.add_"]


def test_a_tensor_that_is_let_go_is_let_go_by_the_tape() -> None:
    tape = Tape()
    with tape:
        made = [torch.ones(3) for _ in range(5)]
    left = [weakref.ref(tensor) for tensor in made]
    del made
    tape.forget_since(0)
    assert tape.steps == []
    assert [reference() for reference in left] == [None] * 5
