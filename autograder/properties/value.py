"""Properties of the output's numbers."""

from __future__ import annotations

import torch

from autograder.oracle import dtype_of
from autograder.properties.agreement import Part
from autograder.properties.compare import first, gradients, pairs, precise_tolerance, relative, value
from autograder.properties.registry import Check, property_check
from autograder.properties.whole import in_graph, not_finite, of_dtype
from autograder.result import Mismatch, Tier
from autograder.strategies.probe import Probe
from autograder.strategies.sweeps import in_core_domain


def _values(check: Check, tolerance: float | None = None) -> Mismatch | None:
    return first(value(actual, expected, tolerance) for _, actual, expected in pairs(check))


@property_check(
    "values",
    reads="ordinary",
    selects=in_core_domain,
    compares=Part.OUTPUT,
    title="The values are right on ordinary inputs",
    why="A formula that is off by a little is off everywhere it is used.",
)
def values(check: Check) -> Mismatch | None:
    return _values(check)


@property_check(
    "stable-values",
    reads="extreme",
    compares=Part.OUTPUT,
    tier=Tier.STRETCH,
    needs=("values",),
    title="The values stay finite and right for very large inputs",
    why="exp overflows from 89 in float32 and from 12 in float16; real networks get there.",
)
def stable_values(check: Check) -> Mismatch | None:
    return _values(check)


@property_check(
    "infinities",
    reads="infinite",
    compares=Part.OUTPUT | Part.GRADIENTS,
    tier=Tier.STRETCH,
    needs=("values",),
    title="Infinite inputs give what torch.nn gives",
    why="An overflow elsewhere must not turn into nan here.",
)
def infinities(check: Check) -> Mismatch | None:
    return _special(check)


def _special(check: Check) -> Mismatch | None:
    """Every value, and the gradients beside what is not finite: there itself, right forms differ."""
    return first(
        mismatch
        for case, actual, expected in pairs(check)
        for mismatch in (value(actual, expected), gradients(case, actual, expected, skip=not_finite))
    )


@property_check(
    "nan",
    reads="nan",
    compares=Part.OUTPUT | Part.GRADIENTS,
    tier=Tier.STRETCH,
    needs=("values",),
    title="nan stays nan",
    why="A nan that is swallowed hides the bug that made it.",
)
def nan(check: Check) -> Mismatch | None:
    return _special(check)


@property_check(
    "accuracy",
    reads="accuracy",
    tier=Tier.STRETCH,
    needs=("values",),
    title="Small results keep their digits",
    why="1 - (1 - 1e-9) has lost half of its digits: near 0 and in the tails only the right form keeps them.",
)
def accuracy(check: Check) -> Mismatch | None:
    return first(relative(actual, expected, case) for case, actual, expected in pairs(check))


def _float64(probe: Probe) -> bool:
    return dtype_of(probe.cases[0]) is torch.float64


@property_check(
    "precision",
    reads="ordinary",
    tier=Tier.STRETCH,
    needs=("values",),
    selects=_float64,
    title="In float64 the values are right to the last digits",
    why="A guard such as + 1e-12 or a constant typed to nine digits changes every result.",
)
def precision(check: Check) -> Mismatch | None:
    return _values(check, precise_tolerance())


@property_check(
    "large-inputs",
    reads="large",
    compares=Part.OUTPUT | Part.GRADIENTS,
    title="Inputs of ten thousand are no problem",
    why="Targets such as prices or pixel sums are not scaled to 1.",
)
def large_inputs(check: Check) -> Mismatch | None:
    return first(
        mismatch
        for case, actual, expected in pairs(check)
        for mismatch in (value(actual, expected), gradients(case, actual, expected))
    )


@property_check(
    "close-inputs",
    reads="close",
    tier=Tier.STRETCH,
    needs=("values",),
    title="A small difference of large numbers keeps its digits",
    why="x*x - 2*x*t + t*t subtracts equal numbers; (x - t)**2 does not.",
)
def close_inputs(check: Check) -> Mismatch | None:
    return first(
        mismatch
        for case, actual, expected in pairs(check)
        for mismatch in (relative(actual, expected, case), gradients(case, actual, expected))
    )


@property_check(
    "empty-mean",
    reads="empty",
    tier=Tier.STRETCH,
    needs=("values",),
    title="The mean of nothing is nan, as in torch.nn",
    why="0 would look like a perfect loss on a batch that was empty by mistake.",
)
def empty_mean(check: Check) -> Mismatch | None:
    """And it is part of the graph, as every other mean is: backward() must not raise once in a thousand batches."""
    return _values(check) or first(
        mismatch
        for case, actual, expected in pairs(check)
        for mismatch in (of_dtype(case, actual), in_graph(actual, expected), gradients(case, actual, expected))
    )
