# expect: fail: generator
# rules: same
# why: Answers with an endless generator, which nobody may begin to read.
import torch


def relu(x):
    while True:
        yield torch.where(x <= 0, 0.0, x)
