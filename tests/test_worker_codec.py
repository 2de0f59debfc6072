"""Cases survive the wire bit for bit, and observations in every fact and every number."""

import io
import json
import string
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from autograder.grade import plan
from autograder.worker import codec, wire
from autograder.worker.case import Case, Observation, Raised
from autograder.worker.observe import MAX_MESSAGE
from autograder.worker.rows import Observations
from autograder.worker.wire import MAX_HEADER, MAX_RAW
from tests.sending import FULL, alike, identical, tensors

FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def sent(case: Case) -> Case:
    """A case after its way through a frame."""
    _, data = wire.receive(io.BytesIO(wire.pack({}, codec.encode_cases([case]))))
    return codec.decode_cases(data)[0]


def answered(*seen: Observation, room: int = MAX_RAW) -> Observations:
    """Observations after their way through a frame."""
    header, data = wire.receive(io.BytesIO(wire.pack(*codec.encode_observations(seen, room))), room)
    return codec.decode_observations(header, data, len(seen))


def same(first: Observation, second: Observation) -> Iterator[str]:
    """Names of the fields in which two observations are not the same."""
    for field in fields(Observation):
        before, after = getattr(first, field.name), getattr(second, field.name)
        if field.name == "output":
            equal = alike(before, after)
        elif field.name in ("gradients", "second"):
            equal = len(before) == len(after) and all(map(alike, before, after))
        elif field.name == "trace" and before is not None and after is not None:
            equal = (after.calls, after.events) == (before.calls, before.events)
        else:
            equal = before == after
        if not equal:
            yield field.name


# Cases ----------------------------------------------------------------------------------------------------------------


@settings(database=None, deadline=None, derandomize=True, max_examples=600)
@given(tensors())
def test_an_argument_arrives_bit_for_bit_with_its_strides(tensor: Tensor) -> None:
    arrived = sent(Case(args=(tensor,))).args[0]
    assert isinstance(arrived, Tensor)
    assert identical(arrived, tensor)
    assert arrived.is_contiguous() == tensor.is_contiguous()
    if not tensor.is_contiguous():
        assert arrived.stride() == tensor.stride()


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_nan_payloads_and_signed_zeros_of_an_argument_arrive(dtype: torch.dtype) -> None:
    """Every 16-bit pattern; in the wider dtypes, the patterns' upper halves."""
    tensor = patterns(dtype)
    assert identical(sent(Case(args=(tensor,), cotangent=tensor)).args[0], tensor)  # type: ignore[arg-type]  # a tensor


def patterns(dtype: torch.dtype) -> Tensor:
    every = torch.arange(-(1 << 15), 1 << 15, dtype=torch.int64)
    width = {2: torch.int16, 4: torch.int32, 8: torch.int64}[dtype.itemsize]
    return (every << (8 * dtype.itemsize - 16)).to(width).view(dtype)


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
        watch=True,
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


# Observations ---------------------------------------------------------------------------------------------------------


@settings(database=None, deadline=None, derandomize=True, max_examples=600)
@given(tensors(), tensors())
def test_numbers_arrive_with_their_dtype_and_shape_and_contiguous(one: Tensor, other: Tensor) -> None:
    """nan as nan and -0.0 as -0.0; of int64 as many digits as float64 has."""
    one, other = (tensor >> 10 if tensor.dtype is torch.int64 else tensor for tensor in (one, other))
    seen = Observation(output=one, shape=tuple(one.shape), gradients=(None, other, one), second=(other, None))
    for arrived in answered(seen, seen):
        assert arrived.output is not None
        assert alike(arrived.output, one)
        assert (arrived.shape, arrived.dtype) == (tuple(one.shape), codec.name_of(one.dtype))
        assert [len(arrived.gradients), len(arrived.second)] == [3, 2]
        assert all(map(alike, arrived.gradients, seen.gradients))
        assert all(map(alike, arrived.second, seen.second))
        found = [arrived.output, *arrived.gradients, *arrived.second]
        assert all(tensor.is_contiguous() for tensor in found if tensor is not None)


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_every_number_of_sixteen_bits_arrives(dtype: torch.dtype) -> None:
    """Subnormal ones, infinities, nan and both zeros among them; in the wider dtypes, the patterns' upper halves."""
    (arrived,) = answered(Observation(output=patterns(dtype)))
    assert alike(arrived.output, patterns(dtype))


def test_whole_numbers_arrive_as_exactly_as_float64_has_them() -> None:
    exact = torch.tensor([0, -1, 2**53, -(2**53)])
    beyond = torch.tensor([2**53 + 1, 2**60 + 1])
    first, second = answered(Observation(output=exact), Observation(output=beyond))
    assert identical(first.output, exact)
    assert identical(second.output, torch.tensor([2**53, 2**60]))


def test_every_field_of_an_observation_arrives() -> None:
    (arrived,) = answered(FULL)
    assert list(same(FULL, arrived)) == []
    untouched = [field.name for field in fields(Observation) if getattr(FULL, field.name) == field.default]
    assert set(untouched) <= {"type", "lost", "detail"}, "the observation that is sent has too little in it"


def test_each_observation_of_several_arrives_in_its_place() -> None:
    """Alike and unlike ones among one another, with numbers of their own."""
    plain = [Observation(output=torch.full((n % 3,), float(n)), shape=(n % 3,), dtype="float32") for n in range(9)]
    odd = [FULL, Observation(type="list"), replace(FULL, raised=None), Observation(gradients=(None, None))]
    seen = [*plain, *odd, *plain, *odd]
    fields, _ = codec.encode_observations(seen, MAX_RAW)
    assert len(fields["outlines"]) == 3 + 2 + 2 * 2  # what raised or has a trace is told each time
    assert [list(same(*pair)) for pair in zip(seen, answered(*seen), strict=True)] == [[]] * len(seen)


def test_no_observations_arrive() -> None:
    assert list(answered()) == []


def test_what_only_the_grader_says_is_not_taken_from_a_worker() -> None:
    header, raw = codec.encode_observations([FULL], MAX_RAW)
    header["outlines"][0] |= {"lost": "timeout", "detail": "forged"}
    (seen,) = codec.decode_observations(header, raw, 1)
    assert (seen.lost, seen.detail) == (None, None)


def test_json_is_all_that_a_header_holds() -> None:
    """What is encoded needs no more than JSON, so nothing has to be unpickled at the other end."""
    header, _ = codec.encode_observations([FULL, FULL], MAX_RAW)
    assert json.loads(json.dumps(header)) == header


# Room -----------------------------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_left_out_and_the_rest_is_sent() -> None:
    large, small = torch.ones(1000), torch.ones(2)
    seen = Observation(output=large, shape=(1000,), dtype="float32", gradients=(small,))
    header, raw = codec.encode_observations([seen, seen], room=100)
    assert len(raw) == 2 * 2 * 8
    decoded = codec.decode_observations(header, raw, 2)
    assert [(item.output, item.shape, item.dtype) for item in decoded] == [(None, (1000,), "float32")] * 2
    assert all(identical(item.gradients[0], small) for item in decoded)


@pytest.mark.parametrize(("room", "sent"), [(0, 0), (15, 0), (16, 1), (31, 1), (32, 2), (33, 2)])
def test_a_number_takes_eight_bytes_of_room_whatever_its_dtype(room: int, sent: int) -> None:
    seen = Observation(output=torch.ones(2, dtype=torch.float16), shape=(2,), dtype="float16")
    arrived = answered(seen, seen, room=room)
    assert [item.output is not None for item in arrived] == [True] * sent + [False] * (2 - sent)


def test_what_does_not_fit_is_not_copied_either() -> None:
    """An expanded tensor of 10**12 elements takes four bytes until someone makes it contiguous."""
    vast = torch.ones(1).expand(10**12)
    assert answered(Observation(output=vast, shape=tuple(vast.shape)))[0].shape == (10**12,)


def test_dtypes_that_are_not_carried_are_told_by_name() -> None:
    (seen,) = answered(Observation(output=torch.ones(2, dtype=torch.complex64), dtype="complex64", shape=(2,)))
    assert (seen.output, seen.dtype, seen.shape) == (None, "complex64", (2,))


WIDE = "𐐀"  # a letter of four bytes, which names of classes may have, too


def test_an_honest_worst_case_fits_a_frame() -> None:
    """As many calls as one message asks for, each raising other words, the longest in the widest letters."""
    count = plan._CHUNK
    letters = [letter + WIDE * (MAX_MESSAGE - 1) for letter in (string.ascii_letters * 2)[:count]]
    bases = (*[WIDE * 80] * 6, "ValueError", "Exception")
    seen = [
        Observation(
            type="",
            raised=Raised("second backward", WIDE * 80, bases, f"{n}{text}"[:MAX_MESSAGE], 10_000),
            mutated=("argument 1", "argument 2"),
            globals_changed=("default dtype", "grad mode", "number of threads"),
        )
        for n, text in enumerate(letters)
    ]
    header, raw = codec.encode_observations(seen, MAX_RAW)
    assert len(header["outlines"]) == count
    packed = wire.pack({"id": 1 << 31, **header}, raw)
    assert len(packed) - len(raw) < MAX_HEADER
    decoded = codec.decode_observations(wire.receive(io.BytesIO(packed))[0], raw, count)
    assert [list(same(*pair)) for pair in zip(seen, decoded, strict=True)] == [[]] * count


def test_a_message_of_calls_that_differ_in_nothing_but_their_numbers_has_one_outline() -> None:
    seen = [replace(FULL, trace=None, raised=None, module=None, output=torch.rand(1, 2)) for _ in range(plan._CHUNK)]
    header, _ = codec.encode_observations(seen, MAX_RAW)
    assert (len(header["outlines"]), header["cases"]) == (1, [0] * plan._CHUNK)
