# expect: crash: the file cannot be loaded: RuntimeError
# rules: same
# why: 50 MB of text before there is a function.
import torch

raise RuntimeError("x" * 50_000_000)
