# expect: forbidden module.tanh
# why: A generator is sent the module and does the work.
import torch


def worker():
    x = yield
    module = yield
    yield module.tanh(x)


def tanh(x):
    steps = worker()
    next(steps)
    steps.send(x)
    return steps.send(torch)
