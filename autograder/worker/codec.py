"""Cases and observations as the header and raw bytes of a frame, and back, checked.

The grader decodes what a worker sends with `decode_observations`, which trusts nothing: exact types, known dtypes,
as many numbers as the shapes say. Strides travel from grader to worker only, and what the grader sends is trusted.
What is as `Case` and `Observation` have it by default is left out: a thousand calls are told of a submission, and of
most of them little more than the numbers.
"""

from __future__ import annotations

import ctypes
import functools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.worker import rows
from autograder.worker.case import Argument, Case, Observation, Raised, Trace
from autograder.worker.rows import Layout, Observations, Outline
from autograder.worker.wire import MAX_RAW, ProtocolError

DTYPES: Mapping[str, torch.dtype] = {str(dtype).removeprefix("torch."): dtype for dtype in rows.DTYPES}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
MAX_DIMS = 64
_ALIGNMENT = 8
_PADDING = tuple(bytes(-size % _ALIGNMENT) for size in range(_ALIGNMENT))
_MAX_TEXT = 600
_SHORT = 1000  # characters of an outline that is kept: what hostile ones make the grader keep is a few MB

Json = Any  # the json module's own type for what it reads and writes


def name_of(dtype: torch.dtype) -> str:
    """``float32`` for torch.float32."""
    return _NAMES.get(dtype) or str(dtype).removeprefix("torch.")


class Packer:
    """Collects tensors into one block of bytes, each at an aligned offset."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, tensor: Tensor, *, keep_strides: bool = False) -> Json:
        """The tensor's entry in the header: ``[dtype, shape, strides, offset in elements]``."""
        tensor = tensor.detach()
        if not (keep_strides and tensor.numel()):
            tensor = tensor.contiguous()
        elements = span(tensor.shape, tensor.stride()) if tensor.numel() else 0
        size = elements * tensor.element_size()
        entry = [name_of(tensor.dtype), list(tensor.shape), list(tensor.stride()), self._size // tensor.element_size()]
        self._parts.append(_bytes_of(tensor, size) + _PADDING[size % _ALIGNMENT])
        self._size += size + -size % _ALIGNMENT
        return entry

    def raw(self) -> bytes:
        """Everything packed so far."""
        return b"".join(self._parts)


def _bytes_of(tensor: Tensor, size: int) -> bytes:
    return ctypes.string_at(tensor.data_ptr(), size) if size else b""


_PLAIN_CASE = Case(())
# Fields that JSON can tell.
_FLAGS = ("wrt", "device", "grad_enabled", "training", "trace", "watch", "leaf", "offset", "inference", "names", "bare")


def encode_cases(cases: Sequence[Case]) -> bytes:
    """``cases`` as one block of bytes, strides included: it is made once, and sent to every submission's worker."""
    packer = Packer()
    entries = [_encode_case(case, packer) for case in cases]
    text = json.dumps(entries, separators=(",", ":")).encode()
    return b"".join([len(text).to_bytes(_ALIGNMENT, "little"), text, packer.raw()])


def _encode_case(case: Case, packer: Packer) -> Json:
    def argument(value: Argument) -> Json:
        return {"t": packer.add(value, keep_strides=True)} if isinstance(value, Tensor) else {"v": value}

    entry: dict[str, Json] = {"args": [argument(value) for value in case.args]}
    if case.kwargs:
        entry["kwargs"] = {name: argument(value) for name, value in case.kwargs.items()}
    if case.cotangent is not None:
        entry["cotangent"] = packer.add(case.cotangent, keep_strides=True)
    if case.second:
        entry["second"] = [packer.add(tensor) for tensor in case.second]
    if case.default_dtype is not torch.float32:
        entry["default_dtype"] = name_of(case.default_dtype)
    entry |= {name: value for name in _FLAGS if (value := getattr(case, name)) != getattr(_PLAIN_CASE, name)}
    return entry


def decode_cases(block: bytes) -> list[Case]:
    """What `encode_cases` was given; called in the worker, on what the grader sends."""
    start = _ALIGNMENT + int.from_bytes(block[:_ALIGNMENT], "little")
    tensors = Unpacker(block[start:])
    return [_decode_case(entry, tensors) for entry in json.loads(block[_ALIGNMENT:start])]


def _decode_case(entry: Json, tensors: Unpacker) -> Case:
    def argument(entry: Json) -> Argument:
        if "t" in entry:
            return tensors.take(entry["t"])
        value: Argument = entry["v"]
        return value

    fields = {name: entry[name] for name in _FLAGS if name in entry}
    fields |= {name: tuple(entry.get(name, ())) for name in ("wrt", "names")}
    if "cotangent" in entry:
        fields["cotangent"] = tensors.take(entry["cotangent"])
    if "second" in entry:
        fields["second"] = tuple([tensors.take(tensor) for tensor in entry["second"]])
    if "default_dtype" in entry:
        fields["default_dtype"] = DTYPES[entry["default_dtype"]]
    kwargs = {name: argument(value) for name, value in entry.get("kwargs", {}).items()}
    return Case(tuple([argument(value) for value in entry["args"]]), kwargs, **fields)


def encode_observations(observations: Iterable[Observation], room: int) -> tuple[dict[str, Json], bytes]:
    """Fields of a header and at most ``room`` raw bytes; what does not fit is sent without its values.

    The header has each outline once, and for each case which one is its own; the raw bytes are the row of numbers.
    """
    return encode_rows(Observations.of(observations, room))


def encode_rows(seen: Observations) -> tuple[dict[str, Json], bytes]:
    """The same, of what is in rows already."""
    places: dict[int, int] = {}
    outlines: list[Json] = []
    for outline in seen.outlines:
        if id(outline) not in places:
            places[id(outline)] = len(outlines)
            outlines.append(_encode_outline(outline))
    raw = _bytes_of(seen.numbers, seen.numbers.numel() * _ALIGNMENT)
    return {"outlines": outlines, "cases": [places[id(outline)] for outline in seen.outlines]}, raw


def _encode_outline(outline: Outline) -> Json:
    def layout(found: Layout | None) -> Json:
        return None if found is None else [name_of(found.dtype), list(found.shape)]

    seen = outline.facts
    entry: dict[str, Json] = {"type": seen.type, "device": seen.device, "requires_grad": seen.requires_grad}
    if outline.output is None:  # else they are the output's
        entry |= {"shape": list(seen.shape), "dtype": seen.dtype}
    else:
        entry["output"] = layout(outline.output)
    for name, layouts in (("gradients", outline.gradients), ("second", outline.second)):
        if layouts:
            entry[name] = [layout(found) for found in layouts]
    for name in ("gradient_devices", "mutated", "aliased", "globals_changed"):
        if texts := getattr(seen, name):
            entry[name] = list(texts)
    if seen.module is not None:
        entry["module"] = dict(seen.module)
    if seen.trace is not None:
        entry["trace"] = [seen.trace.calls, dict(seen.trace.events)]
    if seen.raised is not None:
        raised = seen.raised
        entry["raised"] = [raised.stage, raised.type, list(raised.bases), raised.message, raised.line]
    return entry


def decode_observations(header: Mapping[str, Json], raw: bytes, count: int) -> Observations:
    """The ``count`` observations of a worker's answer.

    Raises:
        ProtocolError: anything is not exactly as `encode_observations` writes it.

    """
    entries, cases = header.get("outlines"), header.get("cases")
    if type(cases) is not list or len(cases) != count or type(entries) is not list or len(entries) > count:
        raise ProtocolError(f"the answer does not hold count={count} observations")
    known = [_outline(entry) for entry in entries]
    if not all(type(place) is int and 0 <= place < len(known) for place in cases):
        raise ProtocolError("an observation has no outline")
    outlines = [known[place] for place in cases]
    if sum(outline.count for outline in outlines) * _ALIGNMENT != len(raw):
        raise ProtocolError("the numbers are not as many as the outlines say")
    numbers = torch.frombuffer(bytearray(raw), dtype=torch.float64) if raw else torch.zeros(0, dtype=torch.float64)
    return Observations(outlines, numbers)


def _outline(entry: Json) -> Outline:
    """An outline, which most submissions have in common with others: to know it again takes less than decoding it."""
    try:
        text = json.dumps(entry)
    except RecursionError as error:
        raise ProtocolError("an observation is not a JSON object") from error
    return _known_outline(text) if len(text) <= _SHORT else _decode_outline(entry)


@functools.lru_cache(maxsize=2048)
def _known_outline(text: str) -> Outline:
    return _decode_outline(json.loads(text))


def _decode_outline(entry: Json) -> Outline:
    if type(entry) is not dict or not entry.keys() >= _ALWAYS:
        raise ProtocolError("an observation is not a JSON object with a type, a device and a requires_grad")
    fields = {name: read(entry[name]) for name, read in _FIELDS.items() if name in entry}
    output = _layout(entry.get("output"))
    gradients, second = (
        tuple([_layout(item) for item in _list(entry.get(name, []))]) for name in ("gradients", "second")
    )
    if output is not None:
        fields |= {"shape": output.shape, "dtype": name_of(output.dtype)}
    return Outline(Observation(**fields), output, gradients, second)


def _layout(entry: Json) -> Layout | None:
    if entry is None:
        return None
    if type(entry) is not list or len(entry) != 2 or type(entry[0]) is not str or entry[0] not in DTYPES:
        raise ProtocolError("a tensor's entry is not [dtype, shape]")
    shape = _sides(entry[1])
    if math.prod(side or 1 for side in shape) > MAX_RAW:  # torch multiplies the other sides of an empty one, too
        raise ProtocolError("a tensor is larger than a frame")
    return Layout(DTYPES[entry[0]], tuple(shape))


def _decode_trace(entry: Json) -> Trace:
    calls, events = _list(entry, 2, exactly=True)
    return Trace(_count(calls), counts(events))


def _decode_raised(entry: Json) -> Raised:
    if type(entry) is not list or len(entry) != 5:
        raise ProtocolError("an exception is not a list of five")
    stage, name, bases, message, line = entry
    return Raised(
        stage=_text(stage),
        type=_text(name),
        bases=texts(bases),
        message=_text(message),
        line=None if line is None else _count(line),
    )


class Unpacker:
    """Takes tensors out of one block of bytes of our own, as `Packer` told of them; they share its memory."""

    def __init__(self, raw: bytes) -> None:
        self._buffer = bytearray(raw)  # writable, so that torch may share it
        self._whole: dict[str, Tensor] = {}

    def take(self, entry: Json) -> Tensor:
        """The tensor of an entry that `Packer.add` made."""
        name, shape, strides, offset = entry
        if 0 in shape:
            return torch.empty(shape, dtype=DTYPES[name])
        whole = self._whole.get(name)
        if whole is None:
            count = len(self._buffer) // DTYPES[name].itemsize
            whole = self._whole[name] = torch.frombuffer(self._buffer, dtype=DTYPES[name], count=count)
        return whole.as_strided(shape, strides, offset)


def span(shape: Sequence[int], strides: Sequence[int]) -> int:
    """How many elements of storage a view covers that has any."""
    return 1 + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))


def _sides(value: Json) -> list[int]:
    return [_count(side) for side in _list(value, MAX_DIMS)]


def _count(value: Json) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:  # type(): a bool is an int to isinstance
        raise ProtocolError("a number is not a count")
    return value


def _boolean(value: Json) -> bool:
    if type(value) is not bool:
        raise ProtocolError("a value is not a boolean")
    return value


def _text(value: Json) -> str:
    if type(value) is not str or len(value) > _MAX_TEXT:
        raise ProtocolError("a value is not a short text")
    return value.encode("utf-8", "replace").decode()  # a lone surrogate would break every file we write


def _list(value: Json, longest: int = 64, *, exactly: bool = False) -> list[Json]:
    if type(value) is not list or len(value) > longest or (exactly and len(value) != longest):
        raise ProtocolError("a value is not a short list")
    return value


def texts(value: Json) -> tuple[str, ...]:
    """A short list of short texts; ProtocolError where it is none."""
    return tuple(_text(item) for item in _list(value))


def counts(value: Json) -> dict[str, int]:
    """A table of counts; ProtocolError where it is none."""
    if type(value) is not dict or len(value) > 4096:
        raise ProtocolError("a value is not a table of counts")
    return {_text(name): _count(count) for name, count in value.items()}


# What an outline may hold besides its tensors, and how it is read; what only the grader says of a lost answer is not
# among it.
_FIELDS: Mapping[str, Callable[[Json], Any]] = {
    "type": _text,
    "shape": lambda value: tuple(_sides(value)),
    "dtype": _text,
    "device": _text,
    "requires_grad": _boolean,
    "gradient_devices": texts,
    "mutated": texts,
    "aliased": texts,
    "globals_changed": texts,
    "module": counts,
    "trace": _decode_trace,
    "raised": _decode_raised,
}
_ALWAYS = frozenset({"type", "device", "requires_grad"})
