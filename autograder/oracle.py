"""References, and how far from them an answer may lie: the only place that names a ready-made activation or loss.

A reference is torch.nn evaluated in float64 on the already rounded input, so that an answer more accurate than torch's
own low-precision result passes. An answer y is right where ``|y - reference| <= tolerance * scale``. The tolerances
were measured over 121 differently written right answers; the worst of them comes to a third of what is allowed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from autograder.course import Family
from autograder.errors import CourseError
from autograder.worker.case import Argument, Case, Observation
from autograder.worker.observe import observe

EPSILON: Mapping[torch.dtype, float] = {
    dtype: torch.finfo(dtype).eps for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16)
}

# tolerance times scale is the error allowed on the core domain; behind it the worst right answer measured.
TOLERANCE: Mapping[torch.dtype, float] = {
    torch.float64: 1e-9,  # 5.3 eps
    torch.float32: 64 * EPSILON[torch.float32],  # 5.1 eps
    torch.bfloat16: 6 * EPSILON[torch.bfloat16],  # 4.5 eps, every value tried
    torch.float16: 6 * EPSILON[torch.float16],  # 4.4 eps, every value tried
}

SINGLE = TOLERANCE[torch.float32]
"""What an answer is allowed that has computed in float32, whatever it was given."""

PRECISE = 64
"""How many eps of float64 the stretch properties `precision` and `accuracy` allow."""


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What the reference does on a case, in float64, and the scale that each of its numbers is judged by."""

    observation: Observation
    scale: Tensor
    gradient_scales: tuple[Tensor, ...]
    second_scales: tuple[Tensor, ...]
    tolerance: float


_REFERENCES: dict[str, Callable[..., Tensor]] = {}
_FAMILIES: dict[str, Family | None] = {}


def reference(name: str, family: Family | None = None) -> Callable[[Callable[..., Tensor]], Callable[..., Tensor]]:
    """Register the decorated function as the reference that course.yaml calls ``name``, for exercises of a family."""

    def register(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        if name in _REFERENCES:
            raise ValueError(f"reference name={name!r} is defined twice; give one of them another name")
        _REFERENCES[name], _FAMILIES[name] = function, family
        return function

    return register


def references(family: Family | None = None) -> tuple[str, ...]:
    """All names that course.yaml may give as a reference, to an exercise of a family where one is given."""
    return tuple(sorted(name for name, own in _FAMILIES.items() if None in (family, own) or family == own))


def find_reference(name: str) -> Callable[..., Tensor]:
    """The trusted callable behind a reference name."""
    if name not in _REFERENCES:
        raise CourseError(f"unknown reference={name!r}; known are {', '.join(references())}")
    return _REFERENCES[name]


for _layer in (nn.Sigmoid, nn.ReLU, nn.Tanh, nn.SiLU):
    reference(f"torch.nn.{_layer.__name__}", "activation")(_layer())


@reference("torch.nn.CrossEntropyLoss", "classification")
def _cross_entropy(
    input: Tensor,  # torch's own name for it
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    loss = nn.CrossEntropyLoss(weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing)
    result: Tensor = loss(input, target)
    return result


@reference("torch.nn.MSELoss", "regression")
def _mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:  # as above
    result: Tensor = nn.MSELoss(reduction=reduction)(input, target)
    return result


@reference("custom_loss", "regression")
def _custom_loss(output: Tensor, target: Tensor) -> Tensor:
    result: Tensor = nn.MSELoss()(output, target) + 0.1 * output.mean()
    return result


def expect(name: str, family: Family, case: Case) -> Expected:
    """Observe the reference ``name`` on ``case`` in float64 on the CPU, and work out the scales.

    Args:
        name: a reference of course.yaml.
        family: what kind of function it is; decides the scales.
        case: the input as the learner's function gets it, in any dtype and on any device.

    """
    precise = _in_float64(case)
    seen = observe(find_reference(name), precise)
    scale, gradient_scales = _SCALES[family](name, precise, seen)
    pulled = max(1.0, *(_largest(tensor) for tensor in case.second)) if case.second else 1.0
    second = tuple(item * pulled for item in gradient_scales)
    return Expected(seen, scale, gradient_scales, second, TOLERANCE[dtype_of(case)])


def use_one_thread() -> None:
    """Keep torch from using a pool of threads in this process: on tensors this small that costs three times the CPU."""
    torch.set_num_threads(1)


def instructions() -> str:
    """Which instructions of this processor torch uses, on which the last bits of a reference depend."""
    return torch.backends.cpu.get_cpu_capability()


@contextlib.contextmanager
def fresh_settings() -> Iterator[None]:
    """What a new process of ours finds in torch, where a notebook may have set it otherwise; put back afterwards.

    Cases are made by torch's defaults: with other ones a learner would be judged on other cases than are graded.
    """
    threads, dtype, device = torch.get_num_threads(), torch.get_default_dtype(), torch.get_default_device()
    use_one_thread()
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(dtype)
        torch.set_default_device(None if device.type == "cpu" else device)


def dtype_of(case: Case) -> torch.dtype:
    """The floating-point dtype a case is about: its first argument's."""
    first = case.args[0]
    assert isinstance(first, Tensor)  # noqa: S101  # every exercise takes a tensor first
    return first.dtype


def _in_float64(case: Case) -> Case:
    def raise_precision(value: Argument) -> Argument:
        return value.double() if isinstance(value, Tensor) and value.is_floating_point() else value

    return replace(
        case,
        args=tuple(raise_precision(value) for value in case.args),
        kwargs={name: raise_precision(value) for name, value in case.kwargs.items()},
        cotangent=None if case.cotangent is None else case.cotangent.double(),
        second=tuple(tensor.double() for tensor in case.second),
        device="cpu",
        trace=False,
    )


# Scales -------------------------------------------------------------------------------------------------------------

Scales = tuple[Tensor, tuple[Tensor, ...]]
_BOUNDED = frozenset({"torch.nn.Sigmoid", "torch.nn.Tanh"})


def _activation_scales(name: str, case: Case, seen: Observation) -> Scales:
    """1 for bounded functions; max(1, |x|, |reference|) else, |x| up to 20; gradients times max(1, |cotangent|).

    |x| stops at the edge of the core domain: at -3e38 it would allow anything where the answer is 0.
    """
    x = case.args[0]
    assert isinstance(x, Tensor)  # noqa: S101  # an activation takes one tensor
    scale = torch.ones_like(x)
    gradient_scale = scale
    if name not in _BOUNDED:
        gradient_scale = torch.nan_to_num(x).abs().clamp(1, 20)
        if seen.output is not None:
            # A reference that is nan or inf allows nothing by its scale: those are compared by kind.
            scale = torch.maximum(gradient_scale, torch.nan_to_num(seen.output, posinf=0.0, neginf=0.0).abs())
    cotangent = torch.ones_like(x) if case.cotangent is None else case.cotangent.abs().clamp(min=1)
    return scale, (gradient_scale * cotangent,)


def _classification_scales(_name: str, case: Case, seen: Observation) -> Scales:
    """max(1, max|x|, |reference|) * max(1, max weight), times the losses in a sum; gradients by the sum of cotangents.

    By the sum, not the maximum: subtracting the global maximum with its gradient is right, and 379 eps off by the
    maximum.
    """
    x = case.args[0]
    assert isinstance(x, Tensor)  # noqa: S101  # the contract of a loss
    largest = _largest(x)
    weight = case.kwargs.get("weight")
    heaviest = max(1.0, _largest(weight)) if isinstance(weight, Tensor) else 1.0
    losses = x.numel() // max(1, x.shape[min(1, x.dim() - 1)])
    count = max(1, losses) if case.kwargs.get("reduction") == "sum" else 1
    output = torch.zeros(()) if seen.output is None else torch.nan_to_num(seen.output, posinf=0.0, neginf=0.0)
    scale = output.abs().clamp(min=max(1.0, largest)) * heaviest * count
    pulled = heaviest * _sum(case.cotangent)
    scales = [torch.full_like(x, max(1.0, pulled))]
    if 1 in case.wrt:  # the gradient to class probabilities is a log-probability
        scales.append(torch.full_like(x, max(1.0, largest) * max(1.0, pulled)))
    return scale, tuple(scales)


def _regression_scales(_name: str, case: Case, seen: Observation) -> Scales:
    """max(1, max x², max t²), times the count for a sum: the expanded square cancels; gradients times 4."""
    x, target = case.args[:2]
    assert isinstance(x, Tensor)  # noqa: S101  # the contract of a loss
    assert isinstance(target, Tensor)  # noqa: S101  # likewise
    largest = max(1.0, _largest(x) ** 2, _largest(target) ** 2)
    count = max(1, x.numel()) if case.kwargs.get("reduction") == "sum" else 1
    scale = torch.full(seen.shape, largest * count, dtype=torch.float64)
    pulled = 4 * largest * max(1.0, _sum(case.cotangent))
    return scale, tuple(torch.full_like(x, pulled) for _ in case.wrt)


_SCALES: Mapping[str, Callable[[str, Case, Observation], Scales]] = {
    "activation": _activation_scales,
    "classification": _classification_scales,
    "regression": _regression_scales,
}


def _largest(tensor: Tensor) -> float:
    return float(tensor.abs().max()) if tensor.numel() else 0.0


def _sum(tensor: Tensor | None) -> float:
    return float(tensor.abs().sum()) if tensor is not None else 1.0
