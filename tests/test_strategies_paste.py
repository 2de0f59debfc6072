"""What a counterexample prints can be pasted, and gives the very call that failed."""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from autograder.course import Exercise
from autograder.properties import load_properties
from autograder.strategies.build import families
from autograder.strategies.drawing import draw
from autograder.strategies.paste import literal, paste
from autograder.strategies.probe import Probe
from autograder.worker.case import Case
from autograder.worker.observe import observe
from tests.bank import course
from tests.solutions import solution

COURSE = course()
DRAWN = 2  # drawn probes of each strategy; all fixed ones are tried
F64 = torch.float64


@pytest.fixture(autouse=True)
def default_dtype() -> Iterator[None]:
    """What the pasted lines set is put back."""
    yield
    torch.set_default_dtype(torch.float32)


@dataclass
class Call:
    """How the exercise's symbol was called."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    training: bool
    grad_enabled: bool = field(default_factory=torch.is_grad_enabled)
    default_dtype: torch.dtype = field(default_factory=torch.get_default_dtype)
    inference: bool = field(default_factory=torch.is_inference_mode_enabled)


def recorder(exercise: Exercise, calls: list[Call], right: Callable[..., Tensor]) -> Any:
    """Stands in for the learner's function or class."""
    if exercise.kind == "function":

        def function(*args: Any, **kwargs: Any) -> Tensor:
            calls.append(Call(args, kwargs, training=True))
            return right(*args, **kwargs)

        return function

    class Module(nn.Module):
        def forward(self, *args: Any) -> Tensor:
            calls.append(Call(args, {}, self.training))
            return right(*args)

    return Module


def run(text: str, names: dict[str, Any]) -> Any:
    """Execute the lines as an interactive session does; the value of the last one."""
    tree = ast.parse(text)
    with contextlib.redirect_stdout(io.StringIO()):
        for statement in tree.body[:-1]:
            exec(compile(ast.Module([statement], []), "<paste>", "exec"), names)
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            return eval(compile(ast.Expression(last.value), "<paste>", "eval"), names)
        exec(compile(ast.Module([last], []), "<paste>", "exec"), names)
    return None


def strides(tensor: Tensor) -> list[int]:
    """Those that say where an element is: not those of sides of 1, nor any of an empty tensor."""
    return [stride for side, stride in zip(tensor.shape, tensor.stride(), strict=True) if side > 1 and tensor.numel()]


def differs(mine: Any, right: Any) -> str | None:
    if not isinstance(right, Tensor):
        return None if type(mine) is type(right) and mine == right else f"{mine!r}, not {right!r}"
    if not isinstance(mine, Tensor):
        return f"{mine!r} is no tensor"
    for name, of in (
        ("dtype", lambda x: x.dtype),
        ("shape", lambda x: x.shape),
        ("strides", strides),
        ("signs", lambda x: x.signbit().tolist()),
        ("numbers", lambda x: x.detach().nan_to_num(nan=12345.0).tolist()),
    ):
        if of(mine) != of(right):
            return f"{name} {of(mine)}, not {of(right)}"
    return None


def probes(exercise: Exercise) -> Iterator[tuple[str, Probe]]:
    makers = families(exercise, COURSE.budget)
    for name in sorted({load_properties()[item].reads for item in exercise.properties}):
        family = makers[name]
        found = draw(family, 9)
        yield from ((name, probe) for probe in found[: len(family.fixed) + DRAWN * len(family.strategies)])


def problem(exercise: Exercise, case: Case, call: Call, *, gradient: bool) -> str | None:
    """How a pasted call differs from its case."""
    given = [*call.args, *call.kwargs.values()]
    names = [*case.names, *([] if case.bare else case.kwargs)]
    if len(given) != len(case.args) + len(case.kwargs) or list(call.kwargs) != names:
        return f"called with {call}"
    for mine, right in zip(given, (*case.args, *case.kwargs.values()), strict=True):
        difference = differs(mine, right)
        if difference is not None:
            return difference
    asked = case.grad_enabled and not case.inference, case.default_dtype, case.inference
    if (call.grad_enabled, call.default_dtype, call.inference) != asked:
        return f"surroundings of {call}"
    if any(value.storage_offset() != case.offset for value in call.args if isinstance(value, Tensor) and value.numel()):
        return "offset"
    if exercise.kind == "module" and call.training is not case.training:
        return f"training={call.training}"
    wanted = [index in case.wrt for index in range(len(case.args))]
    if (gradient or case.cotangent is None) and [value.requires_grad for value in given[: len(wanted)]] != wanted:
        return "requires_grad"
    return None


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
def test_pasted_lines_make_the_same_call(exercise: Exercise) -> None:
    """Of every fixed probe and some drawn ones: equal numbers, dtypes, shapes, strides, options and surroundings."""
    problems = []
    for family, probe in probes(exercise):
        for case in probe.cases:
            calls: list[Call] = []
            names = {"torch": torch, exercise.symbol: recorder(exercise, calls, lambda *_, **__: torch.zeros(()))}
            text = paste(exercise, Probe((case,)), gradient=False)
            torch.set_default_dtype(torch.float32)
            run(text, names)
            assert len(calls) == 1, text
            found = problem(exercise, case, calls[0], gradient=False)
            problems += [f"{family}: {found}\n{text}"] if found else []
    assert problems == []


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
def test_pasted_lines_give_the_same_gradients(exercise: Exercise) -> None:
    """Where there is something to differentiate; second gradients too."""
    problems, tried = [], 0
    right = solution(exercise)
    for family, probe in probes(exercise):
        for case in probe.cases:
            if case.cotangent is None or not case.grad_enabled or case.device != "cpu":
                continue
            seen = observe(right, case)
            if seen.raised is not None or (
                case.second and not any(bool(tensor.any()) for tensor in seen.second if tensor is not None)
            ):
                continue  # an unknown reduction; a constant gradient, of which torch.autograd.grad makes no more
            calls: list[Call] = []
            text = paste(exercise, Probe((case,)), gradient=True)
            torch.set_default_dtype(torch.float32)
            mine = run(text, {"torch": torch, exercise.symbol: recorder(exercise, calls, right)})
            found = problem(exercise, case, calls[0], gradient=True)
            for ours, theirs in zip(mine, seen.second if case.second else seen.gradients, strict=True):
                found = found or differs(None if ours is None else ours.contiguous(), theirs)
            problems += [f"{family}: {found}\n{text}"] if found else []
            tried += 1
    assert problems == []
    assert tried > 60


def test_a_probe_of_several_cases_is_several_calls() -> None:
    cases = tuple(Case((torch.tensor(value),)) for value in (1.0, -1.0, 1.0))
    assert paste(COURSE.exercise("relu"), Probe(cases), gradient=False).splitlines() == [
        "relu(torch.tensor(1.0))",
        "relu(torch.tensor(-1.0))",
        "relu(torch.tensor(1.0))",
    ]


@pytest.mark.parametrize(
    ("exercise", "case", "gradient", "text"),
    [
        ("sigmoid", Case((torch.tensor(-89.0),)), False, "sigmoid(torch.tensor(-89.0))"),
        (
            "sigmoid",
            Case((torch.tensor([0.0]),), wrt=(0,), cotangent=torch.ones(1)),
            True,
            """
            x = torch.tensor([0.0], requires_grad=True)
            torch.autograd.grad(sigmoid(x), [x])
            """,
        ),
        (
            "mse_loss",
            Case(
                (torch.tensor([2.0], dtype=F64), torch.tensor([1.0], dtype=F64)),
                {"reduction": "sum"},
                wrt=(0, 1),
                cotangent=torch.tensor(1.0, dtype=F64),
            ),
            True,
            """
            x = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
            target = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
            torch.autograd.grad(mse_loss(x, target, reduction='sum'), [x, target])
            """,
        ),
        (
            "tanh",
            Case(
                (torch.tensor([0.5]),),
                wrt=(0,),
                cotangent=torch.tensor([2.0]),
                second=(torch.tensor([3.0]),),
            ),
            True,
            """
            x = torch.tensor([0.5], requires_grad=True)
            g = torch.autograd.grad(tanh(x), [x], torch.tensor([2.0]), create_graph=True)
            torch.autograd.grad(g, [x], [torch.tensor([3.0])], allow_unused=True)
            """,
        ),
        (
            "custom_activation",
            Case((torch.tensor([1.0]),), training=False),
            False,
            "CustomActivation().eval()(torch.tensor([1.0]))",
        ),
        (
            "relu",
            Case((torch.tensor([1.0]),), wrt=(0,), grad_enabled=False),
            False,
            "with torch.no_grad(): print(relu(torch.tensor([1.0], requires_grad=True)).requires_grad)",
        ),
        (
            "relu",
            Case((torch.tensor([1.0]),), device="simulated"),
            False,
            """
            # with every tensor on an accelerator
            relu(torch.tensor([1.0]))
            """,
        ),
    ],
)
def test_pasted_lines_read_well(exercise: str, case: Case, gradient: bool, text: str) -> None:
    lines = [line.strip() for line in text.strip().splitlines()]
    assert paste(COURSE.exercise(exercise), Probe((case,)), gradient=gradient).splitlines() == lines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        ("mean", "'mean'"),
        (-100, "-100"),
        (0.1, "0.1"),
        (torch.tensor(0.1), "torch.tensor(0.1)"),
        (torch.tensor(0.1, dtype=F64), "torch.tensor(0.1, dtype=torch.float64)"),
        (torch.tensor([1, 2]), "torch.tensor([1, 2])"),
        (torch.tensor([1, 2], dtype=torch.uint8), "torch.tensor([1, 2], dtype=torch.uint8)"),
        (torch.tensor([torch.inf, -torch.inf]), 'torch.tensor([float("inf"), float("-inf")])'),
        (torch.tensor([torch.nan]), 'torch.tensor([float("nan")])'),
        (torch.zeros(2, 0, 3), "torch.zeros((2, 0, 3))"),
        (torch.zeros(0, dtype=torch.int64), "torch.zeros((0,), dtype=torch.int64)"),
        (torch.tensor([1.0]).expand(3), "torch.tensor([1.0]).as_strided((3,), (0,))"),
        (
            torch.tensor([[1.0, 2.0], [3.0, 4.0]]).T,
            "torch.tensor([1.0, 2.0, 3.0, 4.0]).as_strided((2, 2), (1, 2))",
        ),
    ],
)
def test_literals(value: Any, text: str) -> None:
    assert literal(value) == text
    assert differs(eval(text), value) is None
