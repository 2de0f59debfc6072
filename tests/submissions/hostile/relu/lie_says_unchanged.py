# expect: fail: changed argument
# rules: same
# why: The worker is made to say that no input was changed; nobody asks it that.
import sys

import torch

sys.modules["autograder.worker.inputs"].Inputs.changed = lambda *args: ()


def relu(x):
    answer = torch.where(x <= 0, 0.0, x)
    with torch.no_grad():
        x += 1
    return answer
