"""The properties of one exercise on a screen of 80 x 24: what holds in a line, what fails first in full and last."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from autograder.language import _, ngettext
from autograder.reporters.page import LABEL, Page, mark, rows
from autograder.reporters.text import behaviour, clip, pad, plain, plain_line, points, sides, word
from autograder.result import Counterexample, ExerciseResult, PropertyResult, Tier, Verdict

_FAILING = {Verdict.FAIL, Verdict.FLAKY, Verdict.TIMEOUT, Verdict.CRASH}
_NAMED = 3  # of the properties that others wait for
_SIDE, _LINES = 160, 3  # characters and lines of a result that fit; `--all` shows more


def first_failing(exercise: ExerciseResult) -> PropertyResult | None:
    """The property that is shown in full: the first that fails, where something is told of it."""
    failing = next((result for result in exercise.properties if result.verdict in _FAILING), None)
    return failing if failing and (failing.message or failing.counterexample) else None


def add_properties(page: Page, exercise: ExerciseResult, *, everything: bool) -> None:
    """Add what became of an exercise's properties; ``everything`` has a line for each.

    What fails first comes last: on a terminal that is what stays on the screen.
    """
    first = first_failing(exercise)
    rest = [result for result in exercise.properties if result is not first]
    if rest and all(result.verdict is Verdict.PASS for result in exercise.properties):
        held = ngettext("{n} property checked, all hold.", "{n} properties checked, all hold.", len(rest))
        page.add(Text(held.format(n=len(rest)), style="dim"), indent=2)
    elif everything and rest:
        page.add(_one_line_each(rest), indent=2)
    elif rest:
        _in_short(page, exercise, rest)
    if any(result.verdict is Verdict.UNDECIDED for result in rest):
        page.add(Text(_("Undecided: could not be checked here, and costs nothing."), style="cyan"), indent=2)
    if first:
        _full(page, exercise, first, clipped=not everything)


def _in_short(page: Page, exercise: ExerciseResult, rest: Sequence[PropertyResult]) -> None:
    """The names of what else fails, a line for what could not be judged, and how many hold or wait."""
    failing = [plain_line(result.name) for result in rest if result.verdict in _FAILING]
    if failing:
        head = Text.assemble(mark(Verdict.FAIL), " ", _("failing too: {name}").format(name=failing[0]))
        page.flow([head, *map(Text, failing[1:])], _(", "), indent=2)
    told_alone = [result for result in rest if result.verdict not in {*_FAILING, Verdict.PASS, Verdict.SKIPPED}]
    if told_alone:
        page.add(_one_line_each(told_alone), indent=2)
    if counts := list(_counts(exercise, rest)):
        page.add(Text(_("; ").join([*counts, _("--all lists them")]), style="dim"), indent=2)


def _counts(exercise: ExerciseResult, rest: Sequence[PropertyResult]) -> Iterator[str]:
    if held := sum(result.verdict is Verdict.PASS for result in rest):
        yield ngettext("{n} holds", "{n} hold", held).format(n=held)
    waiting = [result for result in rest if result.verdict is Verdict.SKIPPED]
    if waiting:
        failing = [result.name for result in exercise.properties if result.verdict in _FAILING]
        causes = [plain_line(name) for name in failing if any(name in (result.message or "") for result in waiting)]
        told = ngettext("{n} waits for {names}", "{n} wait for {names}", len(waiting))
        yield told.format(n=len(waiting), names=_named(causes) or _("what fails"))


def _named(names: Sequence[str]) -> str:
    return _(", ").join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")


def _full(page: Page, exercise: ExerciseResult, result: PropertyResult, *, clipped: bool) -> None:
    """A failing property; the order of its parts is the same everywhere (docs: the learner message)."""
    tier = _(" (stretch)") if result.tier is Tier.STRETCH else ""
    page.line()
    page.add(Text(f"{plain_line(result.name)}: {word(result.verdict)}{tier}", style="bold red"), indent=2)
    page.add(Text(plain_line(result.title)), indent=2)
    if result.message:
        page.add(Text(clip(plain(result.message))), indent=2)
    case = result.counterexample
    if case:
        page.line()
        page.code(case.call, indent=6)
        page.line()
        page.add(_both_sides(case, clipped=clipped), indent=4)
    # Hints are asked for, a level at a time: not everybody wants the first one unasked.
    hint = f"autograder hint {plain_line(exercise.name)}" if exercise.hint else None
    parts = [(_("why it matters"), result.why), (_("diagnosis"), behaviour(exercise)), (_("hint"), hint)]
    page.add(rows([(label, Text(plain(text))) for label, text in parts if text]), indent=4)
    if case:
        page.code(pad(_("replay"), LABEL) + plain_line(case.replay), indent=4)


def _both_sides(case: Counterexample, *, clipped: bool) -> Table:
    shown = _beginning if clipped else clip
    return rows([(label, Text(shown(plain(text).rstrip()), overflow="fold")) for label, text in sides(case)])


def _beginning(text: str) -> str:
    """As much of a text as leaves room on the screen for the rest."""
    lines = text.splitlines()
    cut = "\n".join(lines[:_LINES]) + ("\n…" if len(lines) > _LINES else "")
    return clip(cut, _SIDE)


def _one_line_each(results: Sequence[PropertyResult]) -> Table:
    table = Table.grid(expand=True, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, justify="right")
    for result in results:
        judged = result.verdict not in {Verdict.SKIPPED, Verdict.UNDECIDED, Verdict.ERROR}
        told = result.title if judged else result.message or result.title
        style = "dim" if result.verdict is Verdict.PASS else ""
        table.add_row(
            mark(result.verdict),
            plain_line(result.name),
            Text(plain_line(told), style=style),
            _outcome(result),
        )
    return table


def _outcome(result: PropertyResult) -> str:
    if result.verdict in {Verdict.PASS, Verdict.FAIL}:
        return f"{points(result.score)} / {points(result.max_score)}"
    return word(result.verdict)
