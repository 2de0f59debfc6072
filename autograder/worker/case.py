"""The two values that cross between grader and worker: what to call, and what the call did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

Argument = Tensor | int | float | str | bool | None
"""What a learner's function may be given."""

SIMULATED = "simulated"
"""The device name of the simulated accelerator in a case; ``cpu`` and ``cuda`` are torch's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One generated input: how the learner's function is called once, and what is differentiated.

    Args:
        args: positional arguments; tensors keep their strides.
        kwargs: keyword arguments.
        wrt: positions in ``args`` that require a gradient; they must hold floating-point tensors.
        cotangent: the vector of the vector-Jacobian product, in the shape and dtype of the right output; None calls
            forward only, even where ``wrt`` says that inputs require gradients.
        second: cotangents for the gradients in the order of ``wrt``; asks for gradients of the gradients.
        device: ``cpu``, ``simulated`` or ``cuda``: where all tensors live.
        default_dtype: torch's default dtype during the call.
        grad_enabled: False calls under ``torch.no_grad()``.
        training: whether a module is in train mode.
        trace: count the calls on torch, and note what the simulated accelerator sees.
        watch: call again, on the same tensors and before the backward pass, to see what uses something that another
            call has left. It costs as much as a call, so only the cases that are judged on it ask for it.
        leaf: False gives, in place of inputs that require gradients, what an operation before has made of such ones,
            as a layer of a network gets them.
        offset: how many elements lie in a tensor argument's memory before its own, as in ``batch[1:]``.
        inference: True calls under ``torch.inference_mode()``.
        names: the parameters' names, to give the positional arguments by; none gives them by position.
        bare: True gives ``kwargs`` by position too, in their order.

    """

    args: tuple[Argument, ...]
    kwargs: Mapping[str, Argument] = field(default_factory=dict)
    wrt: tuple[int, ...] = ()
    cotangent: Tensor | None = None
    second: tuple[Tensor, ...] = ()
    device: str = "cpu"
    default_dtype: torch.dtype = torch.float32
    grad_enabled: bool = True
    training: bool = True
    trace: bool = False
    watch: bool = False
    leaf: bool = True
    offset: int = 0
    inference: bool = False
    names: tuple[str, ...] = ()
    bare: bool = False

    def tensors(self) -> list[Tensor]:
        """Its arguments that are tensors, in order."""
        return [value for value in (*self.args, *self.kwargs.values()) if isinstance(value, Tensor)]


TOO_MANY_CALLS = "TooManyCalls"
"""The type of what is raised where an answer makes more calls of torch than a program may have."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception of the learner's code: where it came from and what it said."""

    stage: str  # "call", "backward" or "second backward"
    type: str
    bases: tuple[str, ...]  # names of the classes it derives from, itself first
    message: str
    line: int | None  # in the learner's file; None where no line of it was on the stack


class Claimed(Exception):
    """What a program ends with where the recorded call raised: the learner's exception, as the worker described it."""

    def __init__(self, end: Sequence[Any]) -> None:
        super().__init__(end[3])
        _, kind, bases, message, line = end
        self.raised = Raised("", kind, tuple(bases), message, line)


class Foreign:
    """What a program ends with where the recorded call returned no tensor; ``name`` is its type's."""

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """How much one call did: calls on torch, and what the simulated accelerator saw."""

    calls: int = 0
    events: Mapping[str, int] = field(default_factory=dict)  # "sync: …", "d2h: …"


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What one call did.

    Values and gradients are judged by the grader against its own references. The rest is the worker's claim about
    itself, which code in the same process could forge; the rules keep it honest.
    """

    type: str = "Tensor"  # the type's name, of whatever was returned
    output: Tensor | None = None  # on the CPU, contiguous; None where it was no plain tensor of a dtype we carry
    shape: tuple[int, ...] = ()
    dtype: str = ""
    device: str = ""
    requires_grad: bool = False
    gradients: tuple[Tensor | None, ...] = ()
    gradient_devices: tuple[str, ...] = ()
    second: tuple[Tensor | None, ...] = ()
    mutated: tuple[str, ...] = ()  # inputs that the call changed
    aliased: tuple[str, ...] = ()  # inputs whose memory the output shares
    globals_changed: tuple[str, ...] = ()  # settings of torch that the call left changed
    module: Mapping[str, int] | None = None  # counts of a module's parameters, buffers, submodules, state changes
    trace: Trace | None = None
    raised: Raised | None = None
    lost: str | None = None  # why the worker gave no answer: "timeout", "crash", … ; set by the grader alone
    detail: str | None = None  # what to tell the learner about a lost answer
