"""The audit's sandbox without a process, under the name that tests know it by."""

from autograder.audit.inprocess import InProcessSandbox, InProcessWorker

__all__ = ["InProcessSandbox", "InProcessWorker"]
