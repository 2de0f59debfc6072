# expect: fail: can't start new thread
# rules: same
# why: A thread would go on after the answer.
import threading

import torch


def spin():
    while True:
        pass


def relu(x):
    threading.Thread(target=spin, daemon=True).start()
    return torch.where(x <= 0, 0.0, x)
