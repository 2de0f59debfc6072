"""Frames between grader and worker: a JSON header and one block of raw bytes, sizes first.

Nothing is allocated before its size was checked, nothing is unpickled, and every way in which a frame can be wrong is
one exception, `ProtocolError`. Deadlines are the sandbox's business: it kills a peer that does not answer, which ends
a blocked read or write here.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, Protocol

MAX_HEADER = 256 << 10  # bounds the memory that hostile JSON can make the grader use
MAX_REQUEST = 16 << 20  # of the grader's headers, which hold programs that it has checked
MAX_RAW = 64 << 20

# What a worker ends with where it is not the learner's code that chose. Only words depend on it: code could forge it.
ENDED_BY_EXCEPTION, ENDED_BY_DAMAGE, ENDED_BY_SILENCE = 96, 97, 98

_SIZES = struct.Struct("<II")


class Readable(Protocol):
    """Where a frame is read from: a file object, or what stands for one."""

    def read(self, size: int, /) -> bytes | None:
        """So many bytes; fewer only at the end."""


class Writable(Protocol):
    """Where a frame is written to."""

    def write(self, data: bytes, /) -> object:
        """All of the bytes."""

    def flush(self) -> None:
        """Hold nothing back."""


class ProtocolError(Exception):
    """The peer sent something that is not a frame, or a frame that does not say what it must."""


class PeerGone(Exception):
    """The peer closed its end, or died."""


def pack(header: Mapping[str, Any], raw: bytes = b"", max_header: int = MAX_HEADER) -> bytes:
    """One frame as bytes."""
    # Not escaped: an emoji is 4 bytes, or 12. A lone surrogate has no bytes in UTF-8, but json.loads takes these.
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
    if len(text) > max_header or len(raw) > MAX_RAW:
        raise ProtocolError(f"frame too large: header={len(text)} raw={len(raw)} bytes; send fewer cases at once")
    return _SIZES.pack(len(text), len(raw)) + text + raw


def send(stream: Writable, frame: bytes) -> None:
    """Write one frame, as `pack` makes it."""
    try:
        stream.write(frame)
        stream.flush()
    except (OSError, ValueError) as error:  # ValueError: the stream was closed by the deadline's kill
        raise PeerGone(str(error)) from error


def receive(stream: Readable, max_raw: int = MAX_RAW, max_header: int = MAX_HEADER) -> tuple[dict[str, Any], bytes]:
    """Read one frame, at most ``max_raw`` bytes of raw data and ``max_header`` of header.

    Raises:
        PeerGone: the stream ended.
        ProtocolError: the sizes are over the limits, or the header is no JSON object.

    """
    header_size, raw_size = _SIZES.unpack(_exactly(stream, _SIZES.size))
    if header_size > max_header or raw_size > min(max_raw, MAX_RAW):
        raise ProtocolError(f"frame too large: header={header_size} raw={raw_size} bytes")
    try:
        header = json.loads(_exactly(stream, header_size))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the header is not JSON") from error
    if type(header) is not dict:
        raise ProtocolError("the header is not a JSON object")
    return header, _exactly(stream, raw_size)


def _exactly(stream: Readable, size: int) -> bytes:
    try:
        data = stream.read(size) if size else b""
    except (OSError, ValueError) as error:
        raise PeerGone(str(error)) from error
    if data is None or len(data) < size:
        raise PeerGone("the stream ended inside a frame")
    return data
