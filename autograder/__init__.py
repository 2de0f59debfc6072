"""An autograder for PyTorch exercises: property by property, against torch.nn, in a process of its own."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.frontends.notebook import check

__all__ = ["__version__", "check"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """``check``, for notebooks; imported on demand, since `autograder --help` and the worker do without."""
    if name == "check":
        from autograder.frontends.notebook import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
