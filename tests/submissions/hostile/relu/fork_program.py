# expect: fail: PermissionError
# rules: same
# why: A shell.
import subprocess

import torch


def relu(x):
    subprocess.run("echo out > @folder@/shell", shell=True, check=True)
    return torch.where(x <= 0, 0.0, x)
