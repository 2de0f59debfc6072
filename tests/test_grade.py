"""A submission through the whole engine: verdicts, points, counterexamples, and the same bytes every time."""

from __future__ import annotations

import pytest
import torch

from autograder.course import Exercise, load_course
from autograder.errors import CourseError, UsageError
from autograder.grade import Grader, grade_class, gradebook
from autograder.grade.plan import make_plan, share_points
from autograder.properties import load_properties
from autograder.reporters import json as json_reporter
from autograder.result import ExerciseResult, PropertyResult, Report, Tier, Verdict
from autograder.submission import Source, Submission
from autograder.submission.stub import is_untouched
from tests.bank import ROOT, course
from tests.inprocess import InProcessSandbox

COURSE = course()


def submission(learner: str = "ada", **sources: str) -> Submission:
    texts = {name: Source(text, COURSE.exercise(name).path) for name, text in sources.items()}
    return Submission(learner, texts, {}, (), "0" * 64)


@pytest.fixture(scope="module")
def relu() -> Grader:
    return Grader(COURSE, exercises=COURSE.select(["relu"]), seed=0, sandbox=InProcessSandbox())


def graded(grader: Grader, source: str) -> ExerciseResult:
    return grader.grade(submission(relu=source)).exercises[0]


def found(result: ExerciseResult, name: str) -> PropertyResult:
    return next(item for item in result.properties if item.name == name)


RIGHT = "import torch\ndef relu(x):\n    return torch.where(x <= 0, torch.zeros_like(x), x)\n"


class TestPoints:
    @pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
    def test_shares_add_up_exactly(self, exercise: Exercise) -> None:
        shares = share_points(COURSE, exercise, load_properties())
        assert sum(share.hundredths for share in shares) == round(exercise.points * 100)
        core = sum(share.hundredths for share in shares if share.property.tier is Tier.CORE)
        assert core == pytest.approx(0.75 * exercise.points * 100, abs=1)

    def test_a_weight_counts_within_its_tier(self) -> None:
        shares = {
            item.property.name: item.hundredths
            for item in share_points(COURSE, COURSE.exercise("relu"), load_properties())
        }
        assert shares["values"] == pytest.approx(3 * shares["layout"], abs=2)

    def test_every_property_is_worth_something(self) -> None:
        for exercise in COURSE.exercises:
            assert all(share.hundredths > 0 for share in share_points(COURSE, exercise, load_properties()))


class TestVerdicts:
    def test_a_right_answer_gets_everything(self, relu: Grader) -> None:
        result = graded(relu, RIGHT)
        assert (result.verdict, result.score, result.hint) == (Verdict.PASS, result.max_score, None)

    def test_missing_lists_every_property(self, relu: Grader) -> None:
        result = relu.grade(submission()).exercises[0]
        assert result.verdict is Verdict.MISSING
        assert {item.verdict for item in result.properties} == {Verdict.MISSING}
        assert len(result.properties) == len(COURSE.exercise("relu").properties)
        assert result.message == "there is no activations/relu.py"

    def test_an_untouched_stub_is_unimplemented(self, relu: Grader) -> None:
        result = graded(relu, (ROOT / "exercises/activations/relu.py").read_text(encoding="utf-8"))
        assert (result.verdict, result.score) == (Verdict.UNIMPLEMENTED, 0)

    def test_not_implemented_through_a_helper_is_unimplemented_too(self, relu: Grader) -> None:
        source = "def later():\n    raise NotImplementedError('soon')\ndef relu(x):\n    return later()\n"
        assert graded(relu, source).verdict is Verdict.UNIMPLEMENTED

    def test_a_syntax_error_names_its_line(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x)\n    return x\n")
        assert result.verdict is Verdict.CRASH
        assert result.message is not None
        assert result.message.startswith("line 2 is not Python")

    def test_an_exception_at_import_names_its_line(self, relu: Grader) -> None:
        result = graded(relu, "import torch\nhalf = 1 / 0\ndef relu(x):\n    return x\n")
        assert result.verdict is Verdict.CRASH
        assert (
            result.message == "the file cannot be loaded: ZeroDivisionError in line 2, `half = 1 / 0`: division by zero"
        )

    def test_another_name_is_told(self, relu: Grader) -> None:
        result = graded(relu, "def ReLU(x):\n    return x\n")
        assert result.verdict is Verdict.CRASH
        assert result.message is not None
        assert "defines no 'relu'" in result.message

    def test_forbidden_names_line_and_remedy(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x):\n    return torch.relu(x)\n")
        assert (result.verdict, result.score) == (Verdict.FORBIDDEN, 0)
        assert result.violations[0].line == 3
        assert result.message == "line 3: torch.relu is not allowed here"

    def test_a_course_may_allow_a_name_in_every_net(self) -> None:
        exercise = COURSE.exercise("relu")
        rules = exercise.rules.model_copy(update={"allow": frozenset({"torch.relu"})})
        widened = exercise.model_copy(update={"rules": rules})
        grader = Grader(COURSE, exercises=[widened], seed=0, sandbox=InProcessSandbox())
        result = graded(grader, "import torch\ndef relu(x):\n    return torch.relu(x)\n")
        assert (result.verdict, result.score) == (Verdict.PASS, result.max_score)

    def test_a_failed_prerequisite_skips_what_needs_it(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x):\n    return x.clamp(min=0) + 1\n")
        assert found(result, "values").verdict is Verdict.FAIL
        skipped = found(result, "precision")
        assert (skipped.verdict, skipped.score) == (Verdict.SKIPPED, 0)
        assert skipped.message == "first make values pass"

    def test_a_random_answer_is_flaky_or_failed_but_never_passed(self, relu: Grader) -> None:
        source = "import torch\ndef relu(x):\n    return x.clamp(min=0) * (1 + torch.rand(()))\n"
        result = graded(relu, source)
        for name in ("values", "purity", "global-state"):
            assert found(result, name).verdict in (Verdict.FLAKY, Verdict.FAIL), name

    def test_a_problem_of_the_submission_is_its_message(self, relu: Grader) -> None:
        broken = Submission("ada", {}, {"relu": "two files for relu: keep one"}, ("a note",), "0" * 64)
        report = relu.grade(broken)
        assert report.exercises[0].message == "two files for relu: keep one"
        assert report.notes == ("a note",)


class TestCounterexamples:
    def test_a_fixed_point_is_minimal_as_it_stands(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x):\n    return torch.where(x > 0, x, 0.01 * x)\n")
        counterexample = found(result, "values").counterexample
        assert counterexample is not None
        assert counterexample.call == "relu(torch.tensor([-1.0], dtype=torch.float64))"
        assert (counterexample.actual, counterexample.expected) == ("-0.01", "0")
        assert counterexample.replay == "autograder check relu --property values --seed 0"

    def test_a_drawn_failure_is_shrunk_to_one_readable_element(self, relu: Grader) -> None:
        """Right on every fixed point (100 and 10,000 among them), wrong between: only drawn cases find it."""
        source = (
            "import torch\ndef relu(x):\n    y = x.clamp(min=0)\n"
            "    return torch.where((y > 200) & (y < 9000), y + 1, y)\n"
        )
        counterexample = found(graded(relu, source), "values").counterexample
        assert counterexample is not None
        assert counterexample.call.startswith("relu(torch.tensor(")
        assert counterexample.call.count(",") <= 1, counterexample.call  # one element; the comma is the dtype's
        number = float(counterexample.call.split("(")[2].strip("[])").split(",")[0].strip("])"))
        assert 200 < number < 240

    def test_a_gradient_failure_differentiates(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x):\n    return x.detach().clamp(min=0) + 0 * x\n")
        counterexample = found(result, "gradients").counterexample
        assert counterexample is not None
        assert "torch.autograd.grad(relu(x), [x]" in counterexample.call

    def test_pasted_lines_show_what_the_report_says(self, relu: Grader) -> None:
        result = graded(relu, "import torch\ndef relu(x):\n    return torch.where(x > 0, x, 0.25 * x)\n")
        counterexample = found(result, "values").counterexample
        assert counterexample is not None

        def relu_as_written(x: torch.Tensor) -> torch.Tensor:
            return torch.where(x > 0, x, 0.25 * x)

        shown = eval(counterexample.call, {"torch": torch, "relu": relu_as_written})
        assert shown.tolist() == [-0.25]
        assert counterexample.actual == "-0.25"


class TestRepeatability:
    def test_same_seed_same_bytes_whatever_else_is_graded(self, relu: Grader) -> None:
        """Another submission before, between or beside it, and any number of jobs, change nothing."""
        wrong = "import torch\ndef relu(x):\n    return x.clamp(0, 300)\n"
        nasty = "import torch\ntorch.manual_seed(1)\ndef relu(x):\n    return x.mul_(2)\n"
        one = submission("ada", relu=wrong)
        others = [submission(f"z{index}", relu=nasty) for index in range(3)]

        def bytes_of(reports: list[Report]) -> str:
            mine = [report for report in reports if report.learner == "ada"]
            return json_reporter.render(gradebook(relu, mine))

        alone = bytes_of([relu.grade(one)])
        among = bytes_of([relu.grade(item) for item in (*others, one)])
        assert alone == among
        fresh = Grader(COURSE, exercises=COURSE.select(["relu"]), seed=0, sandbox=InProcessSandbox())
        assert bytes_of([fresh.grade(one)]) == alone

    def test_another_seed_draws_other_cases(self) -> None:
        plans = [make_plan(COURSE, COURSE.exercise("relu"), seed, ["values"]) for seed in (0, 1)]
        first, second = (plan.chunks[-1].encoded for plan in plans)
        assert first != second

    def test_the_gradebook_is_sorted_by_learner(self, relu: Grader) -> None:
        graded = grade_class(relu, [submission(name, relu=RIGHT) for name in ("b", "a")], jobs=1)
        book = gradebook(relu, [item.report for item in graded])
        assert [report.learner for report in book.submissions] == ["a", "b"]


class TestMistakesOfTheInstructor:
    def test_an_unknown_property_is_a_course_error(self, tmp_path: object) -> None:
        path = ROOT / "course.yaml"
        copy = tmp_path / "course.yaml"  # type: ignore[operator]  # a Path, untyped by the fixture
        copy.write_text(path.read_text(encoding="utf-8").replace("gradients: 3", "gradiants: 3", 1), encoding="utf-8")
        with pytest.raises(
            CourseError, match=r"course.yaml:\d+: property=gradiants is unknown; did you mean gradients"
        ):
            Grader(load_course(copy), exercises=(), seed=0, sandbox=InProcessSandbox())

    def test_a_property_that_the_exercise_lacks(self) -> None:
        with pytest.raises(UsageError, match="relu has none of the properties spatial"):
            make_plan(COURSE, COURSE.exercise("relu"), 0, ["spatial"])


@pytest.mark.parametrize(
    ("body", "untouched"),
    [
        ('    """Docs."""\n    # TODO\n    raise NotImplementedError\n', True),
        ("    raise NotImplementedError('later')\n", True),
        ("    pass\n", True),
        ("    ...\n", True),
        ("    return x\n", False),
        ("    y = x + 1\n    raise NotImplementedError\n", False),
    ],
)
def test_an_untouched_stub_is_recognised_without_running_it(body: str, untouched: bool) -> None:
    assert is_untouched(f"import torch\ndef relu(x):\n{body}", "relu") is untouched
    method = "".join(f"    {line}\n" for line in body.splitlines())
    assert is_untouched(f"class Relu:\n    def forward(self, x):\n{method}", "Relu") is untouched
    assert is_untouched(f"def other(x):\n{body}", "relu") is False
