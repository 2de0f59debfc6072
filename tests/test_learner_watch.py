"""The loop of `autograder watch`, event by event; and what tells it: saves, keys, the checker and its processes."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import watchfiles

from autograder.course import Course, Exercise
from autograder.errors import SandboxError
from autograder.learner import saves as saves_module
from autograder.learner.checker import Checked, Checker, Failed
from autograder.learner.keys import keys
from autograder.learner.progress import own_folder, read, record, standings
from autograder.learner.saves import saves
from autograder.learner.watch import Loop, Pressed, Touched
from autograder.result import Verdict
from tests.learning import learners_copy, own, report, result

PATIENCE = 30.0  # of a busy machine; nothing here waits so long where it works


class Recorder:
    """Stands in for the checker: notes what is asked, and answers when it is told to."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.prepared: list[str] = []
        self.asked: list[str] = []

    def prepare(self, exercise: Exercise) -> None:
        self.prepared.append(exercise.name)

    def check(self, exercise: Exercise) -> None:
        self.asked.append(exercise.name)

    def answer(self, verdict: Verdict) -> Checked:
        """The answer to the last question, of the file as it is now."""
        exercise = self.course.exercise(self.asked[-1])
        return Checked(exercise, own(self.course), report(result(self.course, exercise.name, verdict)))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return learners_copy(tmp_path)


@pytest.fixture
def checker(course: Course) -> Recorder:
    return Recorder(course)


@pytest.fixture
def loop(course: Course, checker: Recorder) -> Loop:
    return Loop(course, checker, typed=True)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was said since the last time."""
    return lambda: capsys.readouterr().out


def save(course: Course, name: str, text: str) -> Path:
    path = own_folder(course) / course.exercise(name).path
    path.write_text(text, encoding="utf-8")
    return path


class TestBegin:
    def test_with_the_first_that_is_not_done(
        self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]
    ) -> None:
        """A stub is not checked, but its cases are drawn while the learner reads."""
        record(course, own(course), [result(course, "sigmoid")])
        loop.begin(None)
        text = said()
        assert text.startswith(f"{course.name}\n1 of 7 passed, 12 of 100 points\n")
        assert "Exercise 2 of 7: relu (10 points)" in text
        assert text.endswith("save a file to check it · n next · h hint · l list · q quit\n")
        assert (checker.prepared, checker.asked) == (["relu"], [])

    def test_with_the_one_asked_for(self, course: Course, loop: Loop, checker: Recorder) -> None:
        loop.begin(course.exercise("tanh"))
        assert checker.prepared == ["tanh"]

    def test_checks_what_is_there(self, course: Course, checker: Recorder) -> None:
        save(course, "sigmoid", "begun")
        Loop(course, checker, typed=True).begin(None)
        assert (checker.prepared, checker.asked) == ([], ["sigmoid"])

    def test_after_the_end(self, course: Course, loop: Loop, said: Callable[[], str]) -> None:
        record(course, own(course), [result(course, exercise.name) for exercise in course.exercises])
        loop.begin(None)
        assert "Congratulations" in said()

    def test_without_a_keyboard(self, course: Course, checker: Recorder, said: Callable[[], str]) -> None:
        Loop(course, checker, typed=False).begin(None)
        assert said().endswith("save a file to check it · Ctrl-C ends\n")


class TestSaves:
    @pytest.fixture(autouse=True)
    def begun(self, loop: Loop, said: Callable[[], str]) -> None:
        loop.begin(None)
        said()

    def test_only_what_changed_is_checked(
        self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]
    ) -> None:
        loop.react(Touched())
        assert (checker.asked, said()) == ([], "")
        save(course, "tanh", "new")
        loop.react(Touched())
        loop.react(Touched())
        assert (checker.asked, said()) == (["tanh"], "checking tanh …\n")

    def test_the_verdict_is_shown_and_kept(
        self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]
    ) -> None:
        save(course, "tanh", "new")
        loop.react(Touched())
        said()
        loop.react(checker.answer(Verdict.FAIL))
        text = said()
        assert "✗ tanh" in text
        assert re.search(r"checked at \d\d:\d\d:\d\d in \d+\.\d\d s\n0 of 7 passed, 1 of 100 points\n", text)
        assert read(course).of("tanh").verdict is Verdict.FAIL
        loop.react(Touched())
        assert checker.asked == ["tanh"]

    def test_a_save_during_a_check_is_checked_after_it(
        self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]
    ) -> None:
        """Once, however many there were; the verdict on the older state is not shown and not kept."""
        save(course, "tanh", "one")
        loop.react(Touched())
        early = checker.answer(Verdict.PASS)
        for text in ("two", "three"):
            save(course, "tanh", text)
            loop.react(Touched())
        assert checker.asked == ["tanh"]
        said()
        loop.react(early)
        assert (checker.asked, said()) == (["tanh", "tanh"], "checking tanh …\n")
        assert read(course).of("tanh").verdict is None
        loop.react(checker.answer(Verdict.FAIL))
        assert "✗ tanh" in said()
        loop.react(Touched())
        assert len(checker.asked) == 2

    def test_what_the_check_has_already_read_is_not_checked_again(
        self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]
    ) -> None:
        """Saved after the question, before the file was read: the event comes late, and means nothing."""
        save(course, "tanh", "one")
        loop.react(Touched())
        save(course, "tanh", "two")
        loop.react(checker.answer(Verdict.FAIL))
        said()
        loop.react(Touched())
        assert (checker.asked, said()) == (["tanh"], "")

    def test_gone_and_back(self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]) -> None:
        path = save(course, "tanh", "new")
        loop.react(Touched())
        loop.react(checker.answer(Verdict.FAIL))
        said()
        path.unlink()
        loop.react(Touched())
        loop.react(Touched())
        assert said() == "exercises/activations/tanh.py is gone; waiting for it to come back\n"
        save(course, "tanh", "new")
        loop.react(Touched())
        assert said() == "exercises/activations/tanh.py is back, as it was checked\n"
        assert checker.asked == ["tanh"]
        path.unlink()
        loop.react(Touched())
        save(course, "tanh", "newer")
        loop.react(Touched())
        assert checker.asked == ["tanh", "tanh"]

    def test_gone_with_the_whole_folder(
        self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]
    ) -> None:
        folder = own_folder(course)
        folder.rename(folder.with_name("elsewhere"))
        loop.react(Touched())
        assert said().count(" is gone; ") == 7
        folder.with_name("elsewhere").rename(folder)
        loop.react(Touched())
        assert len(checker.asked) == 7

    def test_several_at_once(self, course: Course, loop: Loop, checker: Recorder) -> None:
        """As a version control system writes them."""
        for name in ("mse_loss", "tanh"):
            save(course, name, "new")
        loop.react(Touched())
        assert checker.asked == ["tanh", "mse_loss"]

    def test_a_fault_of_the_grader_ends_it(self, loop: Loop) -> None:
        with pytest.raises(SandboxError, match="no worker"):
            loop.react(Failed(SandboxError("no worker")))


class TestGoingOn:
    def passes(self, course: Course, loop: Loop, checker: Recorder, name: str) -> None:
        save(course, name, f"the {name} that passes")
        loop.react(Touched())
        assert checker.asked[-1] == name
        loop.react(checker.answer(Verdict.PASS))

    def test_to_the_next_exercise(self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]) -> None:
        loop.begin(None)
        self.passes(course, loop, checker, "sigmoid")
        text = said()
        assert text.index("✓ sigmoid") < text.index("Exercise 2 of 7: relu")
        assert checker.prepared == ["sigmoid", "relu"]

    def test_from_the_last_to_what_was_left(self, course: Course, loop: Loop, checker: Recorder) -> None:
        loop.begin(course.exercise("custom_loss"))
        self.passes(course, loop, checker, "custom_loss")
        assert checker.prepared == ["custom_loss", "sigmoid"]

    def test_to_the_end(self, course: Course, loop: Loop, checker: Recorder, said: Callable[[], str]) -> None:
        loop.begin(None)
        for exercise in course.exercises:
            assert "Congratulations" not in said()
            self.passes(course, loop, checker, exercise.name)
        text = said()
        assert "Congratulations: all 7 exercises pass.\n" in text
        assert "7 of 7 passed, 100 of 100 points\n" in text
        assert all(standing.done for standing in standings(course))


class TestKeysPressed:
    def test_next_goes_round(self, course: Course, loop: Loop, checker: Recorder) -> None:
        record(course, own(course), [result(course, name) for name in ("relu", "tanh", "mse_loss", "custom_loss")])
        loop.begin(None)
        for _ in range(3):
            assert loop.react(Pressed("n"))
        assert checker.prepared == ["sigmoid", "custom_activation", "cross_entropy", "sigmoid"]

    def test_next_of_the_only_one(self, course: Course, loop: Loop, said: Callable[[], str]) -> None:
        record(course, own(course), [result(course, exercise.name) for exercise in course.exercises[1:]])
        loop.begin(None)
        said()
        assert loop.react(Pressed("n"))
        assert said() == "No other exercise is left.\n"

    def test_hint(self, course: Course, loop: Loop, said: Callable[[], str]) -> None:
        loop.begin(course.exercise("tanh"))
        said()
        for level in (1, 2, 3, 3):
            assert loop.react(Pressed("h"))
            assert f"tanh, hint {level} of 3" in (text := said())
        assert text.endswith("That was the last hint.\n")
        assert read(course).of("tanh").hints == 3

    def test_list(self, loop: Loop, said: Callable[[], str]) -> None:
        loop.begin(None)
        said()
        assert loop.react(Pressed("l"))
        assert said().startswith("exercise           last check  points")

    def test_quit_and_others(self, loop: Loop, said: Callable[[], str]) -> None:
        loop.begin(None)
        said()
        assert loop.react(Pressed("x"))
        assert said() == ""
        assert not loop.react(Pressed("q"))


# --- what tells the loop ---


class Bell:
    """Counts, and can be waited for."""

    def __init__(self) -> None:
        self.count = 0
        self._rung = threading.Event()

    def ring(self) -> None:
        self.count += 1
        self._rung.set()

    def heard(self) -> bool:
        """Whether it has rung since the last time."""
        heard = self._rung.wait(PATIENCE)
        self._rung.clear()
        return heard


class TestNoticing:
    @pytest.fixture
    def bell(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bell]:
        """Rings for a folder that holds ``unit/a.py``; never just because time passes."""
        monkeypatch.setattr(saves_module, "_LOOK_SECONDS", 1000.0)
        (tmp_path / "unit").mkdir()
        (tmp_path / "unit/a.py").write_text("one", encoding="utf-8")
        bell = Bell()
        with saves(tmp_path, bell.ring):
            probe = tmp_path / "probe"
            while not bell.count:  # until the system is listening
                probe.write_text(str(time.monotonic()), encoding="utf-8")
                time.sleep(0.05)
            time.sleep(0.3)
            bell.heard()
            yield bell

    def test_a_file_written_in_place(self, bell: Bell, tmp_path: Path) -> None:
        (tmp_path / "unit/a.py").write_text("two", encoding="utf-8")
        assert bell.heard()

    def test_a_file_written_by_rename(self, bell: Bell, tmp_path: Path) -> None:
        """Twice: whoever watched the file itself would watch the one that is gone."""
        for text in ("two", "three"):
            part = tmp_path / "unit/.a.py.part"
            part.write_text(text, encoding="utf-8")
            part.replace(tmp_path / "unit/a.py")
            assert bell.heard()

    def test_a_file_and_a_folder_gone_and_back(self, bell: Bell, tmp_path: Path) -> None:
        for path in (tmp_path / "unit/a.py", tmp_path / "unit"):
            away = tmp_path.parent / f"{tmp_path.name}-away"
            path.rename(away)
            assert bell.heard()
            away.rename(path)
            assert bell.heard()
        (tmp_path / "unit/a.py").write_text("two", encoding="utf-8")
        assert bell.heard()

    def test_quick_saves_are_one(self, bell: Bell, tmp_path: Path) -> None:
        before = bell.count
        for number in range(20):
            (tmp_path / "unit/a.py").write_text(f"{number}", encoding="utf-8")
            time.sleep(0.005)
        assert bell.heard()
        time.sleep(0.3)
        assert bell.count - before < 10

    @pytest.mark.parametrize("error", [OSError("no space left on device"), RuntimeError("error in underlying watcher")])
    def test_where_the_system_has_no_watches_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        """A folder that cannot be watched is looked at now and then."""

        def refuse(*_: object, **__: object) -> Iterator[object]:
            raise error

        monkeypatch.setattr(watchfiles, "watch", refuse)
        monkeypatch.setattr(saves_module, "_LOOK_SECONDS", 0.05)
        bell = Bell()
        with saves(tmp_path, bell.ring):
            assert bell.heard()
            assert bell.heard()

    @pytest.mark.parametrize("place", [".", "away"])
    def test_it_looks_though_it_hears_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        """A network file system says nothing of what others write; a folder may be away for a while."""
        monkeypatch.setattr(saves_module, "_LOOK_SECONDS", 0.05)
        bell = Bell()
        with saves(tmp_path / place, bell.ring):
            assert bell.heard()
            assert bell.heard()


class TestKeyboard:
    def test_letters_come_at_once(self) -> None:
        """Without Enter, without arrows; and the terminal is put back."""
        terminal, its = pty.openpty()
        words = [sys.executable, "-c", _LISTENER]
        child = subprocess.Popen(words, stdin=its, stdout=its, stderr=its, start_new_session=True)
        os.close(its)
        said = _until(terminal, b"ready")
        os.write(terminal, b"\x1b[A")
        time.sleep(0.2)
        os.write(terminal, b"Nh")
        said += _until(terminal, b"h;")
        os.write(terminal, b"q")
        said += _until(terminal, b"same: True")
        assert b"[" not in said
        assert [name.decode() for name in re.findall(rb"(\w);", said)] == ["n", "h", "q"]
        assert child.wait(PATIENCE) == 0
        os.close(terminal)

    def test_no_terminal_no_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reading, writing = os.pipe()
        with os.fdopen(reading) as stdin, os.fdopen(writing, "w") as keyboard:
            monkeypatch.setattr(sys, "stdin", stdin)
            with keys(lambda key: pytest.fail(f"key={key}")) as typed:
                keyboard.write("q")
                keyboard.flush()
                assert not typed

    def test_a_terminal_of_others_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reading from it would stop a job in the background."""
        ours, its = pty.openpty()
        before = termios.tcgetattr(its)
        with os.fdopen(its) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            with keys(lambda _: None) as typed:
                assert not typed
                assert termios.tcgetattr(its) == before
        os.close(ours)


_LISTENER = """
import os, sys, termios, threading
os.close(os.open(os.ttyname(0), os.O_RDWR))  # a new session's first terminal is its own
from autograder.learner.keys import keys
over = threading.Event()
def press(key):
    print(key, end=";", flush=True)
    if key == "q":
        over.set()
before = termios.tcgetattr(0)
with keys(press) as typed:
    assert typed
    print("ready", flush=True)
    over.wait(60)
print("same:", termios.tcgetattr(0) == before, flush=True)
"""


def _until(terminal: int, word: bytes) -> bytes:
    said = b""
    end = time.monotonic() + PATIENCE
    while word not in said:
        assert time.monotonic() < end, said
        said += os.read(terminal, 1024)
    return said


def _children() -> set[str]:
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
class TestChecker:
    def test_checks_and_leaves_no_process(self, course: Course) -> None:
        """Also while a file that never ends is being checked: closing does not wait for it."""
        before, events, answered = _children(), [], threading.Event()

        def tell(event: Checked | Failed) -> None:
            events.append(event)
            answered.set()

        save(course, "relu", "import torch\n\n\ndef relu(x):\n    return torch.where(x <= 0, 0.0, x)\n")
        checker = Checker(course, tell)
        checker.prepare(course.exercise("relu"))
        checker.check(course.exercise("relu"))
        assert answered.wait(PATIENCE)
        assert [event.report.exercises[0].verdict for event in events if isinstance(event, Checked)] == [Verdict.PASS]
        assert _children() > before
        save(course, "relu", "import torch\n\n\ndef relu(x):\n    while True:\n        pass\n")
        checker.check(course.exercise("relu"))
        time.sleep(0.5)
        start = time.monotonic()
        checker.close()
        assert time.monotonic() - start < course.budget.seconds / 2
        assert len(events) == 1
        assert _children() == before

    def test_closing_while_it_prepares_leaves_no_process(self, course: Course) -> None:
        before = _children()
        checker = Checker(course, lambda event: pytest.fail(f"{event}"))
        for exercise in course.exercises:
            checker.prepare(exercise)
        checker.check(course.exercises[0])
        checker.close()
        assert _children() == before

    def test_what_goes_wrong_is_told(self, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
        events: list[Checked | Failed] = []
        told = threading.Event()

        def tell(event: Checked | Failed) -> None:
            events.append(event)
            told.set()

        checker = Checker(course, tell)

        def fail(_exercise: Exercise) -> None:
            raise SandboxError("no worker")

        monkeypatch.setattr(checker, "_grader", fail)
        checker.check(course.exercises[0])
        assert told.wait(PATIENCE)
        checker.close()
        assert [str(event.error) for event in events if isinstance(event, Failed)] == ["no worker"]
