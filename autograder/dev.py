"""What authors of a course run: stubs from solutions, the schema of course.yaml, and the checks on both."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from autograder.course import Course, CourseFile, Exercise
from autograder.errors import CourseError, UsageError
from autograder.result import Verdict
from autograder.stubs import given_stub, stub_path
from autograder.submission import own_submission

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # nbgrader's markers
TODO = "# TODO: write your answer here, and delete the line below."
STUB_LINES = (TODO, "raise NotImplementedError")
STUB_MODULES = frozenset({"__future__", "collections.abc", "math", "torch", "torch.nn", "typing"})
_SCHEMA_LINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)\s*$", re.MULTILINE)


def stub_source(solution: str) -> str:
    """The solution with the lines between its markers replaced by a TODO; everything outside them is kept."""
    lines = solution.splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if line.strip() in (BEGIN, END)]
    if [lines[number].strip() for number in found] != [BEGIN, END]:
        marks = [lines[number].strip() for number in found]
        raise CourseError(f"markers={marks} in the solution; write one '{BEGIN}' and, below it, one '{END}'")
    begin, end = found
    indent = lines[begin][: lines[begin].index("#")]
    body = [f"{indent}{line}\n" for line in STUB_LINES]
    return "".join(lines[:begin] + body + lines[end + 1 :])


def write_stubs(course: Course, *, force: bool = False) -> list[Path]:
    """Write exercises/, and the stubs that a learner may begin anew from, from solutions/; the paths that changed.

    Args:
        course: whose.
        force: overwrites what somebody has worked in.

    Raises:
        UsageError: a file of exercises/ is no stub of this course, new or old; nothing has been written.

    """
    root = course.path.parent
    stubs: dict[Path, str] = {}
    worked_in = []
    for exercise in course.exercises:
        solution = root / "solutions" / exercise.path
        if not solution.is_file():
            raise CourseError(f"solutions/{exercise.path} is missing; write exercise={exercise.name} there")
        try:
            stub = stub_source(_text(solution))
        except CourseError as problem:
            raise CourseError(f"solutions/{exercise.path}: {problem}") from None
        path = root / "exercises" / exercise.path
        content = _content(path)
        if path.exists() and (content is None or content not in (stub, given_stub(course, exercise))):
            worked_in.append(f"exercises/{exercise.path}")
        stubs |= {path: stub, stub_path(root, exercise): stub}
    if worked_in and not force:
        fact = f"{', '.join(worked_in)}: not as given out, so somebody has worked there"
        raise UsageError(f"{fact}; move that away, or overwrite it with --force")
    return [path for path, stub in stubs.items() if _write(path, stub)]


def write_schema(course: Course, root: Path | None = None) -> Path:
    """Write the JSON Schema of course.yaml to where the course file's ``$schema`` line sends editors."""
    path = _schema_path(course, root or course.path.parent)
    _write(path, _schema())
    return path


def check_course(course: Course, root: Path | None = None) -> list[str]:
    """What is wrong with a course's solutions, stubs and schema: one line a problem, each with its remedy."""
    root = root or course.path.parent
    problems = [*_check_schema(course, root)]
    for exercise in course.exercises:
        problems += _check_solution(exercise, root)
        problems += _check_stub(exercise, root)
    return [*problems, *_check_strays(course, root)]


def check_grading(course: Course, root: Path | None = None) -> list[str]:
    """Grade the course's own files: every solution gets full marks, every stub is `unimplemented`."""
    from autograder.grade import Grader  # imports torch, which the other checks do without

    root = root or course.path.parent
    with Grader(course, exercises=course.exercises, seed=course.seed) as grader:
        solved = grader.grade(own_submission(root / "solutions", course))
        stubs = grader.grade(own_submission(root / "exercises", course))
    problems = []
    for result in solved.exercises:
        failed = [item.name for item in result.properties if item.verdict is not Verdict.PASS]
        if failed:
            fact = f"solutions/{result.file} is graded {result.verdict} and loses {', '.join(failed)}"
            problems.append(f"{fact}; run `autograder check {result.name} --folder solutions`")
    for result in stubs.exercises:
        if result.verdict is not Verdict.UNIMPLEMENTED:
            fact = f"exercises/{result.file} is graded {result.verdict}, expected unimplemented"
            problems.append(f"{fact}; run `autograder dev stubs`")
    return problems


def _check_schema(course: Course, root: Path) -> Iterator[str]:
    try:
        path = _schema_path(course, root)
    except CourseError as problem:
        yield str(problem)
        return
    if not path.is_file() or _text(path) != _schema():
        name = path.relative_to(root).as_posix()
        yield f"{name} is {'out of date' if path.is_file() else 'missing'}; run `autograder dev schema`"


def _check_solution(exercise: Exercise, root: Path) -> Iterator[str]:
    path, name = root / "solutions" / exercise.path, f"solutions/{exercise.path}"
    if not path.is_file():
        yield f"{name} is missing; write exercise={exercise.name} there"
        return
    try:
        tree = _tree(path)
        stub_source(_text(path))
    except CourseError as problem:
        yield f"{name}: {problem}"
        return
    wanted = ast.FunctionDef if exercise.kind == "function" else ast.ClassDef
    found = [node for node in tree.body if isinstance(node, wanted) and node.name == exercise.symbol]
    if not found:
        yield f"{name} defines no {exercise.kind} {exercise.symbol}; define it, or correct course.yaml"
    elif ">>> " not in (ast.get_docstring(found[0]) or ""):
        yield f"{name}: the docstring of {exercise.symbol} has no worked example; add one with '>>>'"


def _check_stub(exercise: Exercise, root: Path) -> Iterator[str]:
    path, name = root / "exercises" / exercise.path, f"exercises/{exercise.path}"
    if not path.is_file():
        yield f"{name} is missing; run `autograder dev stubs`"
        return
    try:
        tree = _tree(path)
    except CourseError as problem:
        yield f"{name}: {problem}"
        return
    try:
        stub = stub_source(_text(root / "solutions" / exercise.path))
    except (OSError, CourseError):
        stub = _text(path)  # what is wrong with the solution is said there
    kept = stub_path(root, exercise)
    stale = [name] if _text(path) != stub else []
    if not stale and _content(kept) != stub:
        stale = [kept.relative_to(root).as_posix()]
    for stale_name in stale:
        yield f"{stale_name} is not what solutions/{exercise.path} gives; run `autograder dev stubs`"
    if (todos := _text(path).count("TODO")) != 1:
        yield f"{name} says TODO {todos} times; say it once, where a learner is to write"
    for module in sorted(_imports(tree) - STUB_MODULES):
        yield f"{name} imports {module}, which no answer may; remove the import from its solution"


def _imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def _check_strays(course: Course, root: Path) -> Iterator[str]:
    """Files that no exercise claims: renaming an exercise leaves its old stub for learners to find."""
    expected = {exercise.path for exercise in course.exercises}
    for folder in ("exercises", "solutions"):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root / folder)
            cache = any(part == "__pycache__" or part.startswith(".") for part in name.parts)
            page = path.name.startswith(("README.", "AGENTS.")) or path.parent.name == "images"
            if path.is_file() and not (cache or page) and name.as_posix() not in expected:
                yield f"{folder}/{name.as_posix()} is no exercise's; delete it, or enter it in course.yaml"


def _schema() -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **CourseFile.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema_path(course: Course, root: Path) -> Path:
    line = _SCHEMA_LINE.search(_text(course.path))
    if not line:
        fact = "no line '# yaml-language-server: $schema=PATH'; add one, so that editors complete the file"
        raise CourseError(f"{course.path.name}:1: {fact}")
    place = PurePosixPath(line[1])
    if place.is_absolute() or ".." in place.parts or place.suffix != ".json" or ":" in line[1]:
        remedy = "name a .json file in the course's folder"
        raise CourseError(f"{course.path.name}: $schema={line[1]} cannot be written; {remedy}")
    return root / place


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(_text(path))
    except (SyntaxError, ValueError) as problem:  # a null byte was a ValueError until 3.11.4
        raise CourseError(f"not Python ({problem}); correct it") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CourseError("not UTF-8 text; save the file as UTF-8") from None


def _content(path: Path) -> str | None:
    """The text of a file, or None where it is none of ours: it is not there, or no text."""
    try:
        return _text(path)
    except (OSError, CourseError):
        return None


def _write(path: Path, text: str) -> bool:
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True
