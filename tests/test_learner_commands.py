"""The learner's commands: start, hint, list, reset, what `check` keeps, and that nothing overwrites their work."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.frontends import grading
from autograder.language import CHINESE
from autograder.learner import screens
from autograder.learner.commands import after_check
from autograder.learner.progress import read, record, standings
from autograder.result import Report, Verdict
from autograder.submission import Submission
from tests.learning import RIGHT_RELU, ROOT, Cli, learners_copy, own, report, result


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A learner's copy, with nobody at the keyboard; the test stands in its folder."""
    copy = learners_copy(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return copy


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(monkeypatch, capsys)


@pytest.fixture
def relu(course: Course) -> Path:
    """The learner's relu, written."""
    path = course.path.parent / "exercises/activations/relu.py"
    path.write_text(RIGHT_RELU, encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def all_passed(course: Course) -> None:
    record(course, own(course), [result(course, exercise.name) for exercise in course.exercises])


# --- where one is ---


@pytest.mark.usefixtures("course")
class TestOutside:
    @pytest.mark.parametrize("words", [["start"], ["watch"], ["hint", "relu"], ["list"], ["reset", "relu"]])
    def test_of_a_course(self, run: Cli, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
        monkeypatch.chdir("/")
        ended = run(*words)
        assert (ended.code, ended.out) == (2, "")
        assert "no course.yaml in start=/ or a folder above it; go to the course's folder" in ended.err

    def test_below_the_course_paths_can_be_pasted(self, run: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir("exercises/activations")
        assert f"your file       {Path.cwd() / 'sigmoid.py'}\n" not in run("start").out
        assert "your file       sigmoid.py\n" in run("start").out

    @pytest.mark.parametrize("command", ["hint", "watch", "reset"])
    def test_of_the_known_names(self, run: Cli, command: str) -> None:
        ended = run(command, "sigmiod")
        assert (ended.code, ended.out) == (2, "")
        assert "exercise=sigmiod is unknown; did you mean sigmoid?" in ended.err


class TestStart:
    def test_first_exercise(self, run: Cli, course: Course) -> None:
        """What is asked for, where to write, and commands that exist, without a question."""
        out = run("start").out
        assert "0 of 7 passed, 0 of 100 points\n" in out
        assert "Exercise 1 of 7: sigmoid (12 points)\n" in out
        assert "  The sigmoid of each element: 1 / (1 + exp(-x)).\n" in out
        assert "      tensor([0.2689, 0.5000, 0.7311])\n" in out
        assert "  your file       exercises/activations/sigmoid.py\n" in out
        for command in ("watch", "check sigmoid", "hint sigmoid", "list"):
            assert f"  autograder {command}\n" in out
        assert max(map(len, out.splitlines())) <= 80
        assert not (course.path.parent / ".autograder/progress.json").exists()

    def test_goes_on(self, run: Cli, course: Course) -> None:
        record(course, own(course), [result(course, "sigmoid"), result(course, "relu", Verdict.FAIL)])
        out = run("start").out
        assert "1 of 7 passed, 13 of 100 points\n" in out
        assert "Exercise 2 of 7: relu" in out

    def test_an_answer_that_is_no_python_hides_no_task(self, run: Cli, course: Course) -> None:
        (course.path.parent / "exercises/activations/sigmoid.py").write_text("def sigmoid(", encoding="utf-8")
        assert "The sigmoid of each element" in run("start").out

    def test_the_end(self, run: Cli, course: Course) -> None:
        all_passed(course)
        out = run("start").out
        assert "7 of 7 passed, 100 of 100 points\n" in out
        assert "Congratulations: all 7 exercises pass.\n" in out
        assert "autograder check --seed 1" in out
        assert "solutions/" not in out  # there are none here

    def test_the_end_with_solutions(self, run: Cli, course: Course) -> None:
        all_passed(course)
        (course.path.parent / "solutions").mkdir()
        assert "how the solutions/ were written" in run("start").out

    def test_without_answers(self, run: Cli, course: Course) -> None:
        (course.path.parent / "exercises").rename(course.path.parent / "gone")
        ended = run("start")
        assert ended.code == 2
        assert "exercises does not exist; check the path" in ended.err

    def test_lesson_in_the_language_of_the_learner(
        self, run: Cli, course: Course, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unit = course.path.parent / "exercises/activations"
        (unit / "README.md").write_text("# Activations\n", encoding="utf-8")
        assert "lesson          exercises/activations/README.md\n" in run("start").out
        (unit / "README.zh-CN.md").touch()
        assert "exercises/activations/README.md\n" in run("start").out
        monkeypatch.setattr(screens, "chosen", lambda: CHINESE)
        standing = standings(course)[0]
        assert "exercises/activations/README.zh-CN.md\n" in screens.introduction(course, standing)
        (unit / "README.zh-CN.md").unlink()
        assert "exercises/activations/README.md\n" in screens.introduction(course, standing)


class TestHint:
    def test_a_level_a_call(self, run: Cli, course: Course) -> None:
        """Each call shows the next and only that; the last one is shown again, and said to be the last."""
        heads = ("1 of 3: the idea", "2 of 3: the shape of the solution", "3 of 3: nearly the code")
        texts = [" ".join(hint.split())[:60] for hint in course.exercise("tanh").hints]
        for level in range(3):
            out = run("hint", "tanh").out
            assert [head in out for head in heads] == [number == level for number in range(3)]
            assert [text in " ".join(out.split()) for text in texts] == [number == level for number in range(3)]
            assert "last hint" not in out
            assert read(course).of("tanh").hints == level + 1
        out = run("hint", "tanh").out
        assert heads[2] in out
        assert "That was the last hint; `autograder hint tanh --all` shows them all.\n" in out
        assert read(course).of("tanh").hints == 3

    def test_all_shows_what_was_seen_and_counts_nothing(self, run: Cli, course: Course) -> None:
        assert run("hint", "tanh", "--all").out == "none seen yet; `autograder hint tanh` shows the first\n"
        run("hint", "tanh")
        run("hint", "tanh")
        out = run("hint", "tanh", "--all").out
        assert ["1 of 3" in out, "2 of 3" in out, "3 of 3" in out] == [True, True, False]
        assert read(course).of("tanh").hints == 2

    def test_the_sentence_for_what_fails_comes_first(self, run: Cli, course: Course) -> None:
        """One for each property, an option of cross entropy among them; none where nothing has failed."""
        for failing, sentence in (("label-smoothing", "Mix (1 - s) times"), ("weight", "Look weights up by target")):
            checked = result(course, "cross_entropy", Verdict.FAIL)
            property_ = checked.properties[0].model_copy(update={"name": failing, "message": "it differs"})
            record(course, own(course), [checked.model_copy(update={"properties": (property_,)})])
            out = run("hint", "cross_entropy").out
            assert out.startswith(f"cross_entropy, where {failing} fails\n  {sentence}")
            assert out.index(sentence) < out.index("cross_entropy, hint ")
        record(course, own(course), [result(course, "cross_entropy")])
        assert run("hint", "cross_entropy").out.startswith("cross_entropy, hint 3 of 3")

    def test_of_the_next_exercise(self, run: Cli, course: Course) -> None:
        record(course, own(course), [result(course, "sigmoid")])
        assert "relu, hint 1 of 3" in run("hint").out
        all_passed(course)
        assert "sigmoid, hint 1 of 3" in run("hint").out

    def test_costs_no_points(self, run: Cli, course: Course) -> None:
        record(course, own(course), [result(course, "relu")])
        run("hint", "relu")
        assert standings(course)[1].entry.score == 10

    def test_every_exercise_has_three_levels(self) -> None:
        """The third one quotes code, the first one does not give it away."""
        for exercise in load_course(ROOT / "course.yaml").exercises:
            assert len(exercise.hints) == 3, exercise.name
            lengths = [len(re.findall(r"\w+\(|[=*/+] ", hint)) for hint in exercise.hints]
            assert lengths[2] > lengths[0], exercise.name


class TestList:
    def test_table(self, run: Cli, course: Course, relu: Path) -> None:
        record(course, own(course), [result(course, "relu"), result(course, "tanh", Verdict.FAIL)])
        run("hint", "tanh")
        folder = course.path.parent / "exercises"
        relu.write_text(RIGHT_RELU + "\n", encoding="utf-8")
        (folder / "losses/mse_loss.py").unlink()
        (folder / "losses/custom_loss.py").write_text("# soon\n", encoding="utf-8")
        assert run("list").out == (
            "exercise           last check   points  hints  file\n"
            "sigmoid            -            0 / 12  0 / 3  not started\n"
            "relu               ✓ passed    10 / 10  0 / 3  changed since\n"
            "tanh               ✗ failed     1 / 12  1 / 3  not started\n"
            "custom_activation  -            0 / 14  0 / 3  not started\n"
            "cross_entropy      -            0 / 28  0 / 3  not started\n"
            "mse_loss           -            0 / 12  0 / 3  missing\n"
            "custom_loss        -            0 / 12  0 / 3  begun\n"
            "\n"
            "0 of 7 passed, 1 of 100 points\n"
        )

    def test_as_checked(self, run: Cli, course: Course, relu: Path) -> None:
        record(course, own(course), [result(course, "relu")])
        assert relu.exists()
        assert re.search(r"^relu .* as checked$", run("list").out, re.MULTILINE)


class TestReset:
    def test_one_file_and_a_backup(self, run: Cli, course: Course, relu: Path) -> None:
        record(course, own(course), [result(course, "relu")])
        run("hint", "relu")
        before = tree(course.path.parent)
        ended = run("reset", "relu", "--yes")
        assert ended.out == (
            "kept your file as .autograder/backups/activations/relu.1.py\n"
            "exercises/activations/relu.py is as it was given to you\n"
        )
        after = tree(course.path.parent)
        changed = {name for name in before | after if before.get(name) != after.get(name)}
        backup = ".autograder/backups/activations/relu.1.py"
        assert changed == {"exercises/activations/relu.py", ".autograder/progress.json", backup}
        assert after[backup].decode() == RIGHT_RELU
        assert after["exercises/activations/relu.py"] == after[".autograder/stubs/activations/relu.py"]
        assert (read(course).of("relu").verdict, read(course).of("relu").hints) == (None, 1)
        assert relu.exists()

    def test_backups_never_overwrite_one_another(self, run: Cli, course: Course, relu: Path) -> None:
        for text in ("one", "two", "three"):
            relu.write_text(text, encoding="utf-8")
            run("reset", "relu", "--yes")
        folder = course.path.parent / ".autograder/backups/activations"
        assert tree(folder) == {"relu.1.py": b"one", "relu.2.py": b"two", "relu.3.py": b"three"}

    def test_nothing_to_do(self, run: Cli, course: Course) -> None:
        before = tree(course.path.parent)
        assert run("reset", "relu").out == "exercises/activations/relu.py is as it was given to you; nothing to do\n"
        assert tree(course.path.parent) == before

    def test_a_file_that_is_gone_comes_back(self, run: Cli, relu: Path) -> None:
        relu.unlink()
        assert run("reset", "relu", "--yes").out == "exercises/activations/relu.py is as it was given to you\n"
        assert "raise NotImplementedError" in relu.read_text(encoding="utf-8")

    def test_no_backup_no_reset(self, run: Cli, course: Course, relu: Path) -> None:
        (course.path.parent / ".autograder/backups").touch()
        ended = run("reset", "relu", "--yes")
        assert ended.code == 3
        assert "no backup can be written to" in ended.err
        assert relu.read_text(encoding="utf-8") == RIGHT_RELU

    def test_without_a_stub(self, run: Cli, course: Course, relu: Path) -> None:
        (course.path.parent / ".autograder/stubs/activations/relu.py").unlink()
        ended = run("reset", "relu", "--yes")
        assert ended.code == 2
        assert "exercise=relu has no stub in .autograder/stubs/activations/relu.py; get that file" in ended.err
        assert relu.read_text(encoding="utf-8") == RIGHT_RELU

    def test_the_stub_of_a_solution(self, run: Cli, course: Course, relu: Path) -> None:
        """An author's copy may have the solutions alone."""
        kept = course.path.parent / ".autograder/stubs/activations/relu.py"
        stub = kept.read_bytes()
        kept.unlink()
        solution = course.path.parent / "solutions/activations/relu.py"
        solution.parent.mkdir(parents=True)
        solution.write_bytes((ROOT / "solutions/activations/relu.py").read_bytes())
        assert run("reset", "relu", "--yes").code == 0
        assert relu.read_bytes() == stub

    def test_nobody_to_ask(self, run: Cli, relu: Path) -> None:
        ended = run("reset", "relu")
        assert ended.code == 2
        assert "reset asks first, and there is nobody to answer; add --yes" in ended.err
        assert relu.read_text(encoding="utf-8") == RIGHT_RELU

    @pytest.mark.parametrize(("answer", "kept"), [(b"n\n", True), (b"\n", True), (b"y\n", False)])
    def test_asks(self, course: Course, relu: Path, answer: bytes, kept: bool) -> None:
        """Enter alone means no."""
        ours, its = pty.openpty()
        os.write(ours, answer)
        words = [sys.executable, "-m", "autograder", "reset", "relu"]
        ended = subprocess.run(words, stdin=its, capture_output=True, text=True, cwd=course.path.parent, timeout=60)
        os.close(ours)
        os.close(its)
        assert "Begin exercises/activations/relu.py anew? A backup is kept. [y/N]: " in ended.stdout
        assert (ended.returncode == 1, relu.read_text(encoding="utf-8") == RIGHT_RELU) == (kept, kept)


class TestCheck:
    @pytest.fixture(autouse=True)
    def grader(self, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
        """One who finds every relu right; the real one is at work in test_first_visit.py."""

        class Grader:
            def grade(self, _submission: Submission) -> Report:
                return report(result(course, "relu"))

        monkeypatch.setattr(grading, "warm_grader", lambda *_, **__: contextlib.nullcontext(Grader()))

    @pytest.mark.parametrize("words", [[], ["--folder", "exercises"], ["--seed", "7"]])
    def test_is_kept(self, run: Cli, course: Course, words: list[str]) -> None:
        assert run("check", "relu", *words).code == 0
        assert [standing.done for standing in standings(course)] == [False, True, *[False] * 5]

    @pytest.mark.parametrize(
        "words", [["--property", "values"], ["--folder", str(ROOT / "tests/sample_class/textbook")]]
    )
    def test_of_a_part_or_of_others_is_not_kept(self, run: Cli, course: Course, words: list[str]) -> None:
        assert run("check", "relu", *words).code == 0
        assert read(course).of("relu").verdict is None

    def test_the_end_is_said_once(self, course: Course, capsys: pytest.CaptureFixture[str]) -> None:
        results = [result(course, exercise.name) for exercise in course.exercises]
        after_check(course, None, own(course), report(*results[:6]), ())
        assert not capsys.readouterr().out
        after_check(course, None, own(course), report(results[6]), ())
        assert "Congratulations: all 7 exercises pass.\n" in capsys.readouterr().out
        after_check(course, None, own(course), report(results[6]), ())
        assert not capsys.readouterr().out


def test_make_leaves_the_exercises_alone() -> None:
    """No target writes where learners work, however much of it is done anew."""
    targets = ["setup", "grade", "test", "check", "bench", "clean"]
    done = subprocess.run(["make", "-n", "-B", *targets], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "venv" in done.stdout
    assert "rm -rf" in done.stdout
    assert not re.search(r"exercises|stubs|reset|\.autograder|git ", done.stdout)
