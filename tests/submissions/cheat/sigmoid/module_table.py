# expect: forbidden ….sigmoid
# why: torch is reached through the table of modules.
import sys


def sigmoid(x):
    return sys.modules["torch"].sigmoid(x)
