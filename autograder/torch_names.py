"""The reviewed list data/torch_names.toml: what each public name of torch is to an answer."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files

from autograder.language import _


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
    """

    torch_version: str
    spaces: Mapping[str, Mapping[str, Entry]]


def plain(name: str) -> str:
    """A name without what is spelling only, so that a module, its function and its method meet.

    >>> plain("MSELoss"), plain("mse_loss"), plain("relu_"), plain("CrossEntropyLoss"), plain("cross_entropy")
    ('mse', 'mse', 'relu', 'crossentropy', 'crossentropy')
    """
    return name.replace("_", "").lower().removesuffix("loss")


_MISSING = (
    re.compile(r"module '(?P<space>torch[\w.]*)' has no attribute '(?P<name>\w+)'"),
    re.compile(r"'(?P<space>Tensor|Parameter)' object has no attribute '(?P<name>\w+)'"),
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<space>torch[\w.]*)'"),
)


# Names of other libraries and of mathematics, whose nearest spelling in torch would mislead.
_MEANT = {
    "power": "pow", "average": "mean", "avg": "mean", "exponent": "exp", "exponential": "exp", "ln": "log",
    "logarithm": "log", "sqr": "square", "squared": "square", "root": "sqrt", "squareroot": "sqrt", "length": "numel",
    "len": "numel", "count": "numel", "array": "tensor", "copy": "clone", "astype": "to", "mod": "remainder",
    "append": "cat", "ifelse": "where", "iif": "where", "magnitude": "abs", "expand_dims": "unsqueeze",
    "plus": "add", "minus": "sub", "times": "mul", "summation": "sum", "total": "sum",
}  # fmt: skip


def misspelt_advice(message: str) -> str | None:
    """What to say where an exception's message is that torch has no such name; None elsewhere."""
    for pattern in _MISSING:
        if found := pattern.match(message):
            space, name = found["space"] if found["space"].startswith("torch") else "torch", found["name"]
            if near := _nearest(name, building_names(space)) or _elsewhere(name):
                return _("did you mean {name}?").format(name=near)
            version = load_names().torch_version.rpartition(".")[0]
            told = _("torch {version} has no {name}: its documentation lists the names that there are")
            return told.format(version=version, name=name)
    return None


def _nearest(name: str, known: frozenset[str]) -> str | None:
    """The building block that may have been meant; what works in place only for who has asked for that."""
    if (meant := _MEANT.get(name.lower(), name.lower())) in known:
        return meant
    alike = [other for other in sorted(known) if other.endswith("_") == name.endswith("_")]
    return next(iter(get_close_matches(name, alike, n=1, cutoff=0.7)), None)


def _elsewhere(name: str) -> str | None:
    """The full name of a building block of another namespace."""
    return next((f"{space}.{name}" for space in load_names().spaces if name in building_names(space)), None)


def building_names(space: str) -> frozenset[str]:
    """The names of a namespace that are building blocks."""
    listed = load_names().spaces.get(space, {})
    return frozenset(name for name, entry in listed.items() if entry.kind is Kind.BUILDING)


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
    return Names(torch_version=data["torch_version"], spaces=spaces)
