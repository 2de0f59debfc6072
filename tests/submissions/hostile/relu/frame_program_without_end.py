# expect: timeout: no answer within
# rules: same
# why: A program of vast products: it costs the process that replays its time, and nobody else anything.
import json
import sys

wire = sys.modules["autograder.worker.wire"]
honest = wire.pack
PRODUCTS = [["call", "torch.ones", [1500, 1500], {}, {"v": 1}]]
PRODUCTS += [["call", "torch.matmul", [{"v": 1}, {"v": 1}], {}, {"v": 1}] for _ in range(7000)]


def forged(header, raw=b"", *rest):
    if "claims" in header:
        program = {"inputs": 1, "steps": PRODUCTS, "end": ["value", {"v": 1}]}
        header["cases"] = [[0, 0]] * len(header["cases"])
        raw = json.dumps(program).encode()
    return honest(header, raw, *rest)


wire.pack = forged


def relu(x):
    return x
