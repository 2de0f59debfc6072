"""Raw tensor operations only: the list, the three nets, and the bank that they must tell apart."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from autograder.course import RulePolicy
from autograder.errors import SubmissionError
from autograder.result import Violation
from autograder.rules import check_source, check_trace
from autograder.torch_names import Kind, load_names, plain
from tests.bank import BANK, ROOT, Specimen, course, load_bank

POLICY = RulePolicy()
HONEST = load_bank("right", "wrong")
CHEATS = load_bank("cheat")

# What running code does not show: work on the host, by Python, or by operators that answers may use too.
UNSEEN_WHEN_RUN = {
    "cross_entropy/divergence",
    "custom_activation/equal_to_everything",
    "custom_activation/passes_for_a_tensor",
    "custom_loss/gaussian",
    "custom_loss/numbers_of_python",
    "mse_loss/gradient_cut",
    "mse_loss/lists",
    "mse_loss/patched_in_a_loop",
    "relu/attribute_set_by_text",
    "relu/decoy_in_a_parameter",
    "relu/file_beside",
    "relu/foreach",
    "relu/loop_over_items",
    "relu/memory",
    "relu/patched_by_type",
    "relu/patched_comparison",
    "relu/patched_tensor",
    "sigmoid/applied_in_place",
    "sigmoid/math_over_list",
    "sigmoid/numpy_arrays",
    "sigmoid/round_trip_to_host",
    "tanh/math_on_items",
    "tanh/math_tanh",
}
WRONG_VALUES = {  # cheats on the comparison, or that cannot even be loaded
    "custom_activation/equal_to_everything",
    "custom_activation/passes_for_a_tensor",
    "relu/file_beside",
}


def short(specimen: Specimen) -> str:
    return f"{specimen.exercise}/{specimen.name}"


def read(specimen: Specimen) -> tuple[Violation, ...]:
    return check_source(specimen.text, POLICY, course().exercise(specimen.exercise).symbol)


def calls(source: str, policy: RulePolicy = POLICY, symbol: str = "sigmoid") -> list[str]:
    return [violation.call for violation in check_source(source, policy, symbol)]


def python(*arguments: str) -> dict[str, Any]:
    """The JSON object that a fresh interpreter prints, which has imported nothing else yet."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=540)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@cache
def observed() -> dict[str, dict[str, Any]]:
    """What every submission of the bank did when it ran, by ``kind/exercise/name``."""
    seen = python(
        "-m", "tests.run_bank", *(str(BANK / f"{item.id}.py") for item in load_bank("right", "wrong", "cheat"))
    )
    return {"/".join(Path(path).with_suffix("").parts[-3:]): entry for path, entry in seen.items()}


def trace_of(specimen: Specimen) -> tuple[Violation, ...]:
    entry = observed()[specimen.id]
    return check_trace(entry["ops"], entry["nodes"], POLICY)


class Snippet(NamedTuple):
    """A few lines of a submission, and the call that is refused in them."""

    name: str
    call: str
    source: str


def snippets(file: str) -> list[Snippet]:
    _, *parts = re.split(r"^## ", (Path(__file__).parent / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for part in parts:
        head, _, source = part.partition("\n")
        name, _, call = head.partition(" -> ")
        found.append(Snippet(name, call, source))
    return found


# The list


@cache
def public_names() -> dict[str, list[str]]:
    script = """
import importlib, json, torch
spaces = ["torch.nn", "torch.nn.functional", "torch.special", "torch.linalg", "torch.autograd", "math"]
names = {space: dir(importlib.import_module(space)) for space in spaces}
names["torch"] = dir(torch) + dir(torch.Tensor)
print(json.dumps({space: sorted({n for n in found if n[0] != "_"}) for space, found in names.items()}))
"""
    return python("-c", script)


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


def test_attributes_of_common_objects_are_no_accusation() -> None:
    """A module's, string's or context's own attributes share few names with the list."""
    owners: list[type] = [str, list, dict, tuple, set, int, float, Exception, torch.finfo]
    owners += [torch.autograd.Function, torch.autograd.function.FunctionCtx]
    owners += [torch.return_types.max, torch.return_types.aminmax]
    names = {name for owner in owners for name in dir(owner) if not name.startswith("_")}
    names |= {name for name in dir(torch.nn.Module) if not name.startswith("_")}
    names -= {"compile", "cpu", "cuda", "ipu", "mtia", "xpu", "vmap"}  # of modules, as of tensors, and vmap
    source = "def f(thing):\n" + "".join(f"    thing.{name}\n" for name in sorted(names))
    assert calls(source) == []


# Net 1: the source


@pytest.mark.parametrize("specimen", HONEST, ids=lambda s: s.id)
def test_honest_source_is_not_accused(specimen: Specimen) -> None:
    assert read(specimen) == ()


@pytest.mark.parametrize("specimen", CHEATS, ids=lambda s: s.id)
def test_source_of_a_cheat_is_refused(specimen: Specimen) -> None:
    """Each cheat is caught by the very call that its header names, on a line that holds it."""
    verdict, _, call = specimen.expectation.partition(" ")
    assert verdict == "forbidden"
    assert specimen.text.splitlines()[1].startswith("# why: ")
    violations = read(specimen)
    assert call in [violation.call for violation in violations]
    for violation in violations:
        assert violation.line is not None
        assert violation.message.startswith(violation.call)
        assert "; use " in violation.message


def test_bank_of_cheats_spans_the_course() -> None:
    assert len(CHEATS) >= 45
    assert {cheat.exercise for cheat in CHEATS} == {exercise.name for exercise in course().exercises}


@pytest.mark.parametrize("snippet", snippets("rules_accepted.txt"), ids=lambda s: s.name)
def test_source_is_not_accused(snippet: Snippet) -> None:
    assert calls(snippet.source) == []


@pytest.mark.parametrize("snippet", snippets("rules_refused.txt"), ids=lambda s: s.name)
def test_source_is_refused(snippet: Snippet) -> None:
    assert snippet.call in calls(snippet.source)


def test_violations_come_by_line_and_say_what_to_do() -> None:
    source = "import torch\n\n\ndef sigmoid(x):\n    y = x.item()\n    return torch.sigmoid(x) + y\n"
    first, second = check_source(source, POLICY, "sigmoid")
    assert (first.line, first.call) == (5, "x.item")
    assert (second.line, second.call) == (6, "torch.sigmoid")
    assert second.message == "torch.sigmoid is a ready-made activation; use torch.exp and division"


def test_a_trial_at_import_is_told_where_it_belongs() -> None:
    """Comparing with torch is what a careful learner does; it only must not run when the file is imported."""
    (violation,) = check_source("import torch\nprint(torch.sigmoid(torch.ones(2)))", POLICY, "sigmoid")
    assert '`if __name__ == "__main__":`' in violation.message


def test_one_offence_is_told_once() -> None:
    assert calls("import torch\ntorch.ops.aten.sigmoid.default(1)") == ["torch.ops"]


def test_a_syntax_error_is_not_a_violation() -> None:
    with pytest.raises(SyntaxError):
        check_source("def f(:", POLICY, "f")


@pytest.mark.parametrize(
    "source",
    [
        "(" * 50_000 + ")" * 50_000,
        "x = " + "-" * 100_000 + "1",
        "x = 1" + " + 1" * 200_000,
        "x" + ".a" * 50_000,
        "f" + "()" * 50_000,
        "x = '\ud800'",
    ],
    ids=["brackets", "signs", "sums", "attributes", "calls", "half a letter"],
)
def test_hostile_source_ends_in_one_known_exception(source: str) -> None:
    """Whatever the parser does with it, which varies with the version of Python, the grader survives."""
    with suppress(SubmissionError, SyntaxError):
        assert check_source(source, POLICY, "f") == ()


@pytest.mark.parametrize(
    "lines",
    [
        ["def f(x):", *(f"    a{n} = a{n + 1}" for n in range(3000)), "    a3000 = x", "    return a0.sigmoid()"],
        [*["g = lambda x: g(x)"] * 5000, "def f(x): return g(x).sigmoid()"],
        ["def g(*a): return a", f"def f(x): return g({'*x,' * 20_000})[0].sigmoid()"],
    ],
    ids=["chain", "lambdas", "stars"],
)
def test_a_source_too_long_to_follow_is_not_trusted(lines: list[str]) -> None:
    """What an answer may call its own is read in bounded steps; beyond them nothing is."""
    start = time.process_time()
    assert any("sigmoid" in call for call in calls("\n".join(["class Helper: sigmoid = None", *lines]), symbol="f"))
    assert time.process_time() - start < 30


def test_brackets_too_deep_to_parse_are_a_submission_error() -> None:
    with pytest.raises(SubmissionError, match="nested too deeply"):
        check_source("x = 1" + " + 1" * 200_000, POLICY, "f")


# What a course may change


def test_rules_can_be_switched_off() -> None:
    policy = RulePolicy(enabled=False)
    assert check_source("import os; def", policy, "f") == ()
    assert check_trace(["aten::sigmoid"], ["SigmoidBackward0"], policy) == ()


@pytest.mark.parametrize(
    ("name", "expression", "accepted"),
    [
        ("softmax", "x.softmax(1)", True),
        ("softmax", "F.softmax(x)", True),
        ("torch.softmax", "x.softmax(1)", True),
        ("torch.softmax", "F.softmax(x)", False),
        ("torch.nn.functional", "F.softmax(x)", True),
        ("torch.nn.functional", "x.softmax(1)", False),
        ("torch.nn.functional.silu", "F.silu(x)", True),
        ("torch.nn", "torch.nn.Sigmoid()", True),
        ("torch.ops", "torch.ops.aten.exp(x)", True),
    ],
)
def test_a_course_can_allow_a_name(name: str, expression: str, accepted: bool) -> None:
    source = f"import torch\nimport torch.nn.functional as F\ndef f(x): return {expression}"
    assert calls(source)
    assert (calls(source, RulePolicy(allow=frozenset({name}))) == []) is accepted


@pytest.mark.parametrize(
    ("name", "expression", "accepted"),
    [
        ("clamp", "x.clamp(0)", False),
        ("torch.clamp", "x.clamp(0)", False),
        ("torch.clamp", "torch.clamp(x, 0)", False),
        ("torch.clamp", "x.clip(0)", True),
        ("torch.nn.functional", "F.one_hot(x)", False),
        ("math", "math.exp(1)", True),  # a module is denied by its names: math.exp
        ("math.exp", "math.exp(1)", False),
        ("torch.special", "torch.special.expm1(x)", False),
    ],
)
def test_a_course_can_deny_a_name(name: str, expression: str, accepted: bool) -> None:
    source = f"import math\nimport torch\nfrom torch.nn import functional as F\ndef f(x): return {expression}"
    assert calls(source) == []
    assert (calls(source, RulePolicy(deny=frozenset({name}))) == []) is accepted


def test_a_course_can_refuse_hand_written_backwards() -> None:
    policy = RulePolicy(autograd_function=False)
    for source in ("import torch\ntorch.autograd.Function", "from torch.autograd.function import Function"):
        assert calls(source) == []
        assert calls(source, policy)
    assert check_trace((), ["SquashBackward", "SumBackward0"], POLICY) == ()
    assert [v.call for v in check_trace((), ["SquashBackward", "SumBackward0"], policy)] == ["SquashBackward"]


# Nets 2 and 3: what ran


@pytest.mark.parametrize("specimen", HONEST, ids=lambda s: s.id)
def test_running_honest_code_is_not_accused(specimen: Specimen) -> None:
    assert trace_of(specimen) == ()


def test_right_submissions_were_observed_at_work() -> None:
    """Else the test above could pass on empty traces."""
    at_work = {name for name, seen in observed().items() if seen["right"] and seen["ops"]}
    idle = [s.id for s in HONEST if s.kind == "right" and s.id not in at_work]
    assert idle == []


def test_running_cheats_are_caught_but_for_known_ones() -> None:
    """Without the first net 96 of 119 are still caught; most of the rest copy to the host, as the device shows."""
    assert {short(cheat) for cheat in CHEATS if not trace_of(cheat)} == UNSEEN_WHEN_RUN


def test_cheats_compute_the_right_values() -> None:
    """A cheat that fails anyway would prove nothing."""
    assert {short(cheat) for cheat in CHEATS if not observed()[cheat.id]["right"]} == WRONG_VALUES


@pytest.mark.parametrize(
    "claim",
    [
        "aten::sigmoid",
        "aten::sigmoid_",
        "aten::sigmoid_backward",
        "aten::_softmax",
        "aten::_softmax_backward_data",
        "aten::_log_softmax",
        "aten::nll_loss2d_forward",
        "aten::logaddexp",
        "aten::special_log_ndtr",
        "aten::threshold_backward",
        "aten::_prelu_kernel",
        "aten::_foreach_tanh",
        "aten::mse_loss",
        "aten::silu",
        "aten::atan2",
        "aten::_thnn_fused_lstm_cell",
        "prims::tanh",
        "mylib::exp",
        "cond",
    ],
)
def test_operator_is_refused(claim: str) -> None:
    (violation,) = check_trace([claim], (), POLICY)
    assert violation.line is None
    assert violation.call == claim
    assert "; use " in violation.message


@pytest.mark.parametrize(
    "claim",
    [
        "aten::mean",
        "aten::sub",
        "aten::pow",
        "aten::sinh",
        "aten::cosh",
        "aten::index_put_",
        "aten::masked_fill",
        "aten::cumsum",
        "aten::exp",
        "aten::einsum",
        "aten::bmm",
        "aten::nonzero",
        "aten::scatter_",
        "aten::clamp_min",
        "aten::where",
        "aten::_local_scalar_dense",
        "aten::amax",
        "aten::xlogy",
        "aten::special_xlog1py",
        "aten::_to_copy",
        "aten::linalg_vector_norm",
        "aten::lerp",
        "aten::logical_and",
        "aten::median",
        "prims::exp",
        "prim::device",
    ],
)
def test_operator_is_not_accused(claim: str) -> None:
    assert check_trace([claim], (), POLICY) == ()


def test_nodes_of_the_graph_are_told_from_functions_of_the_same_name() -> None:
    nodes = [
        "SigmoidBackward0",
        "LogSoftmaxBackward0",
        "NllLoss2DBackward0",
        "ReluBackward0",
        "SiluBackward0",
    ]
    assert [v.call for v in check_trace((), nodes, POLICY)] == sorted(nodes)
    mine = ["SigmoidBackward", "SoftmaxBackward", "ExpBackward0", "AccumulateGrad", "ClampMinBackward0"]
    assert check_trace((), mine, POLICY) == ()


def test_an_operator_that_a_building_block_runs_is_excused_with_it() -> None:
    """The backward of cumprod ends in relu_."""
    assert check_trace(["aten::relu_"], ["CumprodBackward0"], POLICY) == ()
    assert check_trace(["aten::relu_"], ["CumsumBackward0"], POLICY)
    assert check_trace(["aten::relu_"], ["CumprodBackward0", "ReluBackward0"], POLICY)


@pytest.mark.parametrize(
    ("allowed", "ops", "nodes"),
    [
        ("torch.softmax", ["aten::_softmax", "aten::_softmax_backward_data"], ["SoftmaxBackward0"]),
        ("torch.nn.SiLU", ["aten::silu", "aten::silu_backward"], ["SiluBackward0"]),
        ("torch.special.expit", ["aten::sigmoid"], ["SigmoidBackward0"]),
        ("cross_entropy", ["aten::_log_softmax", "aten::nll_loss_forward"], ["NllLossBackward0"]),
        ("torch.nn.functional", ["aten::hardtanh", "aten::leaky_relu"], ["EluBackward0"]),
    ],
)
def test_what_a_course_allows_may_run(allowed: str, ops: list[str], nodes: list[str]) -> None:
    assert len(check_trace(ops, nodes, POLICY)) == len(ops) + len(nodes)
    assert check_trace(ops, nodes, RulePolicy(allow=frozenset({allowed}))) == ()
    assert check_trace(["aten::tanh"], (), RulePolicy(allow=frozenset({"torch.softmax"})))


def test_claims_of_a_worker_are_cut_and_cleaned() -> None:
    """The lists come from a process that a submission shares: they may be long or hold terminal codes."""
    claims = ["evil::\x1b[2J\n" + "a" * 10_000, "aten::" + "backward" * 30_000, "", "::", "sigmoid\u202e"]
    violations = check_trace(claims, claims, POLICY)
    assert len(violations) == 4  # all but the second are no operators of torch; as nodes they mean nothing
    for violation in violations:
        assert len(violation.call) <= 80
        assert violation.message.isprintable()


def test_a_node_does_not_hide_an_operator_of_the_same_name() -> None:
    (violation,) = check_trace(["aten::sigmoid"], ["aten::sigmoid", "ExpBackward0"], POLICY)[:1]
    assert violation.call == "aten::sigmoid"
    assert check_trace(["mylib::expBackward"], ["mylib::expBackward"], POLICY)


def test_plain_names_meet() -> None:
    assert plain("aten::_log_softmax_backward_data") == plain("LogSoftmaxBackward0") == plain("LogSoftmax")
    assert plain("aten::nll_loss2d_forward") == plain("NllLoss2DBackward0")
    assert plain("aten::mean") not in load_names().operators
