# expect: forbidden:
# rules: same
# why: A program that would have the grader's process load a file, end, or change its settings.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": [
            ["call", "torch.load", ["@secret@"], {}, None],
            ["call", "os._exit", [0], {}, None],
            ["call", "torch.set_num_threads", [7], {}, None],
            ["call", "torch.Tensor.__reduce_ex__", [{"v": 0}, 2], {}, {"v": 1}],
        ], "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
