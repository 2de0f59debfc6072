# expect: fail or crash:
# rules: same
# why: Claims that all went well, without a value: no value is no pass.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        header["claims"] = [{"globals": [], "module": None, "lines": []}]
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = b'{"inputs":1,"steps":[],"end":["type","Tensor"]}'
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
