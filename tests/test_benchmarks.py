"""The benchmarks measure what they say; no test here looks at how long something takes."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grade.plan import make_plan
from autograder.submission import own_submission
from benchmarks import measure, ratios
from benchmarks.floor import cases_of
from benchmarks.floor import measure as floor
from benchmarks.make_class import PERIOD, make_class
from tests.bank import BANK, ROOT, course

COURSE = course()


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Each file's path below a learner's folder, and what it says below the line that names the learner."""
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(folder)), path.read_text(encoding="utf-8").partition("\n")[2]


def test_a_class_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    first, again = (make_class(tmp_path / name, range(1, 13)) for name in ("first", "again"))
    assert [dict(texts(folder)) for folder in first] == [dict(texts(folder)) for folder in again]
    other = make_class(tmp_path / "other", range(1, 13), seed=1)
    assert [dict(texts(folder)) for folder in first] != [dict(texts(folder)) for folder in other]


def test_every_learner_answers_every_exercise(tmp_path: Path) -> None:
    learners = make_class(tmp_path, range(1, 21))
    assert len(set(learners)) == 20
    for folder in learners:
        submission = own_submission(folder, COURSE)
        assert submission.sources.keys() == {exercise.name for exercise in COURSE.exercises}
        assert not submission.problems


def test_three_of_ten_answers_are_wrong_and_none_is_hostile(tmp_path: Path) -> None:
    learners = make_class(tmp_path, range(11, 21))
    known = {kind: {path.read_text("utf-8") for path in (BANK / kind).rglob("*.py")} for kind in ("right", "wrong")}
    known["right"] |= {path.read_text("utf-8") for path in (ROOT / "solutions").rglob("*.py")}
    counts = Counter(
        (path, kind)
        for folder in learners
        for path, text in texts(folder)
        for kind, all_of in known.items()
        if text in all_of
    )
    for exercise in COURSE.exercises:
        assert counts[exercise.path, "wrong"] == 3
        assert counts[exercise.path, "right"] == 7


def test_the_mix_repeats_without_two_equal_files(tmp_path: Path) -> None:
    """Else a class of 1,000 would cost another sum than one of 100, or an engine could answer from a cache."""
    first, later = make_class(tmp_path, [7, 7 + PERIOD])
    assert dict(texts(first)) == dict(texts(later))
    read = [path.read_bytes() for path in sorted(tmp_path.rglob("*.py"))]
    assert len(set(read)) == len(read)


BURN = "import time\nwhile time.process_time() < 0.5: pass"
HOLD = "import time; held = bytearray({size} << 20); time.sleep(1)"


def test_the_cost_of_grandchildren_counts() -> None:
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}], check=True)"
    assert measure.run([sys.executable, "-c", code]).cpu >= 0.5


def test_memory_is_that_of_graders_alone() -> None:
    """A worker is known by its command line; here it is a Python process with one more argument."""
    child, worker = (HOLD.format(size=size) for size in (100, 300))
    code = f"""
import subprocess, sys
started = [
    subprocess.Popen([sys.executable, "-c", {child!r}]),
    subprocess.Popen([sys.executable, "-c", {worker!r}, "autograder." + "worker.zygote"]),
]
for process in started:
    process.wait()
"""
    peaks = measure.run([sys.executable, "-c", code]).graders
    assert len(peaks) == 2
    assert 100 <= peaks[0] < 300


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"status=7: .*no measurement"):
        measure.run([sys.executable, "-c", "import sys; print('no measurement', file=sys.stderr); sys.exit(7)"])


@pytest.mark.slow
def test_the_floor_makes_every_call_of_the_kit() -> None:
    plans = [make_plan(COURSE, exercise, COURSE.seed) for exercise in COURSE.exercises]
    cases = cases_of(plans, joined=True)
    assert {name: len(found) for name, found in cases.items()} == {
        plan.exercise.name: sum(len(chunk.cases) for chunk in plan.chunks) for plan in plans
    }
    (solutions,) = floor([ROOT / "solutions"], COURSE, cases)
    assert solutions.cases == sum(map(len, cases.values()))


@pytest.mark.slow
def test_the_plain_module_passes_a_solution() -> None:
    done = ratios.plain(ROOT / "solutions", only="test_sigmoid")
    assert len(done.passed) == len(COURSE.exercise("sigmoid").properties)
    assert all(done.passed.values()), done.passed


WRONG = {
    "in fixed cases": ("return (1 / (1 + torch.exp(-x))).to(torch.get_default_dtype())", "dtype"),
    "in drawn cases": ("return 1 / (1 + torch.exp(-x)) + (x.dim() == 2)", "values"),
    "when it is loaded": ("return x\nraise RuntimeError", "graph"),
}


@pytest.mark.slow
def test_the_plain_module_wants_a_module_where_the_exercise_does(tmp_path: Path) -> None:
    target = tmp_path / COURSE.exercise("custom_activation").path
    target.parent.mkdir(parents=True)
    target.write_text("class CustomActivation:\n    def __call__(self, x):\n        return x / (1 + (-x).exp())\n")
    done = ratios.plain(tmp_path, only="test_custom_activation and dtype")
    assert done.passed == {"test_custom_activation[dtype]": False}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "passes"),
    [("solutions/activations/custom_activation.py", True)]
    + [
        (f"tests/submissions/wrong/custom_activation/{name}.py", False) for name in ("learnable_beta", "linear_in_eval")
    ],
)
def test_the_plain_module_looks_at_what_a_module_holds_and_at_both_modes(
    answer: str, passes: bool, tmp_path: Path
) -> None:
    target = tmp_path / COURSE.exercise("custom_activation").path
    target.parent.mkdir(parents=True)
    target.write_text((ROOT / answer).read_text("utf-8"), encoding="utf-8")
    done = ratios.plain(tmp_path, only="test_custom_activation and module")
    assert done.passed == {"test_custom_activation[module]": passes}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_the_plain_module_fails_what_is_wrong(name: str, tmp_path: Path) -> None:
    body, broken = WRONG[name]
    target = tmp_path / COURSE.exercise("sigmoid").path
    target.parent.mkdir(parents=True)
    target.write_text(f"import torch\ndef sigmoid(x):\n    {body}\n", encoding="utf-8")
    assert ratios.plain(tmp_path, only=f"test_sigmoid and {broken}").passed[f"test_sigmoid[{broken}]"] is False
