# expect: crash: ended the process with status | raised an exception that ends
# rules: same
# why: As if the instructor had pressed Ctrl-C.
import torch


def relu(x):
    raise KeyboardInterrupt
