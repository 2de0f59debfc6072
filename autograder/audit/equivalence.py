"""Whether a mutant can be told from the right answer at all: both are called directly, side by side.

This knows nothing of the grader, its cases, references and tolerances. A mutant that differs nowhere is equivalent, as
far as these calls show; its survival says nothing about the cases.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from autograder.audit.calls import LAYOUTS, Call, Drawing, Value
from autograder.audit.original import Solution
from autograder.audit.predicates import CALLS
from autograder.worker.inputs import Device
from autograder.worker.observe import device_of

# How far apart two right forms may be, in units of the dtype's epsilon: of the low ones, a few are a visible part.
_EPSILONS = {torch.float64: 64, torch.float32: 64, torch.float16: 8, torch.bfloat16: 8}
_REPEATS = 14  # calls of one answer, for what depends on how often it was called
_SEED = 20_240_229

Seen = Mapping[str, object]


@dataclass
class Oracle:
    """Compares mutants of one solution with it.

    Args:
        solution: the right answer.
        predicates: the conditions that mutants are guarded by.
        count: how many calls are drawn beside the fixed ones.

    """

    solution: Solution
    predicates: Sequence[str] = ()
    count: int = 500
    calls: Sequence[Call] = field(init=False)
    expected: list[list[Seen]] = field(init=False)
    met: Mapping[str, Sequence[int]] = field(init=False)

    def __post_init__(self) -> None:
        names = [parameter.arg for parameter in self.solution.parameters]
        drawing = Drawing(self.solution.exercise, names, self.solution.defaults, _SEED)
        self.calls = drawing.calls(self.count)
        right = load(self.solution, self.solution.text)
        self.expected = [self._observe(right, call) for call in self.calls]
        self.met = self._meetings()

    def _meetings(self) -> Mapping[str, Sequence[int]]:
        """Of each predicate, the calls on which it holds at the first or second time, by number."""
        codes = {text: compile(text, "<predicate>", "eval") for text in self.predicates if CALLS not in text}
        found: dict[str, list[int]] = {text: [] for text in codes}
        for number, call in enumerate(self.calls):
            with _settings(call), device_of(call.device) as device:
                given = [_built(given, call, device).arguments for given in (call.arguments, call.others)]
                for text, code in codes.items():
                    if any(_holds(code, arguments, call) for arguments in given):
                        found[text].append(number)
        # What counts its calls is called again and again as most callers would.
        ordinary = [number for number, call in enumerate(self.calls) if call.mode == "leaf" and _plain(call)]
        return found | dict.fromkeys((text for text in self.predicates if CALLS in text), ordinary[:_REPEATS])

    def difference(self, text: str, predicate: str = "") -> str | None:
        """The first thing in which an answer differs from the right one, and on which call; None for nothing.

        Args:
            text: the answer's file.
            predicate: looks at the calls on which it holds, only; at all of them when empty.

        """
        numbers = self.met[predicate] if predicate else range(len(self.calls))
        try:
            answer = load(self.solution, text)
        except Exception as error:  # whatever a mutant raises when it is imported
            return f"import raises {type(error).__name__}"
        for number in numbers:
            seen = self._observe(answer, self.calls[number])
            for before, after in zip(self.expected[number], seen, strict=True):
                if told := _difference(before, after, self.solution.exercise.family):
                    return f"{told} on {_words(self.calls[number])}"
        return None

    def _observe(self, answer: Callable[..., object], call: Call) -> list[Seen]:
        with _settings(call), device_of(call.device) as device:
            return [_seen(answer, call, given, device) for given in (call.arguments, call.others)]


def _holds(code: types.CodeType, arguments: Mapping[str, Value], call: Call) -> bool:
    module = nn.Module().train(call.training)
    return bool(eval(code, {"torch": torch}, {**arguments, "self": module}))  # noqa: S307  # a text of ours


def _plain(call: Call) -> bool:
    tensors = [value for value in call.arguments.values() if isinstance(value, Tensor)]
    return call.device == "cpu" and tensors[0].numel() > 1


def load(solution: Solution, text: str) -> Callable[..., object]:
    """The function of a file, or an instance of its module."""
    names: dict[str, object] = {"__name__": "answer"}
    exec(compile(text, "<answer>", "exec", dont_inherit=True), names)  # noqa: S102  # mutants of our own solution
    found = names[solution.exercise.symbol]
    assert callable(found)  # noqa: S101  # the symbol of a solution
    answer: object = found() if solution.exercise.kind == "module" else found
    assert callable(answer)  # noqa: S101  # likewise
    return answer


@dataclass
class _Built:
    """Private arguments of one call, their leaves, and copies of the tensors as they were."""

    arguments: dict[str, Value]
    leaves: list[Tensor]
    before: list[tuple[str, Tensor, Tensor]]
    versions: list[int]


def _built(given: Mapping[str, Value], call: Call, device: Device) -> _Built:
    built = _Built({}, [], [], [])
    floating = [name for name, value in given.items() if isinstance(value, Tensor) and value.is_floating_point()]
    differentiated = {"first only": floating[:1], "last only": floating[1:2] or floating[:1]}.get(call.mode, floating)
    for position, (name, value) in enumerate(given.items()):
        if not isinstance(value, Tensor):
            built.arguments[name] = value
            continue
        tensor = device.put(LAYOUTS[call.layout if position == 0 else call.other_layout](value))
        if name in differentiated and name != "weight" and call.mode not in ("constant", "inference"):
            built.leaves.append(tensor.requires_grad_())
            tensor = _not_a_leaf(tensor) if call.mode == "non-leaf" else tensor
        built.arguments[name] = tensor
        built.before.append((name, tensor, device.fetch(tensor).clone()))
        built.versions.append(_version(tensor))
    return built


def _version(tensor: Tensor) -> int:
    """How often a tensor was written to: autograd refuses a write even where it changes nothing."""
    return 0 if tensor.is_inference() else tensor._version


def _not_a_leaf(leaf: Tensor) -> Tensor:
    """The same tensor as the result of something, with its strides: a view keeps them."""
    return leaf.view_as(leaf) if leaf.is_cpu else leaf * 1


@contextlib.contextmanager
def _settings(call: Call) -> Iterator[None]:
    default = torch.get_default_dtype()
    torch.set_default_dtype(call.default_dtype)
    try:
        with contextlib.ExitStack() as stack:
            if call.mode == "inference":
                stack.enter_context(torch.inference_mode())
            if call.mode == "no_grad":
                stack.enter_context(torch.no_grad())
            yield
    finally:
        torch.set_default_dtype(default)


def _seen(answer: Callable[..., object], call: Call, given: Mapping[str, Value], device: Device) -> Seen:
    """Everything that a caller can see of a call."""
    with torch.enable_grad() if call.mode == "no_grad" else contextlib.nullcontext():
        built = _built(given, call, device)
    held = _held(answer)
    if isinstance(answer, nn.Module):
        answer.train(call.training)
    seen: dict[str, object] = {}
    torch.manual_seed(1)
    generator = torch.get_rng_state()
    try:
        output = answer(**{name: value for name, value in built.arguments.items() if name not in call.omitted})
        seen |= _described(output, built, device)
        if isinstance(output, Tensor) and output.requires_grad:
            seen |= _differentiated(output, built, device)
    except Exception as error:  # whatever an answer raises is what a caller sees
        seen["raises"] = type(error).__name__
    for name, tensor, before in built.before:
        seen[f"{name} after the call"] = before if _same(device.fetch(tensor), before) else device.fetch(tensor).clone()
    written = [_version(tensor) for _, tensor, _ in built.before] != built.versions
    seen["inputs"] = "written" if written else "as before"
    seen["default dtype"] = torch.get_default_dtype()
    seen["generator"] = "moved" if not torch.equal(generator, torch.get_rng_state()) else "as before"
    seen["module"] = "as before" if _held(answer) == held else "changed"
    torch.set_default_dtype(call.default_dtype)
    return seen


def _held(answer: object) -> list[str]:
    names = vars(answer).items() if isinstance(answer, nn.Module) else ()
    return [f"{name}={id(value)}" for name, value in names if name != "training"]


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and bool(((one == other) | (one.isnan() & other.isnan())).all())


def _described(output: object, built: _Built, device: Device) -> dict[str, object]:
    if not isinstance(output, Tensor):
        return {"type": type(output).__name__}
    held = device.fetch(output)
    shared = [
        name
        for name, tensor, _ in built.before
        if tensor.numel() and device.fetch(tensor).untyped_storage().data_ptr() == held.untyped_storage().data_ptr()
    ]
    return {
        "type": "Tensor",
        "dtype": output.dtype,
        "shape": tuple(output.shape),
        "device": device.name(output),
        "requires_grad": output.requires_grad,
        "shares memory with": shared,
        "value": held.clone(),
    }


def _differentiated(output: Tensor, built: _Built, device: Device) -> dict[str, object]:
    """First and second gradients, asked for as training asks: the graph kept, then again."""
    with torch.enable_grad():
        cotangent = device.put(_weights(output)).requires_grad_()
        first = _gradients(output, built.leaves, cotangent)
        seen: dict[str, object] = {f"gradient {place}": _fetched(item, device) for place, item in enumerate(first)}
        again = torch.autograd.grad(output, built.leaves, cotangent.detach(), retain_graph=True, allow_unused=True)
        seen |= {f"gradient {place}, asked for again": _fetched(item, device) for place, item in enumerate(again)}
        seen["cotangent after the call"] = device.fetch(cotangent).clone()
        for place, gradient in enumerate(first):
            if gradient is not None and gradient.requires_grad and gradient.numel():
                weights = device.put(_weights(gradient))
                bent = torch.autograd.grad(gradient, built.leaves, weights, retain_graph=True, allow_unused=True)
                seen |= {f"second gradient {place}, {at}": _fetched(item, device) for at, item in enumerate(bent)}
    return seen


def _weights(tensor: Tensor) -> Tensor:
    """A cotangent in which no two elements are alike: ones hide what sums to nothing, as rows of a softmax's do."""
    count = tensor.numel()
    steps = torch.linspace(0.5, 2.0, max(1, count), dtype=torch.float64)[:count]
    return steps.view(tensor.shape).to(tensor.dtype)


def _gradients(output: Tensor, leaves: Sequence[Tensor], cotangent: Tensor) -> tuple[Tensor | None, ...]:
    return torch.autograd.grad(output, leaves, cotangent, create_graph=True, allow_unused=True)


def _fetched(tensor: Tensor | None, device: Device) -> Tensor | None:
    return None if tensor is None else device.fetch(tensor).clone()


def _difference(right: Seen, seen: Seen, family: str) -> str | None:
    """In words, the first of what a caller sees that differs by more than rounding."""
    undefined = _undefined(right.get("value"))
    for name in dict.fromkeys([*right, *seen]):
        one, other = _paired(name, right.get(name), seen.get(name))
        if "gradient" in name and undefined is not None:
            one, other = (_without(item, undefined) for item in (one, other))
        if isinstance(one, Tensor) and isinstance(other, Tensor):
            if one.dtype != other.dtype or one.shape != other.shape:
                return name
            second = name.startswith("second")
            if not _close(one, other, relative=family == "activation" and not second, units=4 if second else 1):
                return name
        elif isinstance(one, Tensor) or isinstance(other, Tensor) or one != other:
            return name
    return None


def _undefined(value: object) -> Tensor | None:
    """Where the right answer is nan, if anywhere: right forms differ in what they have for a gradient there."""
    found = value.isnan() if isinstance(value, Tensor) else None
    return found if found is not None and bool(found.any()) else None


def _without(gradient: object, undefined: Tensor) -> object:
    """A gradient with zeros where there is none to speak of; that of a sum with a nan in it has none anywhere."""
    if not isinstance(gradient, Tensor):
        return None
    return torch.where(undefined, 0.0, gradient) if undefined.shape == gradient.shape else torch.zeros_like(gradient)


def _paired(name: str, one: object, other: object) -> tuple[object, object]:
    """Both sides; to a caller, no second gradient and one of zeros are the same."""
    if name.startswith("second") and isinstance(one, Tensor) != isinstance(other, Tensor):
        one = torch.zeros_like(other) if isinstance(other, Tensor) and one is None else one
        other = torch.zeros_like(one) if isinstance(one, Tensor) and other is None else other
    return one, other


def _close(one: Tensor, other: Tensor, *, relative: bool, units: int) -> bool:
    if one.numel() == 0 or _same(one, other):
        return True
    if not one.is_floating_point():
        return False
    a, b = one.double(), other.double()
    special = ~(a.isfinite() & b.isfinite())
    if not _same(a[special], b[special]):
        return False
    a, b = a[~special], b[~special]
    information = torch.finfo(one.dtype)
    scale = torch.maximum(a.abs(), b.abs())
    if not relative:  # sums of terms that cancel
        scale = scale.clamp(min=max(1.0, float(scale.max()))) if scale.numel() else scale
    return bool(
        ((a - b).abs() <= units * _EPSILONS.get(one.dtype, 64) * information.eps * scale + information.tiny).all()
    )


def _words(call: Call) -> str:
    tensors = [value for value in call.arguments.values() if isinstance(value, Tensor)]
    shown = ", ".join(f"{str(tensor.dtype).removeprefix('torch.')}{list(tensor.shape)}" for tensor in tensors)
    options = [f"{name}={value}" for name, value in call.arguments.items() if isinstance(value, str | float | int)]
    ways = [call.layout, call.mode, "" if call.training else "eval", call.device.replace("cpu", "")]
    return "; ".join(part for part in (shown, *options, *ways) if part)
