"""A case as lines of Python that a learner can paste and run."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from autograder.course import Exercise
from autograder.strategies.probe import Probe
from autograder.worker.case import Argument, Case
from autograder.worker.codec import name_of
from autograder.worker.inputs import same_layout

_MANY = 40  # numbers, of which more are told by a formula where there is one
_INLINE = 60  # characters: a longer argument gets a line and a name of its own


def paste(exercise: Exercise, probe: Probe, *, gradient: bool) -> str:
    """The calls of a probe, each as few lines as it takes.

    Args:
        exercise: whose function is called.
        probe: the cases.
        gradient: whether the lines also differentiate.

    """
    return "\n".join(_lines(exercise, case, gradient=gradient) for case in probe.cases)


def _lines(exercise: Exercise, case: Case, *, gradient: bool) -> str:
    lines = []
    if case.device != "cpu":
        lines.append("# with every tensor on an accelerator")
    if case.default_dtype is not torch.float32:
        lines.append(f"torch.set_default_dtype(torch.{name_of(case.default_dtype)})")
    differentiate = gradient and bool(case.wrt)
    names = ("x", "target") if len(case.args) > 1 else ("x",)
    arguments = []
    for index, (name, value) in enumerate(zip(names, case.args, strict=True)):
        tracked = index in case.wrt and (differentiate or case.cotangent is None)
        text = literal(value, case.default_dtype, requires_grad=tracked, offset=case.offset)
        if differentiate or len(text) > _INLINE:
            lines.append(f"{name} = {text}")
            text = name
        if index in case.wrt and not case.leaf:
            plain = isinstance(value, Tensor) and value.is_contiguous() and not case.offset
            text += ".clone()" if plain else "[...]"  # as from a layer before; a copy would be laid out anew
        arguments.append(f"{case.names[index]}={text}" if case.names else text)
    options = {name: literal(value, case.default_dtype) for name, value in case.kwargs.items()}
    arguments += options.values() if case.bare else [f"{name}={text}" for name, text in options.items()]
    target = exercise.symbol
    if exercise.kind == "module":
        target += "()" if case.training else "().eval()"
    call = f"{target}({', '.join(arguments)})"
    if case.inference or not case.grad_enabled:
        shown = call if case.inference and not gradient else f"{call}.requires_grad"
        call = f"with torch.{'inference_mode' if case.inference else 'no_grad'}(): print({shown})"
    elif differentiate:
        call = _differentiated(call, case, names)
    return "\n".join([*lines, call])


def _differentiated(call: str, case: Case, names: tuple[str, ...]) -> str:
    wrt = ", ".join(names[index] for index in case.wrt)
    simple = case.cotangent is None or (case.cotangent.numel() == 1 and bool((case.cotangent == 1).all()))
    weights = "" if simple or case.cotangent is None else f", {literal(case.cotangent, case.default_dtype)}"
    if not case.second:
        return f"torch.autograd.grad({call}, [{wrt}]{weights})"
    second = ", ".join(literal(tensor, case.default_dtype) for tensor in case.second)
    first = f"g = torch.autograd.grad({call}, [{wrt}]{weights}, create_graph=True)"
    return f"{first}\ntorch.autograd.grad(g, [{wrt}], [{second}], allow_unused=True)"


def literal(
    value: Argument, default: torch.dtype = torch.float32, *, requires_grad: bool = False, offset: int = 0
) -> str:
    """An argument as an expression; a tensor with its dtype and strides where they are not the usual ones.

    Args:
        value: the argument.
        default: torch's default dtype where the expression is evaluated.
        requires_grad: whether the tensor does.
        offset: how many other elements lie before the tensor's in its memory.

    """
    if not isinstance(value, Tensor):
        return repr(value)
    flag = ", requires_grad=True" if requires_grad else ""
    whole = value.dtype is torch.int64 and value.numel() > 0  # torch.zeros has no integers to tell the dtype by
    usual = whole or value.dtype is default is torch.float32
    kind = "" if usual else f", dtype=torch.{name_of(value.dtype)}"
    if (value.is_contiguous() and not offset) or not value.numel():
        if not value.numel():
            return f"torch.zeros({tuple(value.shape)}{kind}{flag})"
        if value.numel() > _MANY and (formula := _formula(value)):
            shape = f".reshape({tuple(value.shape)})" if value.dim() > 1 else ""
            dtype = "" if value.dtype is torch.float64 else f".to(torch.{name_of(value.dtype)})"
            made = f"({formula}){shape}{dtype}"
            return f"{made}.requires_grad_()" if requires_grad else made
        return f"torch.tensor({_numbers(value)}{kind}{flag})"
    storage = same_layout(value, offset)
    span = storage.untyped_storage().nbytes() // storage.element_size()
    flat = _numbers(storage.as_strided((span,), (1,), 0))
    start = f", {offset}" if offset else ""
    view = f"torch.tensor({flat}{kind}).as_strided({tuple(value.shape)}, {value.stride()}{start})"
    return f"{view}.requires_grad_()" if requires_grad else view


def _formula(tensor: Tensor) -> str | None:
    """How regular numbers can be made: all the same, whole numbers in order, those of a period; None for others."""
    flat = tensor.reshape(-1).double()
    first, step, count = float(flat[0]), float(flat[1] - flat[0]), flat.numel()
    if bool((flat == first).all()):
        return f"torch.full(({count},), {first!r}, dtype=torch.float64)"
    order = torch.arange(count, dtype=torch.float64)
    if torch.equal(first + order * step, flat):
        return f"{first!r} + torch.arange({count}, dtype=torch.float64) * {step!r}"
    for period in range(2, min(count, 400)):
        if torch.equal(flat[:-period], flat[period:]):
            kind = ", dtype=torch.float64" if tensor.is_floating_point() else ""
            once = f"torch.tensor({_numbers(tensor.reshape(-1)[:period])}{kind})"
            return f"{once}.repeat({-(-count // period)})[:{count}]"
    return None


def _numbers(tensor: Tensor) -> str:
    if tensor.dim():
        return f"[{', '.join(_numbers(row) for row in tensor)}]"
    if not tensor.is_floating_point():
        return repr(tensor.item())
    number = float(tensor)
    if not np.isfinite(number):
        return f'float("{number}")'
    # float32's shortest digits, not float64's: 0.1, not 0.10000000149011612.
    return repr(number) if tensor.dtype is torch.float64 else repr(float(str(np.float32(number))))
