# expect: crash: status 0
# rules: same
# why: The same, and the process ends in the way that runs hooks.
import atexit
import sys

import torch


def rewrite():
    with open("@results@", "w") as results:
        results.write('{"score": 100}')


atexit.register(rewrite)


def relu(x):
    sys.exit(0)
