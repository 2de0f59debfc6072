"""A class graded on a Dask cluster: the bytes of a local run, whatever is lost on the way."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import pytest
from distributed import Client, LocalCluster

from autograder.course import load_course
from autograder.errors import SandboxError, UsageError
from autograder.grade import Graded, grade_class
from autograder.pool import cluster as module
from autograder.pool import process
from autograder.pool.choice import open_graders
from autograder.pool.cluster import Cluster, _require_alike
from autograder.pool.messages import Order
from autograder.result import Verdict
from autograder.submission import Source, Submission
from tests.bank import ROOT
from tests.fake_grader import started, use_fakes
from tests.test_resume import RIGHT, Run, alive, course, descendants, reports, results, write_class

__all__ = ["course"]  # a fixture

KIT = load_course(ROOT / "course.yaml")


def submission(learner: str) -> Submission:
    return Submission(learner, {"relu": Source(RIGHT, "relu.py")}, {}, (), "0" * 64)


def grade(graders: Cluster, *learners: str) -> dict[str, Graded]:
    with contextlib.closing(grade_class(graders, map(submission, learners), jobs=graders.jobs)) as items:
        return {item.submission.learner: item for item in items}


class TestWithFakes:
    """Two workers of two threads in this process; their graders are processes, as everywhere, but do no work."""

    @pytest.fixture
    def dask(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalCluster]:
        use_fakes(monkeypatch, tmp_path)
        threads: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 2, "processes": False, "protocol": "tcp://"}
        with LocalCluster(**threads, dashboard_address="127.0.0.1:0", silence_logs=50) as started_here:
            yield started_here

    @pytest.fixture
    def graders(self, dask: LocalCluster) -> Iterator[Cluster]:
        address = dask.scheduler_address
        with Cluster(address, KIT, exercises=KIT.select(["relu"]), seed=3, learners=9) as opened:
            yield opened

    def test_all_are_graded_and_all_processes_end(self, graders: Cluster, tmp_path: Path) -> None:
        names = [f"s{number}" for number in range(30)]
        done = grade(graders, *names, "dies-1", "dies-9")
        assert {item.report.learner for item in done.values()} == {*names, "dies-1", "dies-9"}
        verdicts = {name: item.report.exercises[0].verdict for name, item in done.items()}
        assert verdicts.pop("dies-9") is Verdict.ERROR
        assert set(verdicts.values()) == {Verdict.PASS}
        assert graders.run_info().seed == 3
        graders.close()
        assert len(started(tmp_path)) == 4 + 1 + 2
        assert not any(map(alive, started(tmp_path)))

    def test_leaving_early_ends_what_is_running(
        self, graders: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        items = grade_class(graders, map(submission, ["hangs", "ann", "hangs"]), jobs=3)
        assert next(items).submission.learner == "ann"
        items.close()
        assert "Compute Failed" not in caplog.text  # in the workers' log: it is nobody's failure
        assert len(started(tmp_path)) == 4
        assert not any(map(alive, started(tmp_path)))

    def test_a_worker_with_a_weaker_sandbox_than_the_results_say(self, graders: Cluster) -> None:
        run = graders.run_info()
        weak = run.model_copy(update={"sandbox": run.sandbox.model_copy(update={"level": "none"})})
        for crews in (worker.plugins[graders._name] for worker in _workers(graders)):
            crews.crew._run = weak
        with pytest.raises(
            SandboxError, match=r"^worker=tcp://.* has sandbox level=none, weaker than the others' full"
        ):
            graders.graded(submission("ann"))

    def test_the_recorded_sandbox_is_the_weakest(
        self, dask: LocalCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        use_fakes(monkeypatch, tmp_path, "full", "full", "partial")
        with Cluster(dask.scheduler_address, KIT, exercises=KIT.exercises, seed=0, learners=1) as graders:
            assert graders.run_info().sandbox.level == "partial"

    def test_what_a_grader_process_refuses_names_its_worker(
        self, dask: LocalCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Real ones here: they look at the versions before anything else."""
        monkeypatch.undo()
        here = Order.of(KIT, ("relu",), 0).installation
        other = here.model_copy(update={"code": "0" * 64})
        monkeypatch.setattr("autograder.pool.messages.Installation.here", lambda: other)
        with pytest.raises(UsageError, match=r"^worker=tcp://[^ ]*: the machine that grades has code="):
            Cluster(dask.scheduler_address, KIT, exercises=KIT.exercises, seed=0, learners=1)

    def test_a_lost_scheduler_ends_the_run(
        self, monkeypatch: pytest.MonkeyPatch, dask: LocalCluster, graders: Cluster
    ) -> None:
        monkeypatch.setattr(graders._client, "_timeout", 0.5)  # for which it looks for the scheduler again
        items = grade_class(graders, map(submission, ["hangs", "ann"]), jobs=2)
        assert next(items).submission.learner == "ann"
        dask.close()
        with pytest.raises(SandboxError, match="the cluster's scheduler is lost"):
            next(items)


def _workers(graders: Cluster) -> Iterator[Any]:
    from distributed import Worker

    return (worker for worker in Worker._instances if graders._name in worker.plugins)


class Answering:
    """Stands for a client of two workers, of which the second answers otherwise."""

    def __init__(self, **other: object) -> None:
        self._other = other

    def run(self, function: Callable[..., object], *arguments: str, **_options: object) -> dict[str, object]:
        known = {"python": platform.python_version()}
        what = arguments[0] if arguments else "python"
        here = known.get(what) or version(what)
        return {"tcp://one:1": here, "tcp://two:2": self._other.get(what.replace("-", "_"), here)}


class TestVersions:
    def test_the_same_everywhere(self) -> None:
        _require_alike(cast(Client, Answering()))

    @pytest.mark.parametrize(
        ("other", "fact"),
        [
            ({"torch": "2.0.1"}, r"torch=2\.0\.1, here it is 2\."),
            ({"torch_autograder": LookupError("none")}, r"torch-autograder=none, here it is \d"),
            ({"python": "3.9.1"}, r"python=3\.9\.1, here it is 3\."),
        ],
    )
    def test_others_are_refused(self, other: dict[str, object], fact: str) -> None:
        with pytest.raises(UsageError, match=rf"^worker=tcp://two:2 has {fact}.*; install the same$"):
            _require_alike(cast(Client, Answering(**other)))


class TestMistakes:
    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "autograder.pool.cluster")
        monkeypatch.setitem(sys.modules, "distributed", None)
        opened = open_graders(KIT, KIT.exercises, seed=0, learners=1, jobs=None, cluster="local")
        with pytest.raises(
            UsageError, match=r"needs the package distributed; pip install 'torch-autograder\[cluster\]'"
        ):
            opened.__enter__()

    @pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
    def test_no_scheduler_there(self, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
        monkeypatch.setattr(module, "_CONNECT_SECONDS", 0.5)
        with pytest.raises(UsageError, match=f"^--cluster={address} cannot be reached: .*; is it the address"):
            Cluster(address, KIT, exercises=KIT.exercises, seed=0, learners=1)

    def test_the_package_is_imported_by_nothing_else(self) -> None:
        code = "import sys, autograder.pool.choice, autograder.class_run; print('distributed' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"


# --- real ones ---


@pytest.mark.slow
def test_a_submission_that_takes_worker_after_worker_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each is started anew by its nanny; when Dask has seen enough of it, the rest goes on."""
    use_fakes(monkeypatch, tmp_path)
    fakes = f"from autograder.pool import process; process._COMMAND = {process._COMMAND!r}"
    processes: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "preload": fakes}
    with (
        LocalCluster(**processes, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50) as dask,
        Cluster(dask.scheduler_address, KIT, exercises=KIT.exercises, seed=0, learners=9) as graders,
    ):
        done = grade(graders, "ann", "slays", *(f"s{number}" for number in range(9)))
    result = done.pop("slays").report.exercises[0]
    assert result.verdict is Verdict.ERROR
    assert result.message == "4 workers of the cluster were lost while they graded this"
    assert {item.report.exercises[0].verdict for item in done.values()} == {Verdict.PASS}


CLASS = 200


@pytest.mark.slow
def test_a_worker_killed_midway_changes_no_byte(tmp_path: Path, course: Path) -> None:
    """200 learners on two Dask workers, of which one is killed with its graders after some reports."""
    sources: dict[str, str | None] = {}
    for number in range(CLASS):
        kinds = [RIGHT, f"def relu(x):\n    return x.clamp(0, {100 + number})\n", None, "def relu(x)\n"]
        sources[f"learner-{number:03}"] = kinds[number % 2 if number % 10 < 7 else 2 + number % 2]
    folder = write_class(tmp_path / "class", sources)
    local = Run(folder, tmp_path / "local", course)
    assert local.end(timeout=300).code == 1
    run = Run(folder, tmp_path / "cluster", course, "--cluster", "local")
    while len(reports(run.out)) < CLASS // 4:
        assert run.process.poll() is None
        time.sleep(0.05)
    victim = dask_workers(run)[0]
    below = descendants(victim)
    os.kill(victim, signal.SIGKILL)
    ended = run.end(timeout=300)
    assert ended.code == 1
    assert ended.said.count("\n") == CLASS, ended.said
    assert results(run.out) == results(local.out)
    assert len(below) >= 2
    assert not any(map(alive, below))


def dask_workers(run: Run) -> list[int]:
    """The Dask workers of a run: the processes below it that have started graders."""
    graders = [pid for pid in descendants(run.process.pid) if "autograder.pool" in _command_line(pid)]
    return [int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in graders]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.slow
def test_ctrl_c(tmp_path: Path, course: Path) -> None:
    """The terminal sends it to Dask's processes as well; it is ours to handle, and nobody prints a traceback."""
    loop = "def relu(x):\n    while True:\n        pass\n"
    folder = write_class(tmp_path / "class", {"ann": RIGHT, "loop": loop})
    run = Run(folder, tmp_path / "out", course, "--cluster", "local")
    assert run.await_report() is not None
    time.sleep(0.5)
    below = descendants(run.process.pid)
    begun = time.monotonic()
    os.killpg(run.process.pid, signal.SIGINT)
    ended = run.end(timeout=30)
    assert time.monotonic() - begun < 10
    assert ended.code == 130
    assert [line.partition(";")[0] for line in ended.said.splitlines()] == [
        "[1/2] ann  10/10",
        "interrupted: 1 of 2 learners are done and kept",
    ]
    time.sleep(1)  # multiprocessing's own helper ends by itself
    assert not any(map(alive, below))
