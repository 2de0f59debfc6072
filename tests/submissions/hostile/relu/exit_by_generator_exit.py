# expect: crash: ended the process with status | raised an exception that ends
# rules: same
# why: The third exception that is no Exception.
import torch


def relu(x):
    raise GeneratorExit("done")
