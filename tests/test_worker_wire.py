"""Frames: what is sent arrives, and whatever else arrives is one of two exceptions."""

import io
import json
import os
import struct
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.worker import wire
from autograder.worker.wire import MAX_HEADER, MAX_RAW, PeerGone, ProtocolError

MEGABYTE = 1 << 20

# Lone surrogates included: a learner's exception message may hold one.
texts = st.text(st.characters(exclude_categories=()), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
headers = st.dictionaries(texts, values, max_size=4)


def receive(data: bytes, max_raw: int = MAX_RAW) -> tuple[dict[str, Any], bytes]:
    return wire.receive(io.BytesIO(data), max_raw)


def frame(header: bytes, raw: bytes = b"") -> bytes:
    """A frame with whatever bytes as its header."""
    return struct.pack("<II", len(header), len(raw)) + header + raw


def allocated(action: Callable[[], object]) -> int:
    """The most bytes that Python held at once during ``action``, beyond what it held before."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@settings(database=None, deadline=None, derandomize=True, max_examples=300)
@given(headers, st.binary(max_size=200))
def test_what_is_sent_arrives(header: dict[str, Any], raw: bytes) -> None:
    stream = io.BytesIO()
    wire.send(stream, wire.pack(header, raw))
    stream.seek(0)
    assert wire.receive(stream) == (header, raw)


def test_frames_follow_one_another() -> None:
    stream = io.BytesIO(wire.pack({"n": 1}, b"ab") + wire.pack({"n": 2}) + wire.pack({"n": 3}, b"c"))
    assert [wire.receive(stream) for _ in range(3)] == [({"n": 1}, b"ab"), ({"n": 2}, b""), ({"n": 3}, b"c")]
    with pytest.raises(PeerGone):
        wire.receive(stream)


# Sizes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header_size", "raw_size"),
    [(2**32 - 1, 0), (2, 2**32 - 1), (2**32 - 1, 2**32 - 1), (MAX_HEADER + 1, 0), (2, MAX_RAW + 1)],
)
def test_a_size_over_the_limit_allocates_nothing(header_size: int, raw_size: int) -> None:
    """From a real pipe: its reader makes room for as many bytes as it is asked for, and only then reads."""
    reader, writer = os.pipe()
    os.write(writer, struct.pack("<II", header_size, raw_size) + b"{}")
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:

        def refused() -> None:
            with pytest.raises(ProtocolError, match="frame too large"):
                wire.receive(stream)

        assert allocated(refused) < MEGABYTE


def test_the_caller_may_allow_less() -> None:
    data = wire.pack({}, bytes(1000))
    assert receive(data, 1000) == ({}, bytes(1000))
    with pytest.raises(ProtocolError, match="raw=1000"):
        receive(data, 999)


def test_the_caller_may_not_allow_more() -> None:
    with pytest.raises(ProtocolError, match="frame too large"):
        receive(struct.pack("<II", 2, MAX_RAW + 1) + b"{}", 2 * MAX_RAW)


def test_the_largest_header_is_sent_and_received() -> None:
    header = {"a": "x" * (MAX_HEADER - len('{"a":""}'))}
    assert receive(wire.pack(header)) == (header, b"")


def test_a_larger_header_is_refused_at_both_ends() -> None:
    header = {"a": "x" * (MAX_HEADER - len('{"a":""}') + 1)}
    with pytest.raises(ProtocolError, match=f"header={MAX_HEADER + 1}"):
        wire.pack(header)
    with pytest.raises(ProtocolError, match=f"header={MAX_HEADER + 1}"):
        receive(frame(json.dumps(header, separators=(",", ":")).encode()))


def test_more_raw_bytes_than_the_limit_are_not_sent() -> None:
    with pytest.raises(ProtocolError, match=f"raw={MAX_RAW + 1}"):
        wire.pack({}, bytes(MAX_RAW + 1))


@pytest.mark.parametrize("item", [b"[],", b"{},", b'"a",', b"1.5,", b"99999999,"])
def test_a_header_of_many_small_values_stays_small(item: bytes) -> None:
    """256 KiB of JSON cost the grader at most 100 times as much, whatever is in them."""
    body = item * ((MAX_HEADER - 10) // len(item))
    assert allocated(lambda: receive(frame(b'{"a":[' + body[:-1] + b"]}"))) < 25 * MEGABYTE


# What is no frame -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b"{",
        b'{"a":}',
        b"{'a':1}",
        b'{"a":1}x',
        b"\xff\xfe\x00",
        b'{"a":"\xff"}',
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'{"a":' + b"9" * 200_000 + b"}",
        b"\x80\x04N.",
    ],
    ids=lambda header: repr(header[:12]),
)
def test_a_header_that_is_no_json_object_is_refused(header: bytes) -> None:
    """Deep nesting, an integer of 200,000 digits and a pickle among them."""
    with pytest.raises(ProtocolError):
        receive(frame(header))


def test_every_truncated_frame_is_a_peer_gone() -> None:
    whole = wire.pack({"id": 1, "text": "é"}, bytes(range(20)))
    for length in range(len(whole)):
        with pytest.raises(PeerGone):
            receive(whole[:length])


WHOLE = wire.pack({"id": 7, "outlines": [{"type": "Tensor", "shape": [2, 3]}], "cases": [0]}, bytes(range(24)))

# Where in the frame how many bytes are replaced by which.
cuts = st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 4), st.binary(max_size=4)), min_size=1, max_size=4)
Cuts = list[tuple[int, int, bytes]]


def frame_or_refused(cuts: Cuts) -> None:
    data = bytearray(WHOLE)
    for start, length, replacement in cuts:
        data[start : start + length] = replacement
    try:
        header, raw = receive(bytes(data))
    except (ProtocolError, PeerGone):
        return
    assert type(header) is dict
    assert type(raw) is bytes


@settings(database=None, deadline=None, derandomize=True, max_examples=3000)
@given(cuts)
def test_mutated_frames_are_frames_or_refused(cuts: Cuts) -> None:
    frame_or_refused(cuts)


@pytest.mark.slow
@settings(database=None, deadline=None, derandomize=True, max_examples=20_000)
@given(cuts)
def test_many_mutated_frames_are_frames_or_refused(cuts: Cuts) -> None:
    frame_or_refused(cuts)


# Streams --------------------------------------------------------------------------------------------------------------


def test_a_reader_that_is_gone_is_a_peer_gone() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with pytest.raises(PeerGone), os.fdopen(writer, "wb", buffering=0) as stream:
        wire.send(stream, wire.pack({}))


def test_a_closed_stream_is_a_peer_gone() -> None:
    stream = io.BytesIO(wire.pack({}))
    stream.close()
    with pytest.raises(PeerGone):
        wire.receive(stream)
    with pytest.raises(PeerGone):
        wire.send(stream, wire.pack({}))
