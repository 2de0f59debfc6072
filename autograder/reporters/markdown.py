"""Markdown, as GitHub's step summary shows it; nothing from a learner is read as markup."""

import re
from collections.abc import Iterator

from autograder.language import _
from autograder.reporters.explain import Outcome, explain, headline, outcome, violations
from autograder.reporters.page import MARKS
from autograder.reporters.text import clip, faulty, plain, plain_line, points, word
from autograder.result import ExerciseResult, Gradebook, PropertyResult, Report, Verdict

_MARKUP = re.compile(r"[\\`*_\[\]<>#.!|~&:@$]")  # on one line, after text of ours: no lists, rules or underlines


def render(gradebook: Gradebook) -> str:
    """A heading and a table a learner, then what fails first in each exercise in full."""
    lines = [f"# {escape(_(gradebook.course.name))}", ""]
    for report in gradebook.submissions:
        lines += _report(report)
    run = gradebook.run
    facts = _("seed {seed}, kit {kit}, torch {torch}, sandbox {level}")
    facts = facts.format(seed=run.seed, kit=run.kit, torch=run.torch, level=run.sandbox.level)
    return "\n".join([*lines, f"<sub>{escape(facts)}</sub>", ""])


def unfinished(reason: str) -> str:
    """What stands there while no result does."""
    return f"# {_('Not graded')}\n\n{escape(reason)}\n"


def escape(text: str) -> str:
    """The text as one line that Markdown and HTML show as it is."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", plain_line(text))


def _report(report: Report) -> Iterator[str]:
    score = _("{score} / {max} points").format(score=points(report.score), max=points(report.max_score))
    yield f"## {escape(report.learner)}: {score}"
    yield ""
    if faulty(report):
        yield _("**Not final: the grader failed in a part of this.** That is its fault, and is not scored as yours.")
        yield ""
    yield from (f"> {escape(note)}\n" for note in report.notes)
    yield _("| exercise | verdict | points | properties that hold |")
    yield "|---|---|---:|---:|"
    yield from (_row(exercise) for exercise in report.exercises)
    yield ""
    for exercise in report.exercises:
        yield from _details(exercise)


def _row(exercise: ExerciseResult) -> str:
    verdict = Verdict.ERROR if faulty(exercise) else exercise.verdict
    score = "-" if faulty(exercise) else points(exercise.score)
    held = sum(outcome(result.verdict) is Outcome.PASS for result in exercise.properties)
    cells = (
        escape(exercise.name),
        f"{MARKS[verdict][0]} {word(verdict)}",
        f"{score} / {points(exercise.max_score)}",
        f"{held} / {len(exercise.properties)}" if exercise.properties else "-",
    )
    return f"| {' | '.join(cells)} |"


def _details(exercise: ExerciseResult) -> Iterator[str]:
    """The first property that fails in full, the others by name: two hundred stories are read by nobody."""
    broken = [result for result in exercise.properties if outcome(result.verdict) in {Outcome.FAIL, Outcome.ERROR}]
    first = next((result for result in broken if result.counterexample or result.message), None)
    if first is not None:
        yield f"<details><summary><b>{escape(exercise.name)}</b>: {escape(first.title)}</summary>"
        yield ""
        yield from _block(explain(exercise, first))
        yield from _others([result for result in broken if result is not first])
        yield "</details>"
        yield ""
    elif broken or exercise.message:
        told = headline(exercise, broken[0]) if broken else clip(exercise.message or "")
        yield f"**{escape(exercise.name)}**: {escape(told)}"
        yield ""
        yield from (f"- {escape(line)}" for line in violations(exercise))
        yield ""


def _others(others: list[PropertyResult]) -> Iterator[str]:
    if others:
        names = ", ".join(f"{escape(result.name)} ({word(result.verdict)})" for result in others)
        yield _("Also: {names}").format(names=names)
        yield ""


def _block(text: str) -> Iterator[str]:
    """A block of code with a fence that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", plain(text), fence, "")
