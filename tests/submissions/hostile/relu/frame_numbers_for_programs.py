# expect: crash: no answer
# rules: same
# why: Numbers in place of programs, as workers told them once.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack
SEEN = {"type": "Tensor", "device": "cpu", "requires_grad": True, "output": ["float64", []]}


def forged(header, raw=b"", *rest):
    if "claims" in header:
        cases = header["cases"]
        header, raw = {"id": header["id"], "outlines": [SEEN], "cases": [0] * len(cases)}, bytes(8 * len(cases))
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
