"""Hypothesis at work: draw the probes of a family once from a seed, and shrink a failure to a minimal one."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy

from autograder.strategies.probe import Family, Probe

_BACKEND = "autograder"


def _no_constant(*_args: object, **_kwargs: object) -> None:
    return None


class _SameForAll(HypothesisProvider):
    """Hypothesis's own generator without the constants it reads out of loaded modules.

    With them, the cases a seed gives would depend on which modules happen to be imported. It also keeps what it has
    read, in a folder ``.hypothesis`` wherever it is run.
    """

    _maybe_draw_constant = _no_constant


@contextlib.contextmanager
def _same_for_all() -> Iterator[None]:
    """Have Hypothesis shrink without those constants too: for that it always takes its own generator."""
    HypothesisProvider._maybe_draw_constant = _no_constant  # type: ignore[method-assign]
    try:
        yield
    finally:
        HypothesisProvider._maybe_draw_constant = _WITH_CONSTANTS  # type: ignore[method-assign]


_WITH_CONSTANTS = HypothesisProvider._maybe_draw_constant  # of whoever else uses Hypothesis in this process


AVAILABLE_PROVIDERS[_BACKEND] = _SameForAll

_QUIET = settings(
    backend=_BACKEND,
    database=None,
    deadline=None,
    derandomize=False,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def draw(family: Family, seed: int) -> tuple[Probe, ...]:
    """All probes of a family: the fixed ones, then ``family.count`` drawn ones, the same for the same seed."""
    if not family.strategies or not family.count:
        return family.fixed
    # One example holds a probe of every strategy, so that each combination of options gets its share of the draws;
    # the first example is Hypothesis's simplest, all zeros, and tells nothing that the fixed probes do not.
    drawn_by = _drawn_by(family, seed)
    rounds = -(-family.count // len(drawn_by)) + 1
    drawn: list[tuple[Probe, ...]] = []

    @with_seed(seed)
    @settings(_QUIET, max_examples=rounds)
    @given(st.tuples(*(family.strategies[index] for index in drawn_by)))
    def collect(example: tuple[Probe, ...]) -> None:
        drawn.append(example)

    collect()
    examples = [
        replace(probe, origin=index) for example in drawn[1:] for index, probe in zip(drawn_by, example, strict=True)
    ]
    return family.fixed + tuple(examples[: family.count])


def _drawn_by(family: Family, seed: int) -> Sequence[int]:
    """Which strategies draw: all of them, or, where there are more of them than draws, one of each few neighbours.

    Neighbours are alike: combinations of options come in the order of their first ones, so each of those is drawn.
    """
    kinds, count = len(family.strategies), family.count
    if count >= kinds:
        return range(kinds)
    bounds = [kinds * index // count for index in range(count + 1)]
    rng = random.Random(seed)  # noqa: S311  # repeatable, not secret
    return [rng.randrange(low, high) for low, high in itertools.pairwise(bounds)]


class _Enough(BaseException):
    """The budget of a search is spent.

    Not an Exception: Hypothesis would take it for a failure and go on shrinking.
    """


def minimal(
    strategy: SearchStrategy[Probe], fails: Callable[[Probe], bool], *, seed: int, attempts: int
) -> Probe | None:
    """The smallest probe of ``strategy`` that ``fails``, as far as ``attempts`` calls of ``fails`` find one.

    Args:
        strategy: what drew the failure to shrink.
        fails: whether a probe fails; an exception that is no Exception leaves the search at once.
        seed: makes the search repeatable.
        attempts: counted in calls, not seconds, so that a slow machine finds the same probe.

    """
    best: list[Probe] = []
    left = attempts

    def check(probe: Probe) -> None:
        nonlocal left
        if left <= 0:
            raise _Enough
        left -= 1
        if fails(probe):
            best[:] = [probe]
            raise AssertionError

    test = with_seed(random.Random(seed).getrandbits(64))(  # noqa: S311  # repeatable, not secret
        settings(
            _QUIET,
            max_examples=max(1, attempts),  # Hypothesis refuses 0, which course.yaml may ask for
            phases=[Phase.generate, Phase.shrink],
            report_multiple_bugs=False,
            print_blob=False,
        )(given(strategy)(check))
    )
    try:
        with _same_for_all():
            test()
    except (_Enough, AssertionError, Flaky):
        pass
    except HypothesisException as error:
        raise RuntimeError(f"Hypothesis could not search: {error}") from error
    return best[0] if best else None
