# expect: fail: only 0, 1, 2 and 3
# rules: same
# why: Looks for a descriptor that the grader forgot to close.
import os

import torch


def there(number):
    try:
        os.lseek(number, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno not in (9, 1)
    return True


def readable(number):
    try:
        os.read(number, 1)
    except OSError as error:
        return error.errno != 9
    return True


def relu(x):
    extra = [number for number in range(4, 1024) if there(number) or readable(number)]
    if not extra:
        raise RuntimeError("only 0, 1, 2 and 3")
    return torch.where(x <= 0, 0.0, x)
