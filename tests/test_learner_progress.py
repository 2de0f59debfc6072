"""The progress file: what it means for the files of today, damage, and two processes at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.learner.progress import Progress, fingerprint, next_standing, read, record, standings, update
from autograder.result import Verdict
from tests.learning import RIGHT_RELU, learners_copy, own, result


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return learners_copy(tmp_path)


def file(course: Course) -> Path:
    return course.path.parent / ".autograder" / "progress.json"


# --- what it means ---


def test_nothing_is_known_at_first(course: Course) -> None:
    assert read(course) == Progress()
    assert not file(course).exists()
    assert [(standing.done, standing.changed) for standing in standings(course)] == [(False, False)] * 7


def test_a_pass_holds_for_the_file_that_was_checked(course: Course) -> None:
    record(course, own(course), [result(course, "relu")])
    relu = standings(course)[1]
    assert (relu.done, relu.changed, relu.entry.score) == (True, False, 10)
    path = course.path.parent / "exercises/activations/relu.py"
    given = path.read_text(encoding="utf-8")
    path.write_text(RIGHT_RELU, encoding="utf-8")
    assert (standings(course)[1].done, standings(course)[1].changed) == (False, True)
    path.unlink()
    assert (standings(course)[1].done, standings(course)[1].changed) == (False, True)
    path.write_text(given, encoding="utf-8")
    assert standings(course)[1].done


def test_a_failure_is_not_done(course: Course) -> None:
    record(course, own(course), [result(course, "relu", Verdict.FAIL)])
    relu = standings(course)[1]
    assert (relu.done, relu.changed, relu.entry.verdict) == (False, False, Verdict.FAIL)


def test_a_fault_of_the_grader_is_not_recorded(course: Course) -> None:
    record(course, own(course), [result(course, "relu")])
    record(course, own(course), [result(course, "relu", Verdict.ERROR)])
    assert standings(course)[1].done


def test_a_check_keeps_the_hints_seen(course: Course) -> None:
    update(course, lambda progress: progress.with_entry("relu", hints=2))
    record(course, own(course), [result(course, "relu")])
    assert read(course).of("relu").hints == 2


def test_next_comes_after_the_current_and_then_from_the_beginning(course: Course) -> None:
    names = [exercise.name for exercise in course.exercises]
    record(course, own(course), [result(course, name) for name in names if name not in ("relu", "mse_loss")])
    found = standings(course)
    following = {
        after: standing and standing.exercise.name for after in range(8) if (standing := next_standing(found, after))
    }
    assert following == {
        0: "relu",
        1: "relu",
        2: "mse_loss",
        3: "mse_loss",
        4: "mse_loss",
        5: "mse_loss",
        6: "relu",
        7: "relu",
    }
    record(course, own(course), [result(course, name) for name in ("relu", "mse_loss")])
    assert next_standing(standings(course)) is None


def test_a_file_that_cannot_be_read_has_a_fingerprint_of_its_own(course: Course) -> None:
    """Else a watch would not see that it was saved."""
    path = course.path.parent / "exercises/activations/relu.py"
    before = fingerprint(own(course), "relu")
    path.write_bytes(b"\xff")
    broken = fingerprint(own(course), "relu")
    path.unlink()
    assert broken not in (before, None)
    assert fingerprint(own(course), "relu") is None


# --- the file ---


def test_the_file_can_be_read_by_people(course: Course) -> None:
    record(course, own(course), [result(course, "relu")])
    known = json.loads(file(course).read_text(encoding="utf-8"))
    digest = fingerprint(own(course), "relu")
    entry = {"verdict": "pass", "score": 10.0, "sha256": digest, "failing": None, "hints": 0}
    assert known == {"format_version": 1, "exercises": {"relu": entry}}
    assert file(course).read_text(encoding="utf-8").count("\n") > 5


def test_what_the_course_no_longer_has_stays(course: Course) -> None:
    update(course, lambda progress: progress.with_entry("softplus", hints=1))
    record(course, own(course), [result(course, "relu")])
    assert set(read(course).exercises) == {"softplus", "relu"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"format_version": 2, "exercises": {}}',
        b'{"format_version": 1, "exercises": {"relu": {"verdict": "perfect"}}}',
        b'{"format_version": 1, "exercises": {"relu": {"hints": -1}}}',
    ],
)
def test_damage_is_said_and_set_aside(course: Course, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Never a crash, never lost: the damaged file is kept under another name."""
    file(course).write_bytes(content)
    assert read(course) == Progress()
    said = capsys.readouterr().err
    assert "progress.json is damaged" in said
    assert "kept as progress.json.moved" in said
    assert file(course).with_name("progress.json.moved").read_bytes() == content
    record(course, own(course), [result(course, "relu")])
    assert standings(course)[1].done
    assert not capsys.readouterr().err


def test_where_nothing_can_be_kept_this_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A check still ends with its verdict."""
    file(course).mkdir()
    changed = update(course, lambda progress: progress.with_entry("relu", hints=1))
    assert changed.of("relu").hints == 1
    assert "your progress is not kept: " in capsys.readouterr().err


def test_two_at_once_lose_nothing(course: Course) -> None:
    """A `check` beside a `watch`: each reads what the other has written before it writes."""

    def count(number: int) -> None:
        name = f"e{number}"
        for _ in range(10):
            update(course, lambda progress: progress.with_entry(name, hints=progress.of(name).hints + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    assert {name: entry.hints for name, entry in read(course).exercises.items()} == {f"e{n}": 10 for n in range(4)}
