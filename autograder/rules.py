"""Raw tensor operations only: what a recorded program may call, by the reviewed list, and how a refusal is told.

A program is what is judged, so a call that is not in it breaks no rule, and one that is in it cannot be hidden: nothing
is replayed that is not named here as a building block. What the source looks like decides nothing.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from types import MappingProxyType

from autograder.course import RulePolicy
from autograder.language import N_, _
from autograder.result import Violation
from autograder.torch_names import Entry, Kind, load_names, plain
from autograder.worker.names import OPERATORS, functions
from autograder.worker.program import Program
from autograder.worker.terms import Refused

_STEPS = 8  # of a path that is spelled out
_MOST = 20  # violations that are told: a forged program may have thousands
_SHOWN = 80  # characters of what a learner wrote, in a message


def _escape(why: str, instead: str) -> Entry:
    return Entry(Kind.ESCAPE, why, instead)


_COMPLEX = _escape(N_("is a complex number, under which elementary functions turn into others"), N_("real numbers"))
_FUNCTION = _escape(N_("is refused by this course"), N_("tensor operations, which torch differentiates"))
_NUMPY = _escape(
    N_("hands its numbers to numpy, which cuts the gradient and knows no devices"), N_("tensor operations")
)
_PRIVATE = _escape(N_("is a private name"), N_("public tensor operations"))
_REFUSED = _escape(N_("is refused by this course"), N_("other building blocks"))
_UNTOLD: Mapping[str, tuple[str, str]] = {
    Refused.OUTSIDE: (
        N_("the answer holds numbers that no call of torch has made, such as a table or what another thread computed"),
        N_("compute them with tensor operations from the inputs"),
    ),
    Refused.COMPLEX: (
        N_("the answer uses complex numbers, under which elementary functions turn into others"),
        N_("compute with real numbers"),
    ),
    Refused.NUMPY: (
        N_("the answer hands torch numbers of numpy's, which cut the gradient and know no devices"),
        N_("compute with tensors and Python's own numbers"),
    ),
    Refused.CALLBACK: (
        N_("the answer hands torch a function of Python's to call, such as a hook"),
        N_("call tensor operations directly, or write a torch.autograd.Function"),
    ),
    Refused.ARGUMENT: (
        N_("the answer hands torch something that is no number, text, shape or tensor"),
        N_("use plain arguments"),
    ),
    Refused.TRANSFORM: (
        N_("the answer is run by vmap or another transform of functions"),
        N_("call tensor operations on the whole tensor"),
    ),
}


def check_program(
    program: Program, policy: RulePolicy, lines: Mapping[str, int] = MappingProxyType({}), source: str = ""
) -> tuple[Violation, ...]:
    """What a recorded program calls that breaks the rules; a program with violations is never replayed.

    Args:
        program: of one call.
        policy: the exercise's.
        lines: of the source, by the name that is called there; a worker's word, of use to the message alone.
        source: the learner's file, to show a call as it is written.

    """
    refused = [(name, entry) for name in program.names if (entry := _refused(name, policy)) is not None][:_MOST]
    written = _expressions(source, {lines[name] for name, _entry in refused if name in lines})
    found = [_violation(name, entry, lines.get(name), written) for name, entry in refused]
    if program.has_functions and not policy.autograd_function:
        found.append(_told("torch.autograd.Function", lines.get("torch.autograd.Function"), _FUNCTION))
    if program.end[0] == "refused":
        fact, remedy = _UNTOLD[program.end[1]]
        found.append(
            # No call of the learner's: the fact stands in its place, alike in all languages.
            Violation(line=None, call=fact, message=_("{fact}; {remedy}").format(fact=_(fact), remedy=_(remedy)))
        )
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def _refused(name: str, policy: RulePolicy) -> Entry | None:
    """What refuses a call of this public name; None where nothing does."""
    space, word = _split(name)
    if name in functions() and space == "torch.Tensor" and word in OPERATORS:
        return None
    entry = _listed(space, word)
    if entry is None:
        return _unlisted(word)
    if name not in functions():
        return entry if entry.kind != Kind.BUILDING else _unlisted(word)
    if not policy.enabled:
        return None
    spelled = plain(word)
    if any(plain(other.rpartition(".")[2]) == spelled for other in policy.deny):
        return _REFUSED
    allowed = any(plain(other.rpartition(".")[2]) == spelled for other in policy.allow)
    return None if entry.kind == Kind.BUILDING or allowed else entry


def _split(name: str) -> tuple[str, str]:
    space, _dot, word = name.removesuffix(".__get__").removesuffix(".__set__").rpartition(".")
    return space, word


def _listed(space: str, word: str) -> Entry | None:
    if word in ("__array__", "__array_wrap__"):
        return _NUMPY
    if space == "torch.fft":
        return _COMPLEX
    spaces = load_names().spaces
    return spaces.get("torch" if space == "torch.Tensor" else space, {}).get(word)


def _unlisted(word: str) -> Entry:
    if word.startswith("_"):
        return _PRIVATE
    fact = _("is not on the list of what answers may use, made from torch {version}")
    version = load_names().torch_version
    return _escape(fact.format(version=version), N_("a building block on it, or correct the spelling"))


def _violation(name: str, entry: Entry, line: int | None, written: Mapping[int, list[str]]) -> Violation:
    space, word = _split(name)
    here = written.get(line, ()) if line is not None else ()
    spelled = next((text for text in here if plain(text.rpartition(".")[2]) == plain(word)), f"{space}.{word}")
    return _told(spelled, line, entry)


def _told(call: str, line: int | None, entry: Entry) -> Violation:
    call = _shown(call)
    reason = _("{why}; use {instead}").format(why=_(entry.why), instead=_(entry.instead))
    return Violation(line=line, call=call, message=f"{call} {reason}")


def _expressions(source: str, lines: set[int]) -> dict[int, list[str]]:
    """How names and attributes on some lines of the source are spelled: ``F.sigmoid``, ``nn.Sigmoid``."""
    found: dict[int, list[str]] = {line: [] for line in lines}
    for node in ast.walk(ast.parse(source)) if lines else ():
        if isinstance(node, ast.Name | ast.Attribute):
            for line in lines:
                if node.lineno <= line <= (node.end_lineno or 0):
                    found[line].append(_spelled(node))
    return found


def _spelled(node: ast.expr) -> str:
    """An attribute as it is written: ``torch.softmax``, ``x.item``; ``….item`` of a longer expression."""
    words: list[str] = []
    while isinstance(node, ast.Attribute) and len(words) < _STEPS:
        words.insert(0, node.attr)
        node = node.value
    return ".".join([node.id if isinstance(node, ast.Name) else "…", *words])


def _shown(text: str) -> str:
    """Text of a learner's as one short, printable line."""
    text = "".join(letter if letter.isprintable() else "?" for letter in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
