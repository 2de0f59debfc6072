# expect: crash: raised an exception that ends
# rules: same
# why: What runs when an exception ends Python writes a file and says that all is well.
import os
import sys

import torch


def hook(*args):
    open("@folder@/hook", "w").close()
    os._exit(0)


sys.excepthook = sys.unraisablehook = sys.displayhook = hook


def relu(x):
    raise KeyboardInterrupt
