# expect: fail or timeout: MemoryError | no answer within
# rules: same
# why: A list that doubles without end.
import torch


def relu(x):
    items = [0]
    while True:
        items += items
