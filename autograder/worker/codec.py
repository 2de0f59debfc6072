"""Cases and observations as the header and raw bytes of a frame, and back, checked.

The grader decodes what a worker sends with `decode_observations`, which trusts nothing: exact types, known dtypes,
shapes that match the bytes, bytes that lie inside the frame, contiguous tensors only. Strides travel from grader to
worker only.
"""

import math
from collections.abc import Mapping, Sequence
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
MAX_DIMS = 64
_ALIGNMENT = 8
_MAX_TEXT = 600

Json = Any  # the json module's own type for what it reads and writes


def name_of(dtype: torch.dtype) -> str:
    """``float32`` for torch.float32."""
    return str(dtype).removeprefix("torch.")


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
        # as_strided, not reshape(-1): a view of one element keeps its odd stride, and view(uint8) then fails.
        flat = (tensor if keep_strides else tensor.contiguous()).as_strided((elements,), (1,))
        strides = list(tensor.stride()) if keep_strides else None
        entry = [name_of(tensor.dtype), list(tensor.shape), strides, self._size, size]
        # force: the gradient of nothing may be torch's ZeroTensor, which has no memory to look at
        self._parts.append(flat.view(torch.uint8).numpy(force=True).tobytes() if size else b"")
        padding = -size % _ALIGNMENT
        self._parts.append(bytes(padding))
        self._size += size + padding
        return entry

    def raw(self) -> bytes:
        """Everything packed so far."""
        return b"".join(self._parts)


def encode_cases(cases: Sequence[Case]) -> tuple[list[Json], bytes]:
    """Header entries and raw bytes of ``cases``; strides are kept."""
    packer = Packer()
    return [_encode_case(case, packer) for case in cases], packer.raw()


def _encode_case(case: Case, packer: Packer) -> Json:
    def argument(value: Argument) -> Json:
        return {"t": packer.add(value, keep_strides=True)} if isinstance(value, Tensor) else {"v": value}

    return {
        "args": [argument(value) for value in case.args],
        "kwargs": {name: argument(value) for name, value in case.kwargs.items()},
        "wrt": list(case.wrt),
        "cotangent": None if case.cotangent is None else packer.add(case.cotangent),
        "second": [packer.add(tensor) for tensor in case.second],
        "device": case.device,
        "default_dtype": name_of(case.default_dtype),
        "grad_enabled": case.grad_enabled,
        "training": case.training,
        "trace": case.trace,
        "watch": case.watch,
    }


def decode_cases(entries: Sequence[Json], raw: bytes) -> list[Case]:
    """What `encode_cases` was given; called in the worker, on frames of the grader."""
    buffer = bytearray(raw)  # writable, so that torch may share it: each frame has a buffer of its own

    def argument(entry: Json) -> Argument:
        if "t" in entry:
            return _tensor(entry["t"], buffer, strided=True)
        value: Argument = entry["v"]
        return value

    return [
        Case(
            args=tuple(argument(value) for value in entry["args"]),
            kwargs={name: argument(value) for name, value in entry["kwargs"].items()},
            wrt=tuple(entry["wrt"]),
            cotangent=None if entry["cotangent"] is None else _tensor(entry["cotangent"], buffer),
            second=tuple(_tensor(tensor, buffer) for tensor in entry["second"]),
            device=entry["device"],
            default_dtype=DTYPES[entry["default_dtype"]],
            grad_enabled=entry["grad_enabled"],
            training=entry["training"],
            trace=entry["trace"],
            watch=entry["watch"],
        )
        for entry in entries
    ]


def encode_observations(observations: Sequence[Observation], room: int) -> tuple[list[Json], bytes]:
    """Header entries and at most ``room`` raw bytes; what does not fit is sent without its values."""
    packer = Packer(room)
    return [_encode_observation(observation, packer) for observation in observations], packer.raw()


def _encode_observation(seen: Observation, packer: Packer) -> Json:
    def optional(tensor: Tensor | None) -> Json:
        return None if tensor is None or name_of(tensor.dtype) not in DTYPES else packer.add(tensor)

    entry: dict[str, Json] = {
        "type": seen.type,
        "output": optional(seen.output),
        "shape": list(seen.shape),
        "dtype": seen.dtype,
        "device": seen.device,
        "requires_grad": seen.requires_grad,
        "gradients": [optional(tensor) for tensor in seen.gradients],
        "gradient_devices": list(seen.gradient_devices),
        "second": [optional(tensor) for tensor in seen.second],
        "mutated": list(seen.mutated),
        "aliased": list(seen.aliased),
        "globals_changed": list(seen.globals_changed),
        "module": None if seen.module is None else dict(seen.module),
    }
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
    buffer = bytearray(raw)
    return [_decode_observation(entry, buffer) for entry in entries]


def _decode_observation(entry: Json, buffer: bytearray) -> Observation:
    if type(entry) is not dict:
        raise ProtocolError("an observation is not a JSON object")

    def optional(value: Json) -> Tensor | None:
        return None if value is None else _tensor(value, buffer)

    return Observation(
        type=_text(entry.get("type")),
        output=optional(entry.get("output")),
        shape=tuple(_count(side) for side in _list(entry.get("shape"), MAX_DIMS)),
        dtype=_text(entry.get("dtype")),
        device=_text(entry.get("device")),
        requires_grad=_boolean(entry.get("requires_grad")),
        gradients=tuple(optional(value) for value in _list(entry.get("gradients"))),
        gradient_devices=_texts(entry.get("gradient_devices")),
        second=tuple(optional(value) for value in _list(entry.get("second"))),
        mutated=_texts(entry.get("mutated")),
        aliased=_texts(entry.get("aliased")),
        globals_changed=_texts(entry.get("globals_changed")),
        module=None if entry.get("module") is None else _counts(entry["module"]),
        trace=None if entry.get("trace") is None else _decode_trace(entry["trace"]),
        raised=None if entry.get("raised") is None else _decode_raised(entry["raised"]),
    )


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


def read_tensors(entries: Sequence[Json], buffer: bytearray) -> tuple[Tensor, ...]:
    """The tensors of entries that `Packer.add` made; they share the buffer's memory."""
    return tuple([_tensor(entry, buffer) for entry in entries])


def _tensor(entry: Json, buffer: bytearray, *, strided: bool = False) -> Tensor:
    if type(entry) is not list or len(entry) != 5 or type(entry[0]) is not str or entry[0] not in DTYPES:
        raise ProtocolError("a tensor's entry is not [dtype, shape, strides, offset, bytes]")
    dtype = DTYPES[entry[0]]
    shape = [_count(side) for side in _list(entry[1], MAX_DIMS)]
    offset, size = _count(entry[3]), _count(entry[4])
    if offset % _ALIGNMENT or offset + size > len(buffer) or size % dtype.itemsize:
        raise ProtocolError("a tensor lies outside its frame")
    if entry[2] is not None:
        if not strided:
            raise ProtocolError("a worker may not send strides")
        strides = [_count(stride) for stride in _list(entry[2], MAX_DIMS)]
        if len(strides) != len(shape) or span(shape, strides) * dtype.itemsize != size:
            raise ProtocolError("strides do not match the bytes")
        return torch.frombuffer(buffer, dtype=dtype, count=size // dtype.itemsize, offset=offset).as_strided(
            shape, strides
        )
    if math.prod(shape) * dtype.itemsize != size:
        raise ProtocolError("a tensor's shape does not match its bytes")
    if not size:
        if math.prod(side or 1 for side in shape) > MAX_RAW:  # torch multiplies the other sides, and overflows
            raise ProtocolError("an empty tensor's shape is too large")
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool and buffer[offset : offset + size].translate(None, b"\0\1"):  # torch counts on it
        raise ProtocolError("a boolean is neither 0 nor 1")
    return torch.frombuffer(buffer, dtype=dtype, count=size // dtype.itemsize, offset=offset).reshape(shape)


def span(shape: Sequence[int], strides: Sequence[int]) -> int:
    """How many elements of storage a view covers that has any."""
    return 1 + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))


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
