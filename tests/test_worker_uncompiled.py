"""torch's compiler is not imported where a function of torch's is to be left alone by it."""

import subprocess
import sys

# The second gradient of abs adds torch's ZeroTensor, whose shape torch works out by functions of its own in Python.
SECOND_GRADIENT = """
import sys, torch
{before}
x = torch.tensor([-1.0, 2.0], dtype=torch.float64, requires_grad=True)
(first,) = torch.autograd.grad(torch.exp(-x.abs()).sum(), x, create_graph=True)
(second,) = torch.autograd.grad(first.sum(), x)
assert torch.allclose(second, torch.exp(-x.abs()))
print("torch._dynamo" in sys.modules)
"""
NEVER = "from autograder.worker.uncompiled import never_ask_the_compiler; assert never_ask_the_compiler() > 100"


def printed(before: str) -> str:
    source = SECOND_GRADIENT.format(before=before)
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout.strip()


def test_a_second_gradient_imports_the_compiler() -> None:
    """Else this module has nothing to do any more."""
    assert printed("") == "True"


def test_it_does_not_once_its_functions_are_told_so() -> None:
    assert printed(NEVER) == "False"
