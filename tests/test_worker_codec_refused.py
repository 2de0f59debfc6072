"""An answer that is not what `encode_observations` writes is refused, and takes no memory beyond its frame."""

import tracemalloc
from copy import deepcopy
from dataclasses import fields
from typing import Any

import pytest
import torch

from autograder.worker import codec
from autograder.worker.case import Observation, Raised
from autograder.worker.wire import MAX_RAW, ProtocolError
from tests.sending import FULL, bits

MEGABYTE = 1 << 20
LAYOUT = ["float32", [2]]
PLAIN: dict[str, Any] = {"type": "Tensor", "device": "cpu", "requires_grad": True}
ENTRY: dict[str, Any] = codec.encode_observations([FULL], MAX_RAW)[0]["outlines"][0]
NUMBERS = 4  # that it announces


def decoded(entry: Any, raw: bytes) -> Observation:
    (seen,) = codec.decode_observations({"outlines": [entry], "cases": [0]}, raw, 1)
    return seen


def refused(entry: Any, raw: bytes = bytes(8 * NUMBERS), match: str | None = None) -> None:
    with pytest.raises(ProtocolError, match=match):
        codec.decode_observations({"outlines": [entry], "cases": [0]}, raw, 1)


def test_the_outline_that_the_refused_ones_are_made_of_is_good() -> None:
    assert decoded(ENTRY, bytes(8 * NUMBERS)).shape == (1, 2)


# Layouts and their numbers --------------------------------------------------------------------------------------------

FIELDS = ("output", "gradients", "second")


def holding(layout: Any, field: str) -> dict[str, Any]:
    """An outline with this layout alone."""
    value = deepcopy(layout)
    return PLAIN | {"shape": [], "dtype": "", field: value if field == "output" else [value]}


@pytest.mark.parametrize("field", FIELDS)
def test_the_layout_that_the_refused_ones_are_made_of_is_good(field: str) -> None:
    seen = decoded(holding(LAYOUT, field), bytes(16))
    found = [tensor for tensor in (seen.output, *seen.gradients, *seen.second) if tensor is not None]
    assert [tensor.tolist() for tensor in found] == [[0.0, 0.0]]


@pytest.mark.parametrize(
    "layout",
    [
        ["float32", [3]],
        ["float32", [1]],
        ["float32", []],
        ["float32", [0]],
        ["float32", [2, 2]],
        ["float32", [-2]],
        ["float32", [-1, -2]],
        ["float32", [2.0]],
        ["float32", [True, 2]],
        ["float32", ["2"]],
        ["float32", [None]],
        ["float32", [[2]]],
        ["float32", 2],
        ["float32", "2"],
        ["float32", None],
        ["float32", {"2": 2}],
        ["float32", [float("nan")]],
        ["float32", [1 << 40]],
        ["float32", [1 << 61]],  # times eight, this is 0 in 64 bits
        ["float32", [1 << 32, 1 << 32]],  # so is this product
        ["float32", [(1 << 61) + 2]],  # and this one is 16, as many bytes as are sent
        ["float32", [1 << 63, 0]],
        ["float32", [1 << 62, 1 << 62, 0]],
        ["float32", [0, MAX_RAW, 2]],
        ["float32", [10**40, 0]],
        ["float32", [1] * 64 + [2]],
        ["float32", [2], None],
        ["float32", [2], [1]],
        ["float32", [2], None, 0, 8],  # strides, offset and size, as they once were
        ["float32"],
        [[2], "float32"],
        ["complex64", [1]],
        ["qint8", [2]],
        ["Tensor", [2]],
        ["torch.float32", [2]],
        ["", [2]],
        [["float32"], [2]],
        [None, [2]],
        [0, [2]],
        "float32",
        {"dtype": "float32"},
        True,
        0,
        [],
    ],
    ids=str,
)
@pytest.mark.parametrize("field", FIELDS)
def test_a_layout_that_is_none_or_not_that_of_the_numbers_is_refused(layout: Any, field: str) -> None:
    """Also those whose size torch would compute wrongly, or fail to allocate with an exception of its own."""
    refused(holding(layout, field), bytes(16))


@pytest.mark.parametrize("size", [0, 1, 7, 8, 8 * NUMBERS - 1, 8 * NUMBERS + 1, 8 * NUMBERS + 4, 8 * NUMBERS + 8, 4096])
def test_more_or_fewer_bytes_than_the_outlines_announce_are_refused(size: int) -> None:
    refused(ENTRY, bytes(size), match="numbers")


@pytest.mark.parametrize("size", [1, 7, 8, 16])
def test_numbers_that_nobody_announces_are_refused(size: int) -> None:
    refused(PLAIN, bytes(size), match="numbers")


def test_each_case_has_its_own_numbers_though_it_shares_an_outline() -> None:
    header = {"outlines": [PLAIN | {"output": LAYOUT}], "cases": [0, 0]}
    with pytest.raises(ProtocolError, match="numbers"):
        codec.decode_observations(header, bytes(16), 2)
    row = torch.arange(4, dtype=torch.float64)
    seen = codec.decode_observations(header, bits(row), 2)
    assert [item.output.tolist() for item in seen if item.output is not None] == [[0.0, 1.0], [2.0, 3.0]]


@pytest.mark.parametrize(
    "shape", [[0], [0, MAX_RAW], [MAX_RAW, 0, 1], [1] * 63 + [0]], ids=["0", "vast", "0 in it", "63"]
)
def test_an_empty_tensor_may_be_as_wide_as_a_frame(shape: list[int]) -> None:
    seen = decoded(holding(["float16", shape], "output"), b"")
    assert seen.output is not None
    assert (list(seen.output.shape), seen.output.dtype) == (shape, torch.float16)


@pytest.mark.parametrize("dtype", codec.DTYPES)
def test_numbers_that_the_dtype_does_not_have_become_some_that_it_has(dtype: str) -> None:
    """Nothing here may raise or be no tensor of that dtype: a judge is handed it."""
    odd = torch.tensor(
        [torch.nan, torch.inf, -torch.inf, 1e300, -1e300, -5.0, 0.5, 256.0, 2.0**63], dtype=torch.float64
    )
    seen = decoded(holding([dtype, [len(odd)]], "output"), bits(odd))
    assert seen.output is not None
    assert (seen.output.dtype, seen.dtype) == (codec.DTYPES[dtype], dtype)
    assert seen.output.double().shape == odd.shape
    if dtype == "bool":
        assert set(bits(seen.output)) <= {0, 1}


# Which case has which outline -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [-1, 1, 1 << 70, True, False, 0.0, None, "0", [0], {}], ids=str)
def test_a_case_without_an_outline_is_refused(place: Any) -> None:
    with pytest.raises(ProtocolError, match="no outline"):
        codec.decode_observations({"outlines": [PLAIN], "cases": [0, place]}, b"", 2)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"outlines": [PLAIN]},
        {"cases": [0, 0, 0]},
        {"outlines": None, "cases": [0, 0, 0]},
        {"outlines": {}, "cases": [0, 0, 0]},
        {"outlines": PLAIN, "cases": [0, 0, 0]},
        {"outlines": [PLAIN], "cases": None},
        {"outlines": [PLAIN], "cases": {}},
        {"outlines": [PLAIN], "cases": {"0": 0, "1": 0, "2": 0}},
        {"outlines": [PLAIN], "cases": "000"},
        {"outlines": [PLAIN], "cases": 3},
        {"outlines": [PLAIN], "cases": []},
        {"outlines": [PLAIN], "cases": [0, 0]},
        {"outlines": [PLAIN], "cases": [0, 0, 0, 0]},
        {"outlines": [PLAIN] * 4, "cases": [0, 1, 2]},
        {"observations": [PLAIN] * 3},
    ],
    ids=str,
)
def test_an_answer_about_another_number_of_cases_is_refused(answer: dict[str, Any]) -> None:
    """More outlines than cases, too: their memory is bounded by what was asked."""
    with pytest.raises(ProtocolError, match="count=3"):
        codec.decode_observations(answer, b"", 3)


def test_without_an_outline_there_is_no_case() -> None:
    with pytest.raises(ProtocolError, match="no outline"):
        codec.decode_observations({"outlines": [], "cases": [0]}, b"", 1)
    assert len(codec.decode_observations({"outlines": [], "cases": []}, b"", 0)) == 0


def test_an_outline_that_no_case_has_is_checked_and_counts_for_nothing() -> None:
    spare = PLAIN | {"output": LAYOUT}
    assert codec.decode_observations({"outlines": [PLAIN, spare], "cases": [0, 0]}, b"", 2)[1].output is None
    with pytest.raises(ProtocolError):
        codec.decode_observations({"outlines": [PLAIN, PLAIN | {"output": 0}], "cases": [0, 0]}, b"", 2)


# Facts ----------------------------------------------------------------------------------------------------------------


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
        ("gradients", "ab"),
        ("gradients", [None] * 65),
        ("gradient_devices", [None]),
        ("second", 0),
        ("second", LAYOUT),
        ("second", [None] * 65),
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
        ("trace", [1]),
        ("trace", [1, {}, {}]),
        ("trace", {"calls": 1, "events": {}}),
        ("trace", [True, {}]),
        ("trace", [-1, {}]),
        ("trace", [1, {"sync: item()": False}]),
        ("trace", [1, {str(n): 1 for n in range(4097)}]),
        ("trace", [1, {"x" * 601: 1}]),
        ("raised", {}),
        ("raised", None),
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
def test_an_outline_without_what_each_has_is_refused(field: str) -> None:
    refused({name: value for name, value in ENTRY.items() if name != field}, match="type, a device and")


@pytest.mark.parametrize("entry", [None, [], "x", 1, True])
def test_an_outline_that_is_no_object_is_refused(entry: Any) -> None:
    refused(entry)


def test_an_outline_nested_beyond_all_measure_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    refused(deep)


def test_an_outline_is_known_again_unless_it_is_long() -> None:
    def outline(entry: Any) -> Any:
        return codec.decode_observations({"outlines": [entry], "cases": [0]}, b"", 1).outlines[0]

    assert outline(PLAIN) is outline(dict(PLAIN))
    long = PLAIN | {"mutated": ["x" * 600, "y" * 600]}
    assert outline(long) is not outline(dict(long))


def test_what_an_answer_leaves_out_is_empty() -> None:
    seen = decoded(PLAIN, b"")
    empty = Observation(device="cpu", requires_grad=True)
    assert all(getattr(seen, field.name) == getattr(empty, field.name) for field in fields(Observation))


def test_shape_and_dtype_are_those_of_the_numbers_that_are_sent() -> None:
    seen = decoded(PLAIN | {"output": LAYOUT, "shape": [7], "dtype": "float64"}, bytes(16))
    assert (seen.shape, seen.dtype) == ((2,), "float32")


def test_a_lone_surrogate_in_a_text_is_replaced() -> None:
    seen = decoded(PLAIN | {"raised": ["call", "\ud800E", ["\udfff"], "a\ud800b", None]}, b"")
    assert seen.raised == Raised("call", "?E", ("?",), "a?b", None)


# Memory ---------------------------------------------------------------------------------------------------------------

LARGEST = ["float64", [MAX_RAW]]


@pytest.mark.parametrize(
    ("outline", "count"),
    [
        (PLAIN | {"output": ["float32", [1 << 40]]}, 1),
        (PLAIN | {"output": ["float64", [1 << 27]]}, 1),
        (PLAIN | {"output": LARGEST}, 1),
        (PLAIN | {"output": LARGEST, "gradients": [LARGEST] * 64, "second": [LARGEST] * 64}, 1000),
        (PLAIN | {"output": ["float32", [1 << 54]]}, 64),
        (PLAIN | {"gradients": [["bool", [0, 1 << 62]]] * 64}, 64),
    ],
    ids=["2**40", "1 GB", "512 MB", "10**13 in all", "2**60 in all", "empty"],
)
def test_what_is_announced_takes_no_memory_before_it_is_there(
    outline: dict[str, Any], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither Python's nor torch's, which would raise an exception of its own, or take all that there is."""
    monkeypatch.setattr(torch, "frombuffer", lambda *_, **__: pytest.fail("a row is made"))
    monkeypatch.setattr(torch, "zeros", lambda *_, **__: pytest.fail("a row is made"))
    answer = {"outlines": [outline], "cases": [0] * count}
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError, match=r"larger than a frame|numbers are not as many"):
            codec.decode_observations(answer, bytes(64), count)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()
