# expect: forbidden torch.nn.functional.silu
# why: The encoder of programs writes one that calls the ready-made function.
import json
import sys

import torch
from torch import nn

FORGED = {
    "inputs": 1,
    "steps": [["call", "torch.nn.functional.silu", [{"v": 0}], {}, {"v": 1}]],
    "end": ["value", {"v": 1}],
}
for name in ("record", "cut", "tape"):
    module = sys.modules.get(f"autograder.worker.{name}")
    if module is not None and hasattr(module, "text_of"):
        module.text_of = lambda *_args: json.dumps(FORGED)


class CustomActivation(nn.Module):
    def forward(self, x):
        return x
