"""Draws the README's picture: `python docs/screen_picture.py` writes docs/screen.svg anew.

It is what `autograder check sigmoid` prints for an answer that many write, laid out by Rich as on a terminal.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.audit.inprocess import InProcessSandbox
from autograder.course import load_course
from autograder.grade import Grader
from autograder.reporters.console import render_report
from autograder.submission import own_submission

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "screen.svg"
ANSWER = (
    "import torch\n\n\ndef sigmoid(x: torch.Tensor) -> torch.Tensor:\n    return torch.exp(x) / (1 + torch.exp(x))\n"
)
_WIDTH = 80
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # which a reader would fetch from somebody's server


def drawn() -> str:
    """The picture, which the same kit draws the same."""
    course = load_course(ROOT / "course.yaml")
    chosen = course.exercise("sigmoid")
    untouched = own_submission(ROOT / "solutions", course)
    source = replace(untouched.sources["sigmoid"], text=ANSWER)
    submission = replace(untouched, learner="exercises", sources={"sigmoid": source})
    with Grader(course, exercises=[chosen], seed=course.seed, sandbox=InProcessSandbox()) as grader:
        report = grader.grade(submission)
    screen = Console(record=True, width=_WIDTH, file=io.StringIO())
    screen.print(Text.from_ansi(f"$ autograder check sigmoid\n{render_report(report, width=_WIDTH, colour=True)}"))
    picture = screen.export_svg(title="autograder", unique_id="screen")
    return "".join(f"{line.rstrip()}\n" for line in _FONT_FACES.sub("", picture).splitlines())


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
