"""Whether the names in a course file mean something: properties, references, and what `rules` allow and deny.

Properties and references are code, whose import takes seconds; that is done only for a name that is not among those
that the kit comes with, which are listed here. tests/test_vocabulary.py holds the lists against the code.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from itertools import chain

from autograder.course import Course, Exercise, Family, unknown
from autograder.course_yaml import Location
from autograder.errors import CourseError
from autograder.torch_names import load_names

PROPERTIES: Mapping[Family, str] = {
    "activation": """
        accuracy device dtype elementwise global-state gradient-at-zero gradients graph infinities kink kink-as-torch
        laws layout module nan precision purity second-gradients shape stable-gradients stable-values values
    """,
    "classification": """
        all-ignored bad-reduction device dtype empty-batch empty-mean global-state gradients graph ignore-index
        label-smoothing laws layout one-class out-of-range precision probabilities probabilities+weight+label-smoothing
        purity reductions second-gradients spatial stable-gradients stable-values unbatched values vectorised weight
        weight+ignore-index weight+label-smoothing+ignore-index
    """,
    "regression": """
        bad-reduction close-inputs device dtype empty-batch empty-mean global-state gradients graph large-inputs layout
        module precision purity reductions second-gradients shape values vectorised zero-residual
    """,
}
REFERENCES: Mapping[Family, str] = {
    "activation": "torch.nn.ReLU torch.nn.SiLU torch.nn.Sigmoid torch.nn.Tanh",
    "classification": "torch.nn.CrossEntropyLoss",
    "regression": "custom_loss torch.nn.MSELoss",
}
_Problem = tuple[Location, str]


def require_words(course: Course) -> None:
    """Raise a CourseError with the line of each name that means nothing, or nothing where it stands."""
    found = [*_references(course), *_properties(course), *_building_blocks(course)]
    if found:
        told = sorted((course.lines[location], fact) for location, fact in found)
        raise CourseError("\n".join(f"{course.path.name}:{line}: {fact}" for line, fact in told))


def _references(course: Course) -> Iterator[_Problem]:
    for number, exercise in enumerate(course.tree.get("exercises", ())):
        family, name = exercise["family"], exercise["reference"]
        if name not in REFERENCES[family].split():
            from autograder.oracle import references  # imports torch

            if name not in (known := references(family)):
                yield ("exercises", number, "reference"), unknown(f"reference={name} in family={family}", name, known)


def _properties(course: Course) -> Iterator[_Problem]:
    named = [*_named_properties(course)]
    known = {family: names.split() for family, names in PROPERTIES.items()}
    shown = set(course.gradescope.properties)
    if all(name in known[family] for _, family, name in named) and shown.issubset(chain(*known.values())):
        return
    from autograder.properties import load_properties  # imports torch

    course.require_properties(load_properties())
    for exercise in {exercise.family: exercise for exercise in course.exercises}.values():
        known[exercise.family] = _that_have_cases(exercise, course)
    for location, family, name in named:
        if name not in known[family]:
            yield location, unknown(f"property={name} in family={family}", name, known[family])


def _named_properties(course: Course) -> Iterator[tuple[Location, Family, str]]:
    """Every property of the file that is to be judged, with the family of what it is to be judged by."""
    for family, weights in course.tree.get("families", {}).items():
        yield from ((("families", family, name), family, name) for name in weights)
    for number, exercise in enumerate(course.tree.get("exercises", ())):
        place = ("exercises", number, "properties")
        yield from (((*place, name), exercise["family"], name) for name in exercise.get("properties", ()))


def _that_have_cases(exercise: Exercise, course: Course) -> list[str]:
    """The properties whose cases are drawn for an exercise's family."""
    from autograder.properties import load_properties
    from autograder.strategies.build import families

    drawn = families(exercise, course.budget)
    return sorted(item.name for item in load_properties().values() if item.reads in drawn)


def _building_blocks(course: Course) -> Iterator[_Problem]:
    for location, word in _words_of_rules(course):
        if word not in _spellings() and not _is_new(word):
            near = get_close_matches(word, _spellings(), n=1, cutoff=0.6)
            remedy = f"did you mean {near[0]}?" if near else "write a name such as torch.logsumexp"
            yield location, f"{location[-2]}={word} is unknown to the rules; {remedy}"


def _words_of_rules(course: Course) -> Iterator[tuple[Location, str]]:
    places: Sequence[Location] = [(), *(("exercises", number) for number in range(len(course.tree["exercises"])))]
    for place in places:
        owner = course.tree if not place else course.tree["exercises"][place[1]]
        for key in ("allow", "deny"):
            words = owner.get("rules", {}).get(key, ())
            yield from (((*place, "rules", key, number), word) for number, word in enumerate(words))


@cache
def _spellings() -> frozenset[str]:
    """Everything that `rules` compares a course's words with."""
    names = load_names()
    found = {*names.spaces, *(word for space in names.spaces.values() for word in space)}
    found |= {f"{space}.{word}" for space, words in names.spaces.items() for word in words}
    attributes = {*names.spaces["torch"], *names.spaces["object"]}
    return frozenset(found | {f"{owner}.{word}" for owner in ("torch", "torch.Tensor") for word in attributes})


def _is_new(word: str) -> bool:
    """Whether a module of the list has a name that the list has not, such as one of a newer torch."""
    names = load_names()
    module = word.rpartition(".")[0]
    if module and module not in {*names.spaces, "torch.Tensor"}:
        return False
    for path in [word] if module else [f"torch.{word}", f"torch.Tensor.{word}"]:
        try:
            pkgutil.resolve_name(path)
        except (AttributeError, ImportError):
            continue
        return True
    return False
