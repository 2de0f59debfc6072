# expect: fail: sparse
# rules: forbidden: .to_sparse
# why: A tensor whose strides and memory are no one's.
import torch


def relu(x):
    return x.clone().reshape(-1).to_sparse()
