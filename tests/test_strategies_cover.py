"""Covering arrays meet what they promise, with few rows, and the same ones every time."""

from __future__ import annotations

import itertools

import pytest

from autograder.strategies.cover import covering, product, together

CHOICES = {"a": range(4), "b": "xyz", "c": (None, True), "d": range(3)}


@pytest.mark.parametrize(("strength", "most"), [(1, 4), (2, 14), (3, 48)])
def test_every_few_values_meet(strength: int, most: int) -> None:
    chosen = covering(product(**CHOICES), lambda row: together(row, strength))
    for names in itertools.combinations(CHOICES, strength):
        met = {tuple(row[name] for name in names) for row in chosen}
        assert met == set(itertools.product(*(CHOICES[name] for name in names)))
    assert len(chosen) <= most
    assert chosen == covering(product(**CHOICES), lambda row: together(row, strength))


def test_what_no_candidate_meets_is_not_asked_for() -> None:
    """Combinations that make no sense are left out of the candidates, and the others still meet."""
    sensible = [row for row in product(**CHOICES) if not (row["a"] == 0 and row["b"] == "x")]
    chosen = covering(sensible, lambda row: together(row, 2))
    assert all(row in sensible for row in chosen)
    assert {(row["a"], row["b"]) for row in chosen} == set(itertools.product(range(4), "xyz")) - {(0, "x")}


def test_some_fields_meet_more_closely() -> None:
    chosen = covering(product(**CHOICES), lambda row: [*together(row, 1), *together(row, 3, ("b", "c", "d"))])
    assert {(row["b"], row["c"], row["d"]) for row in chosen} == set(itertools.product("xyz", (None, True), range(3)))
    assert {row["a"] for row in chosen} == set(range(4))
    assert len(chosen) == 18
