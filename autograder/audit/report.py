"""An audit as text and as JSON; `autograder.site` makes the page."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from autograder.audit.guarded import CATEGORIES
from autograder.audit.mutant import FIRST_ORDER
from autograder.audit.run import Outcome, Status
from autograder.audit.summary import KINDS, Audit, Row

_WIDTH = 80


def render_text(audit: Audit) -> str:
    """For a terminal of 80 columns: the figures, what survived, and what else an author should look at."""
    return "\n".join(_lines(audit)) + "\n"


def render_json(audit: Audit) -> str:
    """Every mutant with what became of it, and the tables; the same bytes for the same seed."""
    return json.dumps(_tree(audit), indent=1, ensure_ascii=False) + "\n"


def summary_line(audit: Audit) -> str:
    """The figures that a threshold is compared with."""
    shares = {kind: audit.share(kind) for kind in KINDS}
    return ", ".join(f"{kind}: {found} killed, {found.percent:.1f} %" for kind, found in shares.items() if found.all)


def _lines(audit: Audit) -> Iterator[str]:
    yield f"Audit of {audit.course}"
    sample = "all mutants" if audit.options.sample is None else f"at most {audit.options.sample} mutants of a kind"
    yield f"seed {audit.options.seed}, {sample} of each exercise"
    yield from _section("Killed, of those that differ from the right answer")
    yield from _table([*audit.by_exercise(), Row("all", {kind: audit.share(kind) for kind in KINDS})], KINDS)
    yield ""
    yield ", ".join(f"{status}: {len(audit.outcomes(status))}" for status in Status)
    if coverage := audit.coverage():
        yield from _section("Coverage: guarded mutants killed, by predicate and effect")
        yield from _table(coverage, CATEGORIES)
    if operators := audit.by_operator():
        yield from _section("First-order mutants killed, by operator and exercise")
        yield from _table(operators, [item.exercise for item in audit.exercises])
    yield from _properties(audit)
    yield from _accused(audit)
    for status, title in (
        (Status.SURVIVED, "Survivors"),
        (Status.DISPUTED, "Lost points, though no difference was found"),
        (Status.REFUSED, "Refused by the rules, though no difference was found"),
    ):
        if found := audit.outcomes(status):
            yield from _section(f"{title} ({len(found)})")
            for outcome in found:
                yield from _told(outcome, audit)
    yield ""
    yield summary_line(audit)


def _section(title: str) -> Iterator[str]:
    yield from ("", title, "-" * len(title))


def _table(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[str]:
    shown = [name for name in columns if any(row.shares[name].all for row in rows)]
    first = max((len(row.name) for row in rows), default=0)
    width = max([8, *[len(str(row.shares[name])) for row in rows for name in shown]])
    labels = [_fitting(name, max(width, (_WIDTH - first) // max(1, len(shown)) - 1)) for name in shown]
    widths = [max(width, len(label)) for label in labels]
    yield " ".join([" " * first, *[label.rjust(size) for label, size in zip(labels, widths, strict=True)]])
    for row in rows:
        cells = [str(row.shares[name]).rjust(size) for name, size in zip(shown, widths, strict=True)]
        yield " ".join([row.name.ljust(first), *cells])


def _fitting(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "."


def _properties(audit: Audit) -> Iterator[str]:
    alone = audit.alone()
    yield from _section("Properties: mutants killed, and of these, by this property alone")
    for name, groups in audit.killers().items():
        yield f"{name.ljust(38)} {groups.total():6} {alone[name]:6}"
    for exercise in audit.exercises:
        if idle := exercise.idle():
            yield from _wrapped(f"killed nothing in {exercise.exercise}: {', '.join(idle)}")


def _accused(audit: Audit) -> Iterator[str]:
    if accused := audit.lost_rightly_kept():
        yield from _section(f"Right answers that lost points ({len(accused)})")
        for name, lost in accused.items():
            yield from _wrapped(f"{name}: {', '.join(lost)}")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def _told(outcome: Outcome, audit: Audit) -> Iterator[str]:
    mutant = outcome.mutant
    yield f"{mutant.name}  {mutant.group}, {mutant.effect}" if mutant.group != mutant.effect else mutant.name
    yield from _wrapped(mutant.detail, "    ")
    if mutant.kind == FIRST_ORDER:
        yield from (f"    {line}" for line in mutant.diff(_solution(mutant.exercise, audit)).splitlines())
    if outcome.lost:
        yield from _wrapped(f"lost {', '.join(outcome.lost)}", "    ")
    if outcome.difference:
        yield from _wrapped(f"differs in {outcome.difference}", "    ")


def _solution(exercise: str, audit: Audit) -> str:
    return next(item.solution for item in audit.exercises if item.exercise == exercise)


def _tree(audit: Audit) -> Mapping[str, object]:
    return {
        "course": audit.course,
        "torch": version("torch"),
        "seed": audit.options.seed,
        "sample": audit.options.sample,
        "killed": {kind: _share_tree(audit, kind) for kind in KINDS},
        "coverage": {row.name: {name: str(cell) for name, cell in row.shares.items()} for row in audit.coverage()},
        "predicates": {
            row.name: {name: str(cell) for name, cell in row.shares.items()} for row in audit.by_predicate()
        },
        "operators": {row.name: {name: str(cell) for name, cell in row.shares.items()} for row in audit.by_operator()},
        "properties": {name: dict(groups) for name, groups in audit.killers().items()},
        "killed_nothing": {item.exercise: list(item.idle()) for item in audit.exercises if item.idle()},
        "right_answers_that_lost": {name: list(lost) for name, lost in audit.lost_rightly_kept().items()},
        "mutants": [_outcome_tree(outcome, audit) for outcome in audit.outcomes()],
    }


def _share_tree(audit: Audit, kind: str) -> Mapping[str, object]:
    found = audit.share(kind)
    return {"killed": found.killed, "of": found.all, "percent": round(found.percent, 2)}


def _outcome_tree(outcome: Outcome, audit: Audit) -> Mapping[str, object]:
    mutant = outcome.mutant
    told = {
        "name": mutant.name,
        "exercise": mutant.exercise,
        "kind": mutant.kind,
        "group": mutant.group,
        "effect": mutant.effect,
        "detail": mutant.detail,
        "status": outcome.status.value,
        "score": outcome.score,
        "lost": list(outcome.lost),
        "difference": outcome.difference,
    }
    whole = outcome.status in (Status.SURVIVED, Status.DISPUTED, Status.REFUSED)
    return told | ({"diff": mutant.diff(_solution(mutant.exercise, audit))} if whole else {})
