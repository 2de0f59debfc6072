"""An autograder for PyTorch exercises: property by property, against torch.nn, in a process of its own."""

__version__ = "0.1.0"
