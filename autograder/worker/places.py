"""Where Python, its packages and this kit are installed: no concern of who reads an exception's message."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def without_places(text: str) -> str:
    """The text with every path into the installation cut down to its file's bare name.

    Python's own messages have such paths: ``cannot import name 'x' from 'typing' (/usr/lib/python3.11/typing.py)``.
    """
    return _INSTALLED.sub(lambda found: re.split(r"[\\/]+", found[0].rstrip("\\/"))[-1], text)


def _installed() -> re.Pattern[str]:
    kit, library = Path(__file__).parents[2], Path(os.__file__).parent
    given = {kit, library, *map(Path, (sys.prefix, sys.base_prefix, *sys.path))}
    folders = {str(form) for path in given if path.is_absolute() for form in (path, path.resolve())}
    longest_first = "|".join(map(re.escape, sorted(folders - {kit.anchor}, key=len, reverse=True)))
    return re.compile(rf"(?<![\w.\\/-])(?:{longest_first})(?:[\\/][^\s'\"`()<>:;,|]*|(?![\w.-]))")


_INSTALLED = _installed()  # while files may be asked about: a worker may not
