"""An ``autograd.Function`` of the learner's on the tape: its forward and its backward pass, as steps of their own.

``apply`` is torch's own but for what it is given: a Function made here, which runs the learner's passes and notes what
they do. The backward pass is noted when autograd runs it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from autograder.worker.tape import Tape
from autograder.worker.terms import Refused
from autograder.worker.values import Step, Unrecorded, Value, ambient

ANOTHER = "a second backward pass through the same graph, with retain_graph=True, gives another gradient"
_Numbers = tuple[Tensor | None, ...]
_MADE: dict[type, type[Function]] = {}
_tapes: list[Tape] = []
_apply: Callable[..., Any] = Function.__dict__["apply"].__func__


class Context:
    """What the learner's passes are given as ``ctx``; saved tensors come back as the very objects they were."""

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self.saved: tuple[Tensor | None, ...] = ()
        self.dirty: tuple[Tensor, ...] = ()
        self.fixed: tuple[Tensor, ...] = ()
        self.zeros = True

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """See torch."""
        self.saved = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Of use to forward-mode derivatives only."""

    def mark_dirty(self, *tensors: Tensor) -> None:
        """See torch."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """See torch."""
        self.fixed = tensors

    def set_materialize_grads(self, value: bool) -> None:  # as torch has it
        """See torch."""
        self.zeros = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """See torch."""
        return self.saved


def install() -> None:
    """Have ``Function.apply`` note what it does, for as long as the process lives."""
    Function.apply = classmethod(_recorded_apply)  # type: ignore[assignment, method-assign]


@contextlib.contextmanager
def noted_by(tape: Tape) -> Iterator[None]:
    """Note on this tape, which is entered, what Functions do."""
    _tapes.append(tape)
    try:
        yield
    finally:
        _tapes.pop()


def _recorded_apply(cls: type[Function], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # whatever it returns
    if not _tapes or "forward" not in {name for base in cls.__mro__ for name in vars(base)}:
        return _apply(cls, *args, **kwargs)
    tape = _tapes[-1]
    tape.note_ambient()
    tape.note_line("torch.autograd.Function")
    call = _Call(tape, cls)
    tape.applied.append(call.release)
    tape.facts.add("graph")  # which tells whether its backward pass is run, and noted
    call.begin(args)
    made = _MADE.setdefault(cls, _made(cls))
    with call.apart([]):  # what torch does around the passes is no call of the learner's
        shown = _apply(made, call, *args)
    call.end(shown)
    return shown


class _Call:
    """One application of a Function, on its way to a step."""

    def __init__(self, tape: Tape, cls: type[Function]) -> None:
        self.tape, self.cls = tape, cls
        self.context = Context(())
        self.backward_seen = False
        self.forward_steps: list[Step] = []
        self.results: list[Value | None] = []
        self.many = False
        self.passed: tuple[_Numbers, _Numbers] = (), ()  # what the first backward pass was given, and returned
        self.step = Step(["function"])

    def begin(self, args: Sequence[Any]) -> None:
        """Note what it is applied to."""
        self.refused: Refused | None = None
        self.used: list[Value] = []
        try:
            _, self.args, _ = self.tape.arguments("", args, {}, self.used)
        except Unrecorded as error:
            self.used, self.args, self.refused = [], [], error.why

    def forward(self, context: Any, *args: Any) -> Any:  # noqa: ANN401  # torch's own context, whatever is returned
        """The learner's forward pass, noted apart."""
        self.context = Context(tuple(context.needs_input_grad[1:]))
        cls = self.cls
        with self.apart(self.forward_steps):
            if cls.setup_context is not torch.autograd.function._SingleLevelFunction.setup_context:
                result = cls.forward(*args)
                cls.setup_context(self.context, args, result)
            else:
                result = cls.forward(self.context, *args)
            self.many = isinstance(result, tuple)
            results = result if self.many else (result,)
            self.results = [self.tape.value_of(item) if isinstance(item, Tensor) else None for item in results]
            self.saved = [None if item is None else self.tape.value_of(item) for item in self.context.saved]
        self.options = {
            "dirty": [index for index, arg in enumerate(args) if _among(arg, self.context.dirty)],
            "fixed": [index for index, item in enumerate(results) if _among(item, self.context.fixed)],
            "zeros": self.context.zeros,
        }
        context.mark_dirty(*self.context.dirty)
        context.mark_non_differentiable(*self.context.fixed)
        context.set_materialize_grads(self.context.zeros)
        return result

    def end(self, shown: Any) -> None:  # noqa: ANN401  # whatever apply returns
        """Note the step, whose backward pass is filled in when it is run."""
        outputs = shown if isinstance(shown, tuple) else (shown,)
        made = [self.tape.bind(item) if isinstance(item, Tensor) else None for item in outputs]
        inner = [step.entry for step in self.forward_steps]
        entry = ["function", self.args, inner, self.results, self.many, self.saved, self.options, None, made]
        used = self.used + [value for step in self.forward_steps for value in step.used]
        self.step.entry, self.step.used = entry, used
        self.step.made = [value for step in self.forward_steps for value in step.made]
        self.step.made += [value for value in made if value is not None]
        self.step.writes = bool(self.options["dirty"]) or any(step.writes for step in self.forward_steps)
        self.step.refused = self.refused or next((step.refused for step in self.forward_steps if step.refused), None)
        self.tape.steps.append(self.step)

    def backward(self, *cotangents: Tensor | None) -> Any:  # noqa: ANN401  # whatever the learner returns
        """The learner's backward pass, noted apart the first time that it runs."""
        if self.backward_seen:
            return self._once_more(cotangents)
        self.backward_seen = True
        before = _copies(cotangents)
        given = [None if item is None else self.tape.bind(item) for item in cotangents]
        steps: list[Step] = []
        entry: list[Any] = [given, [], []]
        self.step.entry[7] = entry
        try:
            with self.tape, noted_by(self.tape), self.apart(steps):
                found = self._differentiated(*cotangents)
                results = found if isinstance(found, tuple) else (found,)
                self.passed = before, _copies(results)
                entry[2] = [self.tape.value_of(item) if isinstance(item, Tensor) else None for item in results]
        except Exception as error:
            entry[2] = _raised(error)
            raise
        finally:
            entry[1] = [step.entry for step in steps]
            self.step.used = [*self.step.used, *(value for step in steps for value in step.used)]
            self.step.made = [
                *self.step.made,
                *(item for item in given if item is not None),
                *(value for step in steps for value in step.made),
            ]
            self.step.refused = self.step.refused or next((step.refused for step in steps if step.refused), None)
        return found

    def _differentiated(self, *cotangents: Tensor | None) -> Any:  # noqa: ANN401  # whatever the learner returns
        backward = self.cls.backward if self.cls.vjp is Function.vjp else self.cls.vjp  # torch knows it by either name
        return backward(self.context, *cotangents)

    def _once_more(self, cotangents: Sequence[Tensor | None]) -> Any:  # noqa: ANN401  # whatever the learner returns
        """Another pass through the same graph, which must give what the first one gave."""
        given = _copies(cotangents)
        try:
            found = self._differentiated(*cotangents)
            if _same(given, self.passed[0]) and not _same(
                _copies(found if isinstance(found, tuple) else (found,)), self.passed[1]
            ):
                raise RuntimeError(ANOTHER)
        except Exception as error:
            self.step.entry[7][2] = _raised(error)
            raise
        return found

    def release(self) -> None:
        """Let go of what autograd and the learner's context hold of one another."""
        self.context.__dict__.clear()
        self.passed = (), ()

    @contextlib.contextmanager
    def apart(self, steps: list[Step]) -> Iterator[None]:
        """Note on these steps, beginning with torch as it is set now."""
        outer, self.tape.steps = self.tape.steps, steps
        before = self.tape.at_ambient(ambient())
        try:
            yield
            self.tape.note_ambient()
        finally:
            self.tape.steps = outer
            self.tape.at_ambient(before)


def _made(cls: type[Function]) -> type[Function]:
    class Noted(Function):
        @staticmethod
        def forward(ctx: Any, call: _Call, *args: Any) -> Any:  # noqa: ANN401
            ctx.call = call
            return call.forward(ctx, *args)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:  # noqa: ANN401
            found = ctx.call.backward(*cotangents)
            return None, *(found if isinstance(found, tuple) else (found,))

    Noted.__name__ = Noted.__qualname__ = cls.__name__
    return Noted


def _raised(error: Exception) -> list[Any]:
    return ["raised", type(error).__name__, [base.__name__ for base in type(error).__mro__], str(error)[:500], None]


def _copies(values: Sequence[object]) -> _Numbers:
    with torch._C.DisableTorchFunction(), torch.no_grad():
        return tuple([value.clone() if isinstance(value, Tensor) else None for value in values])


def _same(some: _Numbers, others: _Numbers) -> bool:
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(
        one is other if one is None or other is None else _equal(one, other) for one, other in pairs
    )


def _equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.allclose(one, other.to(one.dtype), equal_nan=True)


def _among(item: object, tensors: Sequence[Tensor]) -> bool:
    return any(item is tensor for tensor in tensors)
