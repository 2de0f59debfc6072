# expect: timeout: no answer within
# rules: same
# why: Every signal that can be ignored is, and blocked as well.
import signal

import torch

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
try:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
except OSError:
    pass


def relu(x):
    while True:
        pass
