# expect: fail or crash:
# rules: same
# why: A SyntaxError of one's own whose line is a text.
import torch


def relu(x):
    raise SyntaxError("here", ("<submission>/activations/relu.py", "line one", 1, "text"))
