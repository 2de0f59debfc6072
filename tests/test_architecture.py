"""The layers of the kit: a unit imports only units on lower lines, and some packages belong to a few units only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "autograder"

# A unit is a module or a package directly below autograder/.
LAYERS = {
    "errors": 0,
    "interrupt": 0,
    "language": 0,
    "worker": 0,
    "result": 1,
    "kit": 1,
    "newer_python": 1,
    "disk": 1,
    "course_yaml": 1,
    "course": 1,
    "torch_names": 2,
    "stubs": 2,
    "rules": 2,
    "submission": 2,
    "oracle": 2,
    "strategies": 2,
    "sandbox": 2,
    "properties": 3,
    "remedies": 3,
    "vocabulary": 4,
    "diagnosis": 3,
    "grade": 4,
    "audit": 5,
    "pool": 5,
    "reporters": 5,
    "pictures": 5,
    "dev": 6,
    "learner": 6,
    "frontends": 6,
    "options": 6,
    "doctor": 6,
    "terminal": 6,
    "signs": 6,
    "journal": 6,
    "class_run": 6,
    "site": 6,
    "cli": 7,
    "locale": 8,
    "__main__": 8,
    "__init__": 8,  # offers `check` by name; nobody imports it back but for __version__
}
# Units of one line that may import each other, in this direction only.
WITHIN = {
    ("course", "course_yaml"),
    ("course", "result"),
    ("rules", "torch_names"),
    ("grade", "vocabulary"),
    ("frontends", "terminal"),
    ("class_run", "journal"),
    ("frontends", "options"),
    ("frontends", "dev"),
    ("frontends", "site"),
    ("site", "journal"),
    ("learner", "dev"),
    ("learner", "options"),
    ("learner", "terminal"),
}
ONLY = {
    "torch": {"audit", "worker", "oracle", "strategies", "properties", "diagnosis"},
    "hypothesis": {"strategies", "grade"},
    "yaml": {"course", "course_yaml"},
    "subprocess": {"sandbox", "pool"},  # pool: grader processes, which are ours; what runs learners' code is sandbox's
    "multiprocessing": {
        "audit",
        "sandbox",
        "pool",
    },  # audit: processes of ours, about our own mutants; pool: Dask's own processes are to leave Ctrl-C to us
    "nbformat": {"submission", "frontends"},
    "dask": {"pool"},  # it and the next are an optional extra
    "distributed": {"pool"},
    "typer": {"cli", "frontends", "learner", "locale", "options"},
    "babel": {"locale"},  # a tool of ours: the kit reads what it compiled by gettext
    "watchfiles": {"learner"},
    "matplotlib": {"pictures"},
    "plotext": {"pictures"},
    "jinja2": {"site"},
    "ruff": {"sandbox"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def unit_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> Iterator[str]:
    """Every imported module by its full name, relative imports resolved."""
    package = ["autograder", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{whole}.{alias.name}" for alias in node.names) if whole == "autograder" else [whole]


def units_imported(path: Path) -> set[str]:
    own = {name.split(".")[1] for name in imports(path) if name.startswith("autograder.")}
    return own - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_unit_imports_only_lower_lines(path: Path) -> None:
    unit = unit_of(path)
    for other in units_imported(path) - {unit}:
        lower = LAYERS[other] < LAYERS[unit]
        assert lower or (unit, other) in WITHIN, f"{unit} (line {LAYERS[unit]}) imports {other} (line {LAYERS[other]})"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_packages_stay_with_their_units(path: Path) -> None:
    unit = unit_of(path)
    for name in imports(path):
        allowed = ONLY.get(name.split(".")[0])
        assert allowed is None or unit in allowed, f"{unit} imports {name}; only {sorted(allowed or [])} may"


def test_the_worker_imports_nothing_else_of_ours() -> None:
    for path in (PACKAGE / "worker").glob("*.py"):
        assert units_imported(path) <= {"worker"}, path.name


def test_every_unit_has_its_line() -> None:
    assert {unit_of(path) for path in MODULES} == set(LAYERS)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"]])
def test_help_imports_neither_torch_nor_hypothesis(arguments: list[str]) -> None:
    """Importing torch takes 2 s; nobody waits that long for a help text."""
    code = f"""
import sys
sys.argv = ["autograder", *{arguments!r}]
from autograder.cli import main
try:
    main()
except SystemExit as error:
    assert not error.code, error.code
print(sorted({{"torch", "hypothesis", "numpy", "nbformat", "matplotlib", "plotext", "jinja2"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_functions_and_modules_stay_small() -> None:
    """Budgets, not style: what outgrows them is split, since nobody finds their way in a god module."""
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= 350, path
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 60, f"{path.name}: {node.name} has {length} lines"
