# expect: fail: PermissionError
# rules: same
# why: Writes to the instructor's terminal.
import torch


def relu(x):
    with open("/dev/tty", "r+b", buffering=0) as terminal:
        terminal.write(b"\n")
    return torch.where(x <= 0, 0.0, x)
