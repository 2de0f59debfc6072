"""Terminals without our signs: ``LANG=C``, or a code page of Windows, get plain letters and marks instead."""

import codecs

_PLAIN = {
    "✓": "+",  # reporters.page.MARKS, of which none may look like another
    "✗": "x",
    "⊘": "#",
    "·": ".",
    "»": ">",
    "…": "...",
    "→": "->",
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "x",
    "²": "^2",
    "⠀": " ",  # of plotext's curves, the empty one; the others are braille too
    "│": "|",
    "┤": "|",
    "├": "|",
    "─": "-",
}
_BOXES, _BRAILLE = range(0x2500, 0x2580), range(0x2800, 0x2900)


def plain_signs() -> str:
    """The name of an error handler for streams, registered with Python's codecs: a plain sign, else ``?``."""
    name = "autograder.plain_signs"
    codecs.register_error(name, _replace)
    return name


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_sign, error.object[error.start : error.end])), error.end


def _sign(letter: str) -> str:
    found = _PLAIN.get(letter)
    if found is None:
        found = "+" if ord(letter) in _BOXES else "*" if ord(letter) in _BRAILLE else "?"
    return found
