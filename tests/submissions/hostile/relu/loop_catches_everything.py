# expect: timeout: no answer within
# rules: same
# why: Catches whatever a grader inside the process could raise to end it.
import torch


def relu(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
