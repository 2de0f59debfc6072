# expect: fail: PermissionError
# rules: same
# why: The process becomes a shell, with the connection in its hands.
import os

import torch


def relu(x):
    os.execv("/bin/sh", ["sh", "-c", "echo out > @folder@/exec"])
