"""Properties of a loss's options: each option, and each combination of options, by values and gradients."""

from __future__ import annotations

from torch import Tensor

from autograder.course import Exercise
from autograder.language import _
from autograder.properties.agreement import Part
from autograder.properties.compare import first, gradients, pairs, value
from autograder.properties.registry import Check, Judge, property_check
from autograder.result import Mismatch, Tier
from autograder.worker.case import Case

_KEYWORDS = {"reduction": "reductions"} | {
    name.replace("-", "_"): name for name in ("weight", "ignore-index", "label-smoothing")
}
OPTIONS = frozenset({*_KEYWORDS.values(), "unbatched", "spatial", "probabilities"})
"""Properties of one option each, or of one form of the arguments that some answers leave out as they do an option."""


def options_of(exercise: Exercise, case: Case) -> frozenset[str]:
    """Those of `OPTIONS` without which an answer cannot answer a case."""
    found = {name for keyword, name in _KEYWORDS.items() if keyword in case.kwargs}
    if exercise.family == "classification":
        logits, target = case.args[:2]
        if isinstance(logits, Tensor) and logits.dim() != 2:
            found.add("unbatched" if logits.dim() < 2 else "spatial")
        if isinstance(target, Tensor) and target.is_floating_point():
            found.add("probabilities")
    return frozenset(found)


def _values_and_gradients(check: Check) -> Mismatch | None:
    return first(
        mismatch
        for case, actual, expected in pairs(check)
        for mismatch in (value(actual, expected), gradients(case, actual, expected))
    )


def _cell(name: str, *, title: str, why: str) -> Judge:
    compares = Part.OUTPUT | Part.GRADIENTS
    return property_check(name, reads=name, compares=compares, title=title, why=why)(_values_and_gradients)


_cell(
    "reductions",
    title="reduction gives the mean, the sum or every loss",
    why="Averaging over the wrong count changes the learning rate with the batch size.",
)
_cell(
    "unbatched",
    title="A single example without a batch dimension works",
    why="torch.nn takes logits of shape (C,) with a target of shape ().",
)
_cell(
    "spatial",
    title="Classes are dimension 1, whatever follows",
    why="Segmentation has logits of shape (N, C, H, W): the last dimension is not the classes there.",
)
_cell(
    "weight",
    title="Class weights count, in the mean's denominator too",
    why="torch.nn divides by the sum of the targets' weights, not by their number.",
)
_cell(
    "ignore-index",
    title="Targets equal to ignore_index count for nothing",
    why="Padding must change neither the sum nor the number that it is divided by.",
)
_cell(
    "label-smoothing",
    title="label_smoothing mixes the target with the uniform distribution",
    why="The target becomes (1 - s) * one_hot + s / C.",
)
_cell(
    "probabilities",
    title="Targets may be class probabilities",
    why="Distillation and mixup train on soft targets, and may differentiate by them.",
)
_cell(
    "weight+ignore-index",
    title="Weights and ignore_index work together",
    why="The weight of an ignored target must not be looked up, nor counted.",
)
_cell(
    "weight+label-smoothing+ignore-index",
    title="Weights, label smoothing and ignore_index work together",
    why="The smoothed part takes each class's weight; the mean still divides by the targets' weights.",
)
_cell(
    "probabilities+weight+label-smoothing",
    title="Class probabilities, weights and label smoothing work together",
    why="With soft targets the mean divides by the number of examples, whatever the weights.",
)


@property_check(
    "one-class",
    reads="one class",
    compares=Part.OUTPUT | Part.GRADIENTS,
    title="With one class the loss is 0",
    why="log(1) is 0; code that special-cases binary targets often breaks here.",
)
def one_class(check: Check) -> Mismatch | None:
    return _values_and_gradients(check)


@property_check(
    "bad-reduction",
    reads="bad reduction",
    title="An unknown reduction raises ValueError",
    why="A typo such as 'avg' must not silently train with another loss.",
)
def bad_reduction(check: Check) -> Mismatch | None:
    for case, actual, _expected in pairs(check):
        if actual.raised is None or "ValueError" not in actual.raised.bases:
            raised = actual.raised
            did = _("returned a result") if raised is None else _("raised {error}").format(error=raised.type)
            call = f"reduction={case.kwargs['reduction']!r}"
            return Mismatch(
                aspect="exception",
                message=_("{call} {did}, expected ValueError").format(call=call, did=did),
                actual=did,
                expected="ValueError",
            )
    return None


@property_check(
    "all-ignored",
    reads="all ignored",
    compares=Part.OUTPUT,
    tier=Tier.STRETCH,
    needs=("values", "ignore-index"),
    title="With every target ignored the mean is nan, as in torch.nn",
    why="0 would look like a perfect loss on a batch of nothing but padding.",
)
def all_ignored(check: Check) -> Mismatch | None:
    return first(value(actual, expected) for _, actual, expected in pairs(check))


@property_check(
    "empty-batch",
    reads="empty",
    compares=Part.OUTPUT,
    tier=Tier.STRETCH,
    needs=("values", "reductions"),
    title="An empty batch gives what torch.nn gives",
    why="The last batch of a filtered data set can be empty; amax over nothing raises.",
)
def empty_batch(check: Check) -> Mismatch | None:
    return first(value(actual, expected) for _, actual, expected in pairs(check))


@property_check(
    "out-of-range",
    reads="out of range",
    tier=Tier.STRETCH,
    needs=("values",),
    title="A target that is no class raises",
    why="Indexing with -1 silently takes the last class, and a one-hot by == silently gives loss 0.",
)
def out_of_range(check: Check) -> Mismatch | None:
    for case, actual, expected in pairs(check):
        if expected.observation.raised is not None and actual.raised is None:
            target = case.args[1].tolist()  # type: ignore[union-attr]  # a tensor of class indices
            return Mismatch(
                aspect="exception",
                message=_("target {target} is out of range but nothing is raised").format(target=target),
                actual=_("a result"),
                expected=_("an exception"),
            )
    return None
