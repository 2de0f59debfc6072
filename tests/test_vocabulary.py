"""Names in course.yaml that mean nothing are mistakes of the file, with line and nearest word, in every command."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import vocabulary
from autograder.course import Course, Family, load_course, parse_course
from autograder.errors import CourseError
from autograder.oracle import find_reference, references
from autograder.properties import load_properties
from autograder.strategies.build import families
from autograder.vocabulary import PROPERTIES, REFERENCES, require_words
from tests.bank import ROOT, course
from tests.learning import Cli, learners_copy

KIT = (ROOT / "course.yaml").read_text(encoding="utf-8")
FIRST_OF_FAMILY = {exercise.family: exercise for exercise in course().exercises}


# The lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", PROPERTIES)
def test_the_properties_are_those_whose_cases_are_drawn(family: Family) -> None:
    exercise = FIRST_OF_FAMILY[family]
    drawn = families(exercise, course().budget)
    assert PROPERTIES[family].split() == sorted(p.name for p in load_properties().values() if p.reads in drawn)


def test_the_references_are_those_of_the_oracle() -> None:
    assert {exercise.family: tuple(REFERENCES[exercise.family].split()) for exercise in course().exercises} == {
        exercise.family: references(exercise.family) for exercise in course().exercises
    }
    assert set(references()) == {name for names in REFERENCES.values() for name in names.split()}


def test_an_authors_own_property_and_reference_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are code, which the lists here know nothing of."""
    monkeypatch.setattr(vocabulary, "PROPERTIES", dict.fromkeys(PROPERTIES, "values"))
    monkeypatch.setattr(vocabulary, "REFERENCES", dict.fromkeys(REFERENCES, ""))
    require_words(course())


# Mistakes -------------------------------------------------------------------------------------------------------------

RELU = "    properties: {kink: 1, kink-as-torch: 1}\n"
MISTAKES = {
    "a property without cases": (
        RELU,
        "    properties: {kink: 1, reductions: 1}\n",
        "property=reductions in family=activation is unknown; did you mean precision? It can be accuracy, device,",
    ),
    "a property without cases in a family": (
        "    close-inputs: 1\n",
        "    stable-values: 1\n",
        "property=stable-values in family=regression is unknown; did you mean values? It can be bad-reduction,",
    ),
    "a property that is none": (
        RELU,
        "    properties: {kinks: 1}\n",
        "property=kinks is unknown; did you mean kink? It can be",
    ),
    "a property to show": (
        "seed: 0\n",
        "seed: 0\ngradescope:\n  properties: {vales: hidden}\n",
        "property=vales is unknown; did you mean values? It can be",
    ),
    "a reference": (
        "    reference: torch.nn.ReLU\n",
        "    reference: torch.nn.Relu\n",
        "reference=torch.nn.Relu in family=activation is unknown; did you mean torch.nn.ReLU? It can be torch.nn.ReLU,",
    ),
    "a reference of another family": (
        "    reference: torch.nn.ReLU\n",
        "    reference: custom_loss\n",
        "reference=custom_loss in family=activation is unknown; it can be torch.nn.ReLU, torch.nn.SiLU,",
    ),
    "an allowed name": (
        "seed: 0\n",
        "seed: 0\nrules:\n  allow: [torch.sigmoid,\n    torch.sigmoidd]\n",
        "allow=torch.sigmoidd is unknown to the rules; did you mean torch.sigmoid?",
    ),
    "an exercise's allowed name": (
        RELU,
        f"{RELU}    rules: {{allow: [torch.sigmoid, logsumexpp]}}\n",
        "allow=logsumexpp is unknown to the rules; did you mean logsumexp?",
    ),
    "a denied name": (
        "seed: 0\n",
        "seed: 0\nrules: {deny: [torch.wheer]}\n",
        "deny=torch.wheer is unknown to the rules; did you mean torch.where?",
    ),
    "a module that no rule can allow": (
        "seed: 0\n",
        "seed: 0\nrules: {allow: [qqqqqq.zzzzzz]}\n",
        "allow=qqqqqq.zzzzzz is unknown to the rules; write a name such as torch.logsumexp",
    ),
}


def wrong_line(right: str, wrong: str) -> int:
    """The last line of what was put in, which is where each of these mistakes stands."""
    return KIT.count("\n", 0, KIT.index(right)) + wrong.count("\n")


@pytest.mark.parametrize(("right", "wrong", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line_and_the_nearest_word(right: str, wrong: str, told: str) -> None:
    loaded = parse_course(Path("course.yaml"), KIT.replace(right, wrong, 1).encode())
    with pytest.raises(CourseError) as caught:
        require_words(loaded)
    assert str(caught.value).startswith(f"course.yaml:{wrong_line(right, wrong)}: {told}")
    assert "\n" not in str(caught.value)


def test_all_mistakes_are_named_in_the_order_of_lines() -> None:
    text = KIT.replace("torch.nn.Tanh", "torch.nn.Tan").replace("seed: 0", "seed: 0\nrules: {allow: [torch.expp]}", 1)
    with pytest.raises(CourseError) as caught:
        require_words(parse_course(Path("course.yaml"), text.encode()))
    first, second = str(caught.value).splitlines()
    assert first.startswith("course.yaml:5: allow=torch.expp ")
    assert "reference=torch.nn.Tan " in second


@pytest.mark.parametrize(
    "word",
    [
        "sigmoid",
        "torch.sigmoid",
        "torch.Tensor.item",
        "item",
        "torch.nn.functional.relu",
        "torch.nn",
        "math.exp",
        "torch.compiler",
        "torch.autograd.Function",
        "dataclasses",
    ],
)
def test_what_the_rules_compare_with_may_be_allowed(word: str) -> None:
    """Names that the list has not, too, where its modules have them."""
    text = KIT.replace("seed: 0\n", f"seed: 0\nrules: {{allow: [{word}]}}\n", 1)
    require_words(parse_course(Path("course.yaml"), text.encode()))


@pytest.mark.parametrize("word", ["typing.override", "functools.singledispatch", "os.fork"])
def test_names_of_python_are_unknown_to_the_rules(word: str) -> None:
    """They judge what is called of torch: to allow a name of Python, or to deny it, would do nothing."""
    for key in ("allow", "deny"):
        text = KIT.replace("seed: 0\n", f"seed: 0\nrules: {{{key}: [{word}]}}\n", 1)
        with pytest.raises(CourseError, match=f"course.yaml:5: {key}={word} is unknown to the rules"):
            require_words(parse_course(Path("course.yaml"), text.encode()))


@pytest.mark.parametrize("words", [["list"], ["start"], ["hint", "relu"], ["check", "relu"], ["dev", "check"]])
@pytest.mark.parametrize("mistake", ["a property without cases", "a reference", "an allowed name"])
def test_every_command_says_so_and_ends_with_usage(
    mistake: str,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`list` showed its table and ended 0; others called it the kit's mistake."""
    right, wrong, told = MISTAKES[mistake]
    learners_copy(tmp_path)
    (tmp_path / "course.yaml").write_text(KIT.replace(right, wrong, 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = Cli(monkeypatch, capsys)(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: course.yaml:{wrong_line(right, wrong)}: {told}")


# Any mistake ----------------------------------------------------------------------------------------------------------

EVERYTHING: dict[str, Any] = yaml.safe_load(KIT) | {
    "rules": {"allow": ["torch.sigmoid"], "deny": ["conv1d"], "enabled": True, "autograd_function": True},
    "gradescope": {"visibility": "hidden", "properties": {"values": "visible"}},
}
WORDS = ["", "x", "relu", "Relu", "values", "reductions", "kink", "torch.nn.ReLU", "torch.nn.GELU", "custom_loss"]
WORDS += ["module", "function", "activation", "regression", "hidden", "torch.exp", "torch.expp", "class"]
VALUES = (
    st.sampled_from(WORDS)
    | st.none()
    | st.booleans()
    | st.integers(-2, 10)
    | st.sampled_from([10**30, 1e308, 1e-300, float("nan"), float("inf"), [], ["x"], [[]], {}, {"x": 1}])
    | st.dictionaries(st.sampled_from(WORDS), st.integers(0, 2), min_size=1, max_size=2)
)


def _places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*at, key)
        yield from _places(value, (*at, key))


PLACES = list(_places(EVERYTHING))


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """The kit's course with a value of another kind, another key, or something left out."""
    tree = copy.deepcopy(EVERYTHING)
    *way, last = draw(st.sampled_from(PLACES))
    owner: Any = tree
    for key in way:
        owner = owner[key]
    value = owner.pop(last)
    how = draw(st.sampled_from(["value", "key", "nothing"]))
    if isinstance(owner, list):
        if how != "nothing":
            owner.insert(last, draw(VALUES))
    elif how != "nothing":
        owner[last if how == "value" else draw(st.sampled_from(WORDS))] = draw(VALUES) if how == "value" else value
    return yaml.safe_dump(tree, sort_keys=False).encode()


def usable(loaded: Course) -> bool:
    """Whether everything that grading looks up by name is there."""
    known, few = load_properties(), loaded.budget.model_copy(update={"cases": 1, "pairs": 1, "option_cases": 1})
    return all(
        callable(find_reference(exercise.reference))
        and {known[name].reads for name in exercise.properties} <= set(families(exercise, few))
        for exercise in replace(loaded, budget=few).exercises
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed())
def test_any_change_of_the_file_is_its_mistake_or_none(data: bytes) -> None:
    try:
        loaded = parse_course(Path("course.yaml"), data)
        require_words(loaded)
    except CourseError as error:
        for line in str(error).splitlines():
            _, number, fact = line.split(":", 2)
            assert 1 <= int(number) <= data.count(b"\n") + 1
            assert fact
        return
    assert usable(loaded)


def test_the_kits_own_course_is_right() -> None:
    require_words(load_course(ROOT / "course.yaml"))
