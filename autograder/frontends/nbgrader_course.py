"""A course as nbgrader keeps one: a notebook an exercise, written from its solution and course.yaml.

A solution is a jupytext percent script: without cell marks it is one cell, the answer; ``# %% [markdown]`` adds
lessons. The table of properties and the test cells, one a tier, are added here.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupytext
from nbformat import NotebookNode, from_dict, v4, writes

from autograder.course import FILE_NAME, Course, Exercise
from autograder.dev import BEGIN, stub_source
from autograder.errors import CourseError
from autograder.language import N_, _
from autograder.result import Tier
from autograder.vocabulary import require_words

if TYPE_CHECKING:
    from autograder.grade.plan import Graded

CONFIG = "nbgrader_config.py"
_FORMAT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_PROMISES = {Tier.CORE: N_("what every right formula keeps"), Tier.STRETCH: N_("what only careful work keeps")}
_CONFIG_TEXT = '''"""nbgrader for this course, written once by `autograder dev notebooks`; it is yours to change."""

from pathlib import Path

from autograder.frontends.nbgrader import configure

c = get_config()
configure(c)  # grades without kernels; the gradebook as real CSV
c.CourseDirectory.course_id = "{course_id}"
c.Exchange.root = str(Path(__file__).parent / "exchange")
c.Exchange.cache = str(Path(__file__).parent / "cache")
# c.GradeAnswers.seed = 20250901  # other cases than the ones learners practise on
# c.GradeAnswers.feedback = "names"  # what learners are shown: full, names or score
# Names of downloaded files, as in `ann_attempt_2025-09-01-10-00-00_sigmoid.ipynb`.
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\\\](?P<student_id>[^/\\\\]+)_attempt_(?P<timestamp>[0-9\\-]+)_(?P<file_id>[^/\\\\]+)"
)
'''


def write_course(course: Course, out: Path | None = None) -> list[Path]:
    """Write the nbgrader course folder, ``nbgrader/`` beside course.yaml when None; the paths written."""
    root = course.path.parent
    out = out or root / "nbgrader"
    notebooks = {}
    for exercise in course.exercises:
        solution = root / "solutions" / exercise.path
        if not solution.is_file():
            raise CourseError(f"solutions/{exercise.path} is missing; write exercise={exercise.name} there")
        try:
            text = as_text(notebook(course, exercise, solution.read_text(encoding="utf-8")))
        except CourseError as problem:
            raise CourseError(f"solutions/{exercise.path}: {problem}") from None
        notebooks[out / "source" / Path(exercise.path).with_suffix(".ipynb")] = text
    for path, text in notebooks.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # For the grading, and released with every unit, so that a learner's `check` knows what is asked.
    copies = [out / FILE_NAME, *sorted({path.with_name(FILE_NAME) for path in notebooks})]
    for copy in copies:
        shutil.copyfile(course.path, copy)
    written = [*notebooks, *copies]
    if not (out / CONFIG).exists():
        name = re.sub(r"[^a-z0-9]+", "-", course.name.lower()).strip("-") or "course"
        (out / CONFIG).write_text(_CONFIG_TEXT.format(course_id=name), encoding="utf-8")
        written.append(out / CONFIG)
    return written


def as_text(nb: NotebookNode) -> str:
    """A notebook as the text of its file."""
    return f"{writes(nb)}\n"  # type: ignore[no-untyped-call]


def notebook(course: Course, exercise: Exercise, solution: str) -> NotebookNode:
    """The source notebook of one exercise, with its solution; valid for nbgrader."""
    stub_source(solution)  # CourseError unless the marks are one pair
    script = jupytext.reads(solution, fmt=_FORMAT)
    cells = [_text(_introduction(exercise, solution))]
    for cell in script.cells:
        if cell.cell_type == "code":
            answer = BEGIN in cell.source
            cells.append(_code(cell.source, answer_marks(exercise) if answer else None))
        else:
            cells.append(_text(cell.source))
    for tier, graded in _tiers(course, exercise):
        cells += [_text(_table(tier, graded)), _code(*_test(exercise, tier, graded))]
    for number, cell in enumerate(cells):
        cell.id = f"{exercise.name}-{number}"  # else drawn at random, and no two builds would be alike
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return v4.new_notebook(cells=cells, metadata=metadata)  # type: ignore[no-untyped-call,no-any-return]


def answer_marks(exercise: Exercise) -> dict[str, Any]:
    """Nbgrader's metadata of an exercise's answer cell."""
    return _marks(exercise.name)


def test_cells(course: Course, exercise: Exercise) -> dict[str, NotebookNode]:
    """The test cells of an exercise by their grade ids, as `notebook` writes them."""
    tiers = _tiers(course, exercise)
    return {grade_id(exercise, tier): _code(*_test(exercise, tier, graded)) for tier, graded in tiers}


def grade_id(exercise: Exercise, tier: Tier) -> str:
    """What nbgrader calls an exercise's test cell."""
    return f"{exercise.name}-{tier}"


def _tiers(course: Course, exercise: Exercise) -> Iterator[tuple[Tier, list[Graded]]]:
    from autograder.grade.plan import share_points  # imports torch
    from autograder.properties import load_properties

    require_words(course)
    shared = share_points(course, exercise, load_properties())
    for tier in Tier:
        graded = [item for item in shared if item.property.tier is tier]
        if graded:
            yield tier, graded


def _test(exercise: Exercise, tier: Tier, graded: list[Graded]) -> tuple[str, dict[str, Any]]:
    source = f'from autograder import check\n\ncheck({exercise.symbol}, tier="{tier}")'
    points = sum(item.hundredths for item in graded) / 100
    return source, _marks(grade_id(exercise, tier), points)


def _marks(name: str, points: float | None = None) -> dict[str, Any]:
    """All that nbgrader's schema asks of a test cell, which has points, or of an answer cell."""
    test = points is not None
    kinds = {"grade": test, "locked": test, "solution": not test, "task": False}
    return {"schema_version": 3, "grade_id": name, "cell_type": "code", **kinds, **({"points": points} if test else {})}


def _introduction(exercise: Exercise, solution: str) -> str:
    lines = (ast.get_docstring(ast.parse(solution)) or "").splitlines()
    hints = "\n".join(f"{number}. {_escaped(_(hint))}" for number, hint in enumerate(exercise.hints, 1))
    title = exercise.name.replace("_", " ").capitalize()
    return "\n\n".join(
        (
            f"# {title} ({_points(exercise.points)})",
            *map(_, lines[:1]),
            _("Write your answer where the cell says TODO, and run it. Then run the cells below to have it checked."),
            f"<details><summary>{_('Hints')}</summary>\n\n{hints}\n\n</details>",
        )
    )


def _table(tier: Tier, graded: list[Graded]) -> str:
    rows = [(item.property.name, _escaped(_(item.property.title)), f"{item.hundredths / 100:g}") for item in graded]
    lines = [(_("property"), _("what holds"), _("points")), ("---", "---", "--:"), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    points = sum(item.hundredths for item in graded) / 100
    return f"### {tier.capitalize()}: {_(_PROMISES[tier])} ({_points(points)})\n\n{table}"


def _points(points: float) -> str:
    return _("{n} points").format(n=f"{points:g}")


def _escaped(text: str) -> str:
    """Prose as Markdown: in ``(a - b)**2 + c**2`` two stars are no bold type."""
    return re.sub(r"[\\`*_<|$]", r"\\\g<0>", text)


def _code(source: str, marks: dict[str, Any] | None = None) -> NotebookNode:
    cell: NotebookNode = v4.new_code_cell(source)  # type: ignore[no-untyped-call]
    if marks is not None:
        cell.metadata["nbgrader"] = from_dict(marks)  # type: ignore[no-untyped-call]
    return cell


def _text(source: str) -> NotebookNode:
    cell: NotebookNode = v4.new_markdown_cell(source)  # type: ignore[no-untyped-call]
    return cell
