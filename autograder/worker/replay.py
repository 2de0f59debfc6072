"""Run a recorded program on other inputs: the same calls, made here, by functions that this process looks up itself.

No code of a learner's is in this process. A program was checked before it came here (`worker.program.read_program`, and
the reviewed list for its names); what it computes is observed as a function of its own.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from autograder.worker.calls import Environment, argument, called
from autograder.worker.case import Claimed, Foreign
from autograder.worker.program import Json
from autograder.worker.terms import DTYPES
from autograder.worker.values import ambient

STALE = "it uses a tensor that an earlier call has left, whose numbers are those of another input"
_READS = -1  # where an environment keeps what was read so far
Run = Callable[[Environment], object]


class Diverged(BaseException):
    """The recorded code would have gone another way on this input: a number that it read is not what it was.

    Not an Exception, so that nothing takes it for the answer's own.
    """


class Replay:
    """A program as a callable.

    ``reads`` is what it has read so far; ``unexpected`` says that a call has raised which had not when it was recorded:
    such an input leads another way, too.
    """

    def __init__(self, text: str) -> None:
        program = _compiled(text)
        self._steps, self._end, self._inputs = program
        self._values: Environment = {}
        self.unexpected = False
        self.reads: list[bool | None] = []

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Run it on these tensors; Diverged where they lead another way, Claimed where the recorded call raised."""
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)]
        if len(given) != self._inputs:
            raise Diverged
        self._values.clear()
        self._values.update(enumerate(given))
        self._values[_READS] = self.reads
        try:
            _run(self._steps, self._values)
        except Claimed:
            raise
        except Exception:
            self.unexpected = True
            raise
        kind, told = self._end[0], self._end[1]
        if kind == "value":
            return self._values[told["v"]]
        if kind == "type":
            return Foreign(told)
        raise Claimed(self._end)

    def close(self) -> None:
        """Let go of every value: autograd's graph and a Function's context would else hold one another."""
        self._values.clear()


@functools.lru_cache(maxsize=512)
def _compiled(text: str) -> tuple[Sequence[Run], Json, int]:
    program = json.loads(text)
    return _compile(program["steps"]), program["end"], program["inputs"]


def _compile(steps: Sequence[Json]) -> tuple[Run, ...]:
    return tuple([_STEPS[step[0]](step) for step in steps])


def _run(steps: Sequence[Run], values: Environment) -> None:
    """Run steps with torch set as it is now, and set so again at the end."""
    before = ambient()
    try:
        for step in steps:
            step(values)
    finally:
        if ambient() != before:
            _set(before)


def _set(now: tuple[Any, ...]) -> None:
    grad, _inference, dtype, autocast = now
    torch._C._set_grad_enabled(grad)
    if dtype is not torch.get_default_dtype():
        torch.set_default_dtype(dtype)
    torch.set_autocast_enabled("cpu", autocast is not None)
    if autocast is not None:
        torch.set_autocast_dtype("cpu", autocast)
    else:
        torch.clear_autocast_cache()


# Steps ----------------------------------------------------------------------------------------------------------------


def _call(step: Json) -> Run:
    call, made = called(step), step[4]
    if made is None:
        return call
    if type(made) is list:
        places = [None if item is None else item["v"] for item in made]

        def several(values: Environment) -> None:
            result = call(values)
            if len(result) != len(places):
                raise Diverged
            for place, item in zip(places, result, strict=True):
                if place is not None:
                    values[place] = _real(item)

        return several
    place = made["v"]
    checked = _overwritten if step[1] in _UNINITIALISED else _real

    def one(values: Environment) -> None:
        values[place] = checked(call(values))

    return one


# What lay in memory before may be another submission's answer.
_UNINITIALISED = frozenset(
    f"torch.{name}"
    for name in (
        *("empty", "empty_like", "empty_permuted", "empty_strided", "Tensor.new", "Tensor.new_empty"),
        *("Tensor.new_empty_strided", "Tensor.resize_", "Tensor.resize_as_"),
    )
)


def _overwritten(tensor: Tensor) -> Tensor:
    with torch.no_grad():
        return tensor.fill_(torch.nan if tensor.is_floating_point() else 0)


def _real(value: Any) -> Any:  # noqa: ANN401  # a tensor, or what stands beside one
    if isinstance(value, Tensor) and value.is_complex():
        raise TypeError("a tensor of complex numbers: compute with real ones")
    return value


def _read(step: Json) -> Run:
    call, outcome = called(step), step[4]

    def compare(values: Environment) -> None:
        now = call(values)
        values[_READS].append(now if type(now) is bool else None)
        if not _same(now, outcome):
            raise Diverged

    return compare


def _same(now: object, before: Json) -> bool:
    if isinstance(now, tuple | list):
        return type(before) is list and len(now) == len(before) and all(map(_same, now, before))
    if isinstance(now, float) and isinstance(before, float):
        return now == before or (now != now and before != before)
    return type(now) is type(before) and now == before if before is not None else True


def _raises(step: Json) -> Run:
    call = called(step)

    def expect(values: Environment) -> None:
        try:
            call(values)
        except Exception:
            return
        raise Diverged

    return expect


def _constant(step: Json) -> Run:
    _, value, dtype, shape, numbers, device, grad = step
    place = value["v"]

    def make(values: Environment) -> None:
        held = torch.tensor(numbers, dtype=torch.float64 if DTYPES[dtype].is_floating_point else DTYPES[dtype])
        made = held.to(DTYPES[dtype]).reshape(shape).to(device)
        values[place] = made.requires_grad_(grad and made.is_floating_point())

    return make


def _alias(step: Json) -> Run:
    _, value, source, leaf, grad = step

    def make(values: Environment) -> None:
        held = values[source["v"]]
        values[value["v"]] = held.detach().requires_grad_(grad) if leaf else held.view_as(held)

    return make


def _stale(_step: Json) -> Run:
    def refuse(_values: Environment) -> None:
        raise Claimed(["raised", "RuntimeError", ["RuntimeError", "Exception"], STALE, None])

    return refuse


def _setting(step: Json) -> Run:
    _, grad, inference, dtype, autocast = step
    now = (grad, inference, DTYPES[dtype], None if autocast is None else DTYPES[autocast])

    def put(_values: Environment) -> None:
        if inference:
            _refuse_inference()
        _set(now)

    return put


def _refuse_inference() -> None:
    if torch.is_inference_mode_enabled():  # the caller's own
        return
    raise RuntimeError("torch.inference_mode() inside of an answer cuts it off from training; use torch.no_grad()")


def _function(step: Json) -> Run:
    _, args, forward, results, many, saved, options, backward, made = step
    node = _Node(
        args=[argument(value) for value in args],
        forward=_compile(forward),
        results=[None if value is None else value["v"] for value in results],
        many=many,
        saved=[None if value is None else value["v"] for value in saved],
        options=options,
        backward=None if backward is None else _Backward(*backward),
    )
    places = [None if value is None else value["v"] for value in made]

    def apply(values: Environment) -> None:
        shown = _Replayed.apply(node, values, *[arg(values) for arg in node.args])  # type: ignore[no-untyped-call]
        for place, item in zip(places, shown if isinstance(shown, tuple) else (shown,), strict=True):
            if place is not None:
                values[place] = item

    return apply


class _Backward:
    """The backward pass of a Function: its cotangents' places, its steps, and what it returns or raises."""

    def __init__(self, cotangents: Json, steps: Json, end: Json) -> None:
        self.cotangents = [None if value is None else value["v"] for value in cotangents]
        self.steps = _compile(steps)
        self.raised = end if end and end[0] == "raised" else None
        self.results = [] if self.raised else [None if value is None else value["v"] for value in end]


class _Node:
    """What one application of a Function was recorded as."""

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401
        self.args: list[Callable[[Environment], Any]] = fields["args"]
        self.forward: tuple[Run, ...] = fields["forward"]
        self.results: list[int | None] = fields["results"]
        self.many: bool = fields["many"]
        self.saved: list[int | None] = fields["saved"]
        self.options: Json = fields["options"]
        self.backward: _Backward | None = fields["backward"]


class _Replayed(Function):
    """A learner's Function, made again of its two programs."""

    @staticmethod
    def forward(ctx: Any, node: _Node, values: Environment, *args: Any) -> Any:  # noqa: ANN401
        ctx.node, ctx.values = node, values
        _run(node.forward, values)
        results = tuple([None if place is None else values[place] for place in node.results])
        ctx.mark_dirty(*[args[index] for index in node.options["dirty"]])
        ctx.mark_non_differentiable(*[results[index] for index in node.options["fixed"]])
        ctx.set_materialize_grads(node.options["zeros"])
        ctx.save_for_backward(*[None if place is None else values[place] for place in node.saved])
        return results if node.many else results[0]

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:  # noqa: ANN401
        node, values = ctx.node, ctx.values
        backward = node.backward
        if backward is None:
            raise Diverged
        for place, tensor in zip(node.saved, ctx.saved_tensors, strict=True):
            if place is not None:
                values[place] = tensor
        for place, cotangent in zip(backward.cotangents, cotangents, strict=True):
            if place is not None:
                values[place] = cotangent
        _run(backward.steps, values)
        if backward.raised is not None:
            raise Claimed(backward.raised)
        return None, None, *[None if place is None else values[place] for place in backward.results]


_STEPS: dict[str, Callable[[Json], Run]] = {
    "call": _call,
    "read": _read,
    "raises": _raises,
    "constant": _constant,
    "alias": _alias,
    "stale": _stale,
    "set": _setting,
    "function": _function,
}
