# expect: crash: SIGABRT
# rules: forbidden: import os
# why: Aborts.
import os

import torch


def relu(x):
    os.abort()
