"""Drawn cases come back from disk exactly as they were drawn, and anything else is drawn anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from autograder.grade import cache as module
from autograder.grade.cache import PlanCache
from autograder.grade.plan import Plan, make_plan
from tests.bank import ROOT, course

COURSE = course()


def plan(name: str, cache: PlanCache | None, seed: int = 3) -> Plan:
    return make_plan(COURSE, COURSE.exercise(name), seed, (), cache)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture
def never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever draws from here on is a failure."""

    def refuse(*_arguments: object) -> None:
        pytest.fail("cases were drawn")

    monkeypatch.setattr("autograder.grade.plan._drawn", refuse)


@pytest.mark.parametrize("name", ["tanh", "cross_entropy", "custom_loss"])
def test_a_plan_comes_back_as_it_was(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The very bytes that workers and the replayer get, every probe with its parts, and the numbers to judge by."""
    cache = PlanCache(tmp_path)
    fresh = plan(name, cache)
    request.getfixturevalue("never_drawn")
    kept = plan(name, cache)
    for asked in ("encoded", "room", "forms", "form_of"):
        assert [getattr(c, asked) for c in kept.chunks] == [getattr(c, asked) for c in fresh.chunks], asked
    assert kept.properties == fresh.properties
    for key, family in fresh.families.items():
        again = kept.families[key]
        assert again.seed == family.seed
        assert [(p.label, p.origin, p.count) for p in again.probes] == [
            (p.label, p.origin, p.count) for p in family.probes
        ]
        for mine, its in zip(again.expected, family.expected, strict=True):
            for one, other in zip(mine, its, strict=True):
                assert one.tolerance == other.tolerance
                assert one.observation.raised == other.observation.raised
                for a, b in (
                    (one.scale, other.scale),
                    *zip(one.gradient_scales, other.gradient_scales, strict=True),
                    *zip(one.second_scales, other.second_scales, strict=True),
                    *zip(one.observation.gradients, other.observation.gradients, strict=True),
                    (one.observation.output, other.observation.output),
                ):
                    assert (a is None) == (b is None)
                    assert a is None or b is None or torch.equal(a.nan_to_num(nan=7.5), b.nan_to_num(nan=7.5))


def test_parts_of_a_pack_come_back_too(tmp_path: Path) -> None:
    """A counterexample is looked for among them."""
    cache = PlanCache(tmp_path)
    fresh, kept = (plan("tanh", cache).families["ordinary"].probes for _ in range(2))
    for mine, its in zip(fresh, kept, strict=True):
        for one, other in zip(mine.parts, its.parts, strict=True):
            assert one.origin == other.origin
            assert torch.equal(*(torch.as_tensor(part.cases[0].args[0]) for part in (one, other)))


def test_another_seed_exercise_or_kit_has_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = PlanCache(tmp_path)
    plan("tanh", cache)
    plan("tanh", cache, seed=4)
    plan("custom_loss", cache)
    assert len(files(tmp_path)) == 3
    monkeypatch.setattr("autograder.kit.kit_code", lambda: "other")
    plan("tanh", cache)
    assert len(files(tmp_path)) == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: bytes(32) + data[32:],
    ],
    ids=["empty", "cut", "one bit", "no checksum"],
)
def test_a_damaged_file_is_drawn_anew_and_replaced(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    cache = PlanCache(tmp_path)
    fresh = plan("custom_loss", cache)
    (path,) = files(tmp_path)
    good = path.read_bytes()
    path.write_bytes(damage(good))
    assert [c.encoded for c in plan("custom_loss", cache).chunks] == [c.encoded for c in fresh.chunks]
    assert path.read_bytes() == good


def test_a_folder_that_cannot_be_written_costs_the_drawing_only(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("here", encoding="utf-8")
    assert plan("custom_loss", PlanCache(taken / "below")).chunks
    assert taken.read_text(encoding="utf-8") == "here"


def test_the_oldest_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 2)
    for seed in range(4):
        plan("custom_loss", PlanCache(tmp_path), seed)
    assert len(files(tmp_path)) == 2


def test_the_environment_names_the_folder_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path))
    plan("custom_loss", PlanCache.of_user())
    assert len(files(tmp_path)) == 1
    monkeypatch.setenv("AUTOGRADER_CACHE", "")
    assert PlanCache.of_user() is None


def test_a_kept_plan_needs_no_hypothesis(tmp_path: Path) -> None:
    """Importing it takes half a second of every `autograder check`."""
    plan("custom_loss", PlanCache(tmp_path), COURSE.seed)
    code = f"""
import sys
from pathlib import Path
from autograder.course import load_course
from autograder.grade.cache import PlanCache
from autograder.grade.plan import make_plan
from autograder.grade import Grader
course = load_course(Path("course.yaml"))
make_plan(course, course.exercise("custom_loss"), course.seed, (), PlanCache(Path({str(tmp_path)!r})))
print("hypothesis" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
