"""The language that people are spoken to in: every sentence of ours is looked up here, in the catalogues of locale/."""

from __future__ import annotations

import functools
import gettext
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"

_chosen = ENGLISH


def use_language(name: str) -> None:
    """Speak this language from now on, in this process; a sentence that its catalogue lacks stays English."""
    global _chosen  # noqa: PLW0603  # the language is the process's, as the locale is
    _chosen = name


def chosen() -> str:
    """The language in use."""
    return _chosen


def _(sentence: str) -> str:
    """A sentence in the language in use; values are filled in afterwards, ``_("{n} cases").format(n=n)``."""
    return _catalogue(_chosen).gettext(sentence)


@functools.cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation("autograder", LOCALE, [name], fallback=True)
