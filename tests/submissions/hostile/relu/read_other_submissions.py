# expect: fail: nothing
# rules: same
# why: Looks in the heap for the source of whoever was graded before.
import gc
import linecache

import torch


def relu(x):
    others = [name for name in linecache.cache if "submission" in name]
    texts = [text for text in gc.get_objects() if isinstance(text, list) and "def sigmoid(x):\n" in text]
    raise RuntimeError("nothing" if len(others) <= 1 and not texts else str(others))
