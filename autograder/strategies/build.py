"""All families of an exercise."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograder.course import Budget, Exercise
from autograder.strategies import activation, classification, regression
from autograder.strategies.probe import Families

_BUILDERS: Mapping[str, Callable[[Exercise, Budget], Families]] = {
    "activation": activation.families,
    "classification": classification.families,
    "regression": regression.families,
}


def families(exercise: Exercise, budget: Budget) -> Families:
    """Families of cases by name, as the properties name them."""
    return _BUILDERS[exercise.family](exercise, budget)
