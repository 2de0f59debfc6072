# expect: fail: out of bounds | negative strides | not supported
# rules: same
# why: A view that would reach beyond its tensor, into the memory of the process that replays.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": [["call", "torch.as_strided", [{"v": 0}, [4096], [64], 10**6], {}, {"v": 1}]], "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
