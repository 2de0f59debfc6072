# expect: fail: Bomb
# rules: same
# why: Runs a command in whoever unpickles the answer.
import os

import torch


class Bomb:
    def __reduce__(self):
        return os.system, ("echo out > @folder@/unpickled",)


def relu(x):
    return Bomb()
