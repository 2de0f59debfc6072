# expect: timeout: no answer within
# rules: same
# why: Sleeps; it uses no processor time, which a limit on that would wait for.
import time

import torch


def relu(x):
    time.sleep(10**6)
    return torch.where(x <= 0, 0.0, x)
