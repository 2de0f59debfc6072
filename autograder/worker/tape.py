"""The calls that a submission makes on torch, noted as they are made: steps on a tape, and the values between them.

A `Tape` lives as long as a submission's process: what is noted while the file is imported and its module constructed
may be used by every call after it. `worker.cut` cuts the program of one call out of it.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from autograder.worker.cut import needed, writing_to
from autograder.worker.kinds import Kind, kind_of
from autograder.worker.program import FEW, MAX_DEPTH, MAX_STEPS, MAX_STRING, SHORT, Json
from autograder.worker.terms import Refused
from autograder.worker.values import CALLS, NAMES, Step, Unrecorded, Value, ambient, origin, place_of, settings

_PLAIN = frozenset({bool, float, type(None)})


class TooManyCalls(BaseException):
    """The call that is recorded has made more steps than a program may have; not an Exception, which code may catch."""


class Tape(TorchFunctionMode):
    """Notes every call of torch's public functions while it is entered.

    ``steps`` is where steps are noted: the tape itself, or a part of one, such as the forward pass of a Function.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.line_of: Callable[[], int | None] | None = None
        self.lines: dict[str, int] = {}  # where in the learner's file each function is called first
        self.facts: set[str] = set()  # what code has asked of the form of its tensors
        self.noted = 0  # steps of the call under way
        self.script: deque[bool | None] = deque()  # what code is to read in place of what is there
        self.applied: list[Callable[[], None]] = []  # what lets go of the Functions that were applied
        self._values: dict[int, Value] = {}  # by the id of its tensor, which the value keeps alive
        self._ambient: tuple[object, ...] = ambient()
        self._has_dynamic = False

    # Values

    def bind(self, tensor: Tensor, *, dynamic: bool = False) -> Value:
        """The value of a tensor that has just come out of a step, a new one unless it is known."""
        known = self._values.get(id(tensor))
        if known is None:
            known = self._values[id(tensor)] = Value(tensor, dynamic=dynamic)
        return known

    def value_of(self, tensor: Tensor) -> Value:
        """The value of a tensor that is used; one that came from elsewhere is noted as what it is."""
        known = self._values.get(id(tensor))
        return self._from_elsewhere(tensor) if known is None else known

    def _from_elsewhere(self, tensor: Tensor) -> Value:
        value = self._values[id(tensor)] = Value(tensor)
        with torch._C.DisableTorchFunction():  # what this looks at is no call of the learner's
            twin = self._sharing_memory(value)
            if twin is None:
                step = origin(value)
            else:
                step = Step(["alias", value, twin, tensor.is_leaf, tensor.requires_grad], [twin], [value])
        self._add(step)
        return value

    def _sharing_memory(self, fresh: Value) -> Value | None:
        """A known value of the same memory, shape and strides: nn.Parameter(x) and the like are not seen being made."""
        place = place_of(fresh.tensor)
        if place is not None:
            for value in self._values.values():
                if value is not fresh and place_of(value.tensor) == place:
                    return value
        return None

    # What lasts

    def forget_since(self, start: int) -> None:
        """Let go of the steps after ``start`` but for what lives on: a cache, a counter, a list."""
        for release in self.applied:
            release()
        self.applied.clear()
        steps = self.steps[start:]
        lasting = {id(value) for step in self.steps[:start] for value in step.made}
        written = writing_to([value for value in self._values.values() if id(value) in lasting], steps)
        fresh = [value for value in self._values.values() if id(value) not in lasting]
        found = [(value, weakref.ref(value.tensor)) for value in fresh if value.tensor is not None]
        for value in fresh:
            value.tensor = None
        alive = [(value, tensor) for value, reference in found if (tensor := reference()) is not None]
        for value, tensor in alive:
            value.tensor = tensor
        self.steps[start:] = needed(steps, {id(value) for value, _ in alive}, written)
        self._values = {id(value.tensor): value for value in self._values.values() if value.tensor is not None}

    # Steps

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  # whatever torch returns
        kwargs = kwargs or {}
        kind = kind_of(func)
        if kind.fact is not None:
            self.facts.add(kind.fact)
            result = func(*args, **kwargs)
            if kind.is_size:
                self._note_size(kind.name, args, kwargs, result)
            return result
        self.note_ambient()
        used: list[Value] = []
        refused = None
        try:
            written = self.arguments(kind.name, args, kwargs, used)
        except Unrecorded as error:
            used, written, refused = [], [kind.name, [], {}], error.why
        try:
            result = func(*args, **kwargs)
        except Exception:
            self.facts |= {"shape", "dtype", "layout", "graph"}
            self._add(Step(["raises", *written], used, refused=refused))
            raise
        if type(result) is not Tensor and _is_read(result):
            result = self._as_told(result)
        step = self._step(kind, written, used, kwargs, result)
        step.refused = refused
        self._add(step)
        return result

    def arguments(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], used: list[Value]) -> Json:
        """A call as it is written, whose values are added to ``used``; Unrecorded where it cannot be."""
        if name == "torch.Tensor.__deepcopy__":  # its second argument is Python's memory of what it has copied
            args = args[:1]
        known, given = self._values, []
        for arg in args:  # the two kinds that nearly all of them are, without a call
            if type(arg) is Tensor and (value := known.get(id(arg))) is not None:
                used.append(value)
                given.append(value)
            else:
                given.append(arg if type(arg) in _PLAIN else self._written(arg, used))
        return [name, given, {key: self._written(kwargs[key], used) for key in kwargs} if kwargs else {}]

    def _step(self, kind: Kind, written: Json, used: list[Value], kwargs: Mapping[str, Any], result: object) -> Step:
        writes = kind.writes or "out" in kwargs
        if type(result) is Tensor:  # nearly always
            value = self.bind(result, dynamic=self._is_dynamic(kind, used))
            return Step(["call", *written, value], used, (value,), writes=writes)
        if _is_read(result):
            return Step(["read", *written, _outcome(result)], used)
        if result is None:
            return Step(["call", *written, None], used, writes=writes)
        items = (result,) if isinstance(result, Tensor) else result
        assert isinstance(items, tuple | list)  # noqa: S101  # or it had been read
        if type(result) in (tuple, list):  # of as many as there are rows, for one
            self.facts.add("shape")
        dynamic = self._is_dynamic(kind, used)
        made = [self.bind(item, dynamic=dynamic) if isinstance(item, Tensor) else None for item in items]
        entry = ["call", *written, made[0] if items is not result else made]
        return Step(entry, used, [value for value in made if value is not None], writes=writes)

    def _is_dynamic(self, kind: Kind, used: Sequence[Value]) -> bool:
        """Whether the shape of what comes out depends on numbers."""
        if kind.dynamic or (kind.indexes and _has_mask(used)):
            self._has_dynamic = True
            return True
        return self._has_dynamic and any(value.dynamic for value in used)

    def _note_size(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: object) -> None:
        value = self._values.get(id(args[0])) if args else None
        if value is not None and value.dynamic:
            used: list[Value] = []
            written = self.arguments(name, args, kwargs, used)
            self._as_told(result)
            self._add(Step(["read", *written, _outcome(result)], used))

    def _as_told(self, result: Any) -> Any:  # noqa: ANN401  # whatever was read
        """What code is to read: what it is told to, where that is a boolean."""
        told = self.script.popleft() if self.script else None
        return told if type(result) is bool and told is not None else result

    def _add(self, step: Step) -> None:
        self.noted += 1
        if self.noted > MAX_STEPS:
            raise TooManyCalls
        if step.entry[0] in CALLS:
            self.note_line(step.entry[1])
        self.steps.append(step)

    def note_line(self, name: str) -> None:
        """Note where the learner's file calls this function, if that is asked for."""
        if self.line_of is not None and (line := self.line_of()) is not None:
            self.lines.setdefault(name, line)

    def note_ambient(self) -> None:
        """Note that torch is set otherwise than at the step before: gradients off, autocast on."""
        now = ambient()
        if now != self._ambient:
            self._ambient = now
            self.steps.append(Step(["set", *settings(now)]))

    def at_ambient(self, now: tuple[object, ...]) -> tuple[object, ...]:
        """Take this for what torch is set to; returns what it was taken for before."""
        before, self._ambient = self._ambient, now
        return before

    def _written(self, value: Any, used: list[Value], depth: int = 0) -> Json:  # noqa: ANN401, C901  # one line a kind
        kind = type(value)
        if kind in _PLAIN:
            return value
        if (kind is int and -(1 << 63) <= value < 1 << 64) or (kind is str and len(value) <= MAX_STRING):
            return value
        if isinstance(value, Tensor):
            known = self.value_of(value)
            used.append(known)
            return known
        if kind is range or (kind is list and len(value) > SHORT and _is_range(value)):
            return {"r": [value[0], value[-1], value[1] - value[0]]} if len(value) > 1 else list(value)
        if depth > MAX_DEPTH:
            raise Unrecorded(Refused.ARGUMENT)
        if kind is list:
            return [self._written(item, used, depth + 1) for item in value]
        if isinstance(value, tuple):
            return {"t": [self._written(item, used, depth + 1) for item in value]}
        if kind is slice:
            return {"s": [self._written(part, used) for part in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"k": "..."}
        if kind is torch.dtype and value in NAMES:
            return {"d": NAMES[value]}
        if kind is torch.device:
            return {"p": str(value)}
        if kind in (torch.layout, torch.memory_format):
            return {"m": str(value).removeprefix("torch.")}
        raise Unrecorded(_unsayable(value))


class CallCounter(TorchFunctionMode):
    """Counts the calls that a tape would note."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  # whatever torch returns
        """See torch."""
        self.calls += kind_of(func).fact is None
        return func(*args, **(kwargs or {}))


def _is_range(value: list[Any]) -> bool:
    """Whether a list counts evenly, as that of row numbers in ``x[list(range(n)), target]`` does."""
    if any(type(item) is not int for item in value) or value[1] == value[0]:
        return False
    return value == list(range(value[0], value[-1] + (1 if value[1] > value[0] else -1), value[1] - value[0]))


def _unsayable(value: object) -> Refused:
    if isinstance(value, complex | torch.dtype):
        return Refused.COMPLEX
    if type(value).__module__.partition(".")[0] == "numpy":
        return Refused.NUMPY
    return Refused.CALLBACK if callable(value) else Refused.ARGUMENT


def _is_read(result: object) -> bool:
    """Whether a call gave something of which code can make its next step, and which is no tensor."""
    if result is None or isinstance(result, Tensor):
        return False
    return not (isinstance(result, tuple | list) and any(isinstance(item, Tensor) for item in result))


def _has_mask(used: Iterable[Value]) -> bool:
    return any(value.tensor is not None and value.tensor.dtype in (torch.bool, torch.uint8) for value in used)


def _outcome(result: object) -> Json:
    """What code read, as plain data; anything else has no numbers that could be compared."""
    if result is None or type(result) in (bool, int, float, str):
        return result
    if isinstance(result, tuple | list):
        return [_outcome(item) for item in result[: FEW + 1]]
    return None
