"""Answers with anything anywhere are decoded to something plausible or refused, with one exception."""

import io
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.worker import codec, wire
from autograder.worker.case import Observation
from autograder.worker.rows import Observations
from autograder.worker.wire import PeerGone, ProtocolError
from tests.sending import FULL, bits

PLAIN: dict[str, Any] = {"type": "Tensor", "device": "cpu", "requires_grad": True}
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3.5, float("nan"), 1 << 40, 1 << 63, 10**300),
    *("", "Tensor", "float32", "bool", "\ud800", "x" * 700, [], {}, [[]], [0, 1], [1, 2], {"a": 1}),
    *(["float32", [1 << 40]], ["bool", [2]], ["float64", [0, 1 << 62]], ["int64", [1, 2]], PLAIN, [PLAIN, PLAIN]),
)
ROOM = 1024
SEEN = (FULL, Observation(output=torch.tensor([True]), shape=(1,)), Observation(output=torch.tensor([False])))
ANSWER, RAW = codec.encode_observations([*SEEN, SEEN[1]], ROOM)
COUNT = 1 + len(SEEN)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container inside ``value`` with each of its keys or indices."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def plausible(answer: Observations) -> None:
    """What every decoded answer may be relied on to be, whoever sent it."""
    assert answer.numbers.numel() * 8 <= ROOM
    assert answer.starts[-1] == answer.numbers.numel()
    assert len(answer[:]) == len(answer) == len(list(answer)) == COUNT
    for index, seen in enumerate(answer):
        told_plausibly(seen)
        tensors = [item for item in (seen.output, *seen.gradients, *seen.second) if item is not None]
        assert sum(item.numel() for item in tensors) == answer.numbers_of(index).numel()
        for item in tensors:
            assert type(item) is Tensor
            assert item.is_contiguous()
            assert item.dtype in codec.DTYPES.values()
            bits(item)  # reads every byte: a tensor beyond its buffer would end the process
        form = answer.outlines[index].form
        assert form is None or (seen.output is not None and form[0] == tuple(seen.output.shape) == seen.shape)


def told_plausibly(seen: Observation) -> None:
    told = [seen.type, seen.dtype, seen.device, *seen.mutated, *seen.aliased, *seen.globals_changed]
    told += [*seen.gradient_devices, *(seen.module or {}), *(seen.raised.bases if seen.raised else ())]
    assert all(len(text.encode()) <= 2400 for text in told)
    traced = () if seen.trace is None else (seen.trace.calls, *seen.trace.events.values())
    numbers = [*seen.shape, *(seen.module or {}).values(), *traced]
    assert all(type(number) is int and 0 <= number < 1 << 63 for number in numbers)
    assert (seen.lost, seen.detail) == (None, None)


def test_an_answer_that_nobody_mutated_is_plausible() -> None:
    plausible(codec.decode_observations(ANSWER, RAW, COUNT))
    assert ANSWER["cases"] == [0, 1, 2, 1]


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
    header: dict[str, Any] = deepcopy({"id": 1, **ANSWER})
    for index, value, goes in changes:
        everywhere = list(places(header)) or [(header, "outlines")]
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
        answer, raw = wire.receive(io.BytesIO(frame), ROOM)
        seen = codec.decode_observations(answer, raw, COUNT)
    except (ProtocolError, PeerGone):
        return
    plausible(seen)


@settings(database=None, deadline=None, derandomize=True, max_examples=2000)
@given(changes, cuts)
def test_mutated_answers_are_decoded_or_refused(changes: Changes, cuts: Cuts) -> None:
    decoded_or_refused(mutated(changes, cuts))


@pytest.mark.slow
@settings(database=None, deadline=None, derandomize=True, max_examples=20_000)
@given(changes, cuts)
def test_many_mutated_answers_are_decoded_or_refused(changes: Changes, cuts: Cuts) -> None:
    decoded_or_refused(mutated(changes, cuts))
