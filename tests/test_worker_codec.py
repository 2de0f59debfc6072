"""Cases and observations survive the wire bit for bit, and nothing else gets past the decoder."""

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.worker import codec, wire
from autograder.worker.case import Case, Observation, Raised, Trace
from autograder.worker.wire import MAX_HEADER, MAX_RAW, PeerGone, ProtocolError

MEGABYTE = 1 << 20
FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def bits(tensor: Tensor) -> bytes:
    """The elements in order as bytes: NaN payloads and the sign of zero count."""
    flat = torch.empty(tensor.numel(), dtype=tensor.dtype).copy_(tensor.reshape(-1))
    return bytes(flat.view(torch.uint8).tolist())


def identical(first: Tensor | None, second: Tensor | None) -> bool:
    if first is None or second is None:
        return first is second
    return (first.dtype, first.shape, bits(first)) == (second.dtype, second.shape, bits(second))


# Layouts: how a view is made of a contiguous tensor; each keeps the dtype.
LAYOUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda x: x,
    "transposed": lambda x: x.transpose(0, -1) if x.dim() else x,
    "every second": lambda x: x[..., ::2] if x.dim() else x,
    "from the middle": lambda x: x[1:] if x.dim() else x,
    "one row": lambda x: x[:1] if x.dim() else x,
    "expanded": lambda x: x.expand(3, *x.shape),
    "expanded inside": lambda x: x.unsqueeze(-1).expand(*x.shape, 4),
    "channels last": lambda x: (
        x.reshape(1, 2, 2, -1).contiguous(memory_format=torch.channels_last) if x.numel() and x.numel() % 4 == 0 else x
    ),
    "overlapping": lambda x: x.unfold(0, 2, 1) if x.dim() and x.shape[0] >= 2 else x,
    "an element with a stride": lambda x: x.reshape(-1)[::2][:1],
}


@st.composite
def tensors(draw: st.DrawFn, dtypes: tuple[torch.dtype, ...] = tuple(codec.DTYPES.values())) -> Tensor:
    """Any bits at all in any dtype, shape and layout."""
    dtype = draw(st.sampled_from(dtypes))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    count = int(torch.Size(shape).numel())
    size = count * dtype.itemsize
    data = draw(st.binary(min_size=size, max_size=size))
    if dtype is torch.bool:
        data = bytes(byte & 1 for byte in data)
    flat = torch.frombuffer(bytearray(data), dtype=dtype) if size else torch.empty(0, dtype=dtype)
    return LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))](flat.reshape(shape))


def sent(case: Case) -> Case:
    """A case after its way through a frame."""
    _, data = wire.receive(io.BytesIO(wire.pack({}, codec.encode_cases([case]))))
    return codec.decode_cases(data)[0]


def answered(seen: Observation, room: int = MAX_RAW) -> Observation:
    """An observation after its way through a frame."""
    entries, raw = codec.encode_observations([seen], room)
    header, data = wire.receive(io.BytesIO(wire.pack({"observations": entries}, raw)), room)
    return codec.decode_observations(header, data, 1)[0]


# Round trips ----------------------------------------------------------------------------------------------------------


@settings(database=None, deadline=None, derandomize=True, max_examples=600)
@given(tensors())
def test_an_argument_arrives_bit_for_bit_with_its_strides(tensor: Tensor) -> None:
    arrived = sent(Case(args=(tensor,))).args[0]
    assert isinstance(arrived, Tensor)
    assert identical(arrived, tensor)
    assert arrived.is_contiguous() == tensor.is_contiguous()
    if not tensor.is_contiguous():
        assert arrived.stride() == tensor.stride()


@settings(database=None, deadline=None, derandomize=True, max_examples=400)
@given(tensors())
def test_an_output_arrives_bit_for_bit_and_contiguous(tensor: Tensor) -> None:
    arrived = answered(Observation(output=tensor, shape=tuple(tensor.shape), gradients=(None, tensor)))
    assert arrived.output is not None
    assert arrived.output.is_contiguous()
    assert identical(arrived.output, tensor)
    assert identical(arrived.gradients[1], tensor)


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_nan_payloads_and_signed_zeros_arrive(dtype: torch.dtype) -> None:
    """Every 16-bit pattern; in the wider dtypes, the patterns' upper halves."""
    patterns = torch.arange(-(1 << 15), 1 << 15, dtype=torch.int64)
    width = {2: torch.int16, 4: torch.int32, 8: torch.int64}[dtype.itemsize]
    tensor = (patterns << (8 * dtype.itemsize - 16)).to(width).view(dtype)
    arrived = answered(Observation(output=tensor)).output
    assert arrived is not None
    assert torch.equal(arrived.view(width), tensor.view(width))


def test_every_field_of_a_case_arrives() -> None:
    case = Case(
        args=(torch.ones(2), 3, 0.1, "mean", True, None),
        kwargs={"weight": torch.tensor([1.0, 2.0]).expand(3, 2), "ignore_index": -100, "label_smoothing": float("inf")},
        wrt=(0,),
        cotangent=torch.tensor([0.5, -0.0]),
        second=(torch.tensor([1.0, 2.0]),),
        device="simulated",
        default_dtype=torch.float64,
        grad_enabled=False,
        training=False,
        trace=True,
    )
    arrived = sent(case)
    tensorial = {"args", "kwargs", "cotangent", "second"}
    for field in fields(Case):
        if field.name not in tensorial:
            assert getattr(arrived, field.name) == getattr(case, field.name), field.name
    assert arrived.args[1:] == case.args[1:]
    assert [type(value) for value in arrived.args[1:]] == [int, float, str, bool, type(None)]
    assert set(arrived.kwargs) == set(case.kwargs)
    assert arrived.kwargs["ignore_index"] == -100
    assert arrived.kwargs["label_smoothing"] == float("inf")
    weight = arrived.kwargs["weight"]
    assert isinstance(weight, Tensor)
    assert weight.stride() == (0, 1)
    assert identical(arrived.cotangent, case.cotangent)
    assert identical(arrived.second[0], case.second[0])


def test_the_defaults_of_a_case_arrive() -> None:
    case, arrived = Case(args=()), sent(Case(args=()))
    assert all(getattr(arrived, field.name) == getattr(case, field.name) for field in fields(Case))


FULL = Observation(
    type="Tensor",
    output=torch.tensor([[1.0, -0.0]]),
    shape=(1, 2),
    dtype="float32",
    device="cpu",
    requires_grad=True,
    gradients=(torch.tensor([2.0], dtype=torch.float16), None),
    gradient_devices=("cpu", ""),
    second=(None, torch.tensor(3.0, dtype=torch.float64)),
    mutated=("argument 1",),
    aliased=("weight",),
    globals_changed=("grad mode",),
    module={"parameters": 1},
    trace=Trace(ops={"aten::exp": 2}, nodes=("ExpBackward0",), events={"sync: item()": 1}),
    raised=Raised("backward", "ValueError", ("ValueError", "Exception"), "no", 3),
)


def test_every_field_of_an_observation_arrives() -> None:
    arrived = answered(FULL)
    for field in fields(Observation):
        before, after = getattr(FULL, field.name), getattr(arrived, field.name)
        if field.name == "output":
            assert identical(before, after)
        elif field.name in ("gradients", "second"):
            assert len(before) == len(after)
            assert all(identical(one, other) for one, other in zip(before, after, strict=True)), field.name
        elif field.name == "trace":
            assert (after.ops, after.nodes, after.events) == (before.ops, before.nodes, before.events)
        else:
            assert before == after, field.name


def test_what_only_the_grader_says_is_not_taken_from_a_worker() -> None:
    entries, raw = codec.encode_observations([FULL], MAX_RAW)
    entries[0] |= {"lost": "timeout", "detail": "forged"}
    (seen,) = codec.decode_observations({"observations": entries}, raw, 1)
    assert (seen.lost, seen.detail) == (None, None)


def test_cases_of_one_frame_share_no_memory_and_can_be_written() -> None:
    tensor = torch.zeros(3)
    block = codec.encode_cases([Case(args=(tensor,)), Case(args=(tensor,))])
    first, second = (case.args[0] for case in codec.decode_cases(block))
    assert isinstance(first, Tensor)
    assert isinstance(second, Tensor)
    first.fill_(7)
    assert second.tolist() == [0, 0, 0]


def test_an_aligned_tensor_follows_one_of_odd_length() -> None:
    case = Case(args=(torch.ones(3, dtype=torch.uint8), torch.ones(3, dtype=torch.float64)))
    assert all(
        isinstance(a, Tensor) and isinstance(b, Tensor) and identical(a, b)
        for a, b in zip(sent(case).args, case.args, strict=True)
    )


# Room -----------------------------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_left_out_and_the_rest_is_sent() -> None:
    large, small = torch.ones(1000), torch.ones(2)
    seen = Observation(output=large, shape=(1000,), dtype="float32", gradients=(small,))
    entries, raw = codec.encode_observations([seen, seen], room=100)
    assert len(raw) <= 100
    decoded = codec.decode_observations({"observations": entries}, raw, 2)
    assert [item.output for item in decoded] == [None, None]
    assert [item.shape for item in decoded] == [(1000,), (1000,)]
    assert all(identical(item.gradients[0], small) for item in decoded)


def test_what_does_not_fit_is_not_copied_either() -> None:
    """An expanded tensor of 10**12 elements takes four bytes until someone makes it contiguous."""
    vast = torch.ones(1).expand(10**12)
    assert answered(Observation(output=vast, shape=tuple(vast.shape))).shape == (10**12,)


def test_dtypes_that_are_not_carried_are_told_by_name() -> None:
    seen = Observation(output=torch.ones(2, dtype=torch.complex64), dtype="complex64", shape=(2,))
    assert (answered(seen).output, answered(seen).dtype) == (None, "complex64")


def test_an_honest_worst_case_fits_a_frame() -> None:
    """Fifty calls that all raise with the longest message in the widest letters, from a class with a long name."""
    raised = Raised("second backward", "E" * 80, ("E" * 80, "ValueError", "Exception", "object"), "😀" * 500, 10_000)
    seen = replace(FULL, raised=raised, trace=None, shape=(1 << 62,) * 6, mutated=("argument 1", "argument 2"))
    entries, raw = codec.encode_observations([seen] * 50, MAX_RAW)
    packed = wire.pack({"id": 1 << 31, "observations": entries}, raw)
    assert len(packed) - len(raw) < MAX_HEADER
    decoded = codec.decode_observations(wire.receive(io.BytesIO(packed))[0], raw, 50)
    assert all(item.raised == raised and identical(item.output, FULL.output) for item in decoded)


# Answers that are not what encode_observations writes -----------------------------------------------------------------

TENSOR = ["float32", [2], None, 0, 8]
ENTRY: dict[str, Any] = codec.encode_observations([FULL], MAX_RAW)[0][0]


def refused(entry: Any, raw: bytes = bytes(64), match: str | None = None) -> None:
    with pytest.raises(ProtocolError, match=match):
        codec.decode_observations({"observations": [entry]}, raw, 1)


def test_the_entry_that_the_refused_ones_are_made_of_is_good() -> None:
    good = ENTRY | {"output": TENSOR}
    assert len(codec.decode_observations({"observations": [good]}, bytes(64), 1)) == 1


@pytest.mark.parametrize(
    "tensor",
    [
        ["float32", [2], [1], 0, 8],  # strides
        ["float32", [2], [], 0, 8],
        ["float32", [2], None, -8, 8],
        ["float32", [2], None, 4, 8],  # not aligned
        ["float32", [2], None, 64, 8],
        ["float32", [2], None, 1 << 62, 8],
        ["float32", [20], None, 0, 80],
        ["float32", [3], None, 0, 8],
        ["float32", [-2], None, 0, 8],
        ["float32", [-1, -2], None, 0, 8],
        ["float32", [2.0], None, 0, 8],
        ["float32", [True, 2], None, 0, 8],
        ["float32", ["2"], None, 0, 8],
        ["float32", 2, None, 0, 8],
        ["float32", [2], None, 0, 8.0],
        ["float32", [2], None, False, 8],
        ["float32", [1 << 40], None, 0, 8],
        ["float32", [1 << 40], None, 0, 1 << 42],
        ["float32", [1 << 32, 1 << 32], None, 0, 0],  # the product is 0 in 64 bits
        ["float32", [1 << 63, 0], None, 0, 0],
        ["float32", [1 << 62, 1 << 62, 0], None, 0, 0],
        ["float32", [10**40, 0], None, 0, 0],
        ["float32", [1] * 64 + [2], None, 0, 8],
        ["float32", [], None, 0, 8],
        ["float32", [2], None, 0],
        ["float32", [2], None, 0, 8, 0],
        ["complex64", [1], None, 0, 8],
        ["qint8", [8], None, 0, 8],
        ["Tensor", [2], None, 0, 8],
        ["torch.float32", [2], None, 0, 8],
        [["float32"], [2], None, 0, 8],
        [None, [2], None, 0, 8],
        "float32",
        {"dtype": "float32"},
        True,
        0,
        [],
    ],
    ids=str,
)
@pytest.mark.parametrize("field", ["output", "gradients", "second"])
def test_a_tensor_that_is_not_what_it_says_is_refused(tensor: Any, field: str) -> None:
    """Also those whose size torch would compute wrongly, or fail to allocate with an exception of its own."""
    value = deepcopy(tensor)
    refused(ENTRY | {field: value if field == "output" else [value]})


def test_strides_are_refused_as_such() -> None:
    refused(ENTRY | {"output": ["float32", [2], [1], 0, 8]}, match="strides")


def test_a_boolean_that_is_neither_0_nor_1_is_refused() -> None:
    boolean = ENTRY | {"output": ["bool", [4], None, 0, 4]}
    assert codec.decode_observations({"observations": [boolean]}, b"\0\1\1\0" + bytes(60), 1)
    refused(boolean, b"\0\1\2\0" + bytes(60), match="boolean")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", None),
        ("type", 1),
        ("type", "x" * 601),
        ("type", ["Tensor"]),
        ("shape", None),
        ("shape", [True]),
        ("shape", [1.0]),
        ("shape", [-1]),
        ("shape", [1 << 63]),
        ("shape", [1] * 65),
        ("shape", "ab"),
        ("dtype", 1),
        ("device", None),
        ("requires_grad", 1),
        ("requires_grad", None),
        ("gradients", None),
        ("gradients", {}),
        ("gradients", [None] * 65),
        ("gradient_devices", [None]),
        ("second", 0),
        ("mutated", "argument 1"),
        ("mutated", ["x"] * 65),
        ("aliased", [1]),
        ("globals_changed", None),
        ("module", []),
        ("module", {"parameters": True}),
        ("module", {"parameters": 1.0}),
        ("module", {"parameters": -1}),
        ("module", {str(n): 1 for n in range(4097)}),
        ("trace", []),
        ("trace", {"ops": {}, "nodes": []}),
        ("trace", {"ops": {"aten::exp": False}, "nodes": [], "events": {}}),
        ("trace", {"ops": {}, "nodes": ["x"] * 4097, "events": {}}),
        ("trace", {"ops": {}, "nodes": [None], "events": {}}),
        ("trace", {"ops": {"x" * 601: 1}, "nodes": [], "events": {}}),
        ("raised", {}),
        ("raised", ["call", "E", [], "m"]),
        ("raised", ["call", "E", [], "m", True]),
        ("raised", ["call", "E", [], "m", -1]),
        ("raised", ["call", "E", [], "m" * 601, 1]),
        ("raised", ["call", "E", "Exception", "m", 1]),
        ("raised", [None, "E", [], "m", 1]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_field_of_another_type_is_refused(field: str, value: Any) -> None:
    refused(ENTRY | {field: value})


@pytest.mark.parametrize("field", ["type", "device", "requires_grad"])
def test_an_observation_without_what_each_has_is_refused(field: str) -> None:
    refused({name: value for name, value in ENTRY.items() if name != field}, match="type, a device and")


def test_what_an_answer_leaves_out_is_empty() -> None:
    entry = {"type": "Tensor", "device": "cpu", "requires_grad": True}
    (seen,) = codec.decode_observations({"observations": [entry]}, b"", 1)
    empty = Observation(device="cpu", requires_grad=True)
    assert all(getattr(seen, field.name) == getattr(empty, field.name) for field in fields(Observation))


def test_shape_and_dtype_are_those_of_the_values_that_are_sent() -> None:
    entry = ENTRY | {"output": TENSOR, "shape": [7], "dtype": "float64"}
    (seen,) = codec.decode_observations({"observations": [entry]}, bytes(64), 1)
    assert (seen.shape, seen.dtype) == ((2,), "float32")


@pytest.mark.parametrize("entry", [None, [], "x", 1, True])
def test_an_observation_that_is_no_object_is_refused(entry: Any) -> None:
    refused(entry)


@pytest.mark.parametrize("answer", [{}, {"observations": None}, {"observations": {}}, {"observations": [ENTRY] * 2}])
def test_an_answer_with_another_number_of_observations_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError, match="count=3"):
        codec.decode_observations(answer, bytes(64), 3)


def test_a_lone_surrogate_in_a_text_is_replaced() -> None:
    entry = ENTRY | {"raised": ["call", "\ud800E", ["\udfff"], "a\ud800b", None]}
    (seen,) = codec.decode_observations({"observations": [entry]}, bytes(64), 1)
    assert seen.raised == Raised("call", "?E", ("?",), "a?b", None)


@pytest.mark.parametrize(
    "tensor", [["float32", [1 << 40], None, 0, 1 << 42], ["float64", [1 << 27], None, 0, 1 << 30]], ids=str
)
def test_an_announced_tensor_allocates_nothing(tensor: list[Any]) -> None:
    """Neither Python nor torch: torch would raise its own exception for the first, and take 1 GB for the second."""
    tracemalloc.start()
    try:
        refused(ENTRY | {"output": tensor}, match="outside its frame")
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()


# Mutated answers ------------------------------------------------------------------------------------------------------

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3.5, float("nan"), 1 << 40, 1 << 63, 10**300),
    *("", "Tensor", "float32", "bool", "\ud800", "x" * 700, [], {}, [[]], [1, 2], {"a": 1}),
    *(["float32", [1 << 40], None, 0, 8], ["bool", [8], None, 0, 8], ["float64", [0, 1 << 62], None, 0, 0]),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container inside ``value`` with each of its keys or indices."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def plausible(seen: Observation) -> None:
    """What every decoded observation may be relied on to be, whoever sent it."""
    tensors = [item for item in (seen.output, *seen.gradients, *seen.second) if item is not None]
    assert all(
        type(item) is Tensor and item.is_contiguous() and item.dtype in codec.DTYPES.values() for item in tensors
    )
    assert all(item.numel() * item.element_size() <= 1024 for item in tensors), "larger than its frame"
    for item in tensors:
        bits(item)  # reads every byte: a tensor beyond its buffer would end the process
    told = [seen.type, seen.dtype, seen.device, *seen.mutated, *seen.aliased, *seen.globals_changed]
    told += [*seen.gradient_devices, *(seen.module or {}), *(seen.raised.bases if seen.raised else ())]
    assert all(len(text.encode()) <= 2400 for text in told)
    numbers = [*seen.shape, *(seen.module or {}).values(), *(seen.trace.ops.values() if seen.trace else ())]
    assert all(type(number) is int and 0 <= number < 1 << 63 for number in numbers)


ANSWER, RAW = codec.encode_observations([FULL, Observation(output=torch.tensor([True]), shape=(1,))], 1024)

# Which place in the header gets which value (or goes), and which bytes of the frame are then replaced by which.
changes = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.sampled_from(ODD_VALUES) | st.integers(-1, 1 << 64), st.booleans()),
    min_size=1,
    max_size=3,
)
cuts = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 2), st.binary(max_size=3)), max_size=2)
Changes = list[tuple[int, Any, bool]]
Cuts = list[tuple[int, int, bytes]]


def mutated(changes: Changes, cuts: Cuts) -> bytes:
    header: dict[str, Any] = deepcopy({"id": 1, "observations": ANSWER})
    for index, value, goes in changes:
        everywhere = list(places(header)) or [(header, "observations")]
        holder, key = everywhere[index % len(everywhere)]
        if goes and key in holder and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = deepcopy(value)
    whole = bytearray(wire.pack(header, RAW))
    for index, length, replacement in cuts:
        start = 8 + index % (len(whole) - 8)
        whole[start : start + length] = replacement
    return bytes(whole)


def decoded_or_refused(frame: bytes) -> None:
    try:
        answer, raw = wire.receive(io.BytesIO(frame), 1024)
        for seen in codec.decode_observations(answer, raw, 2):
            plausible(seen)
    except (ProtocolError, PeerGone):
        return


@settings(database=None, deadline=None, derandomize=True, max_examples=2000)
@given(changes, cuts)
def test_mutated_answers_are_decoded_or_refused(changes: Changes, cuts: Cuts) -> None:
    decoded_or_refused(mutated(changes, cuts))


@pytest.mark.slow
@settings(database=None, deadline=None, derandomize=True, max_examples=20_000)
@given(changes, cuts)
def test_many_mutated_answers_are_decoded_or_refused(changes: Changes, cuts: Cuts) -> None:
    decoded_or_refused(mutated(changes, cuts))


def test_json_is_all_that_a_header_holds() -> None:
    """What is encoded needs no more than JSON, so nothing has to be unpickled at the other end."""
    entries, _ = codec.encode_observations([FULL], MAX_RAW)
    assert json.loads(json.dumps(entries)) == entries
