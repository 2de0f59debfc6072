"""Hypothesis strategies for cases; every edge case of the catalogue is spelled in this package.

`families` answers all families of cases of an exercise; `draw` makes their probes from a seed.
"""

from autograder.strategies.build import families
from autograder.strategies.drawing import draw, minimal
from autograder.strategies.probe import Family, Probe

__all__ = ["Family", "Probe", "draw", "families", "minimal"]
