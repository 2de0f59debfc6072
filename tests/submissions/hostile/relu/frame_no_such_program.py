# expect: crash: no answer
# rules: same
# why: Cases whose program is behind the last one, before the first one, or True.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        odd = [True, -1, len(header["cases"])][len(raw) % 3]
        header["cases"] = [[odd, 0] for _ in header["cases"]]
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
