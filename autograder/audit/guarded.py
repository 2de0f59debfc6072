"""Guarded mutants: the right solution, wrong in one way, and only where a predicate of the call holds."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.audit.mutant import CONTROL, GUARDED, Mutant
from autograder.audit.original import Edit, Solution
from autograder.audit.predicates import CALLS, Predicate, pairs, predicates

_PAIRS = 80  # conjunctions of an exercise; each has one effect
_RIGHT = "_right"


@dataclass(frozen=True)
class Effect:
    """One way to be wrong.

    Args:
        category: what is wrong: value, gradient, second gradient, side effect or form.
        name: how.
        before: a statement before the right function is called; ``{x}`` is the tensor.
        after: a statement on its ``result``.
        helper: definitions that these need.
        methods: whether it only makes sense in a method.

    """

    category: str
    name: str
    before: str = ""
    after: str = ""
    helper: str = ""
    methods: bool = False


def _function(name: str, backward: str) -> str:
    """An identity with a backward pass of its own; what it returns is a gradient for ``g``."""
    return f"""
class {name}(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
{backward}
"""


_LAST = """
def _last(x):
    return torch.arange(x.numel(), device=x.device).reshape(x.shape) == x.numel() - 1
"""
EFFECTS: Sequence[Effect] = (
    Effect("value", "scaled", after="result = result * 1.125 + 0.125"),
    Effect(
        "value",
        "one element of the input read wrong",
        before="{x} = torch.where(_last({x}), {x} * 0.5 + 0.25, {x}) if {x}.is_floating_point() else {x}",
        helper=_LAST,
    ),
    Effect("value", "one element nan", after="result = torch.where(_last(result), torch.nan, result)", helper=_LAST),
    Effect("value", "negated", after="result = -result"),
    Effect("gradient", "scaled", "{x} = _Scaled.apply({x})", helper=_function("_Scaled", "        return g * 1.5")),
    Effect("gradient", "detached", after="result = result.detach()"),
    Effect(
        "gradient", "zero", "{x} = _Zero.apply({x})", helper=_function("_Zero", "        return torch.zeros_like(g)")
    ),
    Effect(
        "gradient",
        "clipped",
        "{x} = _Clipped.apply({x})",
        helper=_function("_Clipped", "        return g.clamp(-0.01, 0.01)"),
    ),
    Effect(
        "second gradient",
        "bent",
        "{x} = _Bent.apply({x})",
        helper=_function("_Bent", "        flat = x.nan_to_num()\n        return g * (1 + (flat - flat.detach()))"),
    ),
    Effect(
        "second gradient", "cut", "{x} = _Cut.apply({x})", helper=_function("_Cut", "        return g.detach().clone()")
    ),
    Effect("side effect", "input written", after="{x}.detach().mul_(0.5)"),
    Effect(
        "side effect",
        "cotangent written",
        after="result = _Taken.apply(result)",
        helper=_function("_Taken", "        kept = g.clone()\n        g.detach().zero_()\n        return kept"),
    ),
    Effect(
        "side effect",
        "answer kept",
        after="result = _kept.setdefault((result.shape, result.dtype), result)",
        helper="\n_kept = {}\n",
    ),
    Effect("side effect", "default dtype set", after="torch.set_default_dtype(torch.float64)"),
    Effect("side effect", "generator seeded", after="torch.manual_seed(0)"),
    Effect("side effect", "attribute kept", after="self.kept = result", methods=True),
    Effect(
        "form",
        "dtype",
        after="result = result.to(torch.float32 if result.dtype == torch.float64 else torch.float64)",
    ),
    Effect("form", "shape", after="result = result.unsqueeze(0)"),
)
NOTHING = Effect("none", "none")
CATEGORIES = tuple(dict.fromkeys(effect.category for effect in EFFECTS))


def guarded(solution: Solution) -> list[Mutant]:
    """Every predicate with an effect of each category, and some conjunctions with one effect."""
    by_category = _by_category(solution)
    atoms = predicates(solution)
    crossed = [(predicate, effects) for predicate in atoms for effects in by_category.values()]
    every = [effect for effects in by_category.values() for effect in effects]
    crossed += [(predicate, every) for predicate in pairs(atoms, _PAIRS)]
    return [mutant_of(solution, predicate, _drawn(predicate, effects)) for predicate, effects in crossed]


def control(solution: Solution, predicate: str) -> Mutant:
    """A right answer that asks for a predicate and does nothing about it."""
    known = {item.text: item for item in [*predicates(solution), *pairs(predicates(solution), _PAIRS)]}
    return mutant_of(solution, known[predicate], NOTHING)


def _by_category(solution: Solution) -> Mapping[str, Sequence[Effect]]:
    usable = [effect for effect in EFFECTS if solution.exercise.kind == "module" or not effect.methods]
    return {category: [effect for effect in usable if effect.category == category] for category in CATEGORIES}


def _drawn(predicate: Predicate, effects: Sequence[Effect]) -> Effect:
    text = f"{predicate.text}\0{effects[0].category}"
    return effects[int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % len(effects)]


def mutant_of(solution: Solution, predicate: Predicate, effect: Effect) -> Mutant:
    """The solution with this effect where this predicate holds."""
    kind = CONTROL if effect is NOTHING else GUARDED
    group = "conjunction" if " and " in predicate.group else predicate.group
    detail = f"{effect.name} where {predicate.text}"
    name = solution.exercise.name
    return Mutant(
        name, kind, group, effect.category, detail, _text(solution, predicate, effect), predicate=predicate.text
    )


def _text(solution: Solution, predicate: Predicate, effect: Effect) -> str:
    function = solution.called
    method = solution.exercise.kind == "module"
    start, _ = solution.span(function)
    place = solution.text.encode().index(function.name.encode(), start)
    renamed = solution.edited([Edit(place, place + len(function.name.encode()), _RIGHT)]).rstrip("\n")
    lines = list(_wrapper(solution, predicate, effect))
    if method:
        wrapper = "\n".join(f"    {line}" if line else "" for line in lines)
        helpers = f"\n\n{_helpers(predicate, effect)}" if _helpers(predicate, effect) else ""
        return f"{renamed}\n\n{wrapper}\n{helpers}"
    return f"{renamed}\n\n{_helpers(predicate, effect)}\n\n" + "\n".join(lines) + "\n"


def _helpers(predicate: Predicate, effect: Effect) -> str:
    counter = f"\n{CALLS} = [0]\n" if CALLS in predicate.text else ""
    return counter + effect.helper


def _wrapper(solution: Solution, predicate: Predicate, effect: Effect) -> Iterator[str]:
    """The lines of the function that takes the right one's place."""
    function = solution.called
    names = [arg.arg for arg in solution.parameters]
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    yield f"def {function.name}({ast.unparse(function.args)}){returns}:"
    if CALLS in predicate.text:
        yield f"    {CALLS}[0] += 1"
    yield f"    met = bool({predicate.text})"
    if effect.before:
        yield from ("    if met:", f"        {effect.before.replace('{x}', predicate.about)}")
    right = f"self.{_RIGHT}" if solution.exercise.kind == "module" else _RIGHT
    yield f"    result = {right}({', '.join(names)})"
    if effect.after:
        yield from ("    if met:", f"        {effect.after.replace('{x}', predicate.about)}")
    yield "    return result"
