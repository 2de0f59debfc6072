"""What a known mistake is, and the mistakes that can be made in any exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.language import N_

Implementation = Callable[..., Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One way of writing a mistake, or of writing the rest of an answer around it.

    Args:
        function: called as a submission is.
        also: names of other mistakes that show in this form; empty where there is none but its own.
        without: the same way of writing without the mistake, which may never come to the step that it replaces; none
            where the reference is that.

    """

    function: Implementation
    also: frozenset[str] = frozenset()
    without: Implementation | None = None


Forms = tuple[Form, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """Something that many learners do, as code that does it.

    Args:
        name: words joined by hyphens.
        description: how the sentence "Your code behaves exactly like …" ends, in English.
        forms: the ways of writing it, by the reference of the exercises that it is for.
        computes_in: the dtype that all its numbers have gone through, where that is not the case's own.

    """

    name: str
    description: str
    forms: Mapping[str, Forms]
    computes_in: torch.dtype | None = None


def also(*names: str) -> Callable[[Implementation], Form]:
    """Decorates a function that shows the named mistakes besides the one that it is a form of."""
    return lambda function: Form(function, frozenset(names))


def plain(*functions: Implementation) -> Forms:
    """Forms that show nothing but their own mistake."""
    return tuple(Form(function) for function in functions)


def wrapped(bases: Mapping[str, Forms], *wrappers: Callable[[Implementation], Implementation]) -> dict[str, Forms]:
    """Every wrapper around every base; what shows in the base shows in the form as well."""
    return {
        reference: tuple(Form(wrapper(form.function), form.also) for form in forms for wrapper in wrappers)
        for reference, forms in bases.items()
    }


# Mistakes of any exercise: each wraps an answer that is right, or wrong in a known way -------------------------------


def anywhere(bases: Mapping[str, Forms], *, casting: Sequence[torch.dtype] = ()) -> tuple[Mistake, ...]:
    """The mistakes that do not depend on the formula, made around each of ``bases``.

    Args:
        bases: answers by reference.
        casting: also answers that go through these dtypes and back, where that shows in every number.

    """
    found = [
        Mistake(
            "detached-result",
            N_("a result that is cut off from the graph, so that no gradient reaches the input"),
            wrapped(bases, _detached),
        ),
        Mistake(
            "float32-kept",
            N_("a computation in float32, whatever comes in, whose result stays float32"),
            wrapped(bases, _kept_in(torch.float32)),
        ),
        Mistake(
            "float64-kept",
            N_("a computation in float64, whatever comes in, whose result stays float64"),
            wrapped(bases, _kept_in(torch.float64)),
        ),
    ]
    found += [
        Mistake(
            "float32-inside",
            N_("a computation in float32, whatever comes in, so that float64 keeps 7 of its 16 digits"),
            wrapped(bases, _through(dtype)),
            computes_in=dtype,
        )
        for dtype in casting
    ]
    return tuple(found)


def _detached(base: Implementation) -> Implementation:
    return lambda *args, **kwargs: base(*args, **kwargs).detach()


def _kept_in(dtype: torch.dtype) -> Callable[[Implementation], Implementation]:
    return lambda base: lambda *args, **kwargs: base(*_cast(args, dtype), **_cast_options(kwargs, dtype))


def _through(dtype: torch.dtype) -> Callable[[Implementation], Implementation]:
    def wrapper(base: Implementation) -> Implementation:
        inner = _kept_in(dtype)(base)
        return lambda *args, **kwargs: inner(*args, **kwargs).to(args[0].dtype)

    return wrapper


def _cast(values: Sequence[object], dtype: torch.dtype) -> list[object]:
    return [value.to(dtype) if isinstance(value, Tensor) and value.is_floating_point() else value for value in values]


def _cast_options(options: Mapping[str, object], dtype: torch.dtype) -> dict[str, object]:
    return dict(zip(options, _cast(list(options.values()), dtype), strict=True))
