"""Stubs, schema and checks for authors; and that the solutions say in their docstrings what they do."""

import ast
import doctest
import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
import torch
import yaml

from autograder.course import Course, load_course
from autograder.dev import BEGIN, END, TODO, check_course, stub_source, write_schema, write_stubs
from autograder.errors import CourseError, UsageError

ROOT = Path(__file__).parent.parent
PATHS = [exercise.path for exercise in load_course(ROOT / "course.yaml").exercises]

SOLUTION = f'''\
"""Twice."""

import torch


def twice(x: torch.Tensor) -> torch.Tensor:
    """Twice each element.

    >>> twice(torch.tensor(1.0))
    tensor(2.)
    """
    {BEGIN}
    def helper(y):
        return y

    return helper(x) + helper(x)
    {END}
'''


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A copy of this repository's course that a test may break."""
    for name in ("solutions", "exercises", ".autograder/stubs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "course.yaml", tmp_path)
    schema = tmp_path / "autograder" / "data" / "course.schema.json"
    schema.parent.mkdir(parents=True)
    shutil.copy(ROOT / "autograder" / "data" / "course.schema.json", schema)
    return load_course(tmp_path / "course.yaml")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"solution_{Path(path).stem}", ROOT / "solutions" / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- stub_source ---


def test_a_stub_is_the_solution_but_for_its_body() -> None:
    before, rest = SOLUTION.split(f"    {BEGIN}\n")
    assert stub_source(SOLUTION) == f"{before}    {TODO}\n    raise NotImplementedError\n"
    assert "helper" in rest
    assert "helper" not in stub_source(SOLUTION)


def test_a_stub_keeps_what_stands_below_the_markers() -> None:
    assert stub_source(f"{SOLUTION}\n\nlast = 1\n").endswith("raise NotImplementedError\n\n\nlast = 1\n")


@pytest.mark.parametrize(
    "solution",
    [
        SOLUTION.replace(f"    {BEGIN}\n", ""),
        SOLUTION.replace(f"    {END}\n", ""),
        SOLUTION + SOLUTION,
        SOLUTION.replace(BEGIN, "-").replace(END, BEGIN).replace("-", END, 1),
    ],
    ids=["no begin", "no end", "two", "reversed"],
)
def test_markers_must_be_there_once_and_in_order(solution: str) -> None:
    with pytest.raises(CourseError, match=r"^markers=\[.*\] in the solution; write one '### BEGIN SOLUTION'"):
        stub_source(solution)


@pytest.mark.parametrize("path", PATHS)
def test_a_stub_raises_and_shows_its_learner_nothing(path: str) -> None:
    """The tree of each stub: one function whose body is its docstring and the exception."""
    stub = stub_source((ROOT / "solutions" / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.FunctionDef)]
    assert [[type(statement) for statement in function.body] for function in functions] == [[ast.Expr, ast.Raise]]


# --- what is committed ---


def test_the_course_of_this_repository_has_no_problems() -> None:
    assert check_course(load_course(ROOT / "course.yaml")) == []


def test_the_committed_schema_accepts_the_course_and_no_unknown_key() -> None:
    schema = json.loads((ROOT / "autograder/data/course.schema.json").read_text(encoding="utf-8"))
    course = yaml.safe_load((ROOT / "course.yaml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert list(validator.iter_errors(course)) == []
    course["exercises"][0]["hint"] = "one"
    assert ["hint" in problem.message for problem in validator.iter_errors(course)] == [True]


@pytest.mark.parametrize("path", PATHS)
def test_the_worked_example_of_a_solution_is_right(path: str) -> None:
    results = doctest.testmod(load(path))
    assert results.attempted == 1
    assert results.failed == 0


WORKED: dict[str, tuple[Callable[[ModuleType], torch.Tensor], list[float] | float]] = {
    "activations/sigmoid.py": (lambda m: m.sigmoid(torch.arange(-1.0, 2)), [0.2689, 0.5, 0.7311]),
    "activations/relu.py": (lambda m: m.relu(torch.arange(-1.0, 2)), [0, 0, 1]),
    "activations/tanh.py": (lambda m: m.tanh(torch.arange(-1.0, 2)), [-0.7616, 0, 0.7616]),
    "activations/custom_activation.py": (
        lambda m: m.CustomActivation()(torch.arange(-1.0, 2)),
        [-0.2689, 0, 0.7311],
    ),
    "losses/cross_entropy.py": (
        lambda m: m.cross_entropy(torch.tensor([[1.0, 2.0, 0.0]]), torch.tensor([1])),
        0.4076,
    ),
    "losses/mse_loss.py": (lambda m: m.mse_loss(torch.tensor([1.5, 2.5, 3.5]), torch.arange(1.0, 4)), 0.25),
    "losses/custom_loss.py": (
        lambda m: m.CustomLoss()(torch.tensor([1.5, 2.5, 3.5]), torch.arange(1.0, 4)),
        0.5,
    ),
}


@pytest.mark.parametrize("path", PATHS)
def test_solutions_agree_with_the_worked_numbers_of_the_lessons(path: str) -> None:
    call, expected = WORKED[path]
    assert torch.equal(call(load(path)).round(decimals=4), torch.tensor(expected))


# --- writing ---


def test_write_stubs_writes_only_what_changed(course: Course) -> None:
    root = course.path.parent
    assert write_stubs(course) == []
    (root / "exercises/losses/mse_loss.py").unlink()
    (root / ".autograder/stubs/activations/relu.py").unlink()
    written = write_stubs(course)
    assert written == [root / ".autograder/stubs/activations/relu.py", root / "exercises/losses/mse_loss.py"]
    assert check_course(course) == []


def test_write_stubs_replaces_an_earlier_stub(course: Course) -> None:
    """What an author has changed in a solution reaches the stubs that nobody has touched, without --force."""
    root = course.path.parent
    edit(root / "solutions" / MSE, "reduced.", "then reduced.")
    assert write_stubs(course) == [root / "exercises" / MSE, root / ".autograder/stubs" / MSE]
    assert check_course(course) == []


@pytest.mark.parametrize("work", [b"import torch\n", b"\xff", b""], ids=["python", "no text", "empty"])
@pytest.mark.parametrize("kept", [True, False], ids=["with its stub kept", "without"])
def test_write_stubs_never_overwrites_work(course: Course, work: bytes, kept: bool) -> None:
    """Nothing at all is written where one file holds somebody's work, unless it is forced."""
    root = course.path.parent
    (root / "exercises" / MSE).write_bytes(work)
    (root / "exercises/activations/relu.py").unlink()
    if not kept:
        shutil.rmtree(root / ".autograder")
    with pytest.raises(UsageError, match=rf"^exercises/{MSE}: not as given out, so somebody has .* --force$"):
        write_stubs(course)
    assert (root / "exercises" / MSE).read_bytes() == work
    assert not (root / "exercises/activations/relu.py").exists()
    assert root / "exercises" / MSE in write_stubs(course, force=True)
    assert check_course(course) == []


def test_write_stubs_names_the_solution_it_cannot_use(course: Course) -> None:
    path = course.path.parent / "solutions/activations/relu.py"
    edit(path, BEGIN, "###")
    with pytest.raises(CourseError, match=r"^solutions/activations/relu\.py: markers="):
        write_stubs(course)
    path.unlink()
    with pytest.raises(CourseError, match=r"^solutions/activations/relu\.py is missing; write exercise=relu there$"):
        write_stubs(course)


def test_write_schema_writes_where_the_course_file_sends_editors(course: Course) -> None:
    edit(course.path, "autograder/data/course.schema.json", "editor/schema.json")
    assert check_course(course) == ["editor/schema.json is missing; run `autograder dev schema`"]
    assert write_schema(course) == course.path.parent / "editor" / "schema.json"
    assert check_course(course) == []


@pytest.mark.parametrize("place", ["/schema.json", "../schema.json", "https://x.org/schema.json", "schema.yaml"])
def test_the_schema_stays_in_the_course(course: Course, place: str) -> None:
    edit(course.path, "autograder/data/course.schema.json", place)
    with pytest.raises(CourseError, match=r"^course\.yaml: \$schema=.* cannot be written; name a \.json file"):
        write_schema(course)


# --- every problem check_course can name ---

MSE = "losses/mse_loss.py"
PROBLEMS = {
    "stale stub": (
        f"solutions/{MSE}",
        "reduced.",
        "then reduced.",
        f"exercises/{MSE} is not what solutions/{MSE} gives; run `autograder dev stubs`",
    ),
    "stale kept stub": (
        f".autograder/stubs/{MSE}",
        "TODO",
        "to do",
        f".autograder/stubs/{MSE} is not what solutions/{MSE} gives; run `autograder dev stubs`",
    ),
    "edited stub": (
        f"exercises/{MSE}",
        "raise NotImplementedError",
        "return input",
        f"exercises/{MSE} is not what solutions/{MSE} gives; run `autograder dev stubs`",
    ),
    "stub without TODO": (
        f"exercises/{MSE}",
        "TODO",
        "To do",
        f"exercises/{MSE} says TODO 0 times; say it once",
    ),
    "stub with two TODOs": (
        f"exercises/{MSE}",
        "TODO",
        "TODO TODO",
        f"exercises/{MSE} says TODO 2 times; say it once",
    ),
    "stub with imports": (
        f"exercises/{MSE}",
        "import torch",
        "import torch\nimport torch.nn.functional",
        f"exercises/{MSE} imports torch.nn.functional, which no answer may",
    ),
    "stub that is no Python": (
        f"exercises/{MSE}",
        "import torch",
        "import",
        f"exercises/{MSE}: not Python (invalid",
    ),
    "solution without marker": (
        f"solutions/{MSE}",
        END,
        "",
        f"solutions/{MSE}: markers=['{BEGIN}'] in the solution; write one",
    ),
    "solution that is no Python": (
        f"solutions/{MSE}",
        "import torch",
        "import",
        f"solutions/{MSE}: not Python (inv",
    ),
    "null byte": (
        f"solutions/{MSE}",
        "import torch",
        "\0",
        f"solutions/{MSE}: not Python (source code string cannot",
    ),
    "no example": (
        f"solutions/{MSE}",
        ">>>",
        "...",
        f"solutions/{MSE}: the docstring of mse_loss has no worked example; add one with '>>>'",
    ),
    "no symbol": (
        f"solutions/{MSE}",
        "def mse_loss(",
        "def mse(",
        f"solutions/{MSE} defines no function mse_loss; define it, or correct course.yaml",
    ),
    "stale schema": (
        "autograder/data/course.schema.json",
        "seed",
        "sead",
        "autograder/data/course.schema.json is out of date; run `autograder dev schema`",
    ),
    "no schema line": (
        "course.yaml",
        "# yaml-language-server",
        "#",
        "course.yaml:1: no line '# yaml-language-server",
    ),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_is_named(course: Course, problem: str) -> None:
    path, old, new, expected = PROBLEMS[problem]
    edit(course.path.parent / path, old, new)
    assert any(line.startswith(expected) for line in check_course(course)), check_course(course)


def test_a_class_is_no_function(course: Course) -> None:
    edit(course.path, "symbol: mse_loss\n    kind: function", "symbol: mse_loss\n    kind: module")
    found = check_course(load_course(course.path))
    assert found == [f"solutions/{MSE} defines no module mse_loss; define it, or correct course.yaml"]


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_missing_and_stray_files_are_named(course: Course, folder: str) -> None:
    path = course.path.parent / folder / MSE
    path.rename(path.with_name("mse.py"))
    found = check_course(course)
    assert any(line.startswith(f"{folder}/{MSE} is missing; ") for line in found)
    assert f"{folder}/losses/mse.py is no exercise's; delete it, or enter it in course.yaml" in found
    assert len(found) == 2


def test_lessons_and_caches_are_not_stray(course: Course) -> None:
    for name in (
        "README.md",
        "losses/README.md",
        "losses/README.zh-CN.md",
        "AGENTS.md",
        "losses/images/mse_loss.svg",
        "losses/__pycache__/mse_loss.pyc",
        ".ipynb_checkpoints/a.py",
    ):
        path = course.path.parent / "exercises" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert check_course(course) == []


def test_files_that_are_no_text_are_named(course: Course) -> None:
    for folder in ("exercises", "solutions"):
        (course.path.parent / folder / MSE).write_bytes(b"\xff")
    assert check_course(course) == [
        f"solutions/{MSE}: not UTF-8 text; save the file as UTF-8",
        f"exercises/{MSE}: not UTF-8 text; save the file as UTF-8",
    ]
