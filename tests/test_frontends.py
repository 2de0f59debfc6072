"""All hosts say the same of the same work, and none of them can be fooled into points."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.bank import BANK, ROOT
from tests.hosts import HOSTS, Host, Place, Seen
from tests.notebooks import read_nbgrader, read_notebook, run_nbgrader, run_notebook

WRONG = (BANK / "wrong" / "relu" / "leaky.py").read_text(encoding="utf-8")
RIGHT = (ROOT / "solutions" / "activations" / "relu.py").read_text(encoding="utf-8")
REWRITES = """
import atexit
import base64
import pathlib

def forge():
    pathlib.Path({path!r}).write_bytes(base64.b64decode({forged!r}))

def relu(x):
    forge()
    raise SystemExit(0)

forge()
atexit.register(forge)
"""
HOSTILE = {
    "ends the process with status 0": "import os\nos._exit(0)\n",
    "ends the process when called": "import os\n\ndef relu(x):\n    os._exit(0)\n",
    "loops": "def relu(x):\n    while True:\n        pass\n",
}
GRADING = [*HOSTS, Host("nbgrader", "nbgrader.ipynb", run_nbgrader, read_nbgrader)]
# A learner's own kernel runs what its cells say, so that what it shows is for practice and no grade.
PRACTICE = [Host("notebook", "notebook.ipynb", run_notebook, read_notebook)]
every_host = pytest.mark.parametrize("host", GRADING, ids=lambda host: host.name)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What hosts have shown of the wrong submission so far."""
    return {}


@pytest.mark.parametrize("host", [*GRADING, *PRACTICE], ids=lambda host: host.name)
def test_the_same_verdicts_and_score(host: Host, graded: dict[str, Seen], tmp_path: Path) -> None:
    """The first host in the list is `autograder grade` itself, so every other one is compared with it."""
    if "grade" not in graded:
        graded["grade"] = HOSTS[0].grade(Place.make(tmp_path / "grade", WRONG))
    expected = graded["grade"]
    assert 0 < expected.score < 10
    assert len(set(expected.passed.values())) == 2
    assert host.grade(Place.make(tmp_path / "host", WRONG)) == expected


@every_host
@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(name, marks=[] if name == "ends the process with status 0" else [pytest.mark.slow])
        for name in HOSTILE
    ],
)
def test_no_points_for_hostile_code(host: Host, attack: str, tmp_path: Path) -> None:
    """With the rules off, so that it really runs."""
    place = Place.make(tmp_path / "place", HOSTILE[attack], rules={"enabled": False})
    seen = host.grade(place)
    assert seen.score == 0
    assert seen.passed
    assert not any(seen.passed.values())


@pytest.mark.slow
@every_host
def test_no_points_for_rewritten_results(host: Host, tmp_path: Path) -> None:
    """The forgery is the host's own result for a right answer, written when loaded, when called and at the end."""
    right = Place.make(tmp_path / "right", RIGHT)
    assert host.grade(right).score == 10
    forged = base64.b64encode(host.results(right).read_bytes()).decode()
    place = Place.make(tmp_path / "place", "", rules={"enabled": False})
    place.answer.write_text(REWRITES.format(path=str(host.results(place)), forged=forged), encoding="utf-8")
    assert host.grade(place).score == 0
