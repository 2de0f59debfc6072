# expect: crash:
# rules: same
# why: Python's fault handler writes its traceback into the connection, then the process dies.
import faulthandler

import torch


def relu(x):
    faulthandler.enable(file=3)
    faulthandler._sigsegv()
