"""An answer for a newer Python is told which one grades, and where that matters; nothing else is."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import mypy
import pytest

from autograder.grade import Grader
from autograder.newer_python import GRADING, NAMES, newer_name_advice
from autograder.result import Verdict
from autograder.sandbox.newer_syntax import newer_syntax
from tests.inprocess import InProcessSandbox
from tests.test_grade import COURSE, found, graded

TYPESHED = Path(mypy.__file__).parent / "typeshed/stdlib"
RIGHT = "    return torch.where(x <= 0, 0.0, x)\n"

# Each with the line and the version that it needs; nested quotes are read by every Python from 3.12.
NEWER = {
    "quotes in an f-string": ('import torch\ndef relu(x):\n    f"{x["a"]}"\n' + RIGHT, 3, (3, 12)),
    "a backslash in an f-string": ("import torch\ndef relu(x):\n    f\"{'\\n'.join([])}\"\n" + RIGHT, 3, (3, 12)),
    "a comment in an f-string": ('import torch\ndef relu(x):\n    f"""{1 # one\n}"""\n' + RIGHT, 3, (3, 12)),
    "a generic class": ("import torch\nclass Box[T]:\n    pass\ndef relu(x):\n" + RIGHT, 2, (3, 12)),
    "a generic function": ("import torch\ndef relu[T](x: T) -> T:\n" + RIGHT, 2, (3, 12)),
    "a type alias": ("import torch\ntype Tensor = torch.Tensor\ndef relu(x):\n" + RIGHT, 2, (3, 12)),
    "a default of a type": ("import torch\ndef relu[T = int](x: T):\n" + RIGHT, 2, (3, 13)),
    "exceptions without brackets": (
        "import torch\ndef relu(x):\n    try:\n        pass\n    except ValueError, TypeError:\n        pass\n" + RIGHT,
        5,
        (3, 14),
    ),
    "a template string": ('import torch\ndef relu(x):\n    t"{x}"\n' + RIGHT, 3, (3, 14)),
}
newer = pytest.mark.parametrize(("source", "line", "since"), NEWER.values(), ids=NEWER)


@pytest.fixture(scope="module")
def relu() -> Iterator[Grader]:
    with Grader(COURSE, exercises=COURSE.select(["relu"]), seed=0, sandbox=InProcessSandbox()) as grader:
        yield grader


@newer
def test_newer_syntax_is_named_with_both_versions_and_its_line(
    source: str, line: int, since: tuple[int, int], relu: Grader
) -> None:
    if since <= GRADING:
        pytest.skip("this Python reads it")
    result = graded(relu, source)
    assert result.verdict is Verdict.CRASH
    assert result.message is not None
    python = "{}.{}".format(*GRADING)
    assert result.message.startswith(f"line {line} is not Python {python}: ")
    assert result.message.endswith(
        f"; this syntax came with Python {since[0]}.{since[1]}, "
        f"and answers are graded with Python {python}: write it for Python {python}"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def relu(x)\n    return x\n",
        "def relu(x):\n    return (x\n",
        "def relu(x):\nreturn x\n",
        "def relu(x):\n    print 'x'\n",
        "def relu[T](x: T):\n    return (x\n",  # newer, and no Python all the same
        "class Box[T]:\n    pass\ndef relu(x)\n    return x\n",
        "def relu(x):\n    if x = 1:\n        return x\n",
        "def relu（x）:\n    return x\n",
        "# ruff: noqa\ndef relu(x):\n    return x x\n",
        "",
    ],
)
def test_an_ordinary_mistake_is_not_called_newer(source: str, relu: Grader) -> None:
    assert newer_syntax(source) is None
    message = graded(relu, source).message
    assert message is not None
    assert "came with" not in message


def test_the_version_is_that_of_all_that_is_newer() -> None:
    found = newer_syntax('type X = int\nt"{X}"\nclass Box[T]: pass\n')
    assert found is not None
    assert (found.line, found.since) == (1, (3, 14))


@pytest.mark.parametrize(
    "failure",
    [FileNotFoundError("no ruff"), subprocess.TimeoutExpired("ruff", 10), subprocess.CompletedProcess([], 2, b"", b"")],
    ids=["absent", "slow", "refuses"],
)
def test_without_ruffs_word_pythons_own_stands(
    failure: Exception | subprocess.CompletedProcess[bytes], relu: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        if isinstance(failure, Exception):
            raise failure
        return failure

    monkeypatch.setattr(subprocess, "run", run)
    message = graded(relu, "import torch\ntype X = int\ndef relu(x):\n" + RIGHT).message
    assert message == "line 2 is not Python: invalid syntax, `type X = int`"


ADVICE = "typing.override came with Python 3.12, and answers are graded with Python 3.11: write it for Python 3.11"


@pytest.mark.skipif(GRADING >= (3, 12), reason="this Python has it")
class TestNames:
    def test_an_import_of_a_newer_name(self, relu: Grader) -> None:
        result = graded(relu, "import torch\nfrom typing import override\ndef relu(x):\n" + RIGHT)
        assert result.verdict is Verdict.CRASH
        fact = "the file cannot be loaded: ImportError in line 2, `from typing import override`: cannot import name"
        assert result.message == f"{fact} 'override' from 'typing' (typing.py); {ADVICE}"

    def test_an_import_inside_a_function(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x):\n    from typing import override\n" + RIGHT)
        broken = found(result, "values")
        assert broken.message == f"it raises ImportError in line 3, `from typing import override`; {ADVICE}"
        assert broken.counterexample is not None
        assert broken.counterexample.actual == "ImportError: cannot import name 'override' from 'typing' (typing.py)"


@pytest.mark.parametrize(
    "message",
    [
        "cannot import name 'overide' from 'typing' (typing.py)",
        "module 'math' has no attribute 'sumproduct'",
        "'module' object is not callable",
        "cannot import name 'Self' from 'typing'",
    ],
)
def test_a_name_that_no_python_has_is_not_called_newer(message: str) -> None:
    assert newer_name_advice(message) is None


def test_an_attribute_of_a_module_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.newer_python.GRADING", (3, 12))
    assert newer_name_advice("module 'math' has no attribute 'sumprod'") is None  # 3.12 has it: something else is wrong
    assert newer_name_advice("module 'math' has no attribute 'fma'") == (
        "math.fma came with Python 3.13, and answers are graded with Python 3.12: write it for Python 3.12"
    )


# What typeshed says ---------------------------------------------------------------------------------------------------


def _defined(body: list[ast.stmt], since: tuple[int, int]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every public name that these statements define, and from which Python on."""
    for node in body:
        match node:
            case ast.If(test=ast.Compare(left=left, ops=[op], comparators=[version])) if "version" in ast.unparse(left):
                if isinstance(op, ast.GtE):
                    yield from _defined(node.body, max(since, ast.literal_eval(version)[:2]))
                    yield from _defined(node.orelse, since)
            case ast.If():
                yield from _defined([*node.body, *node.orelse], since)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, since
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                yield name, since
            case ast.ImportFrom(names=names):
                yield from ((alias.asname, since) for alias in names if alias.asname)


def _dated(module: str) -> dict[str, tuple[int, int]]:
    """The names of a module that came with Python 3.12 or later."""
    file = {"collections.abc": "_collections_abc.pyi"}.get(module, f"{module}.pyi")
    path = TYPESHED / file if (TYPESHED / file).is_file() else TYPESHED / module / "__init__.pyi"
    since: dict[str, tuple[int, int]] = {}
    for name, version in _defined(ast.parse(path.read_text(encoding="utf-8")).body, (3, 0)):
        since[name] = min(version, since.get(name, version))
    return {
        f"{module}.{name}": version for name, version in since.items() if version > (3, 11) and not name.startswith("_")
    }


def test_the_names_are_those_that_typeshed_dates() -> None:
    known = {name: version for version, names in NAMES.items() for name in names.split()}
    modules = {name.rpartition(".")[0] for name in known} | {"math"}
    assert {name: version for module in modules for name, version in _dated(module).items()} == known
