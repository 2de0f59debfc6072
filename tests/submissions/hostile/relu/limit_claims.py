# expect: full marks
# rules: forbidden: import sys
# why: A limit that docs/security.md names: what a worker says about itself is a claim, so a changed input can be hidden.
import sys

import torch

sys.modules["autograder.worker.inputs"].Inputs.changed = lambda *args: ()


def relu(x):
    answer = torch.where(x <= 0, 0.0, x)
    x.data = x.data + 1
    return answer
