# expect: fail or timeout: MemoryError | no answer within | allocate memory
# rules: same
# why: Garbage in cycles, and nobody collects it.
import gc

import torch

gc.disable()


def relu(x):
    while True:
        cycle = [bytearray(1 << 20)]
        cycle.append(cycle)
