# expect: full marks
# rules: same
# why: R7: a hook that rewrites the results when the process ends. It never runs.
import atexit

import torch


def rewrite():
    with open("@results@", "w") as results:
        results.write('{"score": 100}')


atexit.register(rewrite)


def relu(x):
    return torch.where(x <= 0, 0.0, x)
