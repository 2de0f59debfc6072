# expect: forbidden out.untyped_storage
# why: The bytes behind the tensor are read and written.
import torch


def relu(x):
    out = x.detach().clone()
    memory = out.untyped_storage()
    size = out.element_size()
    for start in range(0, len(memory), size):
        if memory[start + size - 1] >= 128:
            for place in range(start, start + size):
                memory[place] = 0
    return out
