"""What a submission keeps from call to call, as its process finds it."""

from __future__ import annotations

import types
from collections.abc import Callable

import pytest
import torch

from autograder.worker.keeping import changes, kept

KEEPING = {
    "a list of the file": "seen = []\ndef f(x):\n    seen.append(1.0)\n",
    "a list in a dict": "seen = {'all': []}\ndef f(x):\n    seen['all'].append(x)\n",
    "a counter in a list": "calls = [0]\ndef f(x):\n    calls[0] += 1\n",
    "a counter of the file": "calls = 0\ndef f(x):\n    global calls\n    calls += 1\n",
    "a set": "seen = set()\ndef f(x):\n    seen.add(len(seen))\n",
    "a closure": "def made():\n    seen = []\n    def f(x):\n        seen.append(x)\n    return f\nf = made()\n",
    "a default": "def f(x, seen=[]):\n    seen.append(x)\n",
    "an attribute of the function": "def f(x):\n    f.calls = getattr(f, 'calls', 0) + 1\n",
    "an attribute of a class": "class Kept:\n    calls = 0\ndef f(x):\n    Kept.calls += 1\n",
    "an object": "class Kept:\n    pass\nkept = Kept()\nkept.calls = 0\ndef f(x):\n    kept.calls += 1\n",
}
NOTHING = {
    "nothing": "def f(x):\n    return x\n",
    "a constant of each dtype": "ones = {}\ndef f(x):\n    ones.setdefault(x.dtype, 1)\n",
    "names of its own": "def f(x):\n    calls = [1]\n    calls.append(2)\n",
    "a property that counts": (
        "class Kept:\n    asked = []\n    @property\n    def calls(self):\n        self.asked.append(1)\n"
        "kept = Kept()\ndef f(x):\n    return x\n"
    ),
}


def loaded(source: str) -> Callable[[torch.Tensor], object]:
    module = types.ModuleType("submission")
    exec(source, module.__dict__)  # a text of this file
    function: Callable[[torch.Tensor], object] = module.__dict__["f"]
    return function


def left_by_a_second_call(source: str) -> int:
    function = loaded(source)
    function(torch.ones(1))
    before = kept(function)
    function(torch.ones(1))
    return changes(before, kept(function))


@pytest.mark.parametrize("source", KEEPING.values(), ids=KEEPING)
def test_what_every_call_changes_is_found(source: str) -> None:
    assert left_by_a_second_call(source) > 0


@pytest.mark.parametrize("source", NOTHING.values(), ids=NOTHING)
def test_what_stays_or_is_the_calls_own_is_no_change(source: str) -> None:
    assert left_by_a_second_call(source) == 0


def test_looking_takes_bounded_time_whatever_is_kept() -> None:
    kept_by = loaded("many = [[n] for n in range(100_000)]\nmany.append(many)\ndef f(x):\n    return x\n")
    assert len(kept(kept_by)) < 2000
