# expect: fail: can't start new thread
# rules: same
# why: A thousand threads.
import threading
import time

import torch


def relu(x):
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
    return torch.where(x <= 0, 0.0, x)
