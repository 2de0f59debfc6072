"""The reviewed list data/torch_names.toml: what each public name of torch is to an answer."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from autograder.language import N_

_AFFIXES = re.compile(r"^(foreach|special)|((forward|backward)(data)?)$")


class Kind(StrEnum):
    """What a name is to an answer made of raw tensor operations."""

    BUILDING = "building"
    READY_MADE = "ready-made"
    ESCAPE = "escape"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name's kind; ``why`` and ``instead`` complete the message where it is refused."""

    kind: Kind
    why: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """The list, ready to be looked up.

    - ``torch_version``: the version that it was made from.
    - ``spaces``: entries by namespace and name; ``torch`` includes the attributes of ``torch.Tensor``.
    - ``imports``: names that may be taken from other modules.
    - ``operators``: refused operators by plain name: why, and the plain public names that run it.
    - ``runs``: plain names of operators that the backward of a building block runs, by its node's plain name.
    - ``python``: names of Python itself, by the part they play.
    """

    torch_version: str
    spaces: Mapping[str, Mapping[str, Entry]]
    imports: Mapping[str, frozenset[str]]
    operators: Mapping[str, tuple[Entry, frozenset[str]]]
    runs: Mapping[str, frozenset[str]]
    python: Mapping[str, frozenset[str]]


def plain(name: str) -> str:
    """A name without what is spelling only, so that operators, nodes of the graph and public names can meet.

    >>> plain("aten::_softmax_backward_data"), plain("NllLoss2DBackward0"), plain("MSELoss")
    ('softmax', 'nllloss2d', 'mseloss')
    """
    word = name.rpartition("::")[2].partition(".")[0].replace("_", "").lower()
    word = re.sub(r"(?<=backward)\d+$", "", word)
    previous = None
    while word != previous:
        previous, word = word, _AFFIXES.sub("", word)
    return word


@cache
def load_names() -> Names:
    """Read the list, once a process."""
    data = tomllib.loads(files("autograder").joinpath("data/torch_names.toml").read_text(encoding="utf-8"))
    advice = {name: item["instead"] for item in data["advice"] for name in item["names"].split()}
    spaces: dict[str, dict[str, Entry]] = {}
    for group in data["group"]:
        for name in group["names"].split():
            entry = Entry(Kind(group["kind"]), group.get("why", ""), advice.get(name, group.get("instead", "")))
            for space in group["spaces"]:
                spaces.setdefault(space, {})[name] = entry
    return Names(
        torch_version=data["torch_version"],
        spaces=spaces,
        imports=_words(data["imports"]),
        operators=_operators(data, spaces),
        runs={plain(node): frozenset(plain(op) for op in ops) for node, ops in _words(data["runs"]).items()},
        python=_words(data["python"]),
    )


def _words(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {key: frozenset(text.split()) for key, text in table.items()}


def _operators(
    data: Mapping[str, Any], spaces: Mapping[str, Mapping[str, Entry]]
) -> dict[str, tuple[Entry, frozenset[str]]]:
    """Refused operators: the ready-made names that are operators too, and the unnamed ones of ``[ops]``."""
    found: dict[str, tuple[Entry, frozenset[str]]] = {}
    for group in data["group"]:
        if group["kind"] == Kind.READY_MADE and group.get("traced", True):
            for space in {"torch", "torch.nn.functional", "torch.special"}.intersection(group["spaces"]):
                for name in group["names"].split():
                    found[plain(name)] = (spaces[space][name], frozenset({plain(name)}))
    unnamed = Entry(Kind.READY_MADE, N_("is what a ready-made function runs"), N_("elementary operations"))
    for name, public in data["ops"].items():
        entry, own = found.get(plain(name), (_first(public.split(), spaces) or unnamed, frozenset({plain(name)})))
        found[plain(name)] = (entry, own | {plain(word) for word in public.split()})
    return found


def _first(names: Iterable[str], spaces: Mapping[str, Mapping[str, Entry]]) -> Entry | None:
    """The entry of the first of these public names, wherever it stands."""
    return next((space[name] for name in names for space in spaces.values() if name in space), None)
