# expect: timeout: no answer within | took more than | in all
# rules: same
# why: Each call alone is just in time; four hundred of them hold up a class for minutes, and with a course's real limits for hours.
import time

import torch


def relu(x):
    time.sleep(0.4)
    return torch.where(x <= 0, 0.0, x)
