"""Why a failure matters: what is said of it fits what went wrong."""

from __future__ import annotations

import pytest

from autograder.grade.reasons import reason
from autograder.properties import load_properties
from autograder.result import Mismatch


@pytest.mark.parametrize("aspect", ["exception", "type", "shape"])
def test_a_reason_is_about_what_went_wrong(aspect: str) -> None:
    item = load_properties()["values"]
    mismatch = Mismatch(aspect=aspect, message="", actual="", expected="")
    assert reason(item, mismatch) != item.why
    assert reason(item, mismatch.model_copy(update={"aspect": "value"})) == item.why
    assert reason(load_properties()["device"], mismatch) == load_properties()["device"].why


@pytest.mark.parametrize(
    ("name", "aspect", "own"),
    [
        ("values", "nan", False),
        ("gradients", "inf", False),
        ("stable-values", "nan", True),
        ("nan", "value", True),
        ("purity", "exception", False),
        ("purity", "side effect", True),
        ("global-state", "shape", False),
        ("shape", "exception", True),
        ("shape", "shape", False),
        ("reductions", "shape", False),
        ("weight", "exception", True),
        ("bad-reduction", "exception", True),
        ("module", "type", False),
    ],
)
def test_a_propertys_own_reason_is_told_where_it_fits(name: str, aspect: str, own: bool) -> None:
    """``x.clamp_(0) destroys the caller's data`` explains no exception, nor a missing batch a lost shape."""
    item = load_properties()[name]
    told = reason(item, Mismatch(aspect=aspect, message="", actual="", expected=""))
    assert (told == item.why) == own
