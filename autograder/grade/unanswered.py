"""How it is told that a worker has given no answer, or none that an observation can be made of."""

from __future__ import annotations

from dataclasses import replace

from autograder.language import N_, _, retold
from autograder.result import Verdict
from autograder.sandbox import WorkerLost
from autograder.worker.case import Observation, Raised
from autograder.worker.wire import ProtocolError


def too_many_ways(seen: Observation) -> Observation:
    """What is seen of an input for which no recording stands."""
    if seen.raised is not None:
        return seen
    message = N_("what it does depends on numbers that Python reads out of tensors, anew for nearly every input")
    return Observation(type="", raised=Raised("call", "RuntimeError", ("RuntimeError",), message, None))


def no_answer(error: ProtocolError) -> WorkerLost:
    """The loss of a worker that has answered with something else than the protocol's."""
    return WorkerLost(Verdict.CRASH, _("the process sent something that is no answer ({error})").format(error=error))


# As `worker.serve` says them.
_LOADING = (
    N_("the file defines no '{symbol}'; keep the name that the stub gives it"),
    N_("{symbol} is not a class derived from torch.nn.Module"),
    N_("{symbol} is not a function"),
)


def unloadable(seen: Observation) -> Raised:
    """The exception of a file that could not be loaded, in the reader's language."""
    raised = seen.raised or Raised("import", "Exception", (), _("the file could not be loaded"), None)
    return replace(raised, message=retold(raised.message, _LOADING))


def lost(error: WorkerLost) -> Observation:
    """An observation that says that there is none."""
    return Observation(type="", lost=error.verdict, detail=error.message)
