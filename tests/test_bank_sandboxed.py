"""Right answers through the real sandbox, as they are and with a forgotten print in them.

The kill matrix runs the bank without a process, where anything may be imported late. A worker may open no file.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator

import pytest

from autograder.grade import Grader
from autograder.result import ExerciseResult, Verdict
from autograder.sandbox.layered import LayeredSandbox, supported
from tests.bank import Specimen, course, load_bank

pytestmark = pytest.mark.skipif(not supported(), reason="a zygote and its layers are of Linux")

COURSE = course()
RIGHT = load_bank("right")
EXERCISES = [exercise.name for exercise in COURSE.exercises]
FIRST = {name: next(item for item in RIGHT if item.exercise == name and not item.named()) for name in EXERCISES}
FORGOTTEN = """
print({0}, {0}.shape, {0}.dtype)
print(f"{{{0}}} {{{0}!r}} {{{0}.sum():.4f}}", ({0} * 2,))
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LayeredSandbox]:
    with contextlib.closing(LayeredSandbox(COURSE.budget.memory_mb, seconds=COURSE.budget.seconds)) as made:
        yield made


def printing(specimen: Specimen) -> str:
    """The answer with its first argument printed in every way, as the first thing that it does."""
    tree = ast.parse(specimen.text)
    symbol = COURSE.exercise(specimen.exercise).symbol
    asked = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == symbol]
    methods = [node for node in ast.walk(asked[-1]) if isinstance(node, ast.FunctionDef)] if asked else []
    for function in methods:
        if function.name in ("forward", symbol):
            name = function.args.args[function.name == "forward"].arg
            function.body[:0] = ast.parse(FORGOTTEN.format(name)).body
    return ast.unparse(tree)


def complaint(specimen: Specimen, result: ExerciseResult) -> str:
    """How a result differs from what the header names; empty where it does not."""
    lost = {item.name: item for item in result.properties if item.verdict is not Verdict.PASS}
    if lost.keys() == specimen.named():
        return ""
    told = [f"{name}: {item.verdict}: {item.message}" for name, item in lost.items()]
    return "\n".join([specimen.id, result.message or "", *told])


def complaints(exercise: str, sandbox: LayeredSandbox, texts: dict[Specimen, str]) -> list[str]:
    grader = Grader(COURSE, exercises=[COURSE.exercise(exercise)], seed=0, sandbox=sandbox)
    graded = []
    for specimen, text in texts.items():
        altered = Specimen(specimen.kind, specimen.exercise, specimen.name, text, specimen.expectation)
        graded.append(complaint(specimen, grader.grade(altered.submission(COURSE)).exercises[0]))
    return [text for text in graded if text]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_forgotten_print_costs_nothing(exercise: str, sandbox: LayeredSandbox) -> None:
    """torch imports what formats a tensor when the first one is formatted."""
    text = printing(FIRST[exercise])
    assert "print(" in text
    assert complaints(exercise, sandbox, {FIRST[exercise]: text}) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "forgotten",
    [pytest.param(False, id="as they are"), pytest.param(True, id="with a print", marks=pytest.mark.nightly)],
)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_answers_are_right_in_the_sandbox_too(exercise: str, forgotten: bool, sandbox: LayeredSandbox) -> None:
    texts = {item: printing(item) if forgotten else item.text for item in RIGHT if item.exercise == exercise}
    assert complaints(exercise, sandbox, texts) == []
