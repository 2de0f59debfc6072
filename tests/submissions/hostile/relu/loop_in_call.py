# expect: timeout: no answer within
# rules: same
# why: A loop that never ends; rules cannot know that.
import torch


def relu(x):
    while True:
        x = x + 0
    return x
