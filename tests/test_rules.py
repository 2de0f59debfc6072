"""Raw tensor operations only: the reviewed list, and what it makes of recorded programs."""

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from autograder.course import RulePolicy
from autograder.grade.replayer import Recording
from autograder.result import Violation
from autograder.rules import check_program
from autograder.torch_names import Kind, load_names, plain
from autograder.worker.case import Case
from autograder.worker.names import OPERATORS, functions
from autograder.worker.own_functions import install
from autograder.worker.program import read_program
from autograder.worker.record import Recorder
from tests.bank import ROOT
from tests.recording import recorded

POLICY = RulePolicy()
SPACES: dict[str, ModuleType | type] = {
    "torch": torch,
    "torch.Tensor": Tensor,
    "torch.nn.functional": nn.functional,
    "torch.special": torch.special,
    "torch.linalg": torch.linalg,
    "torch.autograd": torch.autograd,
}
INPUT = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
CASE = Case((INPUT,), wrt=(0,), cotangent=torch.ones(2, 3))


def violations(source: str, policy: RulePolicy = POLICY) -> tuple[Violation, ...]:
    """What is said of the program of a file's ``f``."""
    (recording,) = recorded(source, CASE)
    return checked(recording, source, policy)


def checked(recording: Recording, source: str, policy: RulePolicy) -> tuple[Violation, ...]:
    return check_program(recording.program, policy, recording.claims.lines, source)


def calls(source: str, policy: RulePolicy = POLICY) -> list[str]:
    return [violation.call for violation in violations(source, policy)]


def called(name: str, policy: RulePolicy = POLICY) -> tuple[Violation, ...]:
    """What is said of a program that calls this name."""
    steps = [["call", name, [{"v": 0}], {}, {"v": 1}]]
    return check_program(read_program(json.dumps({"inputs": 1, "steps": steps, "end": ["value", {"v": 1}]})), policy)


class Snippet(NamedTuple):
    """A few lines of a submission, the call that is refused in them, and the line on which it stands."""

    name: str
    call: str
    source: str
    line: int | None


def snippets(file: str) -> list[Snippet]:
    _, *parts = re.split(r"^## ", (Path(__file__).parent / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for part in parts:
        head, _, source = part.partition("\n")
        name, _, call = head.partition(" -> ")
        lines = [number for number, line in enumerate(source.splitlines(), 1) if line.endswith("# here")]
        found.append(Snippet(name, call, source, lines[0] if lines else None))
    return found


# The list -------------------------------------------------------------------------------------------------------------


@cache
def public_names() -> dict[str, list[str]]:
    """In a fresh interpreter, which has imported nothing else yet."""
    script = """
import importlib, json, torch
spaces = ["torch.nn", "torch.nn.functional", "torch.special", "torch.linalg", "torch.autograd", "math"]
names = {space: dir(importlib.import_module(space)) for space in spaces}
names["torch"] = dir(torch) + dir(torch.Tensor)
print(json.dumps({space: sorted({n for n in found if n[0] != "_"}) for space, found in names.items()}))
"""
    command = [sys.executable, "-W", "ignore", "-c", script]
    found: dict[str, list[str]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


@pytest.mark.parametrize(
    "space",
    ["torch", "torch.nn", "torch.nn.functional", "torch.special", "torch.linalg", "torch.autograd", "math"],
)
def test_every_public_name_is_listed_exactly_once(space: str) -> None:
    """A new torch brings new names: each must be read and sorted before answers may use it."""
    names = load_names()
    if space != "math" and torch.__version__.partition("+")[0] != names.torch_version:
        pytest.skip(f"the list was made from torch {names.torch_version}, not {torch.__version__}")
    data = tomllib.loads((ROOT / "autograder/data/torch_names.toml").read_text(encoding="utf-8"))
    listed = Counter(n for g in data["group"] if space in g["spaces"] for n in g["names"].split())
    assert sorted(set(public_names()[space]) - set(listed)) == []
    assert [name for name, times in listed.items() if times > 1] == []
    newer_python = {"fma", "sumprod"} if space == "math" else set()
    assert sorted(set(listed) - set(public_names()[space]) - newer_python) == []


def test_refusals_of_the_list_say_why_and_what_instead() -> None:
    for space in load_names().spaces.values():
        for name, entry in space.items():
            assert (entry.kind == Kind.BUILDING) or (entry.why and entry.instead), name


def test_plain_names_meet() -> None:
    assert plain("log_softmax") == plain("LogSoftmax")
    assert plain("NLLLoss") == plain("nll_loss")
    assert plain("relu_") == plain("ReLU")
    assert plain("mean") not in {plain("MSELoss"), plain("amax")}


# Names in programs ----------------------------------------------------------------------------------------------------


def listed(space: str) -> dict[str, Kind]:
    """The names of a space with their kinds; ``torch`` lists those of torch.Tensor too."""
    entries = load_names().spaces["torch" if space == "torch.Tensor" else space]
    return {name: entry.kind for name, entry in entries.items()}


@pytest.mark.parametrize("space", SPACES)
def test_a_name_is_allowed_where_it_is_a_building_block_and_can_be_replayed(space: str) -> None:
    for name, kind in listed(space).items():
        for spelled in (f"{space}.{name}", f"{space}.{name}.__get__", f"{space}.{name}.__set__"):
            found = called(spelled)
            allowed = kind is Kind.BUILDING and spelled in functions()
            assert (found == ()) is allowed, spelled
            for violation in found:
                assert violation.call == f"{space}.{name}"
                assert violation.message.startswith(f"{violation.call} ")
                assert "; use " in violation.message


def test_every_function_that_can_be_replayed_is_listed_or_an_operator() -> None:
    for name in functions():
        space, _, word = name.removesuffix(".__get__").removesuffix(".__set__").rpartition(".")
        assert word in OPERATORS if word.startswith("_") else space == "torch.fft" or word in listed(space), name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("torch.nn.functional.of_a_later_version", "is not on the list of what answers may use, made from torch"),
        ("torch.exep", "is not on the list of what answers may use, made from torch"),
        ("torch.ops.aten.exp", "is not on the list"),
        ("os.system", "is not on the list"),
        ("exp", "is not on the list"),
        ("", "is not on the list"),
        ("torch._C._nn.cross_entropy_loss", "is not on the list"),
        ("torch._foreach_tanh", "is a private name"),
        ("torch.Tensor.__reduce_ex__", "is a private name"),
        ("torch.__add__", "is a private name"),
        ("torch.Tensor.__array__", "hands its numbers to numpy"),
        ("torch.fft.fft", "is a complex number"),
        ("torch.Tensor.exp.__class__", "is a private name"),
        ("torch.sigmoid\x1b[2J\n", "is not on the list"),
        ("torch." + "a" * 500, "is not on the list"),
    ],
)
def test_any_other_name_is_refused(name: str, why: str) -> None:
    """Whatever a worker writes there: it may be long, or hold terminal codes."""
    (violation,) = called(name)
    assert why in violation.message
    assert violation.message.isprintable()
    assert len(violation.call) <= 80


def test_operators_are_allowed_and_nothing_else_that_python_calls_by_itself() -> None:
    for word in (name for name in dir(Tensor) if name.startswith("__")):
        assert (called(f"torch.Tensor.{word}") == ()) is (word in OPERATORS), word


# What is recorded of the ready-made -----------------------------------------------------------------------------------


def arguments(x: Tensor) -> Iterator[tuple[Any, ...]]:
    """Of many kinds: whatever a function wants, one of them should do."""
    rows, square, classes = x[None], x @ x.T, torch.tensor([1, 0])
    plain_ones: tuple[Any, ...] = (1, 0.5, (3,), True, torch.float64)
    for count in range(4):
        yield (x,) * count
    for kind in (x[0], square, rows, rows[None], x.abs(), [x], [x, x]):
        yield (kind,)
        yield (kind, kind)
        yield from ((kind, value) for value in plain_ones)
    for pair in combinations_with_replacement(plain_ones[:3], 2):
        yield (x, *pair)
    yield from ((x, classes), (x, x, classes), (x, x, classes * 2 - 1), (x[0], x[1], x[0], 0.0), (1, x.abs()))
    yield (x, -1.0, 1.0)
    yield from ((rows, torch.ones(2, 2, 1)), (rows, torch.ones(2, 2, 1), torch.ones(2)), (classes, x), (x, 0.5, True))


@cache
def samples() -> int:
    return sum(1 for _ in arguments(INPUT))


def made(function: Callable[..., Any], number: int) -> tuple[bool, tuple[Violation, ...]]:
    """Whether a function makes or changes a tensor, and what is said of an answer that returns it."""
    news: list[Tensor] = []
    in_place = getattr(function, "__name__", "").endswith("_")

    def answer(x: Tensor) -> Tensor:
        given = list(arguments(x))[number]
        try:
            result = function(*given)
        except Exception:
            return x * 1
        found = result if isinstance(result, tuple | list) else [result]
        tensors = [item for item in found if isinstance(item, Tensor)]
        news.extend(item for item in tensors if in_place or not any(item is arg for arg in given))
        return news[0] if news else x * 1

    text, _ = Recorder("f.py").record(answer, Case((INPUT,)))
    return bool(news), check_program(read_program(text), POLICY)


def refused_functions() -> list[str]:
    """Everything listed as ready-made or an escape that can be called, but for what acts on the process."""
    untried = re.compile(
        r"compile|load|save|fork|wait|import_|share_memory|jit|manual|seed|multiprocessing|backward$|grad$"
        r"|cast$|set_$"  # typing's, which gives back what it is given; and what gives x other memory, unseen and undone
    )
    return [
        f"{space}.{name}"
        for space, owner in SPACES.items()
        for name, kind in listed(space).items()
        if kind is not Kind.BUILDING and not untried.search(name)
        if callable(value := getattr(owner, name, None)) and not isinstance(value, type)
    ]


@pytest.mark.filterwarnings("ignore")
def test_no_function_that_is_refused_makes_a_tensor_unseen() -> None:
    """Each is called in many ways: where that gives a tensor, the program that returns it breaks a rule."""
    install()
    tried, unseen = set(), set()
    with torch.random.fork_rng(devices=()):
        for name in refused_functions():
            space, _, word = name.rpartition(".")
            for number in range(samples()):
                makes, found = made(getattr(SPACES[space], word), number)
                if makes:
                    tried.add(name)
                    unseen |= set() if found else {(name, number)}
                    break
    assert unseen == set()
    assert len(tried) > 300, sorted(set(refused_functions()) - tried)


MOVING = re.compile(r"\w+Pad\dd|Fold|Unfold")  # they only move numbers about, and so may what they call
LAYERS = [
    name
    for name, entry in load_names().spaces["torch.nn"].items()
    if entry.kind is Kind.READY_MADE and not MOVING.fullmatch(name)
]
OPTIONS: tuple[tuple[Any, ...], ...] = ((), (2,), (2, 2), (3, 3), (2, 2, 2), (1.0,), (0.0, 0.0), (3, 3, 3), (4, 2))


@pytest.mark.filterwarnings("ignore")
def test_no_layer_that_is_refused_makes_a_tensor_unseen() -> None:
    """Made before the call, or in it."""
    install()
    tried, unseen = set(), set()
    with torch.random.fork_rng(devices=()):
        for name, options in ((name, options) for name in LAYERS for options in OPTIONS):
            try:
                layer = getattr(nn, name)(*options)
            except Exception:
                continue
            for number in range(samples()) if name not in tried else ():
                makes, found = made(layer, number)
                if makes:
                    tried.add(name)
                    unseen |= set() if found else {(name, options, number)}
                    break
    assert unseen == set()
    assert len(tried) > 90, sorted(set(LAYERS) - tried)


# What an answer may hold ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("snippet", snippets("rules_accepted.txt"), ids=lambda s: s.name)
def test_an_answer_is_not_accused(snippet: Snippet) -> None:
    (recording,) = recorded(snippet.source, CASE)
    assert recording.program.end[0] == "value"
    assert checked(recording, snippet.source, POLICY) == ()


@pytest.mark.parametrize("snippet", snippets("rules_refused.txt"), ids=lambda s: s.name)
def test_an_answer_is_refused_by_the_call_as_it_is_written(snippet: Snippet) -> None:
    found = {violation.call: violation for violation in violations(snippet.source)}
    violation = found[snippet.call]
    assert violation.line == snippet.line
    assert violation.message.startswith(snippet.call)
    assert "; " in violation.message


def test_what_is_refused_says_what_to_do() -> None:
    source = "import torch\n\n\ndef f(x):\n    y = x.detach().sum().item()\n    return torch.sigmoid(x) + y\n"
    first, second = violations(source)
    assert (first.line, first.call) == (5, "….item")
    assert (second.line, second.call) == (6, "torch.sigmoid")
    assert second.message == "torch.sigmoid is a ready-made activation; use torch.exp and division"


def test_one_function_is_told_once() -> None:
    source = "import torch\ndef f(x):\n    for _ in range(3): x = torch.sigmoid(x)\n    return x.sigmoid()\n"
    assert calls(source) == ["torch.sigmoid", "x.sigmoid"]


def test_lines_are_a_claim_and_may_be_nonsense() -> None:
    """They come from a process that a submission shares: a wrong one costs the message its place, and nothing else."""
    source = "import torch\ndef f(x):\n    return torch.sigmoid(x)\n"
    (recording,) = recorded(source, CASE)
    for line in (-5, 0, 1, 1 << 70):
        (violation,) = check_program(recording.program, POLICY, {"torch.sigmoid": line}, source)
        assert (violation.line, violation.call) == (line, "torch.sigmoid")
    (violation,) = check_program(recording.program, POLICY, MappingProxyType({}), source)
    assert violation.line is None


# What a course may change ---------------------------------------------------------------------------------------------


def body(expression: str) -> str:
    return f"import torch\nimport torch.nn.functional as F\ndef f(x): return {expression}\n"


def test_rules_can_be_switched_off() -> None:
    """Of what can be replayed: the rest stays refused, or the process without a file would run it."""
    policy = RulePolicy(enabled=False)
    assert calls(body("torch.sigmoid(x) + x.softmax(1)"), policy) == []
    for name in functions():
        assert called(name, policy) == (), name
    for name in ("torch.load", "torch.set_num_threads", "torch.Tensor.numpy", "torch.ops.aten.exp", "torch._C.x"):
        assert called(name, policy), name


@pytest.mark.parametrize(
    ("name", "expression", "accepted"),
    [
        ("softmax", "x.softmax(1)", True),
        ("softmax", "F.softmax(x, 1)", True),
        ("torch.softmax", "x.softmax(1)", True),
        ("torch.nn.functional.silu", "F.silu(x)", True),
        ("torch.nn.Sigmoid", "torch.nn.Sigmoid()(x)", True),
        ("torch.nn.MSELoss", "F.mse_loss(x, x)", True),
        ("softmax", "x.sigmoid()", False),
        ("torch.special.expit", "torch.sigmoid(x)", False),
    ],
)
def test_a_course_can_allow_a_name(name: str, expression: str, accepted: bool) -> None:
    """A function, its method and its layer at once: which of them is called is not seen in a program."""
    assert calls(body(expression))
    assert (calls(body(expression), RulePolicy(allow=frozenset({name}))) == []) is accepted


@pytest.mark.parametrize("name", ["torch.load", "torch.Tensor.numpy", "torch.ops", "torch.set_num_threads"])
def test_a_course_cannot_allow_what_cannot_be_replayed(name: str) -> None:
    assert called(name, RulePolicy(allow=frozenset({name, name.rpartition(".")[2]})))


@pytest.mark.parametrize(
    ("name", "expression", "accepted"),
    [
        ("clamp", "x.clamp(0)", False),
        ("torch.clamp", "x.clamp(0)", False),
        ("torch.clamp", "torch.clamp(x, 0)", False),
        ("torch.clamp", "x.clip(0)", True),
        ("torch.nn.functional.one_hot", "F.one_hot(torch.tensor([0, 2]), 3) * x", False),
        ("torch.special.expm1", "torch.special.expm1(x)", False),
    ],
)
def test_a_course_can_deny_a_name(name: str, expression: str, accepted: bool) -> None:
    assert calls(body(expression)) == []
    assert (calls(body(expression), RulePolicy(deny=frozenset({name}))) == []) is accepted


def test_a_course_can_refuse_hand_written_backwards() -> None:
    source = next(item.source for item in snippets("rules_accepted.txt") if "Function with a context" in item.name)
    assert calls(source) == []
    (violation,) = violations(source, RulePolicy(autograd_function=False))
    assert violation.call == "torch.autograd.Function"
    assert source.splitlines()[(violation.line or 0) - 1] == "def f(x): return S.apply(x, 2)"


def test_a_forged_program_of_thousands_of_refused_calls_is_told_in_a_few() -> None:
    names = [f"torch.no_such_{number}" for number in range(3000)]
    steps: list[object] = [["call", name, [], {}, None] for name in names]
    program = read_program(json.dumps({"inputs": 0, "steps": steps, "end": ["type", "int"]}))
    source = "import torch\n" + "x = torch.exp\n" * 5000
    found = check_program(program, RulePolicy(), {name: 2 + number for number, name in enumerate(names)}, source)
    assert 0 < len(found) <= 20
    assert found[0].line == 2
