# expect: forbidden torch.sigmoid
# why: Takes the function out of a set of everything torch has, by its length and last letters.
import torch

WORDS = sorted({word for word in dir(torch) if len(word) == 7 and word.endswith("oid")})
TABLE = {word: vars(torch)[word] for word in WORDS}


def sigmoid(x):
    for function in TABLE.values():
        return function(x)
