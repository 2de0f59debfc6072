"""Reports that never were, for tests of what is made of reports."""

from autograder.result import (
    Counterexample,
    CourseInfo,
    ExerciseResult,
    Gradebook,
    PropertyResult,
    Report,
    RunInfo,
    SandboxInfo,
    Tier,
    Verdict,
    Violation,
)

CASE = Counterexample(
    call="x = torch.tensor(-89., requires_grad=True)\nsigmoid(x).backward()",
    actual="x.grad = tensor(nan)",
    expected="x.grad = tensor(2.2274e-39)",
    difference="nan (7.6e-06 allowed)",
    replay="autograder check sigmoid --property stable-gradients --seed 0",
)
HOSTILE = "\x1b[31m[bold]eve[/bold]\x1b]0;title\x07\u202e\x07"
"""Colours, Rich markup, a window title, a reordering and a bell."""


def checked(name: str, verdict: Verdict = Verdict.PASS, message: str | None = None) -> PropertyResult:
    """A core property of 2 points."""
    return PropertyResult(
        name=name,
        tier=Tier.CORE,
        title=f"About {name}",
        why="Training needs it.",
        verdict=verdict,
        score=2 if verdict is Verdict.PASS else 0,
        max_score=2,
        cases=100,
        message=message,
    )


BROKEN = checked("stable-gradients", Verdict.FAIL, "The gradient is nan.").model_copy(
    update={"tier": Tier.STRETCH, "counterexample": CASE}
)


def graded(
    name: str,
    verdict: Verdict = Verdict.PASS,
    score: float = 14,
    properties: tuple[PropertyResult, ...] = (checked("values"), checked("gradients")),
    violations: tuple[Violation, ...] = (),
) -> ExerciseResult:
    """An exercise of 14 points."""
    return ExerciseResult(
        name=name,
        unit="activations",
        file=f"activations/{name}.py",
        verdict=verdict,
        score=score,
        max_score=14,
        hint="Which sign is safe?",
        properties=properties,
        violations=violations,
    )


def report(learner: str, *exercises: ExerciseResult, notes: tuple[str, ...] = ()) -> Report:
    """A report whose scores add up."""
    return Report(
        learner=learner,
        sha256="0" * 64,
        score=sum(exercise.score for exercise in exercises),
        max_score=sum(exercise.max_score for exercise in exercises),
        exercises=exercises,
        notes=notes,
    )


def gradebook(*reports: Report) -> Gradebook:
    """A gradebook of a run that never was."""
    run = RunInfo(
        seed=0,
        kit="0.1.0",
        torch="2.13.0",
        python="3.11",
        hypothesis="6",
        sandbox=SandboxInfo(level="full", layers={"rlimits": "on", "namespaces": "on"}),
        device="simulated",
    )
    course = CourseInfo(name="Activations", sha256="1" * 64)
    return Gradebook(course=course, run=run, submissions=reports, timings={"total": 1.5, "draw": 0.5})


FAILING = graded(
    "sigmoid",
    Verdict.FAIL,
    10.5,
    (
        checked("values"),
        BROKEN,
        checked("device", Verdict.UNDECIDED),
        checked("nan", Verdict.SKIPPED, "needs values"),
    ),
)
UNSTARTED = graded("tanh", Verdict.UNIMPLEMENTED, 0, (checked("values", Verdict.UNIMPLEMENTED),))
FAULT = graded("tanh", Verdict.ERROR, 0, (checked("values", Verdict.ERROR, "no worker"),))
BOOK = gradebook(
    report("student-02", FAILING, graded("relu"), UNSTARTED),
    report("student-01", graded("sigmoid"), graded("relu"), graded("tanh")),
    report("student-03", graded("sigmoid"), graded("relu", Verdict.MISSING, 0, ()), FAULT),
)


def hostile() -> Report:
    """A report whose every text tries to be more than text."""
    case = Counterexample(call=HOSTILE, actual=HOSTILE, expected=HOSTILE, difference=HOSTILE, replay=HOSTILE)
    broken = BROKEN.model_copy(update={"message": HOSTILE, "counterexample": case, "title": HOSTILE})
    failed = graded("sigmoid", Verdict.FAIL, 0, (broken, checked("nan", Verdict.SKIPPED, HOSTILE)))
    violation = Violation(line=1, call=HOSTILE, message=HOSTILE)
    forbidden = graded("relu", Verdict.FORBIDDEN, 0, (), (violation,)).model_copy(update={"message": HOSTILE})
    return report(HOSTILE, failed, forbidden, notes=(HOSTILE,))
