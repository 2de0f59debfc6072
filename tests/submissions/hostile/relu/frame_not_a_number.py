# expect: fail:
# rules: same
# why: A program whose one number is nan, which is equal to nothing and near to nothing.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": [["call", "torch.Tensor.mul", [{"v": 0}, float("nan")], {}, {"v": 1}]], "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
