"""The hostile suite: each file ends with the right verdict in time, nothing gets out, the next learner is graded right.

Every file is graded twice by the real grader through the layered sandbox, with the rules on and off, and all of that
again as an ordinary user.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grade import Grader
from autograder.result import ExerciseResult, Verdict
from autograder.sandbox.layered import LayeredSandbox, supported
from autograder.sandbox.portable import PortableSandbox
from autograder.submission import Submission, find_submissions
from tests.bank import ROOT, course, load_bank
from tests.hostile import (
    FORBIDDEN,
    SAME,
    SECRET,
    VARIABLE,
    Ending,
    Hostile,
    Surroundings,
    Targets,
    adopting_orphans,
    load_hostile,
    quick_course,
    without_rules,
)
from tests.hostile_sources import GENERATED

pytestmark = pytest.mark.skipif(not supported(), reason="a zygote and its layers are of Linux")

HOSTILE = load_hostile()
SECONDS, MEMORY_MB = 0.5, 256
LIMIT = 60.0  # seconds of wall clock for one submission, on a machine that others keep busy
ORDINARY = 65534

FAST_OF_A_KIND = 4  # in the fast suite, those that do not wait for a deadline first


def fast() -> frozenset[str]:
    """A few of each kind; the rest runs in the slow suite."""
    ordered = sorted(HOSTILE, key=lambda item: (item.kind, Verdict.TIMEOUT in item.alone.verdicts, item.id))
    groups = itertools.groupby(ordered, key=lambda item: item.kind)
    return frozenset(item.id for _, group in groups for item in itertools.islice(group, FAST_OF_A_KIND))


FAST = fast()


@dataclass
class Range:
    """Where hostile submissions are shot at targets."""

    course: Course
    graders: dict[bool, Grader]
    targets: Targets
    honest: dict[str, Submission]
    reports: dict[tuple[bool, str], str]
    around: Surroundings = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.rest()
        self.around = Surroundings.now()

    def shoot(self, hostile: Hostile, rules: bool) -> tuple[ExerciseResult, list[str]]:
        """Grade one; its result, and what has got out or taken too long."""
        specimen = replace(hostile.specimen, text=self.targets.fill(hostile.specimen.text))
        return self.grade(specimen.submission(self.course), specimen.exercise, rules)

    def grade(self, submission: Submission, exercise: str, rules: bool) -> tuple[ExerciseResult, list[str]]:
        """The same for any submission."""
        start = time.monotonic()
        report = self.graders[rules].grade(submission)
        took = time.monotonic() - start
        self.rest()
        faults = [f"it took {took:.0f} s, more than {LIMIT:g}"] if took > LIMIT else []
        if SECRET in report.model_dump_json():
            faults.append("the secret is in the report")
        faults += self.targets.complaints() + self.around.complaints()
        return next(item for item in report.exercises if item.name == exercise), faults

    def rest(self) -> None:
        """End what replays, which outlives a submission: a lost one is replaced, and is another process then."""
        for grader in self.graders.values():
            grader._replayer.close()

    def regrade(self, exercise: str, rules: bool) -> list[str]:
        """Whether an honest submission is graded as it was at first."""
        report = self.graders[rules].grade(self.honest[exercise]).model_dump_json()
        self.rest()
        before = self.reports[rules, exercise]
        return [] if report == before else [f"an honest submission now gets {report[:3000]}"]


@contextlib.contextmanager
def shooting_range(root: Path, patch: pytest.MonkeyPatch) -> Iterator[Range]:
    """A range whose every check is ready."""
    temporary = root / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    patch.setenv(VARIABLE, SECRET)
    patch.setenv("TMPDIR", str(temporary))
    patch.setattr(tempfile, "tempdir", str(temporary))
    ruled = quick_course(course(), seconds=SECONDS, memory_mb=MEMORY_MB)
    names = sorted({item.specimen.exercise for item in HOSTILE})
    with contextlib.ExitStack() as stack:
        sandbox = LayeredSandbox(MEMORY_MB, seconds=SECONDS)
        stack.callback(sandbox.close)
        level = sandbox.info().level
        if level != "full":
            pytest.skip(f"hostile code is run at level full only, and this system gives level={level}")
        graders = {
            rules: Grader(chosen, exercises=chosen.select(names), seed=0, sandbox=sandbox)
            for rules, chosen in ((True, ruled), (False, without_rules(ruled)))
        }
        honest = {
            item.exercise: item.submission(ruled)
            for item in reversed(load_bank("right"))
            if item.exercise in names and not item.named()
        }
        reports = {
            (rules, name): grader.grade(honest[name]).model_dump_json()
            for rules, grader in graders.items()
            for name in names
        }
        targets = Targets(root)
        stack.callback(targets.close)
        yield Range(ruled, graders, targets, honest, reports)


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    """A folder that everybody may reach; pytest's own are closed to all but their owner."""
    root = Path(tempfile.mkdtemp(prefix="autograder-hostile-", dir="/tmp"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def field(ground: Path) -> Iterator[Range]:
    with adopting_orphans(), pytest.MonkeyPatch.context() as patch, shooting_range(ground, patch) as made:
        yield made


def shots(*, rules: bool) -> list[object]:
    """Most of a kind are slow; with rules, those that end otherwise are fast, and most of the others nightly."""
    return [pytest.param(item, id=item.id, marks=marks(item, rules)) for item in HOSTILE]


def marks(hostile: Hostile, rules: bool) -> list[pytest.MarkDecorator]:
    if not rules:
        return [] if hostile.id in FAST else [pytest.mark.slow]
    if hostile.ruled.startswith(FORBIDDEN):
        return []
    return [pytest.mark.slow if hostile.id in FAST else pytest.mark.nightly]


@pytest.mark.parametrize("hostile", shots(rules=False))
def test_without_rules_the_sandbox_stands(hostile: Hostile, field: Range) -> None:
    if hostile.unfit():
        pytest.skip(hostile.unfit())
    result, faults = field.shoot(hostile, rules=False)
    faults += hostile.alone.complaints(result) + field.regrade(hostile.specimen.exercise, rules=False)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("hostile", shots(rules=True))
def test_with_rules_only_what_is_replayed_is_judged_otherwise(hostile: Hostile, field: Range) -> None:
    """The rules judge programs: what a file does besides is the sandbox's business, with rules and without."""
    if hostile.unfit():
        pytest.skip(hostile.unfit())
    result, faults = field.shoot(hostile, rules=True)
    if hostile.ruled == SAME:
        faults += hostile.alone.complaints(result)
    else:
        named = hostile.ruled.removeprefix(FORBIDDEN)
        assert (result.verdict, result.score) == (Verdict.FORBIDDEN, 0)
        assert any(named in item.call for item in result.violations), result.violations
    faults += field.regrade(hostile.specimen.exercise, rules=True)
    assert not faults, "\n".join(faults)


# Sources that are no plain text files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", [False, True], ids=["rules off", "rules on"])
@pytest.mark.parametrize("name", GENERATED)
def test_sources_that_are_no_plain_files(name: str, rules: bool, field: Range, ground: Path) -> None:
    make, expected = GENERATED[name]
    learner = ground / f"class-{name}-{rules}" / "learner"
    learner.mkdir(parents=True)
    make(learner)
    (submission,) = find_submissions(learner.parent, field.course).values()
    result, faults = field.grade(submission, "relu", rules)
    faults += Ending.parse(expected).complaints(result) + field.regrade("relu", rules)
    assert not faults, "\n".join(faults)


# As somebody else -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="this is an ordinary user already")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="there is no setpriv of util-linux to become a user with")
def test_as_an_ordinary_user() -> None:
    """The fast ones; the one right that is kept is to read the interpreter, wherever root has installed it."""
    right = "-all,+dac_read_search"
    become = ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", "--no-new-privs"]
    become += [f"--inh-caps={right}", f"--ambient-caps={right}", f"--bounding-set={right}"]
    home = Path(tempfile.mkdtemp(prefix="autograder-user-", dir="/tmp"))
    try:
        os.chown(home, ORDINARY, ORDINARY)
        home.chmod(0o755)
        fast = ["-m", "not slow and not nightly", "-p", "no:cacheprovider", f"--basetemp={home}/pytest", __file__]
        test = [sys.executable, "-m", "pytest", "-q", *fast]
        environment = os.environ | {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([*become, *test], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1800)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert " passed" in done.stdout
    finally:
        shutil.rmtree(home)


def test_a_closed_sandbox_leaves_nothing(ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process, no file, no descriptor: of the zygote, of its canary, and of a worker that nobody has closed."""
    temporary = ground / "left"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with adopting_orphans():
        before = Surroundings.now()
        with contextlib.closing(LayeredSandbox(MEMORY_MB, seconds=SECONDS)) as sandbox:
            sandbox.info()
            worker = sandbox.worker()
            header = {"op": "load", "file": "f.py", "symbol": "f", "kind": "function"}
            worker.ask(header, b"def f(x):\n    return x\n", seconds=SECONDS, max_raw=0)
        assert before.complaints() == []


# The suite itself -----------------------------------------------------------------------------------------------------


def test_the_suite_is_as_large_as_promised_and_every_kind_has_a_fast_one() -> None:
    assert len(HOSTILE) >= 200
    assert len(FAST) >= 50
    assert {item.kind for item in HOSTILE} == {item.kind for item in HOSTILE if item.id in FAST}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("read_secret", "the secret is in the report"),
        ("disk_rewrites_results", "results.json was"),
        ("fork_orphan", "process "),
        ("network_tcp", "something came over tcp"),
        ("network_abstract", "something came over abstract"),
    ],
)
def test_what_gets_out_is_seen(name: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few harmless ones in a worker without layers, where they succeed: every check of the range can fail."""
    hostile = next(item for item in HOSTILE if item.id == f"relu/{name}")
    chosen = without_rules(quick_course(course(), seconds=30, memory_mb=MEMORY_MB))
    monkeypatch.setenv(VARIABLE, SECRET)
    targets = Targets(tmp_path)
    with adopting_orphans(), contextlib.closing(targets), contextlib.closing(PortableSandbox(1024)) as sandbox:
        options = {"seed": 0, "properties": ["dtype"], "sandbox": sandbox}
        grader = Grader(chosen, exercises=chosen.select(["relu"]), **options)  # type: ignore[arg-type]
        _, faults = Range(chosen, {False: grader}, targets, {}, {}).shoot(hostile, rules=False)
    assert any(complaint in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ("full marks", ""),
        ("fail: at the third property", "verdict=pass"),
        ("full marks or crash: SIGSEGV", ""),
    ],
)
def test_an_ending_is_compared_with_the_result(expected: str, fault: str, field: Range) -> None:
    result, faults = field.grade(field.honest["relu"], "relu", rules=True)
    faults += Ending.parse(expected).complaints(result)
    assert [fault in item for item in faults] == ([True] if fault else [])
