# expect: crash: no answer
# rules: same
# why: A program with a table of numbers, in pieces that are each small enough.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack
TABLE = [["constant", {"v": 1 + n}, "float64", [32], [n / 7] * 32, "cpu", False] for n in range(400)]


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": TABLE, "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
