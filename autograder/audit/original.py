"""A course's solution as text to be mutated: what is called, with which arguments, and where its lines stand."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from autograder.course import Course, Exercise
from autograder.errors import CourseError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class Edit(NamedTuple):
    """A stretch of the source, by offsets into it, and the text to put there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Solution:
    """The right answer of an exercise.

    Args:
        exercise: which.
        text: the file.

    """

    exercise: Exercise
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.text)

    @cached_property
    def called(self) -> ast.FunctionDef:
        """The function that is graded: the symbol's own, or the module's forward."""
        name = self.exercise.symbol
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
            if isinstance(node, ast.ClassDef) and node.name == name:
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and inner.name == "forward":
                        return inner
        raise CourseError(f"solutions/{self.exercise.path} defines no {name} to call; run `autograder dev check`")

    @cached_property
    def parameters(self) -> tuple[ast.arg, ...]:
        """What a call is given, without self."""
        return tuple(arg for arg in self.called.args.args if arg.arg != "self")

    @cached_property
    def tensors(self) -> tuple[str, ...]:
        """The parameters that are always tensors."""
        return tuple(arg.arg for arg in self.parameters if arg.annotation and _said(arg.annotation) == "torch.Tensor")

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The parameters that have a default."""
        return tuple(arg.arg for arg in self.parameters[len(self.parameters) - len(self.called.args.defaults) :])

    @cached_property
    def defaults(self) -> Mapping[str, int | float | str | bool | None]:
        """What these are, where they are not passed."""
        return {
            name: ast.literal_eval(value) for name, value in zip(self.options, self.called.args.defaults, strict=True)
        }

    @cached_property
    def offsets(self) -> Sequence[int]:
        """Where each line of the file begins, in bytes of UTF-8, as ast counts columns."""
        found = [0]
        for line in self.text.encode().splitlines(keepends=True):
            found.append(found[-1] + len(line))
        return found

    def span(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        """Where a node stands, in bytes."""
        assert node.end_lineno is not None  # noqa: S101  # what was parsed has its end
        assert node.end_col_offset is not None  # noqa: S101
        return self.offsets[node.lineno - 1] + node.col_offset, self.offsets[node.end_lineno - 1] + node.end_col_offset

    def source(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node as it is written."""
        start, end = self.span(node)
        return self.text.encode()[start:end].decode()

    def edited(self, edits: Iterable[Edit]) -> str:
        """The file with some stretches replaced; all else stays as it is, comments and blanks included."""
        data = self.text.encode()
        for start, end, text in sorted(edits, reverse=True):
            data = data[:start] + text.encode() + data[end:]
        return data.decode()


def load_solution(course: Course, exercise: Exercise) -> Solution:
    """The solution of an exercise, from solutions/ beside the course file."""
    path = course.path.parent / "solutions" / exercise.path
    return read_solution(exercise, path)


def read_solution(exercise: Exercise, path: Path) -> Solution:
    """The right answer that a file holds."""
    try:
        return Solution(exercise, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"solutions/{exercise.path} is missing; write exercise={exercise.name} there") from None


def _said(annotation: ast.expr) -> str:
    return ast.unparse(annotation)
