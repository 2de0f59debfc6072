# expect: fail:
# rules: same
# why: The text of its exception is a str only by name.
import torch


class Text(str):
    def __getitem__(self, key):
        raise KeyboardInterrupt

    def encode(self, *args):
        raise KeyboardInterrupt

    __len__ = __iter__ = __str__ = __format__ = __getitem__


class Odd(Exception):
    def __str__(self):
        return Text("x" * 1000)


def relu(x):
    raise Odd
