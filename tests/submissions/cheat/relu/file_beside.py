# expect: nothing
# why: The answer is in another file.
from . import helper


def relu(x):
    return helper.relu(x)
