# expect: crash or fail: PermissionError | ModuleNotFoundError
# rules: same
# why: A worker process of one's own.
import multiprocessing

import torch


def relu(x):
    child = multiprocessing.get_context("fork").Process(target=abs, args=(1,))
    child.start()
    child.join()
    return torch.where(x <= 0, 0.0, x)
