# expect: fail: PermissionError
# rules: same
# why: Reads a file of the grader's and puts it into its report.
import torch


def relu(x):
    with open("@secret@") as file:
        raise RuntimeError(file.read())
