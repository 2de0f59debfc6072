# expect: crash: no answer
# rules: same
# why: Claims the grader's own words: that the case was lost by a fault of the kit.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        for claim in header["claims"]:
            claim |= {"lost": "undecided", "detail": "this machine cannot check that"}
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
