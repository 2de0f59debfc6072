"""Find what of a newer Python's syntax makes a source unreadable to this one: by ruff, which knows all versions'.

It runs as a process of its own, which reads text and runs nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from typing import Any

from autograder.newer_python import GRADING

_SECONDS = 10.0
_SINCE = re.compile(r"(?P<fact>.*) on Python [\d.]+ \(syntax was added in Python (?P<major>\d+)\.(?P<minor>\d+)\)")


@dataclass(frozen=True, slots=True)
class NewerSyntax:
    """The first place in a source that needs a newer Python, in ruff's words, and the version that the whole needs."""

    line: int
    fact: str
    since: tuple[int, int]


def newer_syntax(source: str) -> NewerSyntax | None:
    """What a source that this Python cannot read needs of a newer one; None where that is not all that is wrong."""
    found = []
    for diagnostic in _diagnostics(source):
        version = _SINCE.fullmatch(diagnostic["message"])
        if version is None:
            return None  # no version reads this
        since = int(version["major"]), int(version["minor"])
        found.append(NewerSyntax(diagnostic["location"]["row"], version["fact"], since))
    if not found:
        return None
    first = min(found, key=lambda place: place.line)
    return NewerSyntax(first.line, first.fact, max(place.since for place in found))


def _diagnostics(source: str) -> list[dict[str, Any]]:
    """What is wrong with the source's syntax by this Python's grammar; nothing where ruff cannot be asked."""
    target = "py{}{}".format(*GRADING)
    try:
        from ruff import find_ruff_bin

        command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--ignore=ALL"]
        command += ["--output-format=json", f"--target-version={target}", "-"]
        done = subprocess.run(  # noqa: S603  # ruff itself, which gets the source as text
            command, input=source.encode(), capture_output=True, timeout=_SECONDS, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except (ImportError, OSError, ValueError, subprocess.SubprocessError):  # the plain message stands
        return []
    return found
