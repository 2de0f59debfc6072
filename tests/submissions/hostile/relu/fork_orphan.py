# expect: fail: PermissionError
# rules: same
# why: A process in a session of its own that would write when the grader has forgotten it.
import os
import time

import torch


def relu(x):
    if os.fork() == 0:
        os.setsid()
        time.sleep(5)
        with open("@folder@/orphan", "w") as file:
            file.write("still here")
        os._exit(0)
    return torch.where(x <= 0, 0.0, x)
