"""Learners found in a class folder, and which of their files is whose exercise."""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import Course, load_course
from autograder.errors import UsageError
from autograder.submission import Submission, find_submissions, own_submission, reading
from autograder.submission.source import original, printable

COURSE = load_course(Path(__file__).parent.parent / "course.yaml")
RELU = "def relu(x):\n    return x * (x > 0)\n"
Reader = Callable[[Path, Course], object]
SIGMOID = "import torch\n\n\ndef sigmoid(x):\n    return 1 / (1 + torch.exp(-x))\n"


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(folder: Path) -> Submission:
    (submission,) = find_submissions(folder, COURSE).values()
    return submission


class TestWhere:
    @pytest.mark.parametrize(
        "path",
        [
            "activations/relu.py",
            "relu.py",
            "homework/activations/relu.py",
            "alice/homework/relu.py",
        ],
    )
    def test_a_file_is_found(self, tmp_path: Path, path: str) -> None:
        """In its unit's folder or at the top, with folders around everything or without."""
        put(tmp_path / "alice" / path, RELU)
        put(tmp_path / "alice" / "README", "none of the work")
        submission = only(tmp_path)
        assert submission.sources["relu"].text == RELU
        assert submission.sources["relu"].path == path
        assert (submission.learner, submission.notes, submission.problems) == ("alice", (), {})

    def test_a_line_of_a_file_in_words(self, tmp_path: Path) -> None:
        put(tmp_path / "alice/relu.py", RELU)
        assert only(tmp_path).sources["relu"].where(2) == "line 2"

    def test_learners_are_sorted_and_strays_are_none(self, tmp_path: Path) -> None:
        for learner in ("alice", "Bob"):
            put(tmp_path / learner / "relu.py", RELU)
        for stray in ("README.md", "grades.csv", "notes", ".hidden/relu.py", "__MACOSX/relu.py", ".x.zip"):
            put(tmp_path / stray, RELU)
        put(tmp_path / "zoe-2.zip", "")
        put(tmp_path / "zoe.zip", "")  # sorts after zoe-2.zip
        learners = list(find_submissions(tmp_path, COURSE))
        assert learners == ["Bob", "alice", "zoe", "zoe-2"]

    def test_each_is_read_when_it_is_its_turn(self, tmp_path: Path) -> None:
        """A class of any size fits into memory; who has handed in again meanwhile is graded by that."""
        for learner in ("ann", "ben", "cy"):
            put(tmp_path / learner / "relu.py", RELU)
        found = find_submissions(tmp_path, COURSE)
        put(tmp_path / "ben" / "relu.py", RELU + "# more\n")
        shutil.rmtree(tmp_path / "cy")
        assert found["ann"].sources["relu"].text == RELU
        assert found["ben"].sources["relu"].text == RELU + "# more\n"
        assert found["cy"].notes[0].startswith("cy cannot be read (No such file or directory): ")

    def test_what_tools_leave_is_ignored(self, tmp_path: Path) -> None:
        put(tmp_path / "alice/activations/relu.py", RELU)
        for left in (
            "__pycache__/relu.py",
            ".ipynb_checkpoints/relu.py",
            "activations/._relu.py",
            "__MACOSX/relu.py",
        ):
            put(tmp_path / "alice" / left, SIGMOID)
        submission = only(tmp_path)
        assert (submission.sources["relu"].text, submission.notes) == (RELU, ())

    def test_an_empty_handed_learner_is_listed(self, tmp_path: Path) -> None:
        (tmp_path / "alice").mkdir()
        submission = only(tmp_path)
        assert (submission.learner, submission.sources, submission.problems) == ("alice", {}, {})

    @pytest.mark.parametrize(
        ("path", "remedy"),
        [
            ("Relu.py", "found Relu.py: rename it to relu.py"),
            ("activations/RELU.PY", "found activations/RELU.PY: rename it to relu.py"),
            ("relu (1).py", "found relu (1).py: rename it to relu.py"),
            ("relu - Copy (2).py", "rename it to relu.py"),
            ("smith_123_456_relu-1.py", "rename it to relu.py"),
            ("relu.py.txt", "rename it to relu.py"),
            ("Activations/relu.py", "found Activations/relu.py: rename it to activations/relu.py"),
            ("losses/relu.py", "rename it to activations/relu.py"),
        ],
    )
    def test_a_name_that_platforms_make_is_read_and_said(self, tmp_path: Path, path: str, remedy: str) -> None:
        put(tmp_path / "alice" / path, RELU)
        put(tmp_path / "alice/activations/sigmoid.py", SIGMOID)
        submission = only(tmp_path)
        assert submission.sources["relu"].text == RELU
        assert submission.sources.keys() == {"relu", "sigmoid"}
        assert submission.problems == {}
        (note,) = submission.notes
        assert remedy in note
        assert note.endswith("; it was read")

    def test_of_two_names_that_platforms_make_none_is_taken(self, tmp_path: Path) -> None:
        """Not the higher number either: what it counts differs from platform to platform."""
        put(tmp_path / "alice/relu-1.py", RELU)
        put(tmp_path / "alice/relu (2).py", RELU + "# better\n")
        submission = only(tmp_path)
        assert submission.sources == {}
        assert "given 2 times, by relu (2).py and relu-1.py, and not alike" in submission.problems["relu"]

    def test_a_unit_in_other_letters_is_no_folder_around(self, tmp_path: Path) -> None:
        put(tmp_path / "alice/Activations/relu.py", RELU)
        submission = only(tmp_path)
        assert submission.sources["relu"].text == RELU
        assert submission.notes == ("found Activations/relu.py: rename it to activations/relu.py; it was read",)

    def test_another_name_is_no_near_miss(self, tmp_path: Path) -> None:
        for name in ("prelu.py", "relu_helpers.py", "relu.pyc", "relu", "leaky_relu.py", "relu_v2.py"):
            put(tmp_path / "alice" / name, "def other(x):\n    return x\n")
        submission = only(tmp_path)
        assert submission.sources == {}
        assert "prelu" not in submission.problems["relu"]
        assert "helpers" not in submission.problems["relu"]

    def test_a_near_miss_beside_the_file_is_noted(self, tmp_path: Path) -> None:
        """A browser numbers the newer download; which one is meant, only the learner knows."""
        put(tmp_path / "alice/relu.py", RELU)
        put(tmp_path / "alice/relu (1).py", RELU + "# better\n")
        submission = only(tmp_path)
        assert submission.sources["relu"].text == RELU
        assert submission.notes == ("found relu (1).py: rename it to relu.py; it was not read",)

    @pytest.mark.parametrize("around", ["", "exercises/", "repository-main/exercises/"])
    def test_the_courses_path_wins_over_the_name_alone(self, tmp_path: Path, around: str) -> None:
        put(tmp_path / "alice/relu.py", RELU + "# a trial\n")
        put(tmp_path / f"alice/{around}activations/relu.py", RELU)
        submission = only(tmp_path)
        assert submission.sources["relu"].text == RELU
        assert submission.notes == (f"relu.py was not read: {around}activations/relu.py was",)

    def test_two_unlike_files_for_one_exercise(self, tmp_path: Path) -> None:
        put(tmp_path / "alice/one/activations/relu.py", RELU)
        put(tmp_path / "alice/two/activations/relu.py", RELU + "# other\n")
        put(tmp_path / "bob/relu.py", RELU)
        submission = find_submissions(tmp_path, COURSE)["alice"]
        assert submission.sources == {}
        assert "given 2 times, by one/activations/relu.py and two/activations/relu.py" in submission.problems["relu"]

    def test_two_like_files_for_one_exercise(self, tmp_path: Path) -> None:
        put(tmp_path / "alice/one/activations/relu.py", RELU)
        put(tmp_path / "alice/two/activations/relu.py", RELU)
        put(tmp_path / "bob/relu.py", RELU)
        assert find_submissions(tmp_path, COURSE)["alice"].sources["relu"].text == RELU

    def test_an_unreadable_file_beside_a_good_one(self, tmp_path: Path) -> None:
        """In its place the good one is read, and said; of two in equal places it is no guess."""
        put(tmp_path / "alice/relu.py", RELU)
        put(tmp_path / "alice/activations/relu.py", b"\0")
        put(tmp_path / "bob/one/activations/relu.py", RELU)
        put(tmp_path / "bob/two/activations/relu.py", b"\0")
        alice, bob = find_submissions(tmp_path, COURSE).values()
        assert alice.sources["relu"].text == RELU
        assert "NUL" in alice.notes[0]
        assert alice.notes[0].endswith("; relu.py was read in its place")
        assert "given 2 times" in bob.problems["relu"]
        assert "NUL" in bob.problems["relu"]

    def test_a_file_name_of_two_units_needs_its_folder(self, tmp_path: Path) -> None:
        twin = COURSE.exercise("mse_loss").model_copy(update={"file": "relu.py"})
        course = replace(COURSE, exercises=(COURSE.exercise("relu"), twin))
        put(tmp_path / "alice/relu.py", RELU)
        put(tmp_path / "alice/losses/relu.py", "def mse_loss(x, y): ...\n")
        (submission,) = find_submissions(tmp_path, course).values()
        assert submission.sources.keys() == {"mse_loss", "relu"}  # by what it defines
        assert submission.notes == ("found relu.py: rename it to activations/relu.py; it was read",)
        put(tmp_path / "alice/relu.py", "x = 1\n")
        (submission,) = find_submissions(tmp_path, course).values()
        assert "found relu.py: rename it to activations/relu.py" in submission.problems["relu"]

    def test_no_more_than_so_much_is_read_in_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MAX_TOTAL", 1024)
        put(tmp_path / "alice/activations/relu.py", RELU + "#" * 1024)
        put(tmp_path / "alice/losses/mse_loss.py", RELU)
        submission = only(tmp_path)
        assert submission.sources.keys() == {"relu"}
        assert "the submission is larger than 0 MiB" in submission.problems["mse_loss"]


class TestUsage:
    @pytest.mark.parametrize("read", [find_submissions, own_submission])
    def test_a_missing_folder(self, tmp_path: Path, read: Reader) -> None:
        with pytest.raises(UsageError, match=r"folder=.*nowhere does not exist; check"):
            read(tmp_path / "nowhere", COURSE)

    @pytest.mark.parametrize("read", [find_submissions, own_submission])
    def test_a_file_for_a_folder(self, tmp_path: Path, read: Reader) -> None:
        with pytest.raises(UsageError, match="is a file; name the folder"):
            read(put(tmp_path / "relu.py", RELU), COURSE)

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is empty; it should hold"):
            find_submissions(tmp_path, COURSE)

    def test_a_folder_without_learners(self, tmp_path: Path) -> None:
        """Of loose files alone, how to arrange them."""
        put(tmp_path / "README.md", "no learner")
        put(tmp_path / "bob_1112_22224_sigmoid.py", SIGMOID)
        with pytest.raises(
            UsageError, match=r"holds 2 entries, but no learner; .* such as bob/activations/sigmoid\.py$"
        ):
            find_submissions(tmp_path, COURSE)

    def test_one_learners_folder_for_the_class(self, tmp_path: Path) -> None:
        """Else two learners named activations and losses would be graded."""
        put(tmp_path / "activations/relu.py", RELU)
        put(tmp_path / "losses/mse_loss.py", "")
        with pytest.raises(UsageError, match=r"one learner's; name the folder around it"):
            find_submissions(tmp_path, COURSE)


class TestOwnFolder:
    def test_what_is_there_is_read_and_the_rest_missing(self, tmp_path: Path) -> None:
        put(tmp_path / "exercises/activations/relu.py", RELU)
        put(tmp_path / "exercises/activations/sigmoid.py", b"\xff\xfe")
        own = own_submission(tmp_path / "exercises", COURSE)
        assert own.learner == "exercises"
        assert own.sources.keys() == {"relu"}
        assert own.problems.keys() == {"sigmoid"}

    def test_an_empty_folder_has_everything_missing(self, tmp_path: Path) -> None:
        own = own_submission(tmp_path, COURSE)
        assert (own.sources, own.problems, own.notes) == ({}, {}, ())


NAMES = [
    'o\'hara, "pat"',
    "new\nline",
    "\x1b[31mred",
    "Zoë 李",
    "back\\slash",
    "\u202etxt.exe",
    "a\x85b",
    "=1+1",
]


class TestNames:
    @pytest.mark.skipif(os.name != "posix", reason="such names are POSIX's")
    @pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"caf\xe9")])
    def test_odd_learner_names_are_safe_and_reversible(self, tmp_path: Path, name: str) -> None:
        put(tmp_path / name / "relu.py", RELU)
        submission = only(tmp_path)
        assert submission.sources.keys() == {"relu"}
        assert submission.learner.isprintable()
        assert original(submission.learner) == name
        assert json.loads(json.dumps(submission.learner).encode()) == submission.learner
        row = io.StringIO()
        csv.writer(row).writerow([submission.learner])
        assert next(csv.reader([row.getvalue()])) == [submission.learner]

    @given(st.text(st.characters(exclude_characters="\0/"), min_size=1))
    def test_printable_loses_nothing(self, name: str) -> None:
        """Surrogates are among the characters drawn, so no two names become one."""
        assert printable(name).isprintable()
        assert printable(name).encode()
        assert original(printable(name)) == name

    @pytest.mark.skipif(os.name != "posix", reason="such names are POSIX's")
    def test_odd_names_inside_are_escaped_in_messages(self, tmp_path: Path) -> None:
        put(tmp_path / "alice" / "new\nline_relu.py", RELU)
        assert "found new\\nline_relu.py:" in only(tmp_path).notes[0]


class TestHash:
    def test_is_of_what_was_read(self, tmp_path: Path) -> None:
        for learner in ("alice", "bob", "carol", "dave"):
            put(tmp_path / learner / "relu.py", RELU)
            put(tmp_path / learner / "notes.txt", learner)
        put(tmp_path / "bob/sigmoid.py", SIGMOID)
        put(tmp_path / "carol/relu.py", RELU + "\n")
        alice, bob, carol, dave = (s.sha256 for s in find_submissions(tmp_path, COURSE).values())
        assert alice == dave
        assert len({alice, bob, carol}) == 3

    def test_tells_contents_swapped_between_files(self, tmp_path: Path) -> None:
        for learner, names in (("alice", ("relu.py", "tanh.py")), ("bob", ("tanh.py", "relu.py"))):
            put(tmp_path / learner / names[0], "a = 1\n")
            put(tmp_path / learner / names[1], "a = 2\n")
        alice, bob = find_submissions(tmp_path, COURSE).values()
        assert alice.sha256 != bob.sha256


SAMPLE = Path(__file__).parent / "sample_class"


class TestSampleClass:
    def test_every_learner_is_found_and_described(self) -> None:
        learners = list(find_submissions(SAMPLE, COURSE))
        described = (SAMPLE / "README.md").read_text().split("\n- `")[1:]
        assert learners == [line.partition("`")[0] for line in described]

    def test_what_each_hands_in(self) -> None:
        found = find_submissions(SAMPLE, COURSE)
        counts = {s.learner: (len(s.sources), len(s.problems)) for s in found.values()}
        assert counts == {
            "all-right": (7, 0),
            "endless-loop": (2, 0),
            "forbidden": (4, 0),
            "half-done": (7, 0),
            "nearly": (6, 0),
            "no-files": (0, 0),
            "notebook": (5, 0),
            "renamed": (3, 0),
            "syntax-error": (3, 0),
            "textbook": (7, 0),
            "untouched": (7, 0),
            "zipped": (4, 0),
        }

    def test_the_untouched_stubs_are_those_handed_out(self) -> None:
        """After a change of exercises/, copy its units over the learner's."""
        untouched = own_submission(SAMPLE / "untouched", COURSE)
        handed_out = own_submission(SAMPLE.parent.parent / "exercises", COURSE)
        assert untouched.sources == handed_out.sources
