# expect: crash: no answer
# rules: same
# why: A program of 2 MB.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": [["call", "torch.Tensor.add", [{"v": 0}, 1], {}, {"v": 1}]] * 20_000, "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
