# expect: fail: nothing of the grader's
# rules: same
# why: Looks for modules of the grader's side in the worker.
import sys

import torch


def relu(x):
    ours = [name for name in sys.modules if name.startswith("autograder.") and ".worker" not in name]
    ours = [name for name in ours if name not in ("autograder.errors",)]
    foreign = [name for name in ("hypothesis", "pytest", "pydantic") if name in sys.modules]
    raise RuntimeError(f"nothing of the grader's" if not ours + foreign else str(ours + foreign))
