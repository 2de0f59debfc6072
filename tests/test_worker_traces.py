"""What a file leaves in its process is noticed, before the same learner's next file is loaded there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from autograder.worker.serve import Servant
from autograder.worker.traces import Surroundings

FIRST = "import torch\n{change}\ndef f(x):\n    return x\n"
SECOND = "import torch\ndef f(x):\n    return x * 2\n"


@pytest.fixture(autouse=True)
def _torch_is_left_as_it_was() -> Iterator[None]:
    names = {holder: dict(vars(holder)) for holder in (torch, torch.Tensor, nn.Module)}
    yield
    for holder, found in names.items():
        for name in vars(holder).keys() - found.keys():
            delattr(holder, name)
        for name, value in found.items():
            if vars(holder).get(name) is not value:
                setattr(holder, name, value)


def load(servant: Servant, source: str, **fields: object) -> dict[str, Any]:
    header = {"id": 1, "op": "load", "file": "f.py", "symbol": "f", "kind": "function", **fields}
    return servant.answer(header, source.encode())[0]


@pytest.mark.parametrize(
    "change",
    [
        "torch.exp = torch.log",
        "torch.mine = 1",
        "torch.Tensor.exp = torch.Tensor.log",
        "torch.Tensor.mine = lambda self: self",
        "torch.nn.Module.mine = 1",
        "for name in ('exp',):\n    setattr(torch, name, torch.log)",
        "del torch.expm1",
    ],
)
def test_a_changed_torch_makes_a_process_unfit_for_the_next_file(change: str) -> None:
    servant = Servant()
    assert load(servant, FIRST.format(change=change)) == {"id": 1, "loaded": True}
    assert load(servant, SECOND) == {"id": 1, "unfit": True}


@pytest.mark.parametrize(
    "change",
    [
        "",
        "x = torch.ones(3)",
        "class Tensor: ...",
        "exp = torch.log",
        "torch.manual_seed(0)",
        "def sum(x): ...",
        "torch.set_default_dtype(torch.float64)",  # put back
        "torch.set_num_threads(2)",
    ],
)
def test_names_of_the_files_own_do_not(change: str) -> None:
    servant = Servant()
    assert load(servant, FIRST.format(change=change))["loaded"] is True
    assert load(servant, SECOND) == {"id": 1, "loaded": True}


def test_who_insists_is_served() -> None:
    """The canary's probes are to try all they can, one after the other."""
    servant = Servant()
    load(servant, FIRST.format(change="torch.mine = 1"))
    assert load(servant, SECOND, fit=True) == {"id": 1, "loaded": True}


def test_a_file_does_not_see_the_one_before() -> None:
    servant = Servant()
    load(servant, FIRST.format(change="secret = 1"))
    answer = load(servant, "import sys\nassert not hasattr(sys.modules['submission'], 'secret')\ndef f(x): ...\n")
    assert answer == {"id": 1, "loaded": True}


def test_what_a_file_kept_is_let_go_of_before_the_next_is_loaded() -> None:
    """Else what the first exercise has remembered counts against the memory of the second."""
    servant = Servant()
    load(
        servant,
        "import weakref, torch\nclass Kept: ...\nkept = Kept()\ntorch._kept = weakref.ref(kept)\ndef f(x): ...\n",
    )
    found = torch._kept  # type: ignore[attr-defined]  # as the file has put it there
    assert found() is not None
    load(servant, SECOND)
    assert found() is None


def test_a_tensor_in_the_place_of_a_function_is_a_change() -> None:
    """Its == answers with a tensor, which is neither true nor false."""
    before = Surroundings()
    torch.exp = torch.ones(2)  # type: ignore[assignment]  # as a learner might
    assert not before.unchanged()
