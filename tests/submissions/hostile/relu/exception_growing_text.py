# expect: fail or timeout: its message could not be made | no answer within
# rules: same
# why: The text of its exception grows until memory ends.
import torch


class Growing(Exception):
    def __str__(self):
        text = "x"
        while True:
            text += text


def relu(x):
    raise Growing
