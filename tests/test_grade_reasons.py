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
