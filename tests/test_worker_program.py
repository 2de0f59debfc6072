"""Programs from anywhere are read or refused with one exception, and what is run of them stays within its bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from autograder.worker.case import TOO_MANY_CALLS
from autograder.worker.program import FEW, MANY, MAX_STEPS, MAX_TEXT, TooMuch, read_program
from autograder.worker.terms import Refused
from autograder.worker.wire import ProtocolError
from tests.programs import HEAD, PROBE, recorded

Json = Any
CALL = ["call", "torch.exp", [{"v": 0}], {}, {"v": 1}]
END = ["value", {"v": 1}]
FUNCTION = [
    *("function", [{"v": 0}], [CALL], [{"v": 1}], False, [{"v": 1}]),
    *({"dirty": [], "fixed": [], "zeros": True}, [[{"v": 3}], [], [{"v": 3}]], [{"v": 2}]),
]
RAISED = ["raised", "ValueError", ["ValueError", "Exception"], "no", 3]


def written(*steps: Json, end: Json = END, inputs: Json = 1) -> str:
    return json.dumps({"inputs": inputs, "steps": list(steps), "end": end})


def called(*args: Json, **kwargs: Json) -> str:
    return written(["call", "torch.exp", list(args), kwargs, {"v": 1}])


def constant(shape: Json, numbers: Json, dtype: Json = "float32", *, device: Json = "cpu", grad: Json = False) -> str:
    return written(["constant", {"v": 1}, dtype, shape, numbers, device, grad])


def function(**changed: Json) -> str:
    names = ("kind", "args", "forward", "results", "many", "saved", "options", "backward", "made")
    step = dict(zip(names, deepcopy(FUNCTION), strict=True)) | changed
    return written(list(step.values()), end=["value", {"v": 2}])


GOOD = {
    "a call": written(CALL),
    "no step": written(end=["value", {"v": 0}]),
    "several values, some of none": written(["call", "torch.max", [{"v": 0}, 0], {}, [{"v": 1}, None]]),
    "a value made twice": written(CALL, CALL),
    "every kind of argument": called(
        *(True, 1, 1.5, float("nan"), "x", None, [1, [2]], {"v": 0}, {"t": [1, {"v": 0}]}, {"r": [0, 9, 3]}),
        *({"s": [None, 1, None]}, {"k": "..."}, {"d": "float32"}, {"p": "cpu"}, {"m": "strided"}),
        axis=0,
    ),
    "numbers at their limits": called(-(1 << 63), (1 << 64) - 1),
    "a read": written(CALL, ["read", "torch.equal", [{"v": 0}], {}, [True, [1, None]]]),
    "a call that raises": written(CALL, ["raises", "torch.exp", ["x"], {}]),
    "a constant": constant([2, 2], [1, 2.5, True, -3]),
    "a stale value": written(["stale", {"v": 1}]),
    "an alias": written(["alias", {"v": 1}, {"v": 0}, True, False]),
    "a setting": written(["set", False, False, "float64", None], CALL, ["set", True, False, "float32", "bfloat16"]),
    "a Function": function(),
    "a Function without backward": function(backward=None),
    "a Function whose backward raises": function(backward=[[{"v": 3}], [], RAISED]),
    "no tensor": written(end=["type", "list"]),
    "an exception": written(end=RAISED),
    "a refusal": written(end=["refused", "outside"]),
}
BAD = {
    "no JSON": "{",
    "deeply nested": "[" * 100_000,
    "no object": "[]",
    "a key too few": '{"inputs": 1, "steps": []}',
    "a key too many": json.dumps({"inputs": 1, "steps": [], "end": ["type", "x"], "more": 1}),
    "too many inputs": written(CALL, inputs=65),
    "inputs as a boolean": written(CALL, inputs=True),
    "steps of another kind": json.dumps({"inputs": 1, "steps": {}, "end": ["type", "x"]}),
    "a step of no kind": written(["eval", "torch.exp"]),
    "a step of an odd kind": written([["call"], "torch.exp"]),
    "an empty step": written([]),
    "a call that is too short": written(CALL[:-1]),
    "arguments as an object": written(["call", "torch.exp", {}, {}, {"v": 1}]),
    "keywords as a list": written(["call", "torch.exp", [], [], {"v": 1}]),
    "a name that is none": written(["call", ["torch.exp"], [], {}, {"v": 1}]),
    "a long name": written(["call", "x" * 700, [], {}, {"v": 1}]),
    "a value that is not made": called({"v": 7}),
    "a value of a boolean": called({"v": False}),
    "a value of a text": called({"v": "0"}),
    "a value made under a negative number": written(["call", "torch.exp", [{"v": 0}], {}, {"v": -1}]),
    "a value made under a large number": written(["call", "torch.exp", [{"v": 0}], {}, {"v": 1 << 40}]),
    "a value made by its number alone": written(["call", "torch.exp", [{"v": 0}], {}, 1]),
    "an end that is not made": written(CALL, end=["value", {"v": 9}]),
    "no end": written(CALL, end=None),
    "an end of no kind": written(CALL, end=["ok"]),
    "a refusal of no kind": written(end=["refused", "because"]),
    "an exception without bases": written(end=["raised", "ValueError", "Exception", "no", 3]),
    "an exception with a line of text": written(end=["raised", "ValueError", [], "no", "3"]),
    "a type that is none": written(end=["type", 3]),
    "an object of two keys": called({"v": 0, "t": []}),
    "an object of an unknown key": called({"x": 0}),
    "a number too large": called(1 << 64),
    "an argument nested too deeply": called([[[[[[[[[[[1]]]]]]]]]]]),
    "an unknown dtype": called({"d": "complex64"}),
    "a dtype that is none": called({"d": ["float32"]}),
    "an unknown layout": called({"m": "sparse_coo"}),
    "a long device": called({"p": "x" * 40}),
    "a list that counts for ever": called({"r": [0, 9, 0]}),
    "a list that counts far": called({"r": [0, 1 << 40, 1]}),
    "a list that counts backwards": called({"r": [0, 9, -1]}),
    "a slice of two": called({"s": [1, 2]}),
    "a constant of too many numbers": constant([FEW + 1], [1.0] * (FEW + 1)),
    "a constant of fewer than its shape": constant([3], [1.0]),
    "a constant of a huge shape": constant([FEW, FEW, FEW], [1.0]),
    "a constant of texts": constant([1], ["1"]),
    "a constant of an unknown dtype": constant([1], [1.0], "complex64"),
    "a constant of an odd dtype": constant([1], [1.0], ["float32"]),
    "a constant of an odd gradient": constant([1], [1.0], grad=1),
    "a constant of an odd device": constant([1], [1.0], device=["cpu"]),
    "an alias of nothing": written(["alias", {"v": 1}, {"v": 5}, True, False]),
    "an alias of an odd leaf": written(["alias", {"v": 1}, {"v": 0}, 1, False]),
    "an alias of an odd gradient": written(["alias", {"v": 1}, {"v": 0}, True, "yes"]),
    "a setting of an odd mode": written(["set", 1, False, "float32", None], CALL),
    "a setting of an integer dtype": written(["set", True, False, "int64", None], CALL),
    "a setting of an odd dtype": written(["set", True, False, ["float32"], None], CALL),
    "autocast to an odd dtype": written(["set", True, False, "float32", {"d": "float16"}], CALL),
    "a read of an object": written(CALL, ["read", "torch.equal", [], {}, {"a": 1}]),
    "a read of many": written(CALL, ["read", "torch.equal", [], {}, [1] * 100]),
    "a Function of odd options": function(options={"dirty": [], "fixed": []}),
    "a Function that marks what is no index": function(options={"dirty": ["x"], "fixed": [], "zeros": True}),
    "a Function whose results are not made": function(results=[{"v": 9}]),
    "a Function that saves what is not made": function(saved=[{"v": 9}]),
    "a Function of an odd backward": function(backward=[[], []]),
    "a Function whose backward returns what is not made": function(backward=[[{"v": 3}], [], [{"v": 9}]]),
    "a value of a backward used outside": written(
        FUNCTION, ["call", "torch.exp", [{"v": 3}], {}, {"v": 4}], end=["value", {"v": 4}]
    ),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_a_program_is_read(text: str) -> None:
    assert read_program(text).text == text


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_program_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        read_program(text)


def test_names_are_told_once_in_order_wherever_they_are_called() -> None:
    backward = [[{"v": 3}], [["call", "torch.neg", [{"v": 3}], {}, {"v": 4}]], [{"v": 4}]]
    step = [*FUNCTION[:7], backward, FUNCTION[8]]
    other = [["read", "torch.equal", [{"v": 0}], {}, True], ["raises", "torch.cat", [], {}], CALL]
    program = read_program(written(step, *other, end=["value", {"v": 2}]))
    assert program.names == ("torch.exp", "torch.neg", "torch.equal", "torch.cat")
    assert program.has_functions
    assert not read_program(written(CALL)).has_functions


TOO_MUCH = {
    "characters": (" " * (MAX_TEXT + 1), None),
    "steps": (written(*[CALL] * (MAX_STEPS + 1)), None),
    "steps of Functions": (written(*[FUNCTION] * (MAX_STEPS // 2 + 1), end=["value", {"v": 2}]), None),
    "numbers in a list": (called([0.5] * (MANY + 1)), Refused.OUTSIDE),
    "numbers in a tuple": (called({"t": [0.5] * (MANY + 1)}), Refused.OUTSIDE),
    "numbers in lists of lists": (called([[0.5] * 9] * (MANY // 9 + 1)), Refused.OUTSIDE),
    "numbers in constants": (
        written(*[["constant", {"v": 1}, "float32", [FEW], [0.5] * FEW, "cpu", False]] * (MANY // FEW + 1)),
        Refused.OUTSIDE,
    ),
}


@pytest.mark.parametrize(("text", "why"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_too_much_is_refused_for_its_reason(text: str, why: Refused) -> None:
    with pytest.raises(TooMuch) as caught:
        read_program(text)
    assert caught.value.why == why


def test_as_much_as_is_allowed_is_read() -> None:
    read_program(called([0.5] * MANY))
    read_program(written(*[CALL] * MAX_STEPS))
    read_program(called({"r": [0, MAX_STEPS, 1]}))  # row numbers are no numbers of its own


def test_a_worker_says_in_words_what_the_grader_would_not_read() -> None:
    """An honest file with a long table is refused for the table; it has not sent something that is no answer."""
    table = HEAD + f"t = torch.tensor({[0.5] * (MANY + 1)})\ndef f(x): return x * t[:3]"
    assert recorded(table).end == ["refused", Refused.OUTSIDE]
    huge = HEAD + "def f(x):\n try: return x * 2**80\n except Exception: return x * 2"
    assert recorded(huge).end == ["refused", Refused.ARGUMENT]
    loop = HEAD + f"def f(x):\n for _ in range({MAX_STEPS} + 1): x = x + 1\n return x"
    assert recorded(loop).end[:2] == ["raised", TOO_MANY_CALLS]


# Fuzzing --------------------------------------------------------------------------------------------------------------

SOURCES = (
    "def f(x): return 1 / (1 + torch.exp(-x))",
    "t = torch.tensor([1.0, 2.0, 3.0])\ndef f(x):\n with torch.no_grad(): y = x[..., ::2].sum(0, keepdim=True)\n"
    " return torch.where(x <= 0, 0.0, x).to(torch.float64) * t + y",
    "def f(x):\n y = torch.zeros((2, 3)).double()\n y[0, :] = x\n m, _ = y.max(0)\n"
    " return torch.cat([m * 2 if m[0] > 0 else m, torch.full([3], 2.0)])",
    "class F(Function):\n @staticmethod\n def forward(ctx, x):\n  y = torch.exp(x)\n  ctx.save_for_backward(x, y)\n"
    "  return y, x * 2\n @staticmethod\n def backward(ctx, g, h): return g * ctx.saved_tensors[1] + h * 2\n"
    "def f(x): return torch.mul(*F.apply(x)) + nn.Parameter(x)",
    "def f(x):\n try: x.view(7)\n except RuntimeError: return x.repeat(2, 1).gather(1, torch.arange(2)[:, None])",
)


def seeds() -> list[Json]:
    """Programs as learners' files make them, as JSON."""
    return [json.loads(recorded(HEAD + source, PROBE).text) for source in SOURCES]


def fuzzed(folder: Path, count: int) -> dict[str, Any]:
    """What comes of so many mutated programs, in a process that may take little memory."""
    path = folder / "seeds.json"
    path.write_text(json.dumps(seeds()))
    fuzz = Path(__file__).parent / "fuzzed_programs.py"
    command = [sys.executable, str(fuzz), str(path), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=fuzz.parent.parent)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_mutated_programs_are_refused_or_run_within_their_bounds(tmp_path: Path) -> None:
    """No other exception, no crash, nothing called that is not on the list, no memory beyond the bound."""
    told = fuzzed(tmp_path, 1000)
    assert told["unlisted"] == []
    # Or the mutations would be too wild, or too tame, to say anything.
    assert told["refused"] > 200
    assert told["run"] > 100
    assert told["returned"] > 10


@pytest.mark.slow
def test_many_mutated_programs_are_refused_or_run_within_their_bounds(tmp_path: Path) -> None:
    told = fuzzed(tmp_path, 20_000)
    assert told["unlisted"] == []
    assert told["run"] > 2000
