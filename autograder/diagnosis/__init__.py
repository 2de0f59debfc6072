"""Say which known mistake a failing submission behaves exactly like, where it does; never a guess.

Each family of exercises has a file of known mistakes, each as code that makes it, in the ways that learners write it.
To add one, add a `Mistake` there, and three submissions that make it to the bank (tests/README.md).
"""

from autograder.diagnosis.matching import diagnose, find, mistakes
from autograder.diagnosis.mistake import Form, Mistake

__all__ = ["Form", "Mistake", "diagnose", "find", "mistakes"]
