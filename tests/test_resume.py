"""A class run that survives: killed, interrupted or out of disk at any point, it goes on to the very same results."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from tests.bank import ROOT

COMMAND = (sys.executable, "-m", "autograder")
RIGHT = "import torch\n\n\ndef relu(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)\n"
LEARNERS: dict[str, str | None] = {
    "ann": RIGHT,
    "Ben": "def relu(x):\n    return x.clamp(0, 300)\n",
    "Chloé, 学生": "def relu(x):\n    return x * (x > 0)\n",
    "dora": "def relu(x)\n    return x\n",
    "eve": "import torch\n\n\ndef relu(x):\n    return torch.relu(x)\n",
    "fred": None,
    "gus": "import os\n\n\ndef relu(x):\n    return x\n",
    "ida": "total = 0\nfor i in range(8_000_000):\n    total += i\n\n\ndef relu(x):\n    return -x\n",  # takes a while
}
ENDLESS = "def relu(x):\n    while True:\n        pass\n"


def write_class(folder: Path, learners: dict[str, str | None]) -> Path:
    for learner, source in learners.items():
        (folder / learner).mkdir(parents=True, exist_ok=True)
        if source is not None:
            (folder / learner / "relu.py").write_text(source, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit's course with few cases and a deadline of a minute, which nobody here waits for."""
    path = tmp_path_factory.mktemp("course") / "course.yaml"
    text = (ROOT / "course.yaml").read_text(encoding="utf-8")
    for old, new in (("  cases: 100\n", "  cases: 5\n"), ("  seconds: 10\n", "  seconds: 60\n")):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_class(tmp_path_factory.mktemp("class") / "class", LEARNERS)


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit status, and what it said on standard error."""

    code: int
    said: str


class Run:
    """`autograder grade` of a class into a folder, as a process of its own that can be stopped."""

    def __init__(self, folder: Path, out: Path, course: Path, *options: str, jobs: int = 2, wrap: str = "") -> None:
        words = [*COMMAND, "grade", str(folder), "--out", str(out), "--course", str(course), "--exercise", "relu"]
        words += ["--jobs", str(jobs), *options]
        self.out = out
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            ["sh", "-c", f"{wrap} exec {shlex.join(words)}"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def stderr(self) -> IO[str]:
        assert self.process.stderr is not None
        return self.process.stderr

    def await_report(self) -> float | None:
        """The seconds until the first report of this run; None where it ends without."""
        before = reports(self.out)
        while self.process.poll() is None:
            if reports(self.out).items() - before.items():
                return time.monotonic() - self.begun
            time.sleep(0.002)
        return None

    def end(self, timeout: float = 120) -> Ended:
        _, said = self.process.communicate(timeout=timeout)
        assert "Traceback" not in said
        return Ended(self.process.returncode, said)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def reports(out: Path) -> dict[str, tuple[int, int]]:
    """The reports in a folder, by name; a file that is written anew is another one."""
    found = {}
    for path in out.glob("reports/*.json"):
        with contextlib.suppress(FileNotFoundError):
            info = path.stat()
            found[path.name] = (info.st_ino, info.st_mtime_ns)
    return found


def results(out: Path) -> tuple[str, bytes]:
    """What must be the same after whatever happened: everything but the timings."""
    text = (out / "results.json").read_text(encoding="utf-8")
    whole, timings = text.split('\n  "timings": {')
    assert set(json.loads("{" + timings.rstrip().removesuffix("}"))) == {
        item["learner"] for item in json.loads(text)["submissions"]
    }
    return whole, (out / "gradebook.csv").read_bytes()


@dataclass(frozen=True)
class Whole:
    """A run that nothing has stopped: what it gave, and when its first report came and when it ended."""

    results: tuple[str, bytes]
    first: float
    total: float


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, classroom: Path, course: Path) -> Whole:
    run = Run(classroom, tmp_path_factory.mktemp("whole") / "out", course)
    first = run.await_report()
    assert run.end().code == 1
    assert first is not None
    return Whole(results(run.out), first, time.monotonic() - run.begun)


def resume_and_compare(classroom: Path, out: Path, course: Path, whole: Whole) -> None:
    """Go on after whatever happened; what was written is not graded again, and the end is the same."""
    kept = reports(out)
    ended = Run(classroom, out, course, "--resume").end()
    assert ended.code == 1, ended.said
    assert f"resuming: {len(kept)} of 8 learners are done, the rest is graded\n" in ended.said
    assert "graded again" not in ended.said
    assert ended.said.count("/8] ") == 8 - len(kept)
    assert kept.items() <= reports(out).items()
    assert len(reports(out)) == 8
    assert results(out) == whole.results
    assert sorted(path.name for path in out.iterdir()) == ["gradebook.csv", "reports", "results.json"]
    assert not [path for path in (out / "reports").iterdir() if path.suffix != ".json"]


def kill_somewhere(run: Run, chance: random.Random, whole: Whole, *, early: bool) -> None:
    """Kill -9 at a random moment of its preparation, or of what comes from the first report on."""
    if early:
        time.sleep(chance.uniform(0, whole.first))
    else:
        run.await_report()
        time.sleep(chance.uniform(0, whole.total - whole.first))
    run.kill()


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_and_resumed(tmp_path: Path, classroom: Path, course: Path, whole: Whole, seed: int) -> None:
    """Kill -9 at a few moments; the slow test below tries twenty."""
    run = Run(classroom, tmp_path / "out", course)
    kill_somewhere(run, random.Random(seed), whole, early=seed == 1)
    resume_and_compare(classroom, run.out, course, whole)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 22))
def test_killed_at_twenty_moments(tmp_path: Path, classroom: Path, course: Path, whole: Whole, seed: int) -> None:
    run = Run(classroom, tmp_path / "out", course)
    kill_somewhere(run, random.Random(seed), whole, early=seed % 5 == 0)
    resume_and_compare(classroom, run.out, course, whole)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_killed_again_and_again(tmp_path: Path, classroom: Path, course: Path, whole: Whole, seed: int) -> None:
    """The resumed run is killed too, several times over; each goes on where the last one was."""
    chance = random.Random(seed)
    run = Run(classroom, tmp_path / "out", course, jobs=1)
    for round_ in range(5):
        kept = reports(tmp_path / "out")
        kill_somewhere(run, chance, whole, early=round_ == 3)
        assert kept.items() <= reports(run.out).items()
        run = Run(classroom, tmp_path / "out", course, "--resume", jobs=1 + round_ % 2)
    run.kill()
    resume_and_compare(classroom, run.out, course, whole)


# --- interrupted ---


def descendants(pid: int) -> set[int]:
    """The processes below one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found: set[int] = set()
    level = {pid}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found |= level
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "how",
    ["Ctrl-C", *(pytest.param(how, marks=pytest.mark.slow) for how in ("SIGTERM", "SIGHUP", "Ctrl-C twice"))],
)
def test_interrupted_while_a_submission_loops_without_end(tmp_path: Path, course: Path, how: str) -> None:
    """It ends at once, although the submission has a minute, and leaves no process behind."""
    folder = write_class(tmp_path / "class", {"a loop": ENDLESS, "ann": RIGHT, "zoe": ENDLESS})
    run = Run(folder, tmp_path / "the results", course)
    assert run.await_report() is not None
    time.sleep(0.5)  # zoe's is running too
    below = descendants(run.process.pid)
    assert below
    start = time.monotonic()
    if how.startswith("Ctrl-C"):  # a terminal sends it to everything in the foreground
        os.killpg(run.process.pid, signal.SIGINT)
        if how.endswith("twice"):
            time.sleep(0.05)
            os.killpg(run.process.pid, signal.SIGINT)
    else:
        run.process.send_signal(signal.Signals[how])
    ended = run.end(timeout=30)
    assert time.monotonic() - start < 5
    progress, said = ended.said.splitlines()
    assert (ended.code, progress) == (130, "[1/3] ann  10/10")
    fact, command = said.split("; to go on: ")
    assert fact == "interrupted: 1 of 3 learners are done and kept"
    assert not [pid for pid in below if alive(pid)]
    kept = reports(run.out)
    assert set(kept) == {"ann.json"}
    assert not (run.out / "results.json").exists()
    if how == "Ctrl-C":
        complete(run, command)


def complete(run: Run, command: str) -> None:
    """The command that an interrupted run has said goes on with it; meanwhile the loops have been mended."""
    kept = reports(run.out)
    folder = run.out.parent / "class"
    write_class(folder, {"a loop": RIGHT, "zoe": "def relu(x):\n    return x\n"})
    again = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert again.returncode == 1, again.stderr
    assert again.stderr.splitlines()[0] == "resuming: 1 of 3 learners are done, the rest is graded"
    assert kept.items() <= reports(run.out).items()
    book = json.loads((run.out / "results.json").read_text(encoding="utf-8"))
    assert [report["learner"] for report in book["submissions"]] == ["a loop", "ann", "zoe"]
    assert [report["exercises"][0]["verdict"] for report in book["submissions"]] == ["pass", "pass", "fail"]


def test_interrupted_before_the_first_report(tmp_path: Path, classroom: Path, course: Path) -> None:
    run = Run(classroom, tmp_path / "out", course)
    while not (run.out / "reports").exists():
        time.sleep(0.01)
    run.process.send_signal(signal.SIGTERM)
    ended = run.end(timeout=30)
    assert ended.code == 130
    assert ended.said.startswith("interrupted")
    assert ended.said.count("\n") == 1


@pytest.mark.slow
def test_a_run_without_a_terminal_is_not_hung_up(tmp_path: Path, classroom: Path, course: Path, whole: Whole) -> None:
    """`nohup` has SIGHUP ignored, and a shell SIGINT for what it starts in the background: both stay so."""
    run = Run(classroom, tmp_path / "out", course, wrap="trap '' HUP INT;")
    assert run.await_report() is not None
    run.process.send_signal(signal.SIGHUP)
    run.process.send_signal(signal.SIGINT)
    assert run.end().code == 1
    assert results(run.out) == whole.results


# --- folders that cannot be written ---


def test_no_room_before_the_grading(tmp_path: Path, classroom: Path, course: Path) -> None:
    """Where no file may be larger than 100 or 200 KB, an empty one can still be made: the check has to write."""
    ended = Run(classroom, tmp_path / "out", course, wrap="ulimit -f 200;").end()
    assert ended == Ended(2, f"error: --out={tmp_path}/out cannot be written: File too large; choose another folder\n")


def test_reports_cannot_be_a_folder(tmp_path: Path, classroom: Path, course: Path) -> None:
    (tmp_path / "reports").write_text("mine")
    ended = Run(classroom, tmp_path, course).end()
    fact = f"--out={tmp_path}/reports cannot be written: File exists"
    assert ended == Ended(2, f"error: {fact}; choose another folder\n")
    assert (tmp_path / "reports").read_text() == "mine"


def test_two_runs_into_one_folder(tmp_path: Path, classroom: Path, course: Path) -> None:
    first = Run(classroom, tmp_path / "out", course)
    while not (first.out / "reports").exists():
        time.sleep(0.01)
    second = Run(classroom, tmp_path / "out", course, "--resume").end()
    first.kill()
    assert second.code == 2
    assert "is being written by another `autograder grade`; wait for its end, or choose another folder" in second.said


def stopped(run: Run, fact: str) -> None:
    """A run that could not write ends 3 in one line, keeps what it wrote and says how to go on."""
    ended = run.end()
    count = len(reports(run.out))
    last = ended.said.splitlines()[-1]
    assert ended.code == 3
    assert fact in last
    assert f"; {count} of 8 learners are done and kept; then, to go on: " in last
    assert last.endswith("--jobs 2")
    assert count > 0


def test_no_room_midway(tmp_path: Path, classroom: Path, course: Path, whole: Whole) -> None:
    """The limit on file sizes falls while it runs, as a disk fills up."""
    run = Run(classroom, tmp_path / "out", course)
    assert run.await_report() is not None
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (1000, 1000))
    stopped(run, "cannot be written: File too large; make room for it")
    resume_and_compare(classroom, run.out, course, whole)


@pytest.mark.slow
def test_the_folder_is_moved_midway(tmp_path: Path, classroom: Path, course: Path, whole: Whole) -> None:
    run = Run(classroom, tmp_path / "out", course)
    assert run.await_report() is not None
    (tmp_path / "out" / "reports").rename(tmp_path / "out" / "elsewhere")
    ended = run.end()
    (tmp_path / "out" / "elsewhere").rename(tmp_path / "out" / "reports")
    assert ended.code == 3
    assert "cannot be written: No such file or directory; put its folder right; " in ended.said
    resume_and_compare(classroom, run.out, course, whole)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1.2 MB; where one may not be mounted, the limit on file sizes above stands for it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_midway(small_disk: Path, classroom: Path, course: Path, whole: Whole) -> None:
    run = Run(classroom, small_disk / "out", course)
    assert run.await_report() is not None
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    assert shutil.disk_usage(small_disk).free == 0
    stopped(run, "cannot be written: No space left on device; make room for it")
    filler.unlink()
    resume_and_compare(classroom, run.out, course, whole)


def test_a_full_disk_before_the_grading(small_disk: Path, classroom: Path, course: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 500_000)
    ended = Run(classroom, small_disk / "out", course).end()
    assert ended.code == 2
    assert "cannot be written: No space left on device; choose another folder" in ended.said
