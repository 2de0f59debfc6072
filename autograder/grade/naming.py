"""What a learner may have meant, where a file is no Python or lacks the name that is asked for; nothing is run."""

from __future__ import annotations

import ast
import difflib
import re
import unicodedata

from autograder.language import _

# Signs of Chinese keyboards that Unicode's compatibility forms do not lead back to what Python reads.
_SIGNS = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "。": ".", "、": ",", "【": "[", "】": "]", "《": "<", "》": ">",
    "—": "-", "–": "-", "−": "-", "×": "*", "÷": "/", "…": "...", "\u3000": " ",
}  # fmt: skip

_ELSEWHERE = re.compile(r"""("[^"]*"|'[^']*')|#.*""")  # strings and comments, where every sign is right


def ascii_sign(letter: str) -> str | None:
    """The plain sign for one that only looks like it, such as a full-width bracket; None for all others."""
    found = _SIGNS.get(letter) or unicodedata.normalize("NFKC", letter)
    return found if found != letter and found.isascii() and not found.isalnum() else None


def signs_advice(line: str) -> str | None:
    """Which signs in a line that is no Python were typed full-width, and what to type instead."""
    code = _ELSEWHERE.sub("", line)
    found = {letter: sign for letter in code if (sign := ascii_sign(letter)) is not None}
    if not found:
        return None
    space = _("a space")
    pairs = (f"{typed} → {sign if sign.strip() else space}" for typed, sign in found.items())
    return _("Python does not know these signs, type the plain ones: {pairs}").format(pairs=_(", ").join(pairs))


def nearest_name(source: str, symbol: str) -> str | None:
    """What the file defines that may have been meant for ``symbol``: the nearest name, or the only one."""
    names = [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    plain = {name.casefold().replace("_", ""): name for name in names}
    near = difflib.get_close_matches(symbol.casefold().replace("_", ""), plain, n=1, cutoff=0.6)
    if near:
        return plain[near[0]]
    return names[0] if len(names) == 1 else None
