# expect: crash: the code ended the process with status 0 instead of returning
# rules: same
# why: R6: a grader that trusts exit status 0 lets this pass.
import os

import torch


def relu(x):
    os._exit(0)
