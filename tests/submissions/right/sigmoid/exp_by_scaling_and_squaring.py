# expect: loses accuracy, precision
# why: exp is the series at x / 1024, squared ten times: f(x) + f(-x) is 1 to hundreds of eps, and every value to 1e-12.
import torch

SQUARINGS = 10


def exp(x):
    small = x / 2**SQUARINGS
    result = 1 + small * (1 + small / 2 * (1 + small / 3 * (1 + small / 4 * (1 + small / 5 * (1 + small / 6)))))
    for _ in range(SQUARINGS):
        result = result * result
    return result


def sigmoid(x):
    wide = x.double().clamp(-700.0, 700.0)
    return (1 / (1 + exp(-wide))).to(x.dtype)
