"""The audit of a course's cases: what mutants are made, which are equivalent, and what is said of each."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from autograder.audit import judge as judges
from autograder.audit.equivalence import Oracle
from autograder.audit.first_order import first_order
from autograder.audit.guarded import CATEGORIES, EFFECTS, control, guarded, mutant_of
from autograder.audit.inprocess import InProcessSandbox
from autograder.audit.judge import TOO_SLOW, Graded, open_judge
from autograder.audit.mutant import FIRST_ORDER, GUARDED, Mutant, sampled
from autograder.audit.original import Solution, load_solution
from autograder.audit.predicates import CALLS, Predicate, pairs, predicates
from autograder.audit.report import render_json, render_text
from autograder.audit.run import Options, Outcome, Status, audit, mutants_of, outcome_of, write_mutants
from autograder.audit.summary import Audit, audited
from autograder.cli import main
from autograder.errors import UsageError
from autograder.grade import Grader, gradebook
from autograder.reporters import json as results_json
from autograder.result import Verdict
from autograder.site.audit import audit_page
from autograder.submission import find_submissions
from tests.bank import ROOT, course

EXERCISES = [exercise.name for exercise in course().exercises]
TOY = '''\
"""Half of the positive part."""

import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    """With a é, which takes two bytes."""
    ### BEGIN SOLUTION
    kept = x.clamp_min(0.0)  # é
    if kept.dim() > 3:
        raise ValueError("more than 3")
    return kept.sum(-1, keepdim=True) / 2
    ### END SOLUTION
'''


def solution(name: str) -> Solution:
    return load_solution(course(), course().exercise(name))


@pytest.fixture(scope="module")
def toy() -> Solution:
    return Solution(course().exercise("relu"), TOY)


# First-order mutants --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "line"),
    [
        ("arithmetic", "    return (kept.sum(-1, keepdim=True) * 2)"),
        ("swapped operands", "    return (2 / kept.sum(-1, keepdim=True))"),
        ("dropped operand", "    return (kept.sum(-1, keepdim=True))"),
        ("comparison", "    if kept.dim() >= 3:"),
        ("constant", "    return kept.sum(-1, keepdim=False) / 2"),
        ("constant", "    kept = x.clamp_min(torch.tensor(0.0))  # é"),
        ("dimension", "    return kept.sum(0, keepdim=True) / 2"),
        ("dropped option", "    return kept.sum(-1) / 2"),
        ("dropped call", "    kept = x  # é"),
        ("related function", "    return kept.mean(-1, keepdim=True) / 2"),
        ("branch", "    if not (kept.dim() > 3):"),
        ("dropped statement", "        pass"),
        ("another name", "    return x.sum(-1, keepdim=True) / 2"),
        ("in place", "    return kept.sum(-1, keepdim=True).div_(2)"),
        ("detach", "    return (kept).detach().sum(-1, keepdim=True) / 2"),
        ("dtype", "    kept = (x).float().clamp_min(0.0)  # é"),
        ("sign", "    return -(kept.sum(-1, keepdim=True) / 2)"),
    ],
)
def test_an_operator_edits_one_line(operator: str, line: str, toy: Solution) -> None:
    made = [mutant for mutant in first_order(toy) if mutant.group == operator]
    assert f"+{line}" in {mutant.diff(TOY).splitlines()[-1] for mutant in made}


def test_only_the_answer_is_edited_and_nobody_is_asked_what_an_exception_says(toy: Solution) -> None:
    for mutant in first_order(toy):
        ast.parse(mutant.text)
        assert mutant.text != TOY
        before, after = mutant.text.split("### BEGIN SOLUTION")[0], mutant.text.split("### END SOLUTION")[1]
        assert TOY.startswith(before)
        assert TOY.endswith(after)
        assert '"more than 3"' in mutant.text or mutant.group in ("dropped statement", "dropped call")


def test_defaults_of_arguments_are_edited() -> None:
    chosen = solution("mse_loss")
    edited = {mutant.diff(chosen.text).splitlines()[-1] for mutant in first_order(chosen)}
    assert any("reduction: str = 'sum'" in line for line in edited)


# Guarded mutants ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_each_predicate_meets_an_effect_of_each_category(name: str) -> None:
    atoms = predicates(solution(name))
    assert len(atoms) >= 80
    found = [mutant for mutant in guarded(solution(name)) if mutant.group != "conjunction"]
    assert [(mutant.predicate, mutant.effect) for mutant in found] == [
        (predicate.text, category) for predicate in atoms for category in CATEGORIES
    ]
    for mutant in found:
        ast.parse(mutant.text)


def test_every_effect_is_used() -> None:
    details = {mutant.detail.partition(" where ")[0] for name in EXERCISES for mutant in guarded(solution(name))}
    assert details == {effect.name for effect in EFFECTS}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tanh", "custom_loss", "cross_entropy"])
def test_the_oracles_calls_meet_every_predicate_and_no_control_differs(name: str) -> None:
    """Else a mutant would be equivalent because nobody called it."""
    texts = [predicate.text for predicate in predicates(solution(name))]
    oracle = Oracle(solution(name), texts)
    assert [text for text in texts if not oracle.met[text] and text != "input.dim() == 0"] == []  # logits have classes
    for text in texts[::20]:
        assert oracle.difference(control(solution(name), text).text, text) is None


# The oracle -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(solution("sigmoid"), [IN_FIVE, NEVER, THIRD], count=60)


IN_FIVE, NEVER, THIRD = "x.dim() == 5", "x.dim() == 1 and x.dim() == 2", f"{CALLS}[0] == 3"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x < 0", "x <= 0"),
        ("(1.0 + decay)", "(decay + 1.0)"),
        ("return torch.where(negative, decay, 1.0) / (1.0 + decay)",
         "return torch.where(negative, decay, 1.0).div(1.0 + decay).clone()"),
        ("negative, x, -x", "negative, x, -1 * x"),
    ],
)  # fmt: skip
def test_another_way_to_write_it_is_equivalent(old: str, new: str, oracle: Oracle) -> None:
    assert oracle.difference(oracle.solution.text.replace(old, new)) is None


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("negative = x < 0", "negative = x < -1e9", "gradient 0 on"),
        ("return torch", "return 1.001 * torch", "value on"),
        ("torch.exp(", "torch.exp(1 * x.detach() * 0 + ", "value on"),
        ("torch.exp(torch.where(negative, x, -x))", "torch.exp(-x.abs())", "gradient 0 on"),
        ("decay, 1.0) /", "decay.detach(), 1.0) /", "gradient 0 on"),
        ("return torch", "x.detach().add_(1e-3); return torch", "x after the call on"),
        ("return torch", "x.detach().add_(0); return torch", "inputs on"),
        ("return torch", "torch.manual_seed(7); return torch", "generator on"),
        ("return torch", "torch.set_default_dtype(torch.float64); return torch", "dtype on"),
        ("/ (1.0 + decay)", "/ (1.0 + decay).double()", "dtype on"),
        ("import torch\n", "import torch, nothing_of_that_name\n", "import raises ModuleNotFoundError"),
    ],
)
def test_what_a_caller_can_see_is_a_difference(old: str, new: str, seen: str, oracle: Oracle) -> None:
    assert seen in (oracle.difference(oracle.solution.text.replace(old, new)) or "nothing")
    assert torch.get_default_dtype() == torch.float32


def test_every_effect_shows_where_its_predicate_holds() -> None:
    """One whose helper is wrong would do nothing, and look equivalent."""
    chosen = solution("custom_loss")
    predicate = Predicate("dims", "output.dim() > 2", "output")
    oracle = Oracle(chosen, [predicate.text], count=60)
    for effect in EFFECTS:
        mutant = mutant_of(chosen, predicate, effect)
        assert oracle.difference(mutant.text, predicate.text) is not None, effect.name


def test_a_gradient_that_sums_to_nothing_is_looked_into() -> None:
    """Ones for a cotangent hide every second gradient of cross entropy."""
    chosen = solution("cross_entropy")
    cut = next(effect for effect in EFFECTS if effect.name == "cut")
    mutant = mutant_of(chosen, Predicate("calls", THIRD, "input"), cut)
    assert "second gradient" in (Oracle(chosen, [THIRD], count=0).difference(mutant.text, THIRD) or "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('str = "mean"', 'str = "sum"'),
        ("if reduction not in", "if False and reduction not in"),
        ("ignore_index: int = -100", "ignore_index: int = -1"),
        ("label_smoothing: float = 0.0", "label_smoothing: float = 0.1"),
    ],
)
def test_defaults_and_refusals_are_called_for(old: str, new: str) -> None:
    chosen = solution("cross_entropy")
    assert Oracle(chosen, count=60).difference(chosen.text.replace(old, new)) is not None


def test_a_mutant_is_called_where_its_predicate_holds(oracle: Oracle) -> None:
    by = {(mutant.predicate, mutant.effect): mutant for mutant in guarded(oracle.solution)}
    wrong = by[IN_FIVE, "value"]
    assert "[1, 2, 1, 2, 2]" in (oracle.difference(wrong.text, IN_FIVE) or "")
    assert oracle.difference(wrong.text.replace(IN_FIVE, NEVER), NEVER) is None
    assert oracle.difference(by[THIRD, "gradient"].text, THIRD) is not None


# What became of them --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saying:
    """A judge that says the same of every file."""

    verdict: Verdict
    lost: tuple[str, ...] = ()

    def graded(self, text: str) -> Graded:
        return Graded(self.verdict, 0.0, self.lost)


@pytest.mark.parametrize(
    ("judge", "differs", "status"),
    [
        (Saying(Verdict.FAIL, ("values",)), True, Status.KILLED),
        (Saying(Verdict.FAIL, ("values",)), False, Status.DISPUTED),
        (Saying(Verdict.PASS), True, Status.SURVIVED),
        (Saying(Verdict.PASS), False, Status.EQUIVALENT),
        (Saying(Verdict.FORBIDDEN, ("values",)), True, Status.KILLED),
        (Saying(Verdict.FORBIDDEN, ("values",)), False, Status.REFUSED),
        (Saying(Verdict.FAIL, ("device",)), True, Status.SURVIVED),  # which its control loses, too
    ],
)
def test_a_status_is_of_both_what_is_lost_and_what_differs(
    judge: Saying, differs: bool, status: Status, oracle: Oracle
) -> None:
    text = oracle.solution.text.replace("x < 0", "x > 0") if differs else oracle.solution.text + "\n"
    mutant = Mutant("sigmoid", FIRST_ORDER, "comparison", "comparison", "", text)
    assert outcome_of(mutant, judge, oracle, ("device",)).status is status


def test_an_answer_without_end_loses_by_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "_SECONDS", 1)
    exercise = course().exercise("relu")
    with open_judge(course(), exercise, Options(0)) as judge:
        endless = "import torch\n\n\ndef relu(x):\n    while True:\n        pass\n"
        assert judge.graded(endless) == Graded(Verdict.TIMEOUT, 0.0, (TOO_SLOW,))
        assert judge.graded(solution("relu").text).lost == ()


def test_a_sample_is_spread_and_the_same_for_a_seed() -> None:
    every = guarded(solution("relu"))
    chosen = sampled(every, 60, 1)
    assert len(chosen) == 60
    assert chosen == sampled(every, 60, 1) != sampled(every, 60, 2)
    assert {mutant.effect for mutant in chosen} == {*CATEGORIES}
    assert {mutant.group for mutant in chosen} == {mutant.group for mutant in every}
    assert sampled(every, None, 1) == every
    assert len({*pairs(predicates(solution("relu")), 50)}) == 50


# The whole ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Audit:
    """Eight mutants of relu, and two right answers: one that is, and one that is not."""
    return audited(course(), [course().exercise("relu")], Options(0, sample=4))


def test_right_answers_and_wrong_ones_are_told_apart(small: Audit) -> None:
    (found,) = small.exercises
    assert [outcome.mutant for outcome in found.outcomes] == mutants_of(
        course(), course().exercise("relu"), small.options
    )
    assert found.accused == {}
    assert small.share(FIRST_ORDER).killed >= 1
    assert {*found.idle()} < {*course().exercise("relu").properties}


@pytest.mark.slow
def test_as_many_processes_say_the_same(small: Audit) -> None:
    assert audit(course(), [course().exercise("relu")], small.options, jobs=2) == list(small.exercises)


def test_a_right_answer_that_loses_points_is_named(tmp_path: Path) -> None:
    exercise = course().exercise("relu")
    answer = "import torch\n\n\ndef relu(x):\n    return torch.where(x <= 0, {}, x)\n"
    written = {
        "good": answer.format("0.0"),
        "leaky": answer.format("0.5"),
        "allowed": f"# expect: loses {', '.join(exercise.properties)}\n" + answer.format("0.5"),
    }
    (tmp_path / "relu").mkdir()
    for name, text in written.items():
        (tmp_path / "relu" / f"{name}.py").write_text(text)
    found = audited(course(), [exercise], Options(0, sample=1, right=tmp_path))
    assert [*found.lost_rightly_kept()] == ["relu: relu/leaky.py"]
    assert not found.passes(0)


def test_another_builds_results_are_taken_for_verdicts(small: Audit, tmp_path: Path) -> None:
    exercise = course().exercise("relu")
    count = write_mutants(course(), [exercise], small.options, tmp_path / "mutants")
    found = find_submissions(tmp_path / "mutants", course())
    assert len(found) == count
    with Grader(course(), exercises=[exercise], seed=0, sandbox=InProcessSandbox()) as grader:
        book = gradebook(grader, [grader.grade(submission) for submission in found.values()])
    path = tmp_path / "results.json"
    path.write_text(results_json.render(book), encoding="utf-8")
    options = replace(small.options, results=path)
    assert audit(course(), [exercise], options) == list(small.exercises)
    with pytest.raises(UsageError, match=r"has no learner=relu-\w+; grade what `--write-mutants` writes"):
        audit(course(), [exercise], replace(options, sample=5))


# The report -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def holed(small: Audit) -> Audit:
    """The same, where one mutant of each kind has survived."""
    (found,) = small.exercises
    return replace(small, exercises=(replace(found, outcomes=tuple(_with_survivors(found.outcomes))),))


def _with_survivors(outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    kinds = set()
    for outcome in outcomes:
        new = outcome.mutant.kind not in kinds
        kinds.add(outcome.mutant.kind)
        yield replace(outcome, status=Status.SURVIVED, lost=(), difference="value on <b>x</b>") if new else outcome


def test_survivors_are_shown_with_their_diff(holed: Audit) -> None:
    text = render_text(holed)
    first, second = holed.outcomes(Status.SURVIVED)
    for survivor in (first, second):
        assert survivor.mutant.name in text
        assert " ".join(survivor.mutant.detail.split()) in " ".join(text.split())
    assert first.mutant.diff(holed.exercises[0].solution).splitlines()[0] in text
    tables = text[: text.index("\nSurvivors")].splitlines()
    assert max(map(len, tables)) <= 80
    tree = json.loads(render_json(holed))
    assert [item["name"] for item in tree["mutants"] if item["status"] == "survived"] == [
        first.mutant.name,
        second.mutant.name,
    ]
    share = holed.share(GUARDED)
    assert tree["killed"]["guarded"] == {
        "killed": share.killed,
        "of": share.all,
        "percent": round(100 * share.killed / share.all, 2),
    }


def test_a_threshold_is_of_each_kind(small: Audit, holed: Audit) -> None:
    least = min(holed.share(FIRST_ORDER).percent, holed.share(GUARDED).percent)
    assert least < 100
    assert holed.passes(None)
    assert holed.passes(least)
    assert not holed.passes(least + 0.1)
    accused = replace(small.exercises[0], accused={"an answer": ("values",)})
    assert not replace(small, exercises=(accused,)).passes(0)


def test_the_page_shows_them_too_and_escapes_what_it_shows(holed: Audit) -> None:
    page = audit_page(holed)
    first, second = holed.outcomes(Status.SURVIVED)
    assert first.mutant.name in page
    assert second.mutant.name in page
    assert "value on &lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page


def test_the_threshold_is_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*more: str) -> tuple[int, str]:
        words = ["dev", "audit", "--course", str(ROOT), "--exercise", "relu", "--sample", "2", *more]
        monkeypatch.setattr("sys.argv", ["autograder", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), capsys.readouterr().out

    code, text = said("--threshold", "100", "--json", str(tmp_path / "a.json"), "--html", str(tmp_path / "a.html"))
    share = {match[1]: float(match[2]) for match in re.finditer(r"([\w-]+): \S+ killed, (\S+) %", text)}
    assert ({*share}, code) == ({FIRST_ORDER, GUARDED}, int(min(share.values()) < 100))
    assert json.loads((tmp_path / "a.json").read_text())["sample"] == 2
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    _, text = said("--write-mutants", str(tmp_path / "out"))
    assert text.split()[:2] == ["wrote", str(len([*(tmp_path / "out").glob("*/activations/relu.py")]))]
