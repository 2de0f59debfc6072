# expect: crash: no answer
# rules: same
# why: True for a number, a list for a text, a text for a value.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": [["call", ["torch.exp"], [{"v": True}], {"min": {"v": "0"}}, {"v": 1.0}]], "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
