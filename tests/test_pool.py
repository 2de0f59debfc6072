"""Grader processes: the same bytes from however many, and none that is lost, left behind or in the way."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError, SandboxError, UsageError
from autograder.grade import Graded, grade_class
from autograder.grade.gate import Closed
from autograder.pool import machine, process
from autograder.pool.choice import open_graders
from autograder.pool.local import Pool
from autograder.pool.messages import Order
from autograder.pool.process import GraderProcess
from autograder.result import Verdict
from autograder.submission import Source, Submission
from tests.bank import ROOT
from tests.fake_grader import started, use_fakes
from tests.test_resume import RIGHT, Run, alive, course, descendants, reports, results, write_class

__all__ = ["course"]  # a fixture

KIT = load_course(ROOT / "course.yaml")


def submission(learner: str) -> Submission:
    return Submission(learner, {"relu": Source(RIGHT, "relu.py")}, {}, (), "0" * 64)


def relu_pool(jobs: int, course: Course = KIT) -> Pool:
    return Pool(course, exercises=course.select(["relu"]), seed=3, jobs=jobs)


def graded(pool: Pool, *learners: str) -> dict[str, Graded]:
    with contextlib.closing(grade_class(pool, map(submission, learners), jobs=pool.jobs)) as items:
        return {item.submission.learner: item for item in items}


class TestCrew:
    """What is done with processes that die, in processes that do nothing else."""

    @pytest.fixture(autouse=True)
    def fakes(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        use_fakes(monkeypatch, tmp_path)

    def test_all_are_graded_and_all_processes_end(self, tmp_path: Path) -> None:
        names = [f"s{number}" for number in range(20)]
        with relu_pool(3) as pool:
            done = graded(pool, *names)
        assert sorted(done) == sorted(names)
        assert {(item.report.learner, item.seconds) for item in done.values()} == {(name, 0.5) for name in names}
        assert len(started(tmp_path)) == 3
        assert not any(map(alive, started(tmp_path)))

    def test_who_died_once_is_replaced_and_the_submission_graded_again(self, tmp_path: Path) -> None:
        with relu_pool(2) as pool:
            done = graded(pool, "ann", "dies-1", "zoe")
        assert {item.report.exercises[0].verdict for item in done.values()} == {Verdict.PASS}
        assert len(started(tmp_path)) == 3

    def test_a_submission_at_which_two_died_is_an_error_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        with relu_pool(1) as pool:
            done = graded(pool, "ann", "dies-9", "zoe")
        verdicts = {name: item.report.exercises[0].verdict for name, item in done.items()}
        assert verdicts == {"ann": Verdict.PASS, "dies-9": Verdict.ERROR, "zoe": Verdict.PASS}
        message = done["dies-9"].report.exercises[0].message
        assert message is not None
        assert message.startswith("the grader's process ended 2 times at this submission: ")
        assert "SIGKILL" in message
        assert len(started(tmp_path)) == 3

    def test_one_that_dies_while_it_is_idle_is_replaced(self, tmp_path: Path) -> None:
        with relu_pool(1) as pool:
            graded(pool, "ann")
            os.kill(started(tmp_path)[0], signal.SIGKILL)
            assert graded(pool, "zoe")["zoe"].report.exercises[0].verdict is Verdict.PASS

    def test_leaving_early_ends_what_is_running_without_a_report(self, tmp_path: Path) -> None:
        with relu_pool(2) as pool:
            items = grade_class(pool, map(submission, ["hangs", "ann", "hangs"]), jobs=2)
            assert next(items).submission.learner == "ann"
            begun = time.monotonic()
            items.close()
            assert time.monotonic() - begun < process.ENDED_SECONDS
        assert len(started(tmp_path)) == 2  # nobody was replaced
        assert not any(map(alive, started(tmp_path)))

    def test_who_waits_for_a_closed_pool_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whose process has stopped, and does not end by itself."""
        monkeypatch.setattr("autograder.pool.crew.ENDED_SECONDS", 0.1)
        ended: list[BaseException] = []
        pool = relu_pool(1)

        def grade() -> None:
            try:
                pool.graded(submission("hangs"))
            except Closed as error:
                ended.append(error)

        thread = threading.Thread(target=grade)
        thread.start()
        while not (tmp_path / "hanging-000").exists():
            time.sleep(0.01)
        os.kill(started(tmp_path)[0], signal.SIGSTOP)
        begun = time.monotonic()
        pool.close()
        assert time.monotonic() - begun < 5
        thread.join(10)
        assert len(ended) == 1

    def test_the_recorded_sandbox_is_the_weakest(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        use_fakes(monkeypatch, tmp_path, "full", "partial", "full")
        with relu_pool(3) as pool:
            assert pool.run_info().sandbox.level == "partial"

    def test_a_weaker_sandbox_in_the_place_of_one_that_died_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        use_fakes(monkeypatch, tmp_path, "partial", "none")
        with relu_pool(1) as pool, pytest.raises(SandboxError, match="has sandbox level=none, the others partial"):
            graded(pool, "dies-1")

    def test_no_more_processes_than_learners(self, tmp_path: Path) -> None:
        opened = open_graders(KIT, KIT.select(["relu"]), seed=0, learners=2, jobs=5, cluster=None)
        with opened as pool:
            pool.run_info()
        assert len(started(tmp_path)) == 2


class TestStart:
    """A process that cannot grade says why, in words that the command ends with."""

    @pytest.fixture
    def order(self) -> Order:
        return Order.of(KIT, ("relu",), 0)

    def test_an_error_of_ours_comes_back_as_it_is(self, order: Order) -> None:
        changed = order.model_copy(update={"course": b"format_version: 2\n"})
        with contextlib.closing(GraderProcess(changed)) as begun, pytest.raises(CourseError) as refused:
            begun.ready()
        assert str(refused.value).startswith("course.yaml:1: format_version=2 is newer than this kit's (1);")

    def test_other_versions_are_refused(self, order: Order) -> None:
        other = order.installation.model_copy(update={"torch": "2.0.1", "code": "f" * 64})
        changed = order.model_copy(update={"installation": other})
        with contextlib.closing(GraderProcess(changed)) as begun, pytest.raises(UsageError) as refused:
            begun.ready()
        ours = order.installation
        fact = f"the machine that grades has torch={ours.torch}, here 2.0.1, code={ours.code[:20]}, here {'f' * 20}"
        assert str(refused.value) == f"{fact}; install the same on both"

    def test_a_course_that_was_changed_since_it_was_read(self, tmp_path: Path) -> None:
        path = tmp_path / "course.yaml"
        path.write_bytes(KIT.path.read_bytes())
        read = load_course(path)
        path.write_bytes(KIT.path.read_bytes() + b"# more\n")
        with pytest.raises(UsageError, match="has just been changed; grade again"):
            relu_pool(1, read)

    def test_one_that_ends_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(process, "_COMMAND", ("-c", "raise SystemExit(7)"))
        with relu_pool(2) as pool, pytest.raises(SandboxError, match="did not start: it ended with status 7"):
            pool.run_info()

    def test_one_that_cannot_be_started(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
        with pytest.raises(SandboxError, match=r"^no grader process: .*nothing"):
            relu_pool(1)


class TestMachine:
    @pytest.mark.parametrize(
        ("cores", "gigabytes", "quota", "learners", "jobs"),
        [
            (8, 64, "max 100000", 1000, 8),
            (8, 3, "max 100000", 1000, 3),
            (8, 64, "150000 100000", 1000, 2),
            (8, 64, "", 9, 3),
            (8, 0, "", 9, 1),
        ],
    )
    def test_as_many_as_it_carries(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        cores: int,
        gigabytes: int,
        quota: str,
        learners: int,
        jobs: int,
    ) -> None:
        if sys.platform != "linux":
            pytest.skip("containers are of Linux")
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)))
        monkeypatch.setattr(machine, "_CGROUP", tmp_path)
        if quota:
            (tmp_path / "cpu.max").write_text(f"{quota}\n")
        (tmp_path / "memory.max").write_text(f"{gigabytes << 30}\n")
        assert machine.default_jobs(learners) == jobs

    def test_this_one(self) -> None:
        assert 1 <= machine.default_jobs(10**6) <= (os.cpu_count() or 1)
        assert machine._memory() < math.inf


MEASURE = """
import sys
from pathlib import Path
from autograder.class_run import ClassRun
from autograder.course import load_course
from autograder.journal import require_room
from autograder.pool.local import Pool
from autograder.pool import process
from autograder.reporters.feedback import Feedback
from autograder.submission import find_submissions
process._COMMAND = ("-P", sys.argv[4])
course = load_course(Path(sys.argv[1]))
found, out = find_submissions(Path(sys.argv[2]), course), Path(sys.argv[3])
require_room(out, found)
with Pool(course, exercises=course.select(["relu"]), seed=0, jobs=1) as pool:
    run = ClassRun(pool, found, out, feedback=Feedback.FULL, resume=False)
    run.grade(jobs=1, on_report=lambda report: None)
    assert len(run.finish().submissions) == len(found)
assert "torch" not in sys.modules
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])  # ru_maxrss begins with the parent's
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")
def test_memory_does_not_grow_with_the_class(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Sources of 100 KB: in memory, those of the larger class would take 18 MB more. Nor is torch imported."""
    fake = str(Path(__file__).with_name("fake_grader.py"))
    peaks = {}
    for count in (20, 200):
        folder = tmp_path / f"class-{count}"
        write_class(folder, {f"learner-{number}": f"# {number}\n" + "#" * 100_000 for number in range(count)})
        (tmp_path / f"fakes-{count}").mkdir()
        use_fakes(monkeypatch, tmp_path / f"fakes-{count}")
        command = [sys.executable, "-c", MEASURE, str(KIT.path), str(folder), str(tmp_path / f"out-{count}"), fake]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks[count] = int(done.stdout) * 1024
    assert peaks[200] < 1.1 * peaks[20]


# --- real ones ---


@pytest.mark.slow
def test_the_same_bytes_from_one_two_and_three(tmp_path: Path, course: Path) -> None:
    """And from two of which one is killed as soon as a report is there: it is replaced, and nothing is said of it."""
    folder = write_class(
        tmp_path / "class",
        {
            **{f"right-{number}": RIGHT for number in range(4)},
            **{f"wrong-{number}": f"def relu(x):\n    return x.clamp(0, 30{number})\n" for number in range(8)},
            "syntax": "def relu(x)\n",
        },
    )
    found = []
    for jobs in (1, 2, 3):
        run = Run(folder, tmp_path / f"out-{jobs}", course, jobs=jobs)
        assert run.end().code == 1
        found.append(results(run.out))
    assert found[0] == found[1] == found[2]
    run = Run(folder, tmp_path / "killed", course)
    assert run.await_report() is not None
    os.kill(grader_processes(run)[0], signal.SIGKILL)
    ended = run.end()
    assert (ended.code, ended.said.count("\n")) == (1, 13)
    assert results(run.out) == found[0]


def grader_processes(run: Run) -> list[int]:
    """The numbers of a run's grader processes."""
    return [pid for pid in descendants(run.process.pid) if b"autograder.pool" in command_line(pid)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.parametrize("early", [True, False])
def test_kill_9_of_the_command_leaves_no_process(tmp_path: Path, course: Path, early: bool) -> None:
    """While its graders start, and while submissions loop in their workers."""
    loop = "def relu(x):\n    while True:\n        pass\n"
    folder = write_class(tmp_path / "class", {"a": loop, "b": RIGHT, "c": loop})
    run = Run(folder, tmp_path / "out", course)
    if early:
        while len(grader_processes(run)) < 2:
            time.sleep(0.01)
        time.sleep(1)
    else:
        assert run.await_report() is not None
        time.sleep(0.5)
    below = descendants(run.process.pid)
    assert len(below) > 2
    run.process.kill()
    run.process.wait()
    deadline = time.monotonic() + 10
    while any(map(alive, below)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in below if alive(pid)]
    run.process.communicate()
    assert len(reports(run.out)) == (0 if early else 1)


@pytest.mark.slow
def test_killed_twice_at_one_submission_by_a_real_run(tmp_path: Path, course: Path) -> None:
    """Exit status 3, every exercise and property listed as error, and the others as ever."""
    folder = write_class(tmp_path / "class", {"ann": RIGHT, "loop": "def relu(x):\n    while True:\n        pass\n"})
    run = Run(folder, tmp_path / "out", course, jobs=1)
    assert run.await_report() is not None
    for _ in range(2):
        before = grader_processes(run)
        while not worker_of(before[0]):
            time.sleep(0.05)
            before = grader_processes(run)
        os.kill(before[0], signal.SIGKILL)
        while grader_processes(run) in (before, []):
            time.sleep(0.05)
    ended = run.end()
    assert ended.code == 3
    book = json.loads((run.out / "results.json").read_text(encoding="utf-8"))
    ann, loop = (report["exercises"][0] for report in book["submissions"])
    assert ann["verdict"] == "pass"
    assert loop["verdict"] == "error"
    assert len(loop["properties"]) == len(ann["properties"])
    assert {item["verdict"] for item in loop["properties"]} == {"error"}


def worker_of(grader: int) -> bool:
    """Whether its zygote has a worker that has used up some processor time: the loop."""
    for pid in descendants(grader):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) != grader and int(fields[11]) > 50:
                return True
    return False
