"""The calls that a submission makes on torch, noted as they are made: steps on a tape, and the values between them.

A `Tape` lives as long as a submission's process: what is noted while the file is imported and its module constructed
may be used by every call after it. `worker.cut` cuts the program of one call out of it.
"""

from __future__ import annotations

import functools
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from autograder.worker import names
from autograder.worker.program import FEW, MAX_STEPS, SHORT, Json
from autograder.worker.terms import Refused
from autograder.worker.values import CALLS, NAMES, Step, Unrecorded, Value, ambient, origin, place_of, settings

_PLAIN = (bool, int, float, str, type(None))
# What says nothing of a tensor's numbers, so that there is nothing to replay; and what of its form it says.
_FORM: Mapping[str, tuple[str, ...]] = {
    "dtype": (
        *("Tensor.dtype.__get__", "Tensor.itemsize.__get__", "Tensor.nbytes.__get__", "Tensor.is_floating_point"),
        *("Tensor.is_complex", "Tensor.element_size", "Tensor.is_signed", "is_floating_point", "is_complex"),
        *("is_signed", "result_type", "promote_types", "can_cast", "typename"),
    ),
    "dims": ("Tensor.dim", "Tensor.ndim.__get__", "Tensor.ndimension"),
    "shape": (
        *("Tensor.shape.__get__", "Tensor.size", "Tensor.numel", "Tensor.nelement", "Tensor.__len__", "numel"),
        *("Tensor.is_same_size", "is_same_size", "broadcast_shapes"),
    ),
    "layout": (
        *("Tensor.stride", "Tensor.is_contiguous", "Tensor.storage_offset", "Tensor.layout.__get__"),
        *("Tensor.data_ptr", "Tensor.is_set_to", "Tensor._version.__get__", "Tensor.__hash__"),
    ),
    "graph": (
        *("Tensor.requires_grad.__get__", "Tensor.is_leaf.__get__", "Tensor.grad_fn.__get__", "Tensor.is_inference"),
        *("Tensor.retains_grad.__get__", "Tensor.output_nr.__get__", "Tensor._backward_hooks.__get__", "is_inference"),
    ),
    "device": (
        *("Tensor.device.__get__", "Tensor.is_cuda.__get__", "Tensor.is_cpu.__get__", "Tensor.is_sparse.__get__"),
        *("Tensor.is_meta.__get__", "Tensor.is_quantized.__get__", "Tensor.is_nested.__get__", "Tensor.is_mps.__get__"),
        *("Tensor.is_xpu.__get__", "Tensor.is_mkldnn.__get__", "Tensor.get_device", "device"),
    ),
    "": (  # the same for all of them
        *("Tensor.name.__get__", "Tensor.is_conj", "Tensor.is_neg", "is_tensor", "is_storage", "Tensor.__repr__"),
        *("Tensor.__format__", "_C._set_grad_enabled", "set_grad_enabled"),
    ),
}
_QUIET: Mapping[str, str] = {f"torch.{name}": fact for fact, found in _FORM.items() for name in found}
_SIZES = frozenset(
    ["torch.Tensor.shape.__get__", "torch.Tensor.nbytes.__get__", "torch.numel"]
    + [f"torch.Tensor.{name}" for name in ("size", "numel", "nelement", "__len__", "stride")]
)
# How many elements come out depends on the numbers that go in.
_DYNAMIC = frozenset(
    f"{space}.{word}"
    for space in ("torch", "torch.Tensor")
    for word in (
        "nonzero",
        "masked_select",
        "unique",
        "unique_consecutive",
        "argwhere",
        "repeat_interleave",
        "bincount",
    )
)
_INDEXING = frozenset({"torch.Tensor.__getitem__", "torch.Tensor.index", "torch.where", "torch.Tensor.where"})


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
        self._used: list[Value] = []
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
        """Let go of the steps after ``start`` unless something of theirs lives on: a cache, a counter, a list."""
        for release in self.applied:
            release()
        self.applied.clear()
        steps = self.steps[start:]
        lasting = {id(value) for step in self.steps[:start] for value in step.made}
        kept = any(step.writes and any(id(value) in lasting for value in step.used) for step in steps)
        fresh = [value for value in self._values.values() if id(value) not in lasting]
        found = [(value, weakref.ref(value.tensor)) for value in fresh if value.tensor is not None]
        for value in fresh:
            value.tensor = None
        alive = [(value, tensor) for value, reference in found if (tensor := reference()) is not None]
        for value, tensor in alive:
            value.tensor = tensor
        if not (kept or alive):
            del self.steps[start:]
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
        name = names.name_of(func)
        fact = _QUIET.get(name)
        if fact is not None:
            self.facts.add(fact)
            result = func(*args, **kwargs)
            if name in _SIZES:
                self._note_size(name, args, kwargs, result)
            return result
        self.note_ambient()
        refused = None
        try:
            used, written = self.arguments(name, args, kwargs)
        except Unrecorded as error:
            used, written, refused = [], [name, [], {}], error.why
        try:
            result = func(*args, **kwargs)
        except Exception:
            self.facts |= {"shape", "dtype", "layout"}
            self._add(Step(["raises", *written], used, refused=refused))
            raise
        if _is_read(result):
            result = self._as_told(result)
        step = self._step(name, written, used, kwargs, result)
        step.refused = refused
        self._add(step)
        return result

    def arguments(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[list[Value], Json]:
        """The values among a call's arguments, and the call as it is written; Unrecorded where it cannot be."""
        self._used = []
        if name == "torch.Tensor.__deepcopy__":  # its second argument is Python's memory of what it has copied
            args = args[:1]
        written = [name, [self._written(arg) for arg in args], {key: self._written(kwargs[key]) for key in kwargs}]
        return self._used, written

    def _step(self, name: str, written: Json, used: list[Value], kwargs: Mapping[str, Any], result: object) -> Step:
        writes = _may_write(name) or "out" in kwargs
        if type(result) is Tensor:  # nearly always
            value = self.bind(result, dynamic=self._is_dynamic(name, used))
            return Step(["call", *written, value], used, (value,), writes=writes)
        if _is_read(result):
            return Step(["read", *written, _outcome(result)], used)
        if result is None:
            return Step(["call", *written, None], used, writes=writes)
        items = (result,) if isinstance(result, Tensor) else result
        assert isinstance(items, tuple | list)  # noqa: S101  # or it had been read
        if type(result) in (tuple, list):  # of as many as there are rows, for one
            self.facts.add("shape")
        dynamic = self._is_dynamic(name, used)
        made = [self.bind(item, dynamic=dynamic) if isinstance(item, Tensor) else None for item in items]
        entry = ["call", *written, made[0] if items is not result else made]
        return Step(entry, used, [value for value in made if value is not None], writes=writes)

    def _is_dynamic(self, name: str, used: Sequence[Value]) -> bool:
        """Whether the shape of what comes out depends on numbers."""
        if name in _DYNAMIC or (name in _INDEXING and _has_mask(used)):
            self._has_dynamic = True
            return True
        return self._has_dynamic and any(value.dynamic for value in used)

    def _note_size(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: object) -> None:
        value = self._values.get(id(args[0])) if args else None
        if value is not None and value.dynamic:
            used, written = self.arguments(name, args, kwargs)
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

    def _written(self, value: Any) -> Json:  # noqa: ANN401, C901  # one line a kind
        kind = type(value)
        if kind in _PLAIN:
            return value
        if isinstance(value, Tensor):
            known = self.value_of(value)
            self._used.append(known)
            return known
        if kind is range or (kind is list and len(value) > SHORT and _is_range(value)):
            return {"r": [value[0], value[-1], value[1] - value[0]]} if len(value) > 1 else list(value)
        if kind is list:
            return [self._written(item) for item in value]
        if isinstance(value, tuple):
            return {"t": [self._written(item) for item in value]}
        if kind is slice:
            return {"s": [self._written(part) for part in (value.start, value.stop, value.step)]}
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
        self.calls += names.name_of(func) not in _QUIET
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


@functools.cache
def _may_write(name: str) -> bool:
    """Whether a function of this name changes what it is called on."""
    if name.startswith("torch.Tensor.__"):
        word = name.removeprefix("torch.Tensor.__i").removesuffix("__")
        return f"__{word}__" in names.OPERATORS or name == "torch.Tensor.__setitem__"
    return name.endswith(("_", ".__set__"))


def _is_read(result: object) -> bool:
    """Whether a call gave something of which code can make its next step, and which is no tensor."""
    if result is None or isinstance(result, Tensor):
        return False
    return not (isinstance(result, tuple | list) and any(isinstance(item, Tensor) for item in result))


def _has_mask(used: Iterable[Value]) -> bool:
    return any(value.tensor is not None and value.tensor.dtype in (torch.bool, torch.uint8) for value in used)


def _outcome(result: object) -> Json:
    """What code read, as plain data; anything else has no numbers that could be compared."""
    if type(result) in _PLAIN:
        return result
    if isinstance(result, tuple | list):
        return [_outcome(item) for item in result[: FEW + 1]]
    return None
