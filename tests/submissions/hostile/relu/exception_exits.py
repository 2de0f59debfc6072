# expect: crash: status 0
# rules: same
# why: The text of its exception ends the process.
import os

import torch


class Last(Exception):
    def __str__(self):
        os._exit(0)


def relu(x):
    raise Last
