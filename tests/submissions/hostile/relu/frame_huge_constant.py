# expect: crash: no answer
# rules: same
# why: A program with a constant of 2**40 elements, of which one number is sent.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": [["constant", {"v": 1}, "float32", [2**20, 2**20], [0.0], "cpu", False]], "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
