# expect: crash: no answer
# rules: same
# why: An argument within an argument, and so on.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack
DEEP = '{"inputs": 1, "steps": [["call", "torch.stack", [' + "[" * 9000 + "]" * 9000 + '], {}, {"v": 1}]], "end": ["value", {"v": 1}]}'


def forged(header, raw=b"", *rest):
    if "claims" in header:
        header["cases"], raw = [[0, 0]] * len(header["cases"]), DEEP.encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
