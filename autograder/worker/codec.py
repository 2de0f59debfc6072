"""Cases and observations as the header and raw bytes of a frame, and back, checked.

The grader decodes what a worker sends with `decode_observations`, which trusts nothing: exact types, known dtypes,
shapes that match the bytes, bytes that lie inside the frame, contiguous tensors only. Strides travel from grader to
worker only. What is as `Case` and `Observation` have it by default is left out: a thousand calls are told of a
submission, and of most of them little more than the numbers.
"""

from __future__ import annotations

import ctypes
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.worker.case import Argument, Case, Observation, Raised, Trace
from autograder.worker.wire import MAX_RAW, ProtocolError

DTYPES: Mapping[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64,
        torch.float32,
        torch.bfloat16,
        torch.float16,
        torch.int64,
        torch.int32,
        torch.uint8,
        torch.bool,
    )
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
MAX_DIMS = 64
_ALIGNMENT = 8
_PADDING = tuple(bytes(-size % _ALIGNMENT) for size in range(_ALIGNMENT))
_MAX_TEXT = 600

Json = Any  # the json module's own type for what it reads and writes


def name_of(dtype: torch.dtype) -> str:
    """``float32`` for torch.float32."""
    return _NAMES.get(dtype) or str(dtype).removeprefix("torch.")


class Packer:
    """Collects tensors into one block of bytes, each at an aligned offset.

    Args:
        room: how many bytes may be packed; a tensor that does not fit is left out (`add` answers None).

    """

    def __init__(self, room: int = MAX_RAW) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._room = room

    def add(self, tensor: Tensor, *, keep_strides: bool = False) -> Json:
        """The tensor's entry in the header: ``[dtype, shape, strides or None, offset, bytes]``."""
        tensor = tensor.detach()
        keep_strides = keep_strides and tensor.numel() > 0 and not tensor.is_contiguous()
        elements = span(tensor.shape, tensor.stride()) if keep_strides else tensor.numel()
        size = elements * tensor.element_size()
        if self._size + size + _ALIGNMENT > self._room:
            return None
        # The gradient of nothing may be torch's ZeroTensor, which has no memory to look at; a clone has.
        flat = tensor.clone() if tensor._is_zerotensor() else tensor if keep_strides else tensor.contiguous()
        strides = list(tensor.stride()) if keep_strides else None
        entry = [name_of(tensor.dtype), list(tensor.shape), strides, self._size, size]
        if size:
            self._parts.append(ctypes.string_at(flat.data_ptr(), size) + _PADDING[size % _ALIGNMENT])
            self._size += size + -size % _ALIGNMENT
        return entry

    def raw(self) -> bytes:
        """Everything packed so far."""
        return b"".join(self._parts)


_PLAIN_CASE = Case(())
_FLAGS = ("wrt", "device", "grad_enabled", "training", "trace", "watch")  # fields that JSON can tell


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
        entry["cotangent"] = packer.add(case.cotangent)
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
            return tensors.take(entry["t"], strided=True)
        value: Argument = entry["v"]
        return value

    fields = {name: entry[name] for name in _FLAGS if name in entry}
    fields["wrt"] = tuple(entry.get("wrt", ()))
    if "cotangent" in entry:
        fields["cotangent"] = tensors.take(entry["cotangent"])
    if "second" in entry:
        fields["second"] = tuple([tensors.take(tensor) for tensor in entry["second"]])
    if "default_dtype" in entry:
        fields["default_dtype"] = DTYPES[entry["default_dtype"]]
    kwargs = {name: argument(value) for name, value in entry.get("kwargs", {}).items()}
    return Case(tuple([argument(value) for value in entry["args"]]), kwargs, **fields)


def encode_observations(observations: Sequence[Observation], room: int) -> tuple[list[Json], bytes]:
    """Header entries and at most ``room`` raw bytes; what does not fit is sent without its values."""
    packer = Packer(room)
    return [_encode_observation(observation, packer) for observation in observations], packer.raw()


def _encode_observation(seen: Observation, packer: Packer) -> Json:
    def optional(tensor: Tensor | None) -> Json:
        return None if tensor is None or tensor.dtype not in _NAMES else packer.add(tensor)

    entry: dict[str, Json] = {"type": seen.type, "device": seen.device, "requires_grad": seen.requires_grad}
    output = optional(seen.output)
    if output is None:  # else they are the output's
        entry |= {"shape": list(seen.shape), "dtype": seen.dtype}
    else:
        entry["output"] = output
    for name in ("gradients", "second"):
        if tensors := getattr(seen, name):
            entry[name] = [optional(tensor) for tensor in tensors]
    for name in ("gradient_devices", "mutated", "aliased", "globals_changed"):
        if texts := getattr(seen, name):
            entry[name] = list(texts)
    if seen.module is not None:
        entry["module"] = dict(seen.module)
    if seen.trace is not None:
        trace = seen.trace
        entry["trace"] = {"ops": dict(trace.ops), "nodes": list(trace.nodes), "events": dict(trace.events)}
    if seen.raised is not None:
        raised = seen.raised
        entry["raised"] = [raised.stage, raised.type, list(raised.bases), raised.message, raised.line]
    return entry


def decode_observations(header: Mapping[str, Json], raw: bytes, count: int) -> list[Observation]:
    """The ``count`` observations of a worker's answer.

    Raises:
        ProtocolError: anything is not exactly as `encode_observations` writes it.

    """
    entries = header.get("observations")
    if type(entries) is not list or len(entries) != count:
        raise ProtocolError(f"the answer does not hold count={count} observations")
    tensors = Unpacker(raw)
    return [_decode_observation(entry, tensors) for entry in entries]


def _decode_observation(entry: Json, tensors: Unpacker) -> Observation:
    if type(entry) is not dict or not entry.keys() >= _ALWAYS:
        raise ProtocolError("an observation is not a JSON object with a type, a device and a requires_grad")
    fields = {name: read(entry[name], tensors) for name, read in _FIELDS.items() if name in entry}
    output = fields.get("output")
    if output is not None:
        fields |= {"shape": tuple(output.shape), "dtype": entry["output"][0]}
    return Observation(**fields)


def _optional(value: Json, tensors: Unpacker) -> Tensor | None:
    return None if value is None else tensors.take(value)


def _gradients(value: Json, tensors: Unpacker) -> tuple[Tensor | None, ...]:
    return tuple([_optional(item, tensors) for item in _list(value)])


def _decode_trace(entry: Json) -> Trace:
    if type(entry) is not dict:
        raise ProtocolError("a trace is not a JSON object")
    return Trace(
        ops=_counts(entry.get("ops")),
        nodes=tuple(_text(name) for name in _list(entry.get("nodes"), 4096)),
        events=_counts(entry.get("events")),
    )


def _decode_raised(entry: Json) -> Raised:
    if type(entry) is not list or len(entry) != 5:
        raise ProtocolError("an exception is not a list of five")
    stage, name, bases, message, line = entry
    return Raised(
        stage=_text(stage),
        type=_text(name),
        bases=_texts(bases),
        message=_text(message),
        line=None if line is None else _count(line),
    )


class Unpacker:
    """Takes tensors out of one block of bytes, as `Packer` told of them; they share its memory."""

    def __init__(self, raw: bytes) -> None:
        self._buffer = bytearray(raw)  # writable, so that torch may share it
        self._whole: dict[torch.dtype, Tensor] = {}

    def take(self, entry: Json, *, strided: bool = False) -> Tensor:
        """The tensor of an entry that `Packer.add` made; ProtocolError if it cannot have made it."""
        if type(entry) is not list or len(entry) != 5 or type(entry[0]) is not str or entry[0] not in DTYPES:
            raise ProtocolError("a tensor's entry is not [dtype, shape, strides, offset, bytes]")
        dtype, shape, offset, size = DTYPES[entry[0]], _sides(entry[1]), _count(entry[3]), _count(entry[4])
        if offset % _ALIGNMENT or offset + size > len(self._buffer) or size % dtype.itemsize:
            raise ProtocolError("a tensor lies outside its frame")
        if entry[2] is not None:
            if not strided:
                raise ProtocolError("a worker may not send strides")
            strides = _sides(entry[2])
            if len(strides) != len(shape) or span(shape, strides) * dtype.itemsize != size:
                raise ProtocolError("strides do not match the bytes")
            return self._all(dtype).as_strided(shape, strides, offset // dtype.itemsize)
        if math.prod(shape) * dtype.itemsize != size:
            raise ProtocolError("a tensor's shape does not match its bytes")
        if not size:
            if math.prod(side or 1 for side in shape) > MAX_RAW:  # torch multiplies the other sides, and overflows
                raise ProtocolError("an empty tensor's shape is too large")
            return torch.empty(shape, dtype=dtype)
        # torch counts on it
        if dtype is torch.bool and self._buffer[offset : offset + size].translate(None, b"\0\1"):
            raise ProtocolError("a boolean is neither 0 nor 1")
        return self._all(dtype).as_strided(shape, _contiguous(shape), offset // dtype.itemsize)

    def _all(self, dtype: torch.dtype) -> Tensor:
        if dtype not in self._whole:
            count = len(self._buffer) // dtype.itemsize
            self._whole[dtype] = torch.frombuffer(self._buffer, dtype=dtype, count=count)
        return self._whole[dtype]


def span(shape: Sequence[int], strides: Sequence[int]) -> int:
    """How many elements of storage a view covers that has any."""
    return 1 + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))


def _contiguous(shape: Sequence[int]) -> list[int]:
    strides, step = [1] * len(shape), 1
    for position in range(len(shape) - 1, -1, -1):
        strides[position] = step
        step *= shape[position]
    return strides


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


def _list(value: Json, longest: int = 64) -> list[Json]:
    if type(value) is not list or len(value) > longest:
        raise ProtocolError("a value is not a short list")
    return value


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _counts(value: Json) -> dict[str, int]:
    if type(value) is not dict or len(value) > 4096:
        raise ProtocolError("a value is not a table of counts")
    return {_text(name): _count(count) for name, count in value.items()}


# What an observation may hold, and how it is read; what only the grader says of a lost answer is not among it.
_FIELDS: Mapping[str, Callable[[Json, Unpacker], Any]] = {
    "type": lambda value, _: _text(value),
    "output": _optional,
    "shape": lambda value, _: tuple(_sides(value)),
    "dtype": lambda value, _: _text(value),
    "device": lambda value, _: _text(value),
    "requires_grad": lambda value, _: _boolean(value),
    "gradients": _gradients,
    "gradient_devices": lambda value, _: _texts(value),
    "second": _gradients,
    "mutated": lambda value, _: _texts(value),
    "aliased": lambda value, _: _texts(value),
    "globals_changed": lambda value, _: _texts(value),
    "module": lambda value, _: _counts(value),
    "trace": lambda value, _: _decode_trace(value),
    "raised": lambda value, _: _decode_raised(value),
}
_ALWAYS = frozenset({"type", "device", "requires_grad"})
