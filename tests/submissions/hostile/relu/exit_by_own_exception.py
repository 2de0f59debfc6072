# expect: crash: ended the process with status | raised an exception that ends
# rules: same
# why: A class of one's own that no `except Exception` sees.
import torch


class Out(BaseException):
    pass


def relu(x):
    raise Out("let me pass")
