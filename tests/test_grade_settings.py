"""torch's settings, changed by a right answer at import or inside a call, through the layered sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.grade import Grader
from autograder.result import ExerciseResult, Verdict
from autograder.sandbox import Sandbox
from autograder.sandbox.layered import LayeredSandbox, supported
from autograder.sandbox.portable import PortableSandbox
from autograder.submission import Source, Submission
from tests.bank import course

pytestmark = pytest.mark.skipif(not supported(), reason="the layered sandbox is of Linux")

COURSE = course()
RELU = "import torch\n{at_import}\ndef relu(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)\n"
RIGHT = """import torch
{at_import}

def sigmoid(x):
    {inside}
    below = x < 0
    e = torch.exp(torch.where(below, x, -x))
    y = torch.where(below, e, torch.ones_like(e)) / (1 + e)
    {after}
    return y
"""
# A call that changes a setting, and what a learner reads about it.
CHANGES = {
    "torch.set_num_threads(2)": "number of threads: 2 instead of 1",
    "torch.set_num_threads(4)": "number of threads: 4 instead of 1",
    "torch.set_default_dtype(torch.float64)": "default dtype: torch.float64 instead of torch.float32",
    "torch.set_default_device('meta')": "default device: meta instead of cpu",
    "torch.use_deterministic_algorithms(True)": "deterministic algorithms: True instead of False",
    "torch.use_deterministic_algorithms(True, warn_only=True)": "deterministic algorithms: True instead of False",
    "torch.set_deterministic_debug_mode('warn')": "deterministic algorithms: True instead of False",
    "torch.set_printoptions(precision=9, sci_mode=False)": "print option precision: 9 instead of 4 and "
    "print option sci_mode: False instead of None",
    "torch.set_flush_denormal(True)": "flushing of denormal numbers: True instead of False",
    "torch.set_grad_enabled(False)": "grad mode: False instead of True",
    "torch.set_anomaly_enabled(True)": "anomaly detection: True instead of False",
    "torch.set_warn_always(True)": "repeated warnings: True instead of False",
    "torch.set_float32_matmul_precision('high')": "matmul precision: high instead of highest",
    "torch.manual_seed(0)": "the random number generator",
}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    sandbox = LayeredSandbox(COURSE.budget.memory_mb, seconds=COURSE.budget.seconds)
    with Grader(COURSE, exercises=COURSE.select(["sigmoid"]), seed=0, sandbox=sandbox) as made:
        yield made


def graded(grader: Grader, *, at_import: str = "", inside: str = "pass", after: str = "pass") -> ExerciseResult:
    text = RIGHT.format(at_import=at_import, inside=inside, after=after)
    source = Source(text, COURSE.exercise("sigmoid").path)
    return grader.grade(Submission("ada", {"sigmoid": source}, {}, (), "0" * 64)).exercises[0]


def lost(result: ExerciseResult) -> dict[str, str | None]:
    return {item.name: item.message for item in result.properties if item.verdict is not Verdict.PASS}


@pytest.mark.parametrize("change", [*CHANGES, "torch.set_num_interop_threads(1)", "torch.set_num_interop_threads(4)"])
def test_a_setting_made_at_import_costs_nothing(grader: Grader, change: str) -> None:
    result = graded(grader, at_import=change)
    assert (result.message, lost(result), result.score) == (None, {}, result.max_score)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (place, change)
        for change in CHANGES
        for place in ("inside", "after")
        if (place, change) != ("inside", "torch.set_grad_enabled(False)")  # that detaches the answer itself
    ],
)
def test_a_setting_made_inside_a_call_costs_global_state_only(grader: Grader, place: str, change: str) -> None:
    result = graded(grader, **{place: change})
    assert lost(result) == {"global-state": f"the call changed torch's {CHANGES[change]}"}


EVERYTHING = "\n".join([*CHANGES, "torch.set_num_interop_threads(1)"])


@pytest.mark.parametrize("make", [LayeredSandbox, PortableSandbox])
def test_all_of_them_at_the_top_of_each_file_cost_nothing_in_any_sandbox(make: Callable[[], Sandbox]) -> None:
    """In a sandbox's first worker, which has imported less, and in the next, where a setting cannot be made twice."""
    texts = {"sigmoid": RIGHT, "relu": RELU}
    sources = {
        name: Source(text.format(at_import=EVERYTHING, inside="pass", after="pass"), COURSE.exercise(name).path)
        for name, text in texts.items()
    }
    with Grader(COURSE, exercises=COURSE.select(list(texts)), seed=0, sandbox=make()) as grader:
        report = grader.grade(Submission("ada", sources, {}, (), "0" * 64))
    assert [lost(result) for result in report.exercises] == [{}, {}]
