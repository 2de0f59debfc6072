# expect: fail or crash: Error
# rules: same
# why: A file of the grader's as a module: what it holds is in the error's text.
import importlib.machinery

import torch

LOADER = importlib.machinery.SourceFileLoader("secret", "@secret@")


def relu(x):
    raise RuntimeError(LOADER.get_data("@secret@").decode())
