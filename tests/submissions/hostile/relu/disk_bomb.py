# expect: fail: PermissionError
# rules: same
# why: 200 MB to the disk.
import torch


def relu(x):
    with open("@folder@/bomb", "wb") as file:
        for _ in range(200):
            file.write(bytes(1 << 20))
    return torch.where(x <= 0, 0.0, x)
