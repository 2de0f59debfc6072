"""Remedies: an exception as Python words it, and the learner's own code, tell which beginner's mistake it was.

``messages`` knows what Python and torch say, ``code`` reads the learner's source; nothing is run.
"""

from autograder.remedies.remedy import Remedy, Symptom, remedy

__all__ = ["Remedy", "Symptom", "remedy"]
