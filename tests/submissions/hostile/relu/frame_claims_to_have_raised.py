# expect: fail or crash or unimplemented:
# rules: same
# why: Says of every call that it raised what a missing option should raise: an exception is no value.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = b'{"inputs":1,"steps":[],"end":["raised","ValueError",["ValueError","Exception"],"reduction",3]}'
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
