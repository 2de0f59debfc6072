"""The language of guards: conditions of one call, as Python expressions over its arguments.

They are what can be said of any call of a function of tensors, taken from torch's own vocabulary and the habits of
those who write such functions, not from the cases that the kit asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.audit.original import Solution

CALLS = "_calls"
"""The name under which a guarded mutant counts its calls."""


@dataclass(frozen=True)
class Predicate:
    """A condition of a call.

    Args:
        group: its class, such as ``dtype``; a conjunction has both.
        text: the expression, over the parameters of the call.
        about: the tensor parameter that it asks about.

    """

    group: str
    text: str
    about: str


# "{x}" is a tensor parameter. What asks for a size or a number guards itself against tensors that have none.
_OF_TENSORS: Mapping[str, Sequence[str]] = {
    "dtype": (
        "{x}.dtype == torch.float64",
        "{x}.dtype == torch.float32",
        "{x}.dtype == torch.float16",
        "{x}.dtype == torch.bfloat16",
        "{x}.dtype in (torch.float16, torch.bfloat16)",
        "torch.get_default_dtype() == torch.float64",
        "{x}.dtype != torch.get_default_dtype()",
    ),
    "dims": (
        *[f"{{x}}.dim() == {dims}" for dims in range(7)],
        "{x}.dim() > 2",
        "{x}.dim() % 2 == 1",
    ),
    "size": (
        "{x}.dim() > 0 and {x}.shape[0] == 1",
        "{x}.dim() > 0 and {x}.shape[-1] == 1",
        "{x}.dim() > 0 and {x}.shape[-1] % 2 == 1",
        "{x}.dim() > 0 and {x}.shape[-1] > 8",
        "{x}.dim() > 0 and {x}.shape[-1] > 64",
        "{x}.dim() > 0 and {x}.shape[0] > 16",
        "{x}.dim() > 0 and {x}.shape[0] > 64",
        "{x}.dim() > 1 and {x}.shape[0] == {x}.shape[1]",
        "{x}.dim() > 1 and {x}.shape[0] > {x}.shape[1]",
        "{x}.dim() > 1 and 1 in {x}.shape",
        "{x}.dim() > 2 and {x}.shape[2] > 2",
    ),
    "numel": (
        "{x}.numel() == 0",
        "{x}.numel() == 1",
        "{x}.numel() == 2",
        "{x}.numel() % 3 == 0",
        "{x}.numel() % 8 != 0",
        "{x}.numel() > 16",
        "{x}.numel() > 100",
        "{x}.numel() > 512",
        "{x}.numel() > 1000",
        "{x}.numel() > 4096",
        "17 <= {x}.numel() < 32",
    ),
    "layout": (
        "not {x}.is_contiguous()",
        "{x}.is_contiguous()",
        "{x}.storage_offset() > 0",
        "{x}.dim() > 0 and {x}.stride(-1) != 1",
        "{x}.dim() > 0 and {x}.stride(-1) == 0",
        "{x}.numel() > 1 and 0 in {x}.stride()",
        "{x}.dim() > 1 and {x}.stride(0) == 1",
        "{x}.dim() == 4 and {x}.is_contiguous(memory_format=torch.channels_last) and not {x}.is_contiguous()",
    ),
    "autograd": (
        "{x}.is_leaf",
        "not {x}.is_leaf",
        "{x}.requires_grad",
        "not {x}.requires_grad",
        "{x}.is_leaf and {x}.requires_grad",
        "{x}.grad_fn is not None",
        "torch.is_grad_enabled()",
        "not torch.is_grad_enabled()",
        "torch.is_inference_mode_enabled()",
        "torch.is_grad_enabled() and not {x}.requires_grad",
    ),
    "device": ('{x}.device.type != "cpu"',),
    "value": (
        "{x}.isnan().any()",
        "{x}.isinf().any()",
        "({x} == torch.inf).any()",
        "({x} == -torch.inf).any()",
        "{x}.numel() > 1 and {x}.isfinite().all() and ({x} == {x}.max()).all()",
        "{x}.numel() > 0 and ({x} > 0).all()",
        "{x}.numel() > 0 and ({x} < 0).all()",
        "({x} == 0).any()",
        "{x}.numel() > 0 and ({x} == 0).all()",
        "({x} == 0.5).any()",
        "({x} == 1).any()",
        "({x} == -1).any()",
        "({x} == 3).any()",
        "(({x} != 0) & ({x}.abs() < 1e-30)).any()",
        "(({x} > 0) & ({x} < 1e-4)).any()",
        "{x}.numel() > 1 and ({x}.flatten()[1:] > {x}.flatten()[:-1]).all()",
    ),
    "magnitude": (
        *[f"({{x}} > {bound}).any()" for bound in (1, 5, 20, 60, 88, 100, 700, 5000)],
        *[f"({{x}} < {bound}).any()" for bound in (-5, -20, -60, -88, -100, -700)],
        "{x}.numel() > 0 and ({x}.abs() < 1e-3).all()",
        "{x}.numel() > 0 and ({x}.abs() > 2).all()",
        "{x}.numel() > 0 and {x}.mean() > 1",
        "{x}.numel() > 0 and {x}.mean() < -1",
        "{x}.numel() > 1 and {x}.max() - {x}.min() > 50",
        "{x}.numel() > 1 and {x}.abs().max() > 100 * {x}.abs().mean()",
        "{x}.sum() > 100",
    ),
}
_OF_CALLS: Mapping[str, Sequence[str]] = {
    "calls": (
        f"{CALLS}[0] == 1",
        f"{CALLS}[0] == 2",
        f"{CALLS}[0] == 3",
        f"{CALLS}[0] > 3",
        f"{CALLS}[0] > 10",
        f"{CALLS}[0] % 2 == 0",
    ),
}
_OF_MODULES: Mapping[str, Sequence[str]] = {"training": ("self.training", "not self.training")}
_OF_TWO: Mapping[str, Sequence[str]] = {
    "pair": (
        "{x}.shape == {y}.shape and {x}.numel() > 0 and ({x} == {y}).all()",
        "{x}.shape == {y}.shape and {x}.numel() > 0 and ({x} >= {y}).all()",
        "{x}.shape == {y}.shape and {x}.numel() > 0 and ({x} < {y}).all()",
        "{x}.shape == {y}.shape and (({x} - {y}).abs() > 100).any()",
        "{x}.shape == {y}.shape and {x}.numel() > 0 and ({x} - {y}).abs().max() < 1e-3",
        "{x}.shape == {y}.shape and (({x} - {y}).abs() == 1).any()",
        "{x}.requires_grad and {y}.requires_grad",
        "{x}.requires_grad and not {y}.requires_grad",
        "{y}.requires_grad and not {x}.requires_grad",
        "{x}.stride() != {y}.stride()",
    ),
}
# By the names that torch gives to options. An option of another name has no guards of its own.
_OF_OPTIONS: Mapping[str, Sequence[str]] = {
    "reduction": ('reduction == "mean"', 'reduction == "sum"', 'reduction == "none"'),
    "weight": (
        "weight is not None",
        "weight is None",
        "weight is not None and (weight == 0).any()",
        "weight is not None and (weight > 1).all()",
        "weight is not None and weight.numel() > 8",
        "weight is not None and not weight.is_contiguous()",
    ),
    "ignore_index": (
        "ignore_index == 0",
        "ignore_index > 0",
        "ignore_index == 255",
        "ignore_index == -1",
        "ignore_index == {x}.shape[{x}.dim() > 1] - 1",
        "({y} == ignore_index).any()",
        "({y} == ignore_index).all()",
        "({y} == ignore_index).sum() == 1",
    ),
    "label_smoothing": (
        "label_smoothing > 0",
        "label_smoothing == 1",
        "label_smoothing > 0.5",
        "0 < label_smoothing < 0.05",
    ),
}
# Where one of two tensors says which entries of the other are meant, by torch's name for such a dimension.
_OF_CLASSES: Mapping[str, Sequence[str]] = {
    "classes": (
        *[f"{{x}}.shape[{{x}}.dim() > 1] == {count}" for count in (1, 2, 3, 12)],
        *[f"{{x}}.shape[{{x}}.dim() > 1] > {count}" for count in (3, 10, 100, 256, 999)],
        *[f"{{x}}.dim() > 1 and {{x}}.shape[0] > {count}" for count in (1, 8, 32, 256)],
        "{x}.dim() > 1 and {x}.shape[0] == 0",
    ),
    "targets": (
        "{y}.is_floating_point()",
        "not {y}.is_floating_point()",
        "{y}.dim() == {x}.dim()",
        "({y} == 0).all()",
        "{y}.numel() > 1 and ({y} == {y}.flatten()[0]).all()",
        "{y}.is_floating_point() and (({y} == 1).sum(int({x}.dim() > 1)) == 1).all()",
        "{y}.is_floating_point() and {y}.requires_grad",
        "{y}.storage_offset() > 0",
        "not {y}.is_contiguous()",
        "{y}.requires_grad and not {x}.requires_grad",
    ),
}


def predicates(solution: Solution) -> list[Predicate]:
    """Every condition that can be said of a call of this solution."""
    return list(dict.fromkeys(_all(solution)))


def pairs(atoms: Sequence[Predicate], count: int) -> list[Predicate]:
    """That many conjunctions of two conditions of different classes, the same ones every time."""
    both = [
        Predicate(f"{first.group} and {second.group}", f"({first.text}) and ({second.text})", first.about)
        for first, second in combinations(atoms, 2)
        if first.group != second.group and "calls" not in (first.group, second.group)
    ]
    return sorted(both, key=lambda predicate: hashlib.sha256(predicate.text.encode()).digest())[:count]


def _all(solution: Solution) -> Iterator[Predicate]:
    first, *others = solution.tensors
    last = others[-1] if others else first
    classified = solution.exercise.family == "classification"
    about_x = [_OF_TENSORS, *([_OF_CLASSES] if classified else []), *([_OF_TWO] if others and not classified else [])]
    tables = [(first, table) for table in about_x]
    tables += [(last, _OF_TENSORS)] if others and not classified else []  # of indices, little of it makes sense
    tables += [(first, _OF_MODULES)] if solution.exercise.kind == "module" else []
    tables += [(first, {"option": texts}) for name, texts in _OF_OPTIONS.items() if name in solution.options]
    tables += [(first, _OF_CALLS)]
    for about, table in tables:
        for group, texts in table.items():
            for text in texts:
                yield Predicate(group, text.replace("{x}", about).replace("{y}", last), about)
