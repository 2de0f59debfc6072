"""Reporters: what each makes of the same class, and that learners' text stays text."""

import csv as csv_module
import io
import json as json_module
import subprocess
import sys

import pytest

from autograder.errors import UsageError
from autograder.reporters import console, csv, json
from autograder.reporters.feedback import Feedback, redact
from autograder.reporters.text import passed, plain, plain_line, points
from autograder.result import (
    SandboxInfo,
    Verdict,
    Violation,
)
from tests.reports import (
    BOOK,
    BROKEN,
    CASE,
    FAILING,
    FAULT,
    UNSTARTED,
    checked,
    gradebook,
    graded,
    hostile,
    report,
)


class TestConsoleClass:
    def test_table_at_80_columns(self) -> None:
        """The whole table, as an instructor reads it without colour."""
        assert console.render(BOOK) == (
            "            sigmoid  relu  tanh  total\n"
            "learner        / 14  / 14  / 14   / 42\n"
            "student-01     14 ✓  14 ✓  14 ✓     42\n"
            "student-02   10.5 ✗  14 ✓   0 ·   24.5\n"
            "student-03     14 ✓   0 -     !      !\n"
            "\n"
            "✓ passed   ✗ failed   · not started   - missing   ! grader fault\n"
            "3 learners, 1 passed everything, mean 33.2 of 42,\n"
            "1 not final: the grader failed there\n"
        )

    def test_course_of_seven_fits(self) -> None:
        """The course's own seven exercises stand in one table of 80 columns."""
        names = ["sigmoid", "relu", "tanh", "custom_activation", "cross_entropy", "mse_loss", "custom_loss"]
        text = console.render(gradebook(report("student-03", *(graded(name, score=12.75) for name in names))))
        assert text.count("student-03") == 1
        assert max(map(len, text.splitlines())) <= 80

    @pytest.mark.parametrize("width", [40, 60, 80, 120])
    def test_many_exercises_become_several_tables(self, width: int) -> None:
        """Nothing is cut off: every exercise has its column, and one table alone has the total."""
        exercises = [graded(f"exercise_{number:02}", Verdict.FAIL, 1.25) for number in range(30)]
        text = console.render(gradebook(report("a" * 70, *exercises)), width=width)
        assert text.count("1.2 ✗") == 30
        assert text.count("total") == 1
        assert max(map(len, text.splitlines())) <= width

    def test_notes_name_their_learner(self) -> None:
        text = console.render(gradebook(report("student-01", graded("relu"), notes=("read twice",))))
        assert "student-01: read twice\n" in text

    def test_no_learners(self) -> None:
        assert "0 learners" in console.render(gradebook())


class TestConsoleReport:
    def test_failing_exercise_in_order(self) -> None:
        """First what holds, then the learner message: property, call, both sides, why, hint, command."""
        assert console.render_report(report("student-02", FAILING)) == (
            "✗ sigmoid                                                 10.5 / 14       failed\n"
            "  ?  device  About device                                              undecided\n"
            "  1 holds; 1 waits for what fails; --all lists them\n"
            "  Undecided: could not be checked here, and costs nothing.\n"
            "\n"
            "  stable-gradients: failed (stretch)\n"
            "  About stable-gradients\n"
            "  The gradient is nan.\n"
            "\n"
            "      x = torch.tensor(-89., requires_grad=True)\n"
            "      sigmoid(x).backward()\n"
            "\n"
            "    yours           x.grad = tensor(nan)\n"
            "    expected        x.grad = tensor(2.2274e-39)\n"
            "    difference      nan (7.6e-06 allowed)\n"
            "    why it matters  Training needs it.\n"
            "    hint            autograder hint sigmoid\n"
            "    replay          autograder check sigmoid --property stable-gradients --seed 0\n"
            "\n"
            "student-02: 10.5 / 14, 1 failed\n"
        )

    def test_everything_is_a_line_for_each_property(self) -> None:
        lines = console.render_report(report("student-02", FAILING), everything=True).splitlines()
        assert lines[1:4] == [
            "  ✓  values  About values                                                  2 / 2",
            "  ?  device  About device                                              undecided",
            "  »  nan     needs values                                                skipped",
        ]
        assert not any("--all" in line for line in lines)

    def test_what_fails_besides_is_named_and_what_waits_says_for_what(self) -> None:
        names = ("gradients", "dtype", "laws")
        failing = [BROKEN, *(checked(name, Verdict.FAIL, "it differs") for name in names)]
        waiting = [checked(name, Verdict.SKIPPED, "first make gradients pass") for name in ("nan", "accuracy")]
        text = console.render_report(report("x", graded("tanh", Verdict.FAIL, 0, (*failing, *waiting))))
        assert text.splitlines()[1:3] == [
            "  ✗ failing too: gradients, dtype, laws",
            "  2 wait for gradients; --all lists them",
        ]

    def test_what_fails_is_seen_last(self) -> None:
        text = console.render_report(report("x", FAILING, graded("relu"), UNSTARTED))
        assert text.index("relu") < text.index("tanh") < text.index("sigmoid")

    def test_unstarted_exercise_says_what_to_do(self) -> None:
        """A stub is no failure: no verdict a property, but the next step."""
        text = console.render_report(report("student-02", UNSTARTED))
        assert text.splitlines()[0].endswith("0 / 14  not started")
        assert "Open activations/tanh.py" in text
        assert "    autograder check tanh\n" in text
        assert "About values" not in text

    def test_passing_exercise_is_two_lines(self) -> None:
        text = console.render_report(report("student-01", graded("relu")))
        assert text.splitlines()[1] == "  2 properties checked, all hold."

    def test_forbidden_shows_every_place(self) -> None:
        """A violation that only the running code showed has no line, and says so."""
        violations = (
            Violation(line=3, call="torch.sigmoid", message="use torch.exp"),
            Violation(line=None, call="aten::silu", message="this ran"),
        )
        text = console.render_report(report("x", graded("tanh", Verdict.FORBIDDEN, 0, (), violations)))
        assert "  line 3          torch.sigmoid\n                  use torch.exp\n" in text
        assert "  when run        aten::silu\n                  this ran\n" in text

    def test_grader_fault_is_no_zero(self) -> None:
        text = console.render_report(report("student-03", FAULT))
        assert "0 / 14" not in text.splitlines()[0]
        assert "is not scored as" in text
        assert "Not final" in text

    def test_fault_inside_an_exercise_that_failed(self) -> None:
        """One property's fault makes the whole exercise's score provisional, whatever its verdict."""
        mixed = graded("relu", Verdict.FAIL, 2, (checked("values", Verdict.ERROR), checked("nan", Verdict.FAIL)))
        assert "Not final" in console.render_report(report("student-03", mixed))

    def test_calls_are_not_wrapped(self) -> None:
        """A call wider than the page stays one line, or it could not be pasted."""
        call = f"sigmoid(torch.tensor([{', '.join(['1.5'] * 40)}]))"
        broken = BROKEN.model_copy(update={"counterexample": CASE.model_copy(update={"call": call})})
        text = console.render_report(report("x", graded("sigmoid", Verdict.FAIL, 0, (broken,))), width=60)
        assert call in text

    @pytest.mark.parametrize("verdict", list(Verdict))
    def test_every_verdict_can_be_shown(self, verdict: Verdict) -> None:
        """As an exercise's and as a property's verdict, in both renderings."""
        shown = report("x", graded("relu", verdict, 0, (checked("values", verdict),)))
        assert console.render_report(shown)
        assert console.render(gradebook(shown))

    def test_colour_changes_no_word(self) -> None:
        for shown in BOOK.submissions:
            colourful = console.render_report(shown, colour=True)
            assert "\x1b[" in colourful
            assert [line.rstrip() for line in plain(colourful).splitlines()] == console.render_report(
                shown
            ).splitlines()

    def test_environment_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reporters are pure: only their arguments say how wide and how colourful."""
        shown = BOOK.submissions[0]
        before = [console.render_report(shown, width=100, colour=colour) for colour in (True, False)]
        for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "30", "FORCE_COLOR": "1"}.items():
            monkeypatch.setenv(name, value)
        assert [console.render_report(shown, width=100, colour=colour) for colour in (True, False)] == before


class TestHostileText:
    """Text from learners is shown as text: no control character, no escape sequence, no markup."""

    @pytest.mark.parametrize("render", ["class", "report", "csv"])
    def test_comes_out_plain(self, render: str) -> None:
        shown = hostile()
        text = {
            "class": lambda: console.render(gradebook(shown)),
            "report": lambda: console.render_report(shown),
            "csv": lambda: csv.render(gradebook(shown)),
        }[render]()
        assert "[bold]eve[/bold]" in text
        assert not {"\x1b", "\x07", "\u202e"} & {*text}

    def test_json_keeps_it_but_escaped(self) -> None:
        """results.json says what was there; shown on a terminal it does nothing."""
        book = gradebook(report("\x1b[31m\x9b31m\x7feve", graded("relu")))
        text = json.render(book)
        assert not {"\x1b", "\x9b", "\x7f"} & {*text}
        assert json.parse(text) == book

    def test_plain_keeps_the_rest(self) -> None:
        """An escape sequence without an end takes itself away, not what follows; lines and letters stay."""
        assert plain("a\x1b]0;never ended") == "a]0;never ended"
        assert plain("a\r\n\tb\x00\ud800é名") == "a\n\tbé名"
        assert plain_line(" a\r\n\tb ") == "a b"


class TestJson:
    def test_same_bytes_whatever_the_order(self) -> None:
        """Learners, layers and timings arrive in the order in which threads ended."""
        shuffled = BOOK.model_copy(
            update={
                "submissions": BOOK.submissions[::-1],
                "timings": dict(reversed(BOOK.timings.items())),
                "run": BOOK.run.model_copy(
                    update={
                        "sandbox": SandboxInfo(level="full", layers=dict(reversed(BOOK.run.sandbox.layers.items())))
                    }
                ),
            }
        )
        assert json.render(shuffled) == json.render(BOOK)

    def test_form(self) -> None:
        """Two spaces, letters as they are, numbers as numbers, keys in the order of the agreed schema."""
        text = json.render(gradebook(report("Zoë", FAILING)))
        assert text.startswith('{\n  "schema_version": 1,\n  "course": {\n')
        assert text.endswith("\n}\n")
        assert '"learner": "Zoë"' in text
        assert '"score": 10.5,' in text
        data = json_module.loads(text)
        assert list(data) == ["schema_version", "course", "run", "not_graded", "submissions", "timings"]
        assert data["submissions"][0]["exercises"][0]["properties"][1]["counterexample"]["replay"] == CASE.replay

    def test_round_trip(self) -> None:
        by_learner = sorted(BOOK.submissions, key=lambda shown: shown.learner)
        assert json.parse(json.render(BOOK)) == BOOK.model_copy(update={"submissions": tuple(by_learner)})

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_refuses_to_write_what_is_no_number(self, value: float) -> None:
        with pytest.raises(ValueError, match="not JSON compliant"):
            json.render(BOOK.model_copy(update={"timings": {"total": value}}))

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ('"schema_version": 1', '"schema_version": 2', "newer version of the kit: schema_version=2"),
            ('"schema_version": 1', '"schema_version": 0', "unknown schema_version=0"),
            ('"schema_version": 1', '"schema_version": true', "holds no gradebook: schema_version=True"),
            ('"schema_version": 1,', "", "holds no gradebook: schema_version=None"),
            ("10.5", "NaN", "NaN is no number"),
            ("10.5", "-1", "damaged at submissions.1.exercises.0.score"),
            ("10.5", '"10.5"', "damaged at submissions.1.exercises.0.score"),
            ('"learner"', '"pupil"', "damaged at submissions.0.learner: Field required"),
            ('"verdict": "fail"', '"verdict": "meh"', "verdict"),
            ("}\n", "", "damaged: "),
        ],
    )
    def test_damaged_file(self, old: str, new: str, says: str) -> None:
        """Every damage is a usage error that says where it is, never a traceback or a wrong report."""
        text = json.render(BOOK)
        assert old in text
        with pytest.raises(UsageError, match=says):
            json.parse(text.replace(old, new))

    @pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, '"schema_version"', "\x00"])
    def test_no_gradebook(self, text: str) -> None:
        with pytest.raises(UsageError, match=r"results\.json"):
            json.parse(text)


class TestCsv:
    def test_whole_file(self) -> None:
        """A fault of the grader leaves no number that could be imported as a grade."""
        assert csv.render(BOOK) == (
            "learner,sigmoid,relu,tanh,total,max,verdicts\n"
            "student-01,14,14,14,42,42,3 pass\n"
            'student-02,10.5,14,0,24.5,42,"1 pass, 1 fail, 1 unimplemented"\n'
            'student-03,14,0,error,error,42,"1 pass, 1 missing, 1 error"\n'
        )

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\x00=", " =", "＝"])
    def test_formula_is_neutralised(self, start: str) -> None:
        """No spreadsheet evaluates a learner's name; control characters in front of it do not help."""
        rows = list(csv_module.reader(io.StringIO(csv.render(gradebook(report(f"{start}1+1", graded("relu")))))))
        assert rows[1][0].startswith("'")
        assert rows[1][0].endswith("1+1")

    def test_commas_and_quotes_stay_in_their_cell(self) -> None:
        rows = list(csv_module.reader(io.StringIO(csv.render(gradebook(report('King, "Jr."', graded("relu")))))))
        assert rows[1] == ['King, "Jr."', "14", "14", "14", "1 pass"]


class TestFeedback:
    def test_full_is_everything(self) -> None:
        assert redact(BOOK.submissions[0], Feedback.FULL) == BOOK.submissions[0]

    @pytest.mark.parametrize("feedback", [Feedback.NAMES, Feedback.SCORE])
    def test_redacted_reports_tell_no_case(self, feedback: Feedback) -> None:
        """Nothing of a counterexample, message, hint or violation is left anywhere in the report."""
        violation = Violation(line=3, call="torch.sigmoid", message="use torch.exp")
        broken = FAILING.model_copy(update={"message": "secret message", "violations": (violation,)})
        text = redact(report("x", broken), feedback).model_dump_json()
        for secret in (
            "torch",
            "nan.",
            "secret message",
            "needs values",
            "Which sign",
            "Training needs",
            "replay",
        ):
            assert secret not in text.replace('"counterexample":null', "")

    def test_names_keeps_names_and_verdicts(self) -> None:
        shown = redact(BOOK.submissions[0], Feedback.NAMES).exercises[0]
        assert [(p.name, p.verdict) for p in shown.properties] == [(p.name, p.verdict) for p in FAILING.properties]
        assert "stable-gradients" in console.render_report(report("x", shown))

    def test_score_keeps_scores_alone(self) -> None:
        shown = redact(BOOK.submissions[0], Feedback.SCORE)
        assert [(e.name, e.score, e.properties) for e in shown.exercises] == [
            ("sigmoid", 10.5, ()),
            ("relu", 14, ()),
            ("tanh", 0, ()),
        ]

    def test_redacted_gradebook_is_valid(self) -> None:
        """What `grade --feedback` writes can be read again."""
        for feedback in Feedback:
            book = BOOK.model_copy(update={"submissions": tuple(redact(r, feedback) for r in BOOK.submissions)})
            assert {r.learner for r in json.parse(json.render(book)).submissions} == {
                r.learner for r in BOOK.submissions
            }


@pytest.mark.parametrize("verdict", list(Verdict))
def test_passed(verdict: Verdict) -> None:
    """What could not be decided does not stand against a learner; all else but a pass does."""
    assert passed(report("x", graded("relu", verdict))) == (verdict in {Verdict.PASS, Verdict.UNDECIDED})


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (14, "14"), (100, "100"), (61.5, "61.5"), (4.2857, "4.28"), (0.1 + 0.2, "0.3")],
)
def test_points(value: float, text: str) -> None:
    assert points(value) == text


def test_feedback_is_light() -> None:
    """`--help` names the feedback levels: importing them must not bring pydantic or Rich along."""
    code = "import sys, autograder.reporters.feedback; print({'pydantic', 'rich'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(9.99, 1, "9.9"), (9.996, 2, "9.99"), (10.0, 1, "10"), (4.35, 2, "4.35"), (0.29, 2, "0.29"), (99.99, 1, "99.9")],
)
def test_points_are_never_rounded_up(value: float, digits: int, shown: str) -> None:
    assert points(value, digits) == shown


def test_every_number_of_hundredths_is_shown_as_it_is() -> None:
    assert [points(n / 100) for n in range(10_001)] == [f"{n / 100:.2f}".rstrip("0").rstrip(".") for n in range(10_001)]
