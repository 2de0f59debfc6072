# expect: timeout: no answer within
# rules: same
# why: The text of its exception never ends.
import torch


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def relu(x):
    raise Endless
