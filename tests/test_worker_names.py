"""One function has one public name, however it is spelled, and a name leads to nothing but the table's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # as everybody calls it
from torch import Tensor
from torch.overrides import TorchFunctionMode

from autograder.worker.names import functions, name_of


class Names(TorchFunctionMode):
    """Notes the names of calls as a tape does."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.seen.append(name_of(func))
        return func(*args, **(kwargs or {}))


def names_of(call: Callable[[], object]) -> list[str]:
    noted = Names()
    with noted:
        call()
    return noted.seen


X = torch.tensor([0.25, 0.5, 0.75])
INTEGERS = torch.tensor([1, 2, 3])
M = torch.tensor([[0.5, 0.25], [0.25, 0.75]])


def in_place(change: Callable[[Tensor], object]) -> Callable[[], object]:
    return lambda: change(X.clone())


def power_in_place(x: Tensor) -> None:
    x **= 2


def and_in_place(x: Tensor) -> None:
    x &= 1


SEEN: dict[str, tuple[Callable[[], object], str]] = {
    "x + 1": (lambda: X + 1, "torch.Tensor.add"),
    "1 + x": (lambda: 1 + X, "torch.Tensor.add"),
    "x.add(1)": (lambda: X.add(1), "torch.Tensor.add"),
    "Tensor.add(x, 1)": (lambda: Tensor.add(X, 1), "torch.Tensor.add"),
    "torch.add(x, 1)": (lambda: torch.add(X, 1), "torch.add"),
    "1 - x": (lambda: 1 - X, "torch.Tensor.__rsub__"),
    "1 / x": (lambda: 1 / X, "torch.Tensor.__rdiv__"),
    "x // 2": (lambda: X // 2, "torch.Tensor.__floordiv__"),
    "2 // x": (lambda: 2 // X, "torch.Tensor.__rfloordiv__"),
    "x ** 2": (lambda: X**2, "torch.Tensor.__pow__"),
    "2 ** x": (lambda: 2**X, "torch.Tensor.__rpow__"),
    "7 % x": (lambda: 7 % X, "torch.Tensor.__rmod__"),
    "-x": (lambda: -X, "torch.Tensor.neg"),
    "abs(x)": (lambda: abs(X), "torch.Tensor.abs"),
    "x @ x": (lambda: X @ X, "torch.Tensor.matmul"),
    "x == 1": (lambda: X == 1, "torch.Tensor.__eq__"),
    "x != 1": (lambda: X != 1, "torch.Tensor.ne"),
    "i & i": (lambda: INTEGERS & INTEGERS, "torch.Tensor.__and__"),
    "~b": (lambda: ~(X > 0.5), "torch.Tensor.__invert__"),
    "x.T": (lambda: M.T, "torch.Tensor.T.__get__"),
    "x.mT": (lambda: M.mT, "torch.Tensor.mT.__get__"),
    "x **= 2": (in_place(power_in_place), "torch.Tensor.__ipow__"),
    "i &= 1": (lambda: and_in_place(INTEGERS.clone()), "torch.Tensor.__iand__"),
    "x.requires_grad = True": (
        in_place(lambda x: setattr(x, "requires_grad", True)),
        "torch.Tensor.requires_grad.__set__",
    ),
    "bool": (lambda: bool(X.sum()), "torch.Tensor.__bool__"),
    "special.expit": (lambda: torch.special.expit(X), "torch.special.expit"),
    "torch.sigmoid": (lambda: torch.sigmoid(X), "torch.sigmoid"),
    "x.sigmoid": (lambda: X.sigmoid(), "torch.Tensor.sigmoid"),
    "F.sigmoid": (lambda: F.sigmoid(X), "torch.Tensor.sigmoid"),
    "nn.Sigmoid": (lambda: torch.nn.Sigmoid()(X), "torch.sigmoid"),
    "F.softsign": (lambda: F.softsign(X), "torch.nn.functional.softsign"),
    "F.threshold": (lambda: F.threshold(X, 0.1, 0.0), "torch.nn.functional.threshold"),
    "F.logsigmoid": (lambda: F.logsigmoid(X), "torch.nn.functional.logsigmoid"),
    "F.gelu": (lambda: F.gelu(X), "torch.nn.functional.gelu"),
    "F.cross_entropy": (lambda: F.cross_entropy(X, torch.tensor(1)), "torch.nn.functional.cross_entropy"),
    "linalg.norm": (lambda: torch.linalg.norm(X), "torch.linalg.norm"),
    "linalg.vector_norm": (lambda: torch.linalg.vector_norm(X), "torch.linalg.vector_norm"),
    "fft.fft": (lambda: torch.fft.fft(X), "torch.fft.fft"),
    "autograd.grad": (
        lambda: torch.autograd.grad(
            (X.clone().requires_grad_() * 2).sum(), X.clone().requires_grad_(), allow_unused=True
        ),
        "torch.autograd.grad",
    ),
    "torch.norm": (lambda: torch.norm(X), "torch.norm"),
    "einsum": (lambda: torch.einsum("i,i->", X, X), "torch.einsum"),
}


@pytest.mark.parametrize(("call", "name"), SEEN.values(), ids=SEEN)
def test_a_call_has_its_public_name(call: Callable[[], object], name: str) -> None:
    assert names_of(call)[-1] == name


def test_a_name_leads_back_to_the_function_that_was_called() -> None:
    """Or the replayer would run another than the worker has run."""
    apart = {name for name, function in functions().items() if functions().get(name_of(function)) != function}
    assert apart == set()


PRIVATE: dict[str, Callable[[], object]] = {
    "an overload": lambda: torch.ops.aten.exp.default(X),
    "an operator": lambda: torch.ops.aten.sigmoid(X),
    "a private function": lambda: torch._C._nn.one_hot(INTEGERS, 4),
    "a private operation": lambda: torch._softmax(X, 0, False),
    "torch's first table": lambda: torch._C._VariableFunctions.celu(X),
    "foreach": lambda: torch._foreach_exp([X])[0],
}


@pytest.mark.parametrize("call", PRIVATE.values(), ids=PRIVATE)
def test_what_has_no_public_name_is_not_called_by_another_functions_name(call: Callable[[], object]) -> None:
    """Either the very function has a public name, too, or its name is on no list."""
    with Calls() as noted:
        call()
    (function,) = noted.seen
    name = name_of(function)
    assert name not in functions() or functions()[name](*noted.args[0]).equal(function(*noted.args[0]))


class Calls(TorchFunctionMode):
    """Notes the functions that are called, and with what."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Callable[..., Any]] = []
        self.args: list[tuple[Any, ...]] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.seen.append(func)
        self.args.append(args)
        return func(*args, **(kwargs or {}))


OF_THE_PROCESS = (
    *(
        "torch.load",
        "torch.save",
        "torch.set_default_dtype",
        "torch.set_num_threads",
        "torch.manual_seed",
        "torch.seed",
    ),
    *(
        "torch.compile",
        "torch.vmap",
        "torch.from_numpy",
        "torch.frombuffer",
        "torch.Tensor.numpy",
        "torch.Tensor.data_ptr",
    ),
    *("torch.Tensor.untyped_storage", "torch.Tensor.set_", "torch.Tensor.apply_", "torch.Tensor.share_memory_"),
    *("torch.Tensor.__class__.__get__", "torch.Tensor.__reduce_ex__", "torch.Tensor.__setstate__", "torch.from_file"),
    *(
        "torch.Tensor.__dict__.__get__",
        "torch.import_ir_module",
        "torch.Tensor.__array__",
        "torch.use_deterministic_algorithms",
    ),
)


@pytest.mark.parametrize("name", OF_THE_PROCESS)
def test_no_program_can_name_what_reaches_beyond_tensors(name: str) -> None:
    assert name not in functions()


def test_no_program_can_name_a_class_or_a_private_word() -> None:
    assert [name for name, function in functions().items() if isinstance(function, type)] == []
    words = {name.removesuffix(".__get__").removesuffix(".__set__").rpartition(".")[2] for name in functions()}
    assert {word for word in words if word.startswith("_") and not word.startswith("__")} == set()


def test_a_function_of_a_learners_own_is_on_no_list() -> None:
    def exp(x: Tensor) -> Tensor:
        return x

    exp.__module__ = "torch"
    assert functions().get(name_of(exp)) is not exp
    assert name_of(exp) == "torch.exp"  # by its word alone; the replayer calls torch's own
