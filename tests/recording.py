"""Submissions that are recorded, and replayed on other inputs, for the tests of whatever needs both."""

from __future__ import annotations

from autograder.grade.plan import encoded_chunk
from autograder.grade.replayer import Recording, Replayer, read_recordings
from autograder.sandbox import Worker
from autograder.worker import codec
from autograder.worker.case import Case
from autograder.worker.rows import Observations
from tests.inprocess import InProcessSandbox, InProcessWorker

PATIENT = 30.0  # seconds for what takes milliseconds, on a machine that others keep busy
ROOM = 1 << 16
_MOST = 1 << 20


def load(worker: Worker, source: str, *, seconds: float = PATIENT) -> None:
    """Have a worker load a file whose function is ``f``, and which can be loaded."""
    header = {"op": "load", "file": "activations/f.py", "symbol": "f", "kind": "function"}
    answer, _ = worker.ask(header, source.encode(), seconds=seconds, max_raw=0)
    assert answer.get("loaded") is True, answer


def record(worker: Worker, *cases: Case, lines: bool = False, seconds: float = PATIENT) -> list[Recording]:
    """What a worker records on these cases."""
    header = {"op": "record", "lines": lines}
    answer, raw = worker.ask(header, codec.encode_cases(cases), seconds=seconds, max_raw=_MOST)
    return read_recordings(answer, raw, len(cases))


def recorded(source: str, *cases: Case) -> list[Recording]:
    """The same of a file's ``f``, in this process, with the lines of its calls."""
    worker = InProcessWorker()
    load(worker, source)
    return record(worker, *cases, lines=True)


def replay(recordings: list[Recording], *cases: Case) -> Observations:
    """What recorded calls do on cases, one each; in this process."""
    replayer = Replayer(InProcessSandbox())
    return replayer.replay(encoded_chunk(cases, ROOM), recordings, seed=0, seconds=PATIENT).seen
