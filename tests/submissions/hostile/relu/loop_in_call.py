# expect: fail: more than 8000 calls of torch
# rules: same
# why: A loop of calls without end: the recorder counts them, and does not wait for a limit of time.
import torch


def relu(x):
    while True:
        x = x + 0
    return x
