# expect: fail or timeout: RuntimeError | no answer within | in all
# rules: same
# why: 50 MB of text in each exception.
import torch


def relu(x):
    raise RuntimeError("x" * 50_000_000)
