"""Reports on disk: names for every learner, trust in nothing that does not fit, and no file lost."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import disk
from autograder.class_run import ClassRun
from autograder.disk import only_writer, require_writable, write_atomically
from autograder.errors import Interrupted, OutputError, RunStopped, UsageError
from autograder.grade import Grader
from autograder.journal import (
    Entry,
    Fingerprint,
    Journal,
    Unusable,
    file_name,
    require_nothing_lost,
    require_room,
)
from autograder.kit import kit_code
from autograder.reporters import json as json_reporter
from autograder.reporters.feedback import Feedback
from autograder.result import CourseInfo, ExerciseResult, Report, RunInfo, SandboxInfo, Verdict
from autograder.submission import Source, Submission
from tests.bank import course
from tests.hosts import autograder, small_course
from tests.inprocess import InProcessSandbox
from tests.strays import put

RUN = RunInfo(
    seed=0,
    kit="1",
    torch="2",
    python="3",
    hypothesis="6",
    sandbox=SandboxInfo(level="full", layers={"seccomp": "on"}),
    device="simulated",
)
MARK = Fingerprint(
    course=CourseInfo(name="c", sha256="c" * 64), exercises=("relu",), feedback=Feedback.FULL, run=RUN, code="k" * 64
)


def submission(learner: str = "ann", sha256: str = "0" * 64, **problems: str) -> Submission:
    return Submission(learner, {}, problems, ("a note",), sha256)


def report(of: Submission, verdict: Verdict = Verdict.FAIL, message: str = "why\u2028 \x85\x7f\x1b[0m") -> Report:
    exercise = ExerciseResult(
        name="relu", unit="activations", file="relu.py", verdict=verdict, score=1.25, max_score=10, message=message
    )
    return Report(learner=of.learner, sha256=of.sha256, score=1.25, max_score=10, exercises=(exercise,), notes=of.notes)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path, MARK)


def full_disk(_descriptor: int) -> None:
    """Stands for os.fsync."""
    raise OSError(errno.ENOSPC, "No space left on device")


class TestNames:
    @pytest.mark.parametrize("learner", ["ann", "student-03", "a.b_c", "2024-ann", "x" * 100])
    def test_a_plain_id_is_its_name(self, learner: str) -> None:
        assert file_name(learner) == f"{learner}.json"

    LEARNERS = (
        *("Ann", "ANN", "aNN", "ann", "ann.", "ann ", " ann", "ann.json", "ann~", "an/n", "..", "..."),
        *("con", "CON", "con.x", "nul", "com1", "lpt9", "prn.tar", "-rf", "a b", "a,b", "a;b", 'a"b', "a:b", "a*?<>|b"),
        *(
            "Zoë",
            "Zoe\u0308",
            "ZOË",
            "学生",
            "学生 二",
            "\u202eevil",
            r"caf\udce9",
            r"a\\b",
            "\U0001f600",
            "ß",
            "ss",
            "ﬁ",
            "fi",
        ),
        *("x" * 255, "X" * 255, "é" * 127, "x" * 101, "x" * 254 + "y", r"\udcff" * 255),
    )

    def test_every_id_has_a_valid_name_of_its_own_whatever_the_case(self) -> None:
        names = [file_name(learner) for learner in self.LEARNERS]
        assert len({name.casefold() for name in names}) == len(self.LEARNERS) == len(set(self.LEARNERS))
        for name in names:
            assert name.isascii()
            assert len(name) <= 110
            assert name == name.lower()
            assert not set(name) & set('<>:"/\\|?* ')
            assert name.split(".")[0] not in {"con", "nul", "prn", "com1", "lpt9", ""}
            assert not name.startswith((".", "-"))

    def test_an_id_that_is_not_plain_stays_readable(self) -> None:
        assert file_name("Zoë, Ann").startswith("zoe-ann~")
        assert file_name("学生").startswith("~")


class TestEntries:
    def test_what_was_written_is_found(self, journal: Journal, tmp_path: Path) -> None:
        """Control characters and line separators included; a terminal that shows the file sees none."""
        one = submission(relu="not \x9b readable")
        journal.write(one, report(one), 1.5)
        entry = journal.find(one)
        assert entry is not None
        assert (entry.report, entry.seconds) == (report(one), 1.5)
        assert list(journal.reports(["ann"])) == [report(one)]
        text = (tmp_path / "ann.json").read_text(encoding="utf-8")
        assert text.startswith('{"autograder_report": 1')
        assert not set(text) & set("\x7f\x85\x9b\x1b")

    def test_nothing_was_written(self, journal: Journal) -> None:
        assert journal.find(submission()) is None

    @pytest.mark.parametrize(
        "changed",
        [
            submission(sha256="1" * 64),
            submission(relu="relu.py cannot be read (Permission denied)"),
            Submission("ann", {}, {}, (), "0" * 64),
        ],
        ids=["bytes", "problems", "notes"],
    )
    def test_a_changed_submission_is_graded_again(self, journal: Journal, changed: Submission) -> None:
        """Also where the same bytes are read, but something else could not be: its digest is the same."""
        journal.write(submission(), report(submission()), 1)
        with pytest.raises(Unusable, match="the submission has changed"):
            journal.find(changed)

    def test_a_fault_of_the_grader_is_graded_again(self, journal: Journal) -> None:
        journal.write(submission(), report(submission(), Verdict.ERROR), 1)
        with pytest.raises(Unusable, match="the grader had failed"):
            journal.find(submission())

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            (MARK.model_copy(update={"run": RUN.model_copy(update={"seed": 7})}), "seed=7, now 0"),
            (MARK.model_copy(update={"run": RUN.model_copy(update={"torch": "2.1"})}), "torch=2.1, now 2"),
            (MARK.model_copy(update={"feedback": Feedback.SCORE}), "feedback=score, now full"),
            (MARK.model_copy(update={"exercises": ("relu", "tanh")}), "exercises=relu tanh, now relu"),
            (MARK.model_copy(update={"code": "e" * 64}), "code=eeeeeeee…, now kkkkkkkk…"),
            (
                MARK.model_copy(update={"course": CourseInfo(name="c", sha256="d" * 64)}),
                "course sha256=dddddddd…, now cccccccc…",
            ),
            (
                MARK.model_copy(
                    update={"run": RUN.model_copy(update={"sandbox": SandboxInfo(level="none", layers={})})}
                ),
                "sandbox=none, now full; layer seccomp=none, now on",
            ),
        ],
        ids=["seed", "torch", "feedback", "exercises", "code", "course", "sandbox"],
    )
    def test_another_run_is_graded_again(self, journal: Journal, tmp_path: Path, other: Fingerprint, said: str) -> None:
        Journal(tmp_path, other).write(submission(), report(submission()), 1)
        with pytest.raises(Unusable) as why:
            journal.find(submission())
        assert str(why.value) == f"made by another run ({said})"

    def test_the_same_run_does_not_differ(self) -> None:
        assert MARK.difference(MARK.model_copy(deep=True)) == ""

    def test_another_learners_file_in_this_place(self, journal: Journal, tmp_path: Path) -> None:
        bob = submission("bob")
        journal.write(bob, report(bob), 1)
        (tmp_path / "bob.json").rename(tmp_path / "ann.json")
        with pytest.raises(Unusable, match="the submission has changed"):
            journal.find(submission())


def _flip(data: bytes) -> bytes:
    return data.replace(b'"score": 1.25', b'"score": 9.25')


def _resealed_newer(data: bytes) -> bytes:
    return data.replace(b'"autograder_report": 1', b'"autograder_report": 2')


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _data: b"",
    "half": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data.rstrip()[:-1],
    "another score": _flip,
    "newer format": _resealed_newer,
    "zeros": lambda data: bytes(len(data)),
    "no text": lambda data: b"\xff\xfe" + data,
    "another key": lambda data: data.replace(b'"problems"', b'"extra": 1, "problems"'),
    "a list": lambda data: b"[" + data + b"]",
    "deep": lambda _data: b'{"autograder_report": ' + b"[" * 100_000,
    "nan": lambda data: data.replace(b'"seconds": 1.0', b'"seconds": NaN'),
    "negative": lambda data: data.replace(b'"seconds": 1.0', b'"seconds": -1.0'),
}


class TestDamage:
    @pytest.mark.parametrize("kind", DAMAGE)
    def test_is_never_trusted(self, journal: Journal, tmp_path: Path, kind: str) -> None:
        journal.write(submission(), report(submission()), 1)
        path = tmp_path / "ann.json"
        damaged = DAMAGE[kind](path.read_bytes())
        assert damaged != path.read_bytes()
        path.write_bytes(damaged)
        with pytest.raises(Unusable, match=r"ann\.json is damaged"):
            journal.find(submission())
        with pytest.raises(OutputError, match=r"ann\.json was written, but now it is lost"):
            list(journal.reports(["ann"]))

    def test_every_byte_counts(self, journal: Journal, tmp_path: Path) -> None:
        """A flipped bit is either found or changes nothing (as in the white space of JSON)."""
        journal.write(submission(), report(submission()), 1)
        path = tmp_path / "ann.json"
        data = path.read_bytes()
        for at in range(0, len(data), 3):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            try:
                entry = journal.find(submission())
            except Unusable:
                continue
            assert entry is not None
            assert (entry.report, entry.seconds, entry.fingerprint) == (report(submission()), 1, MARK), at

    def test_what_is_no_file_is_not_opened(self, journal: Journal, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "ann.json")
        with pytest.raises(Unusable, match="is no file"):
            journal.find(submission())
        assert [aside.name for _, aside in journal.set_aside(["ann"])] == ["ann.json.moved"]

    def test_what_is_huge_is_not_read(self, journal: Journal, tmp_path: Path) -> None:
        with (tmp_path / "ann.json").open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(Unusable, match="larger than 64 MiB"):
            journal.find(submission())


class TestOthersFiles:
    def test_only_reports_of_ours_are_removed(self, journal: Journal, tmp_path: Path) -> None:
        """Of whoever is not in the class any more; whatever else lies there may be anybody's."""
        for learner in ("ann", "Bob", "gone", "moved"):
            one = submission(learner)
            journal.write(one, report(one), 1)
        (tmp_path / "moved.json").rename(tmp_path / "copy.json")
        (tmp_path / disk.PART).write_text("left by a kill")
        strangers = {"notes.txt": "x", "mine.json": "{}", "half.json": '{"autograder_report": 1', "gone.json.bak": "y"}
        for name, text in strangers.items():
            (tmp_path / name).write_text(text)
        (tmp_path / "folder.json").mkdir()
        journal.remove_others(["ann", "Bob"])
        left = {path.name for path in tmp_path.iterdir()}
        assert left == {"ann.json", file_name("Bob"), "copy.json", "folder.json", *strangers}

    def test_a_file_of_somebodys_in_a_reports_place_is_moved(self, journal: Journal, tmp_path: Path) -> None:
        (tmp_path / "ann.json").write_text('{"my": "own"}')
        bob = submission("bob")
        journal.write(bob, report(bob), 1)
        moved = list(journal.set_aside(["ann", "bob", "cy"]))
        assert moved == [(tmp_path / "ann.json", tmp_path / "ann.json.moved")]
        assert (tmp_path / "ann.json.moved").read_text() == '{"my": "own"}'
        assert journal.find(bob) is not None


class TestWriting:
    def test_a_full_disk_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "file"
        write_atomically(path, ["old"])

        monkeypatch.setattr(os, "fsync", full_disk)
        with pytest.raises(OutputError, match="file cannot be written: No space left on device; make room for it"):
            write_atomically(path, ["new"])
        assert [item.read_text() for item in tmp_path.iterdir()] == ["old"]

    def test_a_failure_between_the_parts_leaves_the_old_file(self, tmp_path: Path) -> None:
        def parts() -> Iterator[str]:
            yield "new"
            raise KeyboardInterrupt

        path = tmp_path / "file"
        write_atomically(path, ["o", "ld"])
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, parts())
        assert [item.read_text() for item in tmp_path.iterdir()] == ["old"]

    def test_data_is_on_the_disk_before_it_has_its_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """And the name before the call returns: in any other order a power cut leaves an empty file, or none."""
        synced: list[tuple[bool, bool]] = []
        real = os.fsync

        def fsync(descriptor: int) -> None:
            synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), (tmp_path / "file").exists()))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)
        write_atomically(tmp_path / "file", ["text"])
        assert synced == [(False, False), (True, True)]

    def test_a_folder_that_is_gone(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="cannot be written: No such file or directory; put its folder right"):
            write_atomically(tmp_path / "gone" / "file", ["text"])

    def test_the_probe_is_large_and_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sizes: list[int] = []
        real = os.fsync

        def fsync(descriptor: int) -> None:
            sizes.append(os.fstat(descriptor).st_size)
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)
        require_writable(tmp_path / "a" / "b", ["x"])
        assert sizes == [1 << 20]
        assert list((tmp_path / "a" / "b").iterdir()) == []

    def test_a_full_disk_is_told_before_the_grading(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "fsync", full_disk)
        with pytest.raises(UsageError, match="cannot be written: No space left on device"):
            require_writable(tmp_path, [])

    @pytest.mark.skipif(os.geteuid() == 0, reason="permission bits do not bind root")
    def test_a_read_only_folder(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir(mode=0o555)
        with pytest.raises(UsageError, match="cannot be written: Permission denied"):
            require_writable(tmp_path / "out", [])

    def test_reports_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "reports").touch()
        with pytest.raises(UsageError, match=r"reports cannot be written: File exists"):
            require_room(tmp_path, [submission().learner])

    def test_a_folder_in_a_reports_place(self, tmp_path: Path) -> None:
        (tmp_path / "reports" / "ann.json").mkdir(parents=True)
        with pytest.raises(UsageError, match=r"holds a folder named ann\.json; move it away"):
            require_room(tmp_path, [submission().learner])

    def test_one_run_at_a_time(self, tmp_path: Path) -> None:
        with only_writer(tmp_path / "out"), only_writer(tmp_path / "other"):
            second = only_writer(tmp_path / "out")
            with pytest.raises(UsageError, match="is being written by another `autograder grade`"):
                second.__enter__()
        with only_writer(tmp_path / "out"):
            pass


class TestStream:
    def test_is_plain_json(self) -> None:
        """Line separators that only some readers take for line ends are inside strings, and stay as they are."""
        one, two = submission("ann"), submission('"submissions": []')
        book = json_reporter.parse(
            json.dumps(
                {
                    "schema_version": 1,
                    "course": {"name": '"submissions": []', "sha256": "0"},
                    "run": RUN.model_dump(mode="json"),
                    "submissions": [
                        report(item, message="a\u2028b\x0cc\x85").model_dump(mode="json") for item in (two, one)
                    ],
                    "timings": {"b": 1.0, "a": 2.0},
                }
            )
        )
        text = json_reporter.render(book)
        data = book.model_dump(mode="json")
        data["submissions"].sort(key=lambda item: item["learner"])
        data["timings"] = {"a": 2.0, "b": 1.0}
        plain = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        assert text == plain.replace("\x85", "\\u0085")

    def test_no_submissions(self) -> None:
        book = json_reporter.parse(
            json.dumps(
                {
                    "schema_version": 1,
                    "course": {"name": "c", "sha256": "0"},
                    "run": RUN.model_dump(mode="json"),
                    "submissions": [],
                }
            )
        )
        assert json_reporter.render(book) == json.dumps(book.model_dump(mode="json"), indent=2) + "\n"


def test_the_kits_code_is_part_of_the_fingerprint() -> None:
    assert len(kit_code()) == 64


# --- a class, without processes ---

_FULL = course()
COURSE = replace(_FULL, budget=_FULL.budget.model_copy(update={"cases": 3}))  # it is not the judgement that is tested
SOURCES = {
    "ann": "import torch\ndef relu(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)\n",
    "Bob, Jr.": "def relu(x):\n    return x.clamp(0, 300)\n",
    "cy": "def relu(x):\n    return x\n",
    "dora": "def relu(x)\n",
}


def handed_in(**changes: str | None) -> list[Submission]:
    texts = {**SOURCES, **changes}
    return [
        Submission(learner, {"relu": Source(text, "relu.py")}, {}, (), f"{hash(text) & 0xFFFFFFFF:064x}")
        for learner, text in sorted(texts.items())
        if text is not None
    ]


class Class:
    """Grades that class into a folder, and says who was really graded."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.graded: list[str] = []
        self.remarks: list[str] = []

    def __call__(
        self,
        submissions: list[Submission],
        *,
        resume: bool = False,
        stop: Callable[[Report], None] = lambda _report: None,
        seed: int = 0,
    ) -> dict[str, bytes]:
        self.graded.clear()
        grader = Grader(
            COURSE, exercises=COURSE.select(["relu"]), seed=seed, properties=["values"], sandbox=InProcessSandbox()
        )
        by_learner = {submission.learner: submission for submission in submissions}
        require_room(self.out, by_learner)
        run = ClassRun(grader, by_learner, self.out, feedback=Feedback.FULL, resume=resume)
        self.remarks = run.remarks

        def on_report(report: Report) -> None:
            self.graded.append(report.learner)
            stop(report)

        run.grade(jobs=1, on_report=on_report)
        run.finish()
        return self.results()

    def results(self) -> dict[str, bytes]:
        """The results without the timings, and the gradebook."""
        book = json.loads((self.out / "results.json").read_text(encoding="utf-8"))
        assert set(book.pop("timings")) == {item["learner"] for item in book["submissions"]}
        return {"results": json.dumps(book).encode(), "gradebook": (self.out / "gradebook.csv").read_bytes()}


@pytest.fixture
def run(tmp_path: Path) -> Class:
    return Class(tmp_path / "out")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return Class(tmp_path_factory.mktemp("whole"))(handed_in())


def interrupt_after(count: int) -> Callable[[Report], None]:
    seen: list[Report] = []

    def stop(report: Report) -> None:
        seen.append(report)
        if len(seen) == count:
            raise KeyboardInterrupt

    return stop


class TestClassRun:
    @pytest.mark.parametrize("count", [1, 2, 3, 4])
    def test_goes_on_where_it_was_interrupted(self, run: Class, uninterrupted: dict[str, bytes], count: int) -> None:
        with pytest.raises(Interrupted, match=f"{count} of 4 learners are done and kept"):
            run(handed_in(), stop=interrupt_after(count))
        done = list(run.graded)
        assert not (run.out / "results.json").exists()
        assert run(handed_in(), resume=True) == uninterrupted
        assert sorted(done + run.graded) == sorted(SOURCES)
        assert run.remarks == [f"resuming: {count} of 4 learners are done, the rest is graded"]

    def test_grades_whom_it_cannot_trust(self, run: Class, uninterrupted: dict[str, bytes]) -> None:
        run(handed_in(cy="def relu(x):\n    return -x\n", eve=SOURCES["cy"]))
        path = run.out / "reports" / "dora.json"
        path.write_bytes(path.read_bytes()[:-40])
        (run.out / "reports" / "ann.json").write_text("my own notes")
        assert run(handed_in(), resume=True) == uninterrupted
        assert sorted(run.graded) == ["ann", "cy", "dora"]
        assert run.remarks == [
            f"{run.out}/reports/ann.json is no report of this kit; it was moved to ann.json.moved,"
            " and the learner is graded",
            "resuming: 1 of 4 learners are done, the rest is graded",
            "graded again: cy: the submission has changed",
            "graded again: dora: dora.json is damaged",
            f"{run.out}/reports holds reports of eve, not of this class; they are removed at the end",
        ]
        assert (run.out / "reports" / "ann.json.moved").read_text() == "my own notes"
        assert not (run.out / "reports" / "eve.json").exists()

    def test_another_seed_reuses_nothing(self, run: Class) -> None:
        first = run(handed_in())
        second = run(handed_in(), resume=True, seed=1)
        assert len(run.graded) == 4
        assert run.remarks[1] == "graded again: Bob, Jr., ann, cy and 1 more: made by another run (seed=0, now 1)"
        assert second["results"] != first["results"]

    def test_without_resume_all_is_graded_anew_and_said(self, run: Class, uninterrupted: dict[str, bytes]) -> None:
        run(handed_in(eve=SOURCES["cy"]))
        assert run.remarks == []
        assert run(handed_in()) == uninterrupted
        assert len(run.graded) == 4
        assert run.remarks == [
            f"{run.out}/reports holds 4 earlier reports; all is graded anew, while --resume keeps what fits",
            f"{run.out}/reports holds reports of eve, not of this class; they are removed at the end",
        ]
        assert not (run.out / "reports" / "eve.json").exists()

    def test_a_forgotten_resume_loses_nothing_before_the_next_report(self, run: Class) -> None:
        run(handed_in())
        with pytest.raises(Interrupted):
            run(handed_in(), stop=interrupt_after(1))
        run(handed_in(), resume=True)
        assert run.graded == []

    def test_a_full_disk_midway_loses_nothing(
        self, run: Class, uninterrupted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fill(_report: Report) -> None:
            if len(run.graded) == 2:
                monkeypatch.setattr(os, "fsync", full_disk)

        with pytest.raises(RunStopped, match=r"No space left .* make room for it; 2 of 4 learners are done and kept"):
            run(handed_in(), stop=fill)
        monkeypatch.undo()
        assert run(handed_in(), resume=True) == uninterrupted
        assert len(run.graded) == 2

    def test_a_report_that_is_damaged_before_the_end_is_no_lost_learner(self, run: Class) -> None:
        def damage(report: Report) -> None:
            if len(run.graded) == 4:
                (run.out / "reports" / "ann.json").write_bytes(b"")

        with pytest.raises(RunStopped, match=r"ann\.json was written, but now it is lost: .*; grade it again"):
            run(handed_in(), stop=damage)
        run(handed_in(), resume=True)
        assert run.graded == ["ann"]


class TestNothingLost:
    """What a run would replace though it does not grade it anew is said before anything is."""

    def test_another_class_is_refused(self, run: Class) -> None:
        run(handed_in())
        before = {path: path.read_bytes() for path in run.out.rglob("*.*")}
        for learners, whose in (
            (["eve", "finn"], "ann, Bob, Jr., cy and 1 more"),
            (["ann", "eve"], "Bob, Jr., cy, dora"),
        ):
            with pytest.raises(UsageError) as error:
                require_nothing_lost(run.out, learners, ["relu"])
            assert f"holds the reports of another class ({whose}), which would be removed; choose" in str(error.value)
        assert {path: path.read_bytes() for path in run.out.rglob("*.*")} == before

    def test_other_exercises_are_refused(self, run: Class) -> None:
        run(handed_in())
        with pytest.raises(UsageError, match=r"reports of exercises that are not asked for now \(relu\)"):
            require_nothing_lost(run.out, SOURCES, ["tanh", "sigmoid"])
        require_nothing_lost(run.out, SOURCES, ["tanh", "relu"])

    def test_the_same_class_again_is_not(self, run: Class, tmp_path: Path) -> None:
        require_nothing_lost(tmp_path / "new", SOURCES, ["relu"])
        with pytest.raises(Interrupted):
            run(handed_in(), stop=interrupt_after(2))
        require_nothing_lost(run.out, SOURCES, ["relu"])
        run(handed_in(), resume=True)
        require_nothing_lost(run.out, SOURCES, ["relu"])
        require_nothing_lost(run.out, [*SOURCES, "eve"], ["relu"])
        require_nothing_lost(run.out, [name for name in SOURCES if name != "cy"], ["relu"])  # which the run says

    def test_what_is_no_report_is_nobodys(self, run: Class) -> None:
        run(handed_in())
        for path in (run.out / "reports").iterdir():
            path.write_bytes(path.read_bytes()[:-9])
        require_nothing_lost(run.out, ["eve"], ["relu"])

    def test_through_the_command(self, tmp_path: Path) -> None:
        small_course(tmp_path)
        for place in ("one/ann", "one/ben", "two/cy"):
            put(tmp_path / place / "relu.py", SOURCES["ann"] or "")
        words = ("--course", tmp_path, "--out", tmp_path / "out", "--allow-weak-sandbox")
        assert autograder("grade", tmp_path / "one", *words)[0] == 0
        before = (tmp_path / "out/results.json").read_bytes()
        assert autograder("grade", tmp_path / "two", *words)[0] == 2
        assert autograder("grade", tmp_path / "two", *words, "--resume")[0] == 2
        assert (tmp_path / "out/results.json").read_bytes() == before
        assert {path.name for path in (tmp_path / "out/reports").iterdir()} == {"ann.json", "ben.json"}


def test_an_entry_is_a_json_document() -> None:
    one = submission()
    text = Entry(report=report(one), problems={}, seconds=1, fingerprint=MARK).text()
    assert text.count("\n") == 1
    assert list(json.loads(text)) == ["autograder_report", "report", "problems", "seconds", "fingerprint", "checksum"]
