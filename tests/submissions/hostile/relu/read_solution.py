# expect: fail or crash: Error
# rules: same
# why: Runs the instructor's solution.
import torch

SOLUTION = "@solution@"


def relu(x):
    names = {}
    with open(SOLUTION) as file:
        exec(file.read(), names)
    return names["relu"](x)
