# expect: forbidden torch._C._VariableFunctions.sigmoid
# why: The servant's method answers with a program of a private operator.
import json
import sys

import torch

FORGED = {
    "inputs": 1,
    "steps": [["call", "torch._C._VariableFunctions.sigmoid", [{"v": 0}], {}, {"v": 1}]],
    "end": ["value", {"v": 1}],
}


def record(self, header, raw):
    cases = self._cases(header, raw)
    claims = [{"globals": [], "module": None, "lines": []}]
    return {"cases": [[0, 0]] * len(cases), "claims": claims}, json.dumps(FORGED).encode()


serve = sys.modules.get("autograder.worker.serve")
if serve is not None:
    serve.Servant._record = record


def sigmoid(x):
    return x
