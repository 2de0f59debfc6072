"""The language that people are spoken to in: every sentence of ours is looked up here, in the catalogues of locale/.

A sentence is looked up where it is made, in the language of that process. What comes from elsewhere stays as it is:
exceptions of Python and torch, names, code.
"""

from __future__ import annotations

import functools
import gettext
import os
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from pathlib import Path

DOMAIN = "autograder"
LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES = (ENGLISH, CHINESE)
VARIABLE = "AUTOGRADER_LANG"
"""The environment's word on it, where no command line has one."""

_NAMES = {"en": ENGLISH, "c": ENGLISH, "posix": ENGLISH, "zh": CHINESE, "zh_cn": CHINESE, "zh_sg": CHINESE}
_NAMED = 3
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

_chosen: str | None = None


def language_named(name: str) -> str | None:
    """The language of a name such as ``zh``, ``zh-CN`` or ``en_GB.UTF-8``; None for one that we do not speak."""
    word = re.split(r"[.@]", name.strip().lower().replace("-", "_"))[0].replace("_hans", "")
    return _NAMES.get(word) or (ENGLISH if word.startswith("en_") else None)


def use_language(name: str | None) -> None:
    """Speak this language from now on, in this process; the environment's when None.

    Raises:
        ValueError: it is none of LANGUAGES, under whatever name.

    """
    global _chosen  # the language is the process's, as the locale is
    found = None if name is None else language_named(name)
    if name is not None and found is None:
        raise ValueError(f"language={name} is unknown; it can be {', '.join(LANGUAGES)}")
    _chosen = found


def chosen() -> str:
    """The language in use, one of LANGUAGES: as `use_language` was told, else as VARIABLE says, else English."""
    if _chosen is not None:
        return _chosen
    name = os.environ.get(VARIABLE)
    return _of_environment(name) if name else ENGLISH


def language_of_locale(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the system is set to, where we speak it; else English."""
    found = next((environment[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(key)), "")
    return language_named(found) or ENGLISH


def _(sentence: str) -> str:
    """A sentence in the language in use; values are filled in afterwards, ``_("{n} cases").format(n=n)``."""
    return _catalogue(chosen()).gettext(sentence) if sentence else ""  # of "" gettext has the catalogue's header


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence that fits a number, in the language in use."""
    return _catalogue(chosen()).ngettext(one, many, number)


def N_(sentence: str) -> str:  # noqa: N802  # gettext's name for it
    """The sentence as it stands, for the catalogue: it is looked up where it is shown."""
    return sentence


def few(names: Collection[str]) -> str:
    """The first of several names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(islice(names, _NAMED)) + (_(" and {n} more").format(n=more) if more > 0 else "")


def retold(text: str, sentences: Iterable[str]) -> str:
    """What a worker said in English, in the language in use, where it is one of these sentences of ours.

    Workers know no catalogue: they import nothing that they do not need. A sentence may have ``{placeholders}``.
    """
    if chosen() != ENGLISH:
        for sentence in sentences:
            parts = _PLACEHOLDER.split(sentence)  # text, name, text, name, text
            pattern = "".join(f"(?P<{part}>.*)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts))
            if found := re.fullmatch(pattern, text, re.DOTALL):
                return _(sentence).format(**found.groupdict())
    return text


@functools.cache
def _of_environment(name: str) -> str:
    """The language that VARIABLE names; English for one that we do not speak, which is said the first time.

    Who asks for Traditional Chinese is told of the Simplified, in words that both write alike, and not given it: other
    words and other characters than their own are the reader's to choose.
    """
    found = language_named(name)
    if found is None:
        offer = f"; 中文: {VARIABLE}={CHINESE}" if name.lower().startswith("zh") else ""
        fact = f"{VARIABLE}={name} is none of the languages here, {' and '.join(LANGUAGES)}"
        print(f"{fact}: going on in English{offer}", file=sys.stderr)
    return found or ENGLISH


@functools.cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [name], fallback=name == ENGLISH)
