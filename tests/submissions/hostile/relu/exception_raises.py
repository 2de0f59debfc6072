# expect: fail: its message could not be made
# rules: same
# why: The text of its exception is an exception.
import torch


class Nested(Exception):
    def __str__(self):
        raise Nested

    __repr__ = __format__ = __str__


def relu(x):
    raise Nested
