"""GitHub: a step that grades one submission and leaves a summary, annotations and a result for the reporter."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.disk import write_atomically
from autograder.errors import UsageError
from autograder.frontends.grading import Graded, line_of
from autograder.language import _
from autograder.reporters import github, json, junit, markdown
from autograder.reporters.feedback import Feedback, redact
from autograder.reporters.text import plain
from autograder.result import Gradebook

_MAX_SUMMARY = 1000 * 1024  # GitHub drops a summary of more than 1 MiB


@dataclass(frozen=True)
class _StepFile:
    """A file that GitHub reads when the step ends; what the step had written to it before us stays."""

    path: Path
    before: str

    @classmethod
    def named(cls, variable: str, environment: Mapping[str, str]) -> _StepFile | None:
        name = environment.get(variable)
        if not name:
            return None
        path = Path(name)
        return cls(path, path.read_text(encoding="utf-8") if path.is_file() else "")

    def write(self, text: str) -> None:
        # The whole file, not its end: a submission that found it must not have left the beginning of a value there.
        self.path.write_text(self.before + text, encoding="utf-8")


class Step:
    """Where a step of a workflow leaves what came out.

    Args:
        out: a folder for everything as files, or None.
        environment: of the step; GITHUB_OUTPUT and GITHUB_STEP_SUMMARY name its files.

    """

    def __init__(self, out: Path | None, environment: Mapping[str, str] = os.environ) -> None:
        self._output = _StepFile.named("GITHUB_OUTPUT", environment)
        self._summary = _StepFile.named("GITHUB_STEP_SUMMARY", environment)
        self._workspace = Path(environment.get("GITHUB_WORKSPACE") or ".")
        self._out = out
        if not (self._output or self._summary or out):
            fact = _(
                "neither GITHUB_OUTPUT nor GITHUB_STEP_SUMMARY is set; "
                "run this in a workflow, or name a folder with --out DIR"
            )
            raise UsageError(fact)
        if out:
            out.mkdir(parents=True, exist_ok=True)

    def say(self, reason: str) -> None:
        """Leave a result that is none, with its reason."""
        self._leave(github.unfinished(reason), markdown.unfinished(reason), {"junit.xml": junit.unfinished(reason)})

    def leave(self, graded: Graded, folder: Path) -> str:
        """Leave the results; returns the workflow commands to print."""
        told = graded.told
        files = {"results.json": json.render(told), "junit.xml": junit.render(told)}
        self._leave(github.render(told.submissions[0], told.run.seed), _summary(told), files)
        return github.annotations(told.submissions[0], _lines(graded), self._place(folder))

    def _leave(self, result: str, summary: str, files: Mapping[str, str]) -> None:
        if self._output:
            self._output.write(f"result={github.encode(result)}\n")
        if self._summary:
            self._summary.write(summary)
        if self._out:
            for name, text in {"runner.json": result, "summary.md": summary, **files}.items():
                write_atomically(self._out / name, [text])

    def _place(self, folder: Path) -> str:
        """Where a folder lies in its repository, for GitHub shows annotations at paths below that."""
        folder = folder.resolve()
        for parent in (folder, *folder.parents):
            if (parent / ".git").exists() or parent == self._workspace.resolve():
                place = folder.relative_to(parent).as_posix()
                return "" if place == "." else place
        return ""


def muted(text: str) -> str:
    """The text for a step's log, with its lines that look like workflow commands left unheard."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{plain(text)}::{token}::\n"


def _lines(graded: Graded) -> dict[str, int]:
    """Where each answer begins; a notebook has no lines that GitHub could show."""
    sources = graded.submission.sources
    files = {e.name: e.symbol for e in graded.exercises if e.name in sources and not sources[e.name].cells}
    found = {name: line_of(sources[name].text, symbol) for name, symbol in files.items()}
    return {name: line or 1 for name, line in found.items()}


def _summary(told: Gradebook) -> str:
    text = markdown.render(told)
    if len(text.encode()) <= _MAX_SUMMARY:
        return text
    short = tuple(redact(report, Feedback.NAMES) for report in told.submissions)
    return markdown.render(told.model_copy(update={"submissions": short}))
