"""Hypothesis strategies for cases; every edge case of the catalogue is spelled in this package.

`build.families` answers all families of cases of an exercise; `drawing.draw` makes their probes from a seed, which
`packing.packed` joins to fewer calls. Nothing is imported here: cases that were drawn before need no Hypothesis.
"""
