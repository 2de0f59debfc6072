"""GitHub: what the step leaves, what the autograding reporter makes of it, and what learners cannot inject."""

from __future__ import annotations

import html
import json
import operator
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.frontends import github as frontend
from autograder.frontends import grading
from autograder.grade.judging import property_result
from autograder.grade.plan import share_points
from autograder.properties import load_properties
from autograder.reporters import github, markdown
from autograder.reporters.text import plain_line
from autograder.result import Counterexample, Report, Verdict, Violation
from tests.bank import BANK, course
from tests.hosts import Place, autograder, runner_result
from tests.reports import BOOK, BROKEN, CASE, FAILING, FAULT, HOSTILE, checked, gradebook, graded, hostile, report

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "github_runner.json").read_text(encoding="utf-8"))
COURSE = course()
LEAKY = (BANK / "wrong" / "relu" / "leaky.py").read_text(encoding="utf-8")


def result(shown: Report) -> Any:
    """The runner's result of a report, valid by the schema."""
    parsed = json.loads(github.render(shown, 7))
    jsonschema.validate(parsed, SCHEMA)
    return parsed


def reported(*results: Any) -> tuple[float, float] | None:
    """The points that the reporter sends to the classroom: its notify-classroom.js, in our words."""
    counted = [item for item in results if item["max_score"]]
    most = sum(item["max_score"] for item in counted)
    return (sum_of_doubles([test["score"] for item in counted for test in item["tests"]]), most) if most else None


def sum_of_doubles(numbers: Sequence[float]) -> float:
    """One addition after the other, as JavaScript adds; Python's `sum` compensates its errors from 3.12 on."""
    return reduce(operator.add, numbers, 0.0)


def of_course(holds: Callable[[str], bool]) -> Report:
    """A report on the kit's course, of an answer with these properties."""
    exercises = []
    for exercise in COURSE.exercises:
        results = tuple(
            property_result(share, Verdict.PASS if holds(share.property.name) else Verdict.FAIL, 1, "No.")
            for share in share_points(COURSE, exercise, load_properties())
        )
        score = sum(round(item.score * 100) for item in results) / 100
        most = sum(round(item.max_score * 100) for item in results) / 100
        told = graded(exercise.name, Verdict.PASS if score == most else Verdict.FAIL, score, results)
        exercises.append(told.model_copy(update={"max_score": most}))
    whole = sum(round(exercise.score * 100) for exercise in exercises) / 100
    return report("ann", *exercises).model_copy(update={"score": whole})


class TestRunnerResult:
    def test_a_test_a_property(self) -> None:
        tests = result(report("ann", FAILING))["tests"]
        assert [(test["name"], test["status"], test["score"]) for test in tests] == [
            ("sigmoid: values", "pass", 2),
            ("sigmoid: stable-gradients", "fail", 0),
            ("sigmoid: device", "pass", 0),
            ("sigmoid: nan", "fail", 0),
        ]
        assert tests[1]["message"] == "The gradient is nan."
        assert tests[1]["test_code"] == "autograder check sigmoid --property stable-gradients --seed 7"

    @pytest.mark.parametrize("shown", [*BOOK.submissions, hostile()], ids=lambda shown: shown.learner[:10])
    def test_every_field_is_there(self, shown: Report) -> None:
        """The reporter prints `undefined`, or fails, where one is not."""
        assert result(shown)["tests"]

    @pytest.mark.parametrize(("score", "sent"), [(1000.0, 2), (0.1 + 0.2, 0.3), (1.23456, 1.23), (2, 2)])
    def test_scores_are_clamped_and_rounded(self, score: float, sent: float) -> None:
        """The reporter would hand on 1000 of 2 points, and 0.30000000000000004."""
        property_ = checked("values").model_copy(update={"score": score})
        assert result(report("ann", graded("relu", properties=(property_,))))["tests"][0]["score"] == sent

    def test_a_fault_of_the_grader_reports_no_points(self) -> None:
        faulty = result(report("ann", graded("relu"), FAULT))
        assert faulty["status"] == "error"
        assert reported(faulty) is None
        assert reported(result(report("ann", graded("relu")))) == (4, 14)

    def test_all_points_of_the_course_add_up_to_its_maximum(self) -> None:
        """Seven right answers were 100.00000000000007 of 100."""
        assert reported(result(of_course(lambda name: True))) == (100, 100)

    @given(st.integers(1, 999))
    def test_the_reporters_sum_is_the_score(self, seed: int) -> None:
        """Whichever properties hold."""
        random = Random(seed)
        shown = of_course(lambda name: random.random() < 0.8)
        assert reported(result(shown)) == (shown.score, 100)

    def test_exercises_in_steps_of_their_own_add_up_too(self) -> None:
        whole = of_course(lambda name: True)
        steps = [result(report("ann", exercise)) for exercise in whole.exercises]
        assert reported(*steps) == reported(*reversed(steps)) == (100, 100)

    def test_unfinished_is_no_zero_and_no_pass(self) -> None:
        parsed = json.loads(github.unfinished("out of time"))
        jsonschema.validate(parsed, SCHEMA)
        assert parsed["status"] == parsed["tests"][0]["status"] == "error"
        assert reported(parsed) is None

    def test_nothing_graded_is_no_pass(self) -> None:
        assert json.loads(github.render(report("ann"), 0))["status"] == "fail"

    @pytest.mark.parametrize(
        ("exercises", "tests", "message"),
        [(1, 40, 500), (3, 120, 120), (5, 200, 120), (6, 240, 40), (7, 280, 0), (40, 40, 0)],
    )
    def test_short_enough_for_an_environment_variable(self, exercises: int, tests: int, message: int) -> None:
        """Linux starts no process with a variable above 128 KiB, so the reporter's step would not even begin.

        Messages are cut before they are dropped, and tests of properties become tests of exercises last.
        """
        failed = tuple(checked(f"property-{number}", Verdict.FAIL, "x" * 900) for number in range(40))
        shown = report("ann", *(graded(f"exercise{number}", Verdict.FAIL, 0, failed) for number in range(exercises)))
        text = github.render(shown, 0)
        parsed = json.loads(text)
        jsonschema.validate(parsed, SCHEMA)
        assert (len(parsed["tests"]), len(parsed["tests"][0]["message"])) == (tests, message)
        variable = {"PATH": os.environ["PATH"], "GRADE_RESULTS": github.encode(text)}
        assert subprocess.run(["true"], env=variable).returncode == 0


PARTS = st.lists(st.integers(0, 2000) | st.integers(0, 2_000_000), max_size=150)


class TestSummable:
    @given(PARTS)
    def test_the_sum_in_order_is_the_total_to_the_last_digit(self, hundredths: list[int]) -> None:
        assert sum_of_doubles(github.summable(hundredths)) == sum(hundredths) / 100

    @given(PARTS)
    def test_each_is_its_hundredths(self, hundredths: list[int]) -> None:
        scores = github.summable(hundredths)
        assert [round(score, 2) for score in scores] == [part / 100 for part in hundredths]
        assert [score == 0 for score in scores] == [part == 0 for part in hundredths]

    @given(PARTS.map(lambda parts: [*parts, -sum(parts) % 100]), st.randoms(), st.integers(0, 1000))
    def test_where_the_total_is_whole_any_order_will_do(
        self, hundredths: list[int], random: Random, before: int
    ) -> None:
        scores = github.summable(hundredths)
        random.shuffle(scores)
        assert sum_of_doubles([float(before), *scores]) == before + sum(hundredths) // 100


class TestAnnotations:
    def test_escapes(self) -> None:
        """GitHub's own rules: in a message %, CR and LF; in a property also `:` and `,`."""
        assert github.command("error", "50%\r\na:b,c", file="a,b:c%", line="3") == (
            "::error file=a%2Cb%3Ac%25,line=3::50%25%0D%0Aa:b,c"
        )
        assert github.command("notice", "done") == "::notice::done"

    def test_one_an_exercise_that_does_not_pass(self) -> None:
        text = github.annotations(report("ann", FAILING, graded("relu")), {"sigmoid": 4, "relu": 9}, "work")
        assert text == (
            "::error file=work/activations/sigmoid.py,line=4,title=sigmoid%3A 10.5 / 14 points::"
            f"stable-gradients: The gradient is nan.%0A{CASE.replay}\n"
        )

    def test_at_the_line_that_breaks_a_rule(self) -> None:
        violations = (Violation(line=None, call="aten::silu", message="ran"), Violation(line=3, call="x", message="y"))
        text = github.annotations(report("ann", graded("tanh", Verdict.FORBIDDEN, 0, (), violations)), {"tanh": 1})
        assert "file=activations/tanh.py,line=3," in text
        assert "aten::silu: ran (and 1 more)" in text

    def test_learners_text_is_one_command_a_line(self) -> None:
        broken = checked("values", Verdict.FAIL, "wrong\n::set-output name=result::forged\n::error::more")
        text = github.annotations(report("::a::", graded("relu", Verdict.FAIL, 0, (broken,))), {})
        assert [line[:8] for line in text.splitlines()] == ["::error "]

    def test_what_is_printed_besides_is_not_heard(self) -> None:
        """Only the line with the token, which no learner can know, makes GitHub listen again."""
        first, *inside, last = frontend.muted("a\n::add-mask::a\n##[error]b\n").splitlines()
        token = first.removeprefix("::stop-commands::")
        assert re.fullmatch("[0-9a-f]{32}", token)
        assert last == f"::{token}::"
        assert inside == ["a", "::add-mask::a", "##[error]b"]
        assert frontend.muted("") != frontend.muted("")


class TestSummary:
    def test_table_and_counterexample(self) -> None:
        text = markdown.render(gradebook(report("ann", FAILING, graded("relu"))))
        assert "| sigmoid | ✗ failed | 10.5 / 14 | 1 / 4 |\n| relu | ✓ passed | 14 / 14 | 2 / 2 |\n" in text
        fenced = text.split("```text\n")[1].split("\n```")[0]
        for line in CASE.call.splitlines():
            assert f"    {line}" in fenced
        assert "Also: nan (skipped)" in text

    @pytest.mark.parametrize(
        "attack", ["<img src=x>", "[a](b)", "| x |", "**b**", "`c`", "&lt;", "# h", "@ann", HOSTILE]
    )
    def test_learners_text_is_no_markup(self, attack: str) -> None:
        """Outside of blocks of code no character of markup is left, and what is read is what was written."""
        escaped = markdown.escape(attack)
        assert not set("<>|*`[]@") & set(escaped)
        assert html.unescape(escaped) == plain_line(attack)
        text = markdown.render(gradebook(report(attack, graded("relu"), notes=(attack,))))
        assert text.count(escaped) == 2

    def test_a_block_of_code_ends_where_we_end_it(self) -> None:
        case = Counterexample(call="```\n# out\n````", actual="`", expected="", replay="")
        broken = BROKEN.model_copy(update={"counterexample": case})
        text = markdown.render(gradebook(report("ann", graded("relu", Verdict.FAIL, 0, (broken,)))))
        assert "`````text\n" in text
        assert text.count("\n`````\n") == 1

    def test_a_fault_is_no_zero(self) -> None:
        text = markdown.render(gradebook(report("ann", FAULT)))
        assert "| tanh | ! grader fault | - / 14 | 0 / 1 |" in text
        assert "**Not final" in text


class TestStep:
    """`autograder ci github`, run as a step."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Place:
        place = Place.make(tmp_path / "repository", LEAKY)
        (place.root / ".git").mkdir()
        return place

    def test_leaves_all_three(self, place: Place) -> None:
        """What the step wrote before stays; GitHub reads what is left of the files when the step ends."""
        output, summary, out = place.out / "output", place.out / "summary.md", place.out / "files"
        output.write_text("earlier=1\n", encoding="utf-8")
        status, said = autograder(
            *("ci", "github", "--course", place.root, "--folder", place.root / "exercises", "--out", out),
            GITHUB_OUTPUT=output,
            GITHUB_STEP_SUMMARY=summary,
        )
        assert status == 1
        text = output.read_text(encoding="utf-8")
        assert text.startswith("earlier=1\nresult=")
        jsonschema.validate(runner_result(text), SCHEMA)
        assert summary.read_text(encoding="utf-8") == (out / "summary.md").read_text(encoding="utf-8")
        assert sorted(path.name for path in out.iterdir()) == ["junit.xml", "results.json", "runner.json", "summary.md"]
        line = next(number for number, text in enumerate(LEAKY.splitlines(), 1) if text.startswith("def relu("))
        annotations = [line for line in said.splitlines() if line.startswith("::error")]
        assert len(annotations) == 1
        assert annotations[0].startswith(f"::error file=exercises/activations/relu.py,line={line},title=relu")

    def test_outside_of_a_workflow(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        status, _ = autograder("ci", "github", "--course", place.root, GITHUB_OUTPUT="", GITHUB_STEP_SUMMARY="")
        assert status == 2
        assert "--out DIR" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("error", "status", "says"),
        [(RuntimeError("no cheese"), 3, "no cheese"), (KeyboardInterrupt(), 130, "interrupted")],
    )
    def test_a_fault_leaves_its_reason(
        self, place: Place, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, says: str
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(grading, "grade_folder", fail)
        output, summary = place.out / "output", place.out / "summary.md"
        ended, _ = autograder("ci", "github", "--course", place.root, GITHUB_OUTPUT=output, GITHUB_STEP_SUMMARY=summary)
        assert ended == status
        parsed = runner_result(output.read_text(encoding="utf-8"))
        jsonschema.validate(parsed, SCHEMA)
        assert parsed["status"] == "error"
        assert says in parsed["message"]
        assert says in html.unescape(summary.read_text(encoding="utf-8"))

    def test_killed_without_a_word(self, place: Place) -> None:
        """A timeout of the platform ends with SIGKILL; what it then finds is a result with a reason."""
        place.answer.write_text("def relu(x):\n    while True:\n        pass\n", encoding="utf-8")
        output = place.out / "output"
        command = [sys.executable, "-m", "autograder", "ci", "github", "--course", str(place.root)]
        environment = {**os.environ, "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": ""}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            while not (output.is_file() and output.stat().st_size):
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        parsed = runner_result(output.read_text(encoding="utf-8"))
        jsonschema.validate(parsed, SCHEMA)
        assert "ended before it was done" in parsed["message"]
        assert reported(parsed) is None

    def test_an_opened_value_does_not_swallow_ours(self, place: Place) -> None:
        """A submission that finds the file and leaves half a value in it would make GitHub refuse the rest."""
        output = place.out / "output"
        attack = f"open({str(output)!r}, 'a').write('x<<never\\n')\nraise SystemExit(0)\n"
        (place.root / "course.yaml").write_text(
            (place.root / "course.yaml").read_text(encoding="utf-8") + "rules: {enabled: false}\n", encoding="utf-8"
        )
        place.answer.write_text(attack, encoding="utf-8")
        autograder("ci", "github", "--course", place.root, GITHUB_OUTPUT=output, GITHUB_STEP_SUMMARY="")
        text = output.read_text(encoding="utf-8")
        assert "<<" not in text
        assert runner_result(text)["status"] == "fail"

    def test_too_long_a_summary_is_shortened(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told = gradebook(report("ann", FAILING))
        assert "Which sign is safe?" in frontend._summary(told)
        monkeypatch.setattr(frontend, "_MAX_SUMMARY", 700)
        assert "Which sign is safe?" not in frontend._summary(told)
