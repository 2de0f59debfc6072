"""How a worker loads a learner's file and answers requests about it."""

import subprocess
import sys
import warnings
from typing import Any

import pytest
import torch

from autograder.sandbox import Frame
from autograder.worker import codec, wire
from autograder.worker.case import Case, Raised
from autograder.worker.program import read_program
from autograder.worker.rows import Observations
from autograder.worker.serve import Servant
from tests.observing import numbers, raised, values


def load(source: str, symbol: str = "f", kind: str = "function") -> tuple[Servant, dict[str, Any]]:
    servant = Servant()
    header = {"id": 1, "op": "load", "file": "activations/sigmoid.py", "symbol": symbol, "kind": kind}
    answer, raw = servant.answer(header, source.encode())
    assert raw == b""
    return servant, answer


def load_error(source: str, **names: str) -> Raised:
    _, answer = load(source, **names)
    assert answer["loaded"] is False
    return raised(codec.decode_observations(answer, b"", 1)[0])


def recorded(servant: Servant, *cases: Case, number: int = 2) -> Frame:
    """What the file is recorded to do on these cases."""
    return servant.answer({"id": number, "op": "record"}, codec.encode_cases(cases))


def replayed(told: Frame, *cases: Case, room: int = 1 << 16) -> Frame:
    """What that does on them, in a process without the file."""
    header = {"id": 3, "op": "replay", "seed": 0, "room": room, "programs": told[1].decode().split("\n")}
    return Servant().answer(header | {"of": told[0]["cases"], "claims": told[0]["claims"]}, codec.encode_cases(cases))


def ask(servant: Servant, *cases: Case, number: int = 2) -> Observations:
    """Both."""
    told = recorded(servant, *cases, number=number)
    assert told[0]["id"] == number
    return codec.decode_observations(*replayed(told, *cases), len(cases))


CASE = Case(args=(values(1.0, 2.0),), wrt=(0,), cotangent=values(1.0, 1.0))


def test_a_buffer_follows_inputs_of_every_dtype() -> None:
    """The code asks nothing of its input's dtype, but the buffer has followed it: forms of two dtypes are not alike."""
    source = (
        "import torch\nclass f(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.register_buffer('one', torch.ones(2), persistent=False)\n"
        "    def forward(self, x):\n        return x * 2 + self.one\n"
    )
    servant, _ = load(source, kind="module")
    cases = [Case(args=(values(1.0, 2.0).to(dtype),)) for dtype in (torch.float64, torch.float64, torch.float32)]
    assert [seen.dtype for seen in ask(servant, *cases)[:]] == ["float64", "float64", "float32"]


def test_what_a_call_prints_is_told_and_cut() -> None:
    servant, _ = load("def f(x):\n    print('x is', x.tolist(), '\\ud800')\n    print('-' * 1000)\n    return x / 0\n")
    answer, raw = servant.answer({"id": 4, "op": "print"}, codec.encode_cases([CASE]))
    assert raw == b""
    assert answer["printed"].startswith("x is [1.0, 2.0] ?\n---")
    assert len(answer["printed"]) == 500


def test_a_file_is_loaded_once_and_answers_many_cases() -> None:
    servant, answer = load("calls = []\ndef f(x):\n    calls.append(1)\n    return x * len(calls)\n")
    assert answer == {"id": 1, "loaded": True}
    assert [numbers(it.output) for it in ask(servant, CASE, CASE, number=41)] == [[1, 2], [2, 4]]
    assert numbers(ask(servant, CASE, number=42)[0].output) == [3, 6]


def test_a_module_is_made_once() -> None:
    source = "import torch\nclass F(torch.nn.Module):\n    def forward(self, x):\n        return x * 2\n"
    servant, _ = load(source, "F", "module")
    (it,) = ask(servant, CASE)
    assert numbers(it.output) == [2, 4]
    assert it.module is not None


@pytest.mark.parametrize(
    ("source", "names", "error", "message", "line"),
    [
        ("x = 1\n", {}, "NameError", "the file defines no 'f'; keep the name that the stub gives it", None),
        ("f = 3\n", {}, "TypeError", "f is not a function", None),
        ("def f(x): ...\n", {"kind": "module"}, "TypeError", "f is not a class derived from torch.nn.Module", None),
        ("class f: ...\n", {"kind": "module"}, "TypeError", "f is not a class derived from torch.nn.Module", None),
        ("import torch\nf = torch.nn.ReLU()\n", {"kind": "module"}, "TypeError", "f is not a class derived", None),
        ("\n\nraise ValueError('at import')\n", {}, "ValueError", "at import", 3),
        ("def g():\n    1 // 0\n\ng()\n", {}, "ZeroDivisionError", "integer division", 2),
        ("import nowhere_to_be_found\n", {}, "ModuleNotFoundError", "No module named", 1),
        ("def f(x):\n    return x\n\nreturn 1\n", {}, "SyntaxError", "'return' outside function", 4),
        ("\n\x00", {}, None, "null bytes", None),
        (
            "import torch\nclass f(torch.nn.Module):\n    def __init__(self):\n        raise ValueError('in init')\n",
            {"kind": "module"},
            "ValueError",
            "in init",
            4,
        ),
        (
            "import torch\nclass f(torch.nn.Module):\n    def __init__(self, size):\n        pass\n",
            {"kind": "module"},
            "TypeError",
            "missing 1 required positional argument: 'size'",
            None,
        ),
    ],
)
def test_a_file_that_cannot_be_loaded(
    source: str, names: dict[str, str], error: str | None, message: str, line: int | None
) -> None:
    it = load_error(source, **names)
    assert it.stage == "import"
    assert error in (it.type, None)
    assert message in it.message
    assert it.line == line


def test_names_are_found_where_python_looks_them_up() -> None:
    """dataclasses looks into sys.modules where annotations are texts."""
    source = """from __future__ import annotations
from dataclasses import dataclass
@dataclass
class Scale:
    by: float = 3.0
def f(x):
    return x * Scale().by
"""
    servant, _ = load(source)
    assert numbers(ask(servant, CASE)[0].output) == [3, 6]


def test_what_follows_if_name_is_main_does_not_run() -> None:
    _, answer = load("def f(x): return x\nif __name__ == '__main__':\n    raise ValueError\n")
    assert answer["loaded"] is True


def test_the_annotations_of_our_own_file_do_not_apply() -> None:
    """Without dont_inherit, a learner's annotations would be texts because ours are."""
    servant, _ = load("def f(x: int):\n    return x * f.__annotations__['x'](2)\n")
    assert numbers(ask(servant, CASE)[0].output) == [2, 4]


def test_printing_does_not_reach_the_protocol(capfd: pytest.CaptureFixture[str]) -> None:
    servant, _ = load("print('at import')\ndef f(x):\n    print('in the call', x)\n    return x * 2\n")
    assert numbers(ask(servant, CASE)[0].output) == [2, 4]
    assert capfd.readouterr().out == ""


def test_warnings_are_silenced() -> None:
    """They are errors in these tests, and would be one of the learner's."""
    source = (
        "import warnings\nwarnings.warn('at import')\ndef f(x):\n    warnings.warn('in the call')\n    return x * 2\n"
    )
    servant, answer = load(source)
    assert answer["loaded"] is True
    assert ask(servant, CASE)[0].raised is None
    with pytest.raises(UserWarning):
        warnings.warn("outside", stacklevel=1)


def test_the_line_of_a_call_is_that_of_the_loaded_file() -> None:
    servant, _ = load("\n\n\ndef f(x):\n    return x.reshape(7)\n")
    assert raised(ask(servant, CASE)[0]).line == 5


def test_room_bounds_an_answer() -> None:
    servant, _ = load("import torch\ndef f(x):\n    return torch.ones(10_000_000)\n")
    answer, data = replayed(recorded(servant, CASE), CASE)
    (it,) = codec.decode_observations(answer, data, 1)
    assert (it.output, it.shape, len(data)) == (None, (10_000_000,), 0)


def test_fifty_exceptions_in_emoji_fit_a_frame() -> None:
    """Each of them another, so that none is told for several."""
    servant, _ = load(
        "calls = []\ndef f(x):\n    calls.append(1)\n    raise ValueError(f'{len(calls)}' + '😀' * 10_000)\n"
    )
    told = recorded(servant, *[CASE] * 50)
    answer = replayed(told, *[CASE] * 50)
    seen = codec.decode_observations(*answer, 50)
    assert len({raised(it).message for it in seen}) == 50
    assert max(len(wire.pack(header)) for header, _ in (told, answer)) < wire.MAX_HEADER


@pytest.mark.parametrize("made", ["torch.Tensor([2, 3])", "torch.from_dlpack(x)", "torch.from_numpy(x.numpy())"])
def test_what_a_call_returns_may_come_from_elsewhere(made: str) -> None:
    """No call of torch's is seen that makes such a tensor; to look at it is none of the learner's calls."""
    servant, _ = load(f"import torch\ndef f(x):\n    return {made}\n")
    texts = recorded(servant, Case(args=(values(1.0, 2.0),)))[1].decode()
    read_program(texts)
    assert "untyped_storage" not in texts


def test_a_process_without_a_file_does_not_hold_the_file_of_another() -> None:
    """What is replayed is the program: the file could be gone."""
    servant, _ = load("import torch\ndef f(x):\n    return torch.exp(x)\n")
    told = recorded(servant, CASE)
    servant._function = lambda x: x
    (it,) = codec.decode_observations(*replayed(told, CASE), 1)
    assert it.output is not None
    assert torch.equal(it.output, torch.tensor([1.0, 2.0]).exp())


def test_no_module_of_the_grader_is_loaded_by_a_worker() -> None:
    """R4, R5: what a submission shares its process with knows no reference, no property and no course."""
    code = "import sys, autograder.worker.serve, autograder.worker.accelerator; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith("autograder.")}
    assert {name for name in ours if not name.startswith("autograder.worker")} == set()
    assert "hypothesis" not in loaded
