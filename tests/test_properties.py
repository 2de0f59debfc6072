"""The catalogue of properties, and that no observation, however odd, upsets a judge."""

from __future__ import annotations

import functools
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from torch import Tensor

from autograder.oracle import Expected
from autograder.properties import Check, Property, load_properties
from autograder.properties.registry import property_check
from autograder.result import Mismatch, Tier
from autograder.strategies.probe import Probe
from autograder.worker.case import SIMULATED, Observation, Raised, Trace
from autograder.worker.codec import DTYPES, decode_observations, encode_observations
from tests.judging import EXERCISES, expectation, makers, right

CORE = """
    all: values gradients second-gradients dtype layout purity global-state graph device
    activations: shape elementwise laws kink module
    losses: shape vectorised laws reductions bad-reduction large-inputs zero-residual module one-class
    cells: unbatched spatial weight ignore-index label-smoothing probabilities weight+ignore-index
    cells: weight+label-smoothing+ignore-index probabilities+weight+label-smoothing
"""
STRETCH = """
    activations: stable-values stable-gradients gradient-at-zero kink-as-torch infinities nan accuracy precision
    losses: all-ignored empty-batch out-of-range empty-mean close-inputs
"""


def names(text: str) -> set[str]:
    return {word for word in text.split() if not word.endswith(":")}


# The catalogue -------------------------------------------------------------------------------------------------------


def test_the_catalogue() -> None:
    """A property is a promise to learners: adding, dropping or moving one to another tier is said here too."""
    found = {tier: {item.name for item in load_properties().values() if item.tier is tier} for tier in Tier}
    assert found == {Tier.CORE: names(CORE), Tier.STRETCH: names(STRETCH)}


def test_course_names_known_properties_and_leaves_none_unused() -> None:
    used = {name for exercise in EXERCISES.values() for name in exercise.properties}
    assert used == set(load_properties())


@pytest.mark.parametrize("item", load_properties().values(), ids=lambda item: item.name)
def test_title_is_a_line_and_why_a_sentence(item: Property) -> None:
    """The title is a statement without a full stop, the why ends with one."""
    assert len(item.title) <= 90
    assert item.title.isprintable()
    assert not item.title.endswith(".")
    assert len(item.why) <= 120
    assert item.why.isprintable()
    assert item.why.endswith(".")
    assert not item.title[0].islower() or item.title.split()[0] in ("reduction", "label_smoothing", "torch's", "nan")


def test_titles_tell_properties_apart() -> None:
    for exercise in EXERCISES.values():
        titles = [load_properties()[name].title for name in exercise.properties]
        assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", EXERCISES)
def test_needed_properties_are_judged_before(name: str) -> None:
    """Stretch comes after core, so what a stretch property needs is core; and the exercise has it."""
    for item in (load_properties()[item] for item in EXERCISES[name].properties):
        for need in item.needs:
            assert load_properties()[need].tier is Tier.CORE
            assert need in EXERCISES[name].properties
            assert not load_properties()[need].needs


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match=r"property name='values' is defined twice"):
        property_check("values", title="", why="", reads="ordinary")(lambda _check: None)


def test_precision_selects_double_precision() -> None:
    item = load_properties()["precision"]
    assert item.selects is not None
    chosen = [probe for probe in makers("tanh")["ordinary"].fixed if item.selects(probe)]
    assert {probe.cases[0].args[0].dtype for probe in chosen} == {torch.float64}  # type: ignore[union-attr]  # tensors


# Odd observations ----------------------------------------------------------------------------------------------------

ODD = settings(  # the same examples in every run: what fails in one must fail in the next
    max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 3e38, math.inf, -math.inf, math.nan])
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
TEXTS = st.sampled_from(["", "cpu", SIMULATED, "cuda", "Tensor", "float32", "complex64", "argument 1", "\ud800"])
COUNTS = st.dictionaries(
    st.sampled_from(["parameters", "buffers", "aten::exp", "sync: item", "d2h: copy"]),
    st.integers(0, 1 << 40),
    max_size=3,
)


@st.composite
def tensors(draw: st.DrawFn, shapes: SearchStrategy[tuple[int, ...]] = SHAPES) -> Tensor:
    """Of any shape and any dtype that is carried, filled with one number or with a mixture."""
    shape, dtype = draw(shapes), draw(st.sampled_from(list(DTYPES.values())))
    values = draw(st.lists(NUMBERS, min_size=1, max_size=3))
    count = math.prod(shape)
    mixed = torch.tensor((values * count)[:count], dtype=torch.float64).reshape(shape)
    return (mixed if dtype.is_floating_point else mixed.nan_to_num(1, 1, 1).clamp(0, 1)).to(dtype)


def many(items: SearchStrategy[Tensor]) -> SearchStrategy[tuple[Tensor | None, ...]]:
    return st.lists(st.none() | items, max_size=3).map(tuple)


RAISED = st.builds(
    Raised,
    stage=st.sampled_from(["call", "backward", "second backward", ""]),
    type=TEXTS,
    bases=st.lists(st.sampled_from(["ValueError", "Exception", ""]), max_size=2).map(tuple),
    message=TEXTS,
    line=st.none() | st.integers(0, 9),
)


def observations(likely: tuple[int, ...]) -> SearchStrategy[Observation]:
    """Anything a worker may say; shapes are often the right one, so that judges look further."""
    shapes = st.just(likely) | SHAPES
    return st.builds(
        Observation,
        type=st.just("Tensor") | TEXTS,
        output=st.none() | tensors(shapes),
        shape=shapes,
        dtype=TEXTS,
        device=TEXTS,
        requires_grad=st.booleans(),
        gradients=many(tensors(shapes)),
        gradient_devices=st.lists(TEXTS, max_size=3).map(tuple),
        second=many(tensors(shapes)),
        mutated=st.lists(TEXTS, max_size=2).map(tuple),
        aliased=st.lists(TEXTS, max_size=2).map(tuple),
        globals_changed=st.lists(TEXTS, max_size=2).map(tuple),
        module=st.none() | COUNTS,
        trace=st.none() | st.builds(Trace, calls=st.integers(0, 1 << 40), events=COUNTS),
        raised=st.none() | RAISED,
    )


@functools.cache
def samples(exercise: str) -> list[tuple[Property, Probe, tuple[Expected, ...]]]:
    """Every property of an exercise with the first fixed probe of each label that it reads."""
    found = []
    for item in (load_properties()[name] for name in EXERCISES[exercise].properties):
        firsts: dict[str, Probe] = {}
        for probe in makers(exercise)[item.reads].fixed:
            if item.selects is None or item.selects(probe):
                firsts.setdefault(probe.label, probe)
        found += [(item, probe, expectation(exercise, probe)) for probe in firsts.values()]
    return found


def decoded(seen: list[Observation]) -> tuple[Observation, ...]:
    """As the grader gets them from a worker."""
    fields, raw = encode_observations(seen, 1 << 20)
    return decode_observations(fields, raw, len(seen))[:]


@pytest.mark.parametrize("exercise", EXERCISES)
@ODD
@given(data=st.data())
def test_no_judge_raises_whatever_a_worker_says(exercise: str, data: st.DataObject) -> None:
    """What a judge raises is the grader's fault, and a submission must not be able to cause it."""
    pool: dict[tuple[int, ...], tuple[Observation, ...]] = {}
    for item, probe, expected in samples(exercise):
        actual = []
        for index, one in enumerate(expected):
            shape = one.observation.shape
            if shape not in pool:
                pool[shape] = decoded(data.draw(st.lists(observations(shape), min_size=2, max_size=2)))
            actual.append(pool[shape][index % 2])
        found = item.judge(Check(EXERCISES[exercise], probe, tuple(actual), expected))
        assert found is None or isinstance(found, Mismatch), item.name


@pytest.mark.parametrize("exercise", EXERCISES)
@ODD
@given(data=st.data())
def test_no_judge_raises_where_one_field_is_odd(exercise: str, data: st.DataObject) -> None:
    """Nearly right observations get past the first checks of a judge."""
    item, probe, expected = data.draw(st.sampled_from(samples(exercise)))
    actual = [right(exercise, case) for case in probe.cases]
    at = data.draw(st.integers(0, len(actual) - 1))
    odd = data.draw(observations(expected[at].observation.shape))
    fields = data.draw(
        st.lists(st.sampled_from(["output", "gradients", "second", "module", "trace", "gradient_devices"]), max_size=2)
    )
    for name in fields:
        actual[at] = replace(actual[at], **{name: getattr(odd, name)})
    found = item.judge(Check(EXERCISES[exercise], probe, decoded(actual), expected))
    assert found is None or isinstance(found, Mismatch)
    assert fields or found is None


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_empty_observation_passes_nothing(exercise: str) -> None:
    """A worker that answers with no content has shown nothing."""
    for item, probe, expected in samples(exercise):
        for empty in (Observation(), Observation(type=""), Observation(output=torch.zeros(0))):
            check = Check(EXERCISES[exercise], probe, decoded([empty] * len(expected)), expected)
            assert item.judge(check) is not None, item.name


def test_every_property_of_the_course_is_tried() -> None:
    assert {item.name for name in EXERCISES for item, _, _ in samples(name)} == set(load_properties())
