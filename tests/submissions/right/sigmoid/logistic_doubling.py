# expect: loses accuracy, precision
# why: Starts from the sigmoid of a 1,024th and doubles the argument ten times: right to 1e-12, which is what values asks.
import torch

DOUBLINGS = 10


def sigmoid(x):
    wide = x.double()
    y = wide.clamp(-800.0, 800.0) / 2**DOUBLINGS
    # The odd part p of sigmoid(y) = 1/2 + p, by its series; then s(2y) = s^2 / (s^2 + (1 - s)^2).
    s = 0.5 + y / 4 - y**3 / 48 + y**5 / 480 - 17 * y**7 / 80640 + 31 * y**9 / 1451520
    c = 1 - s
    for _ in range(DOUBLINGS):
        s, c = s * s, c * c
        total = s + c
        s, c = s / total, c / total
    return s.to(x.dtype)
