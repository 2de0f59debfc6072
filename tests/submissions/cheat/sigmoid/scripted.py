# expect: forbidden the answer holds numbers
# why: The answer is a string that another interpreter runs.
import torch

unit = torch.jit.CompilationUnit("def squash(x):\n    return torch.sigmoid(x)\n")


def sigmoid(x):
    return unit.squash(x)
