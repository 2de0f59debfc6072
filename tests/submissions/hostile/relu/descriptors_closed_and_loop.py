# expect: crash: closed its connection | closed the connection
# rules: same
# why: Closes the connection and goes on: nobody is told that the process still runs.
import os

import torch


def relu(x):
    os.closerange(0, 4096)
    while True:
        pass
