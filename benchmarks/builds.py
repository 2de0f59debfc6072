"""Processor seconds a submission of two builds of the kit, a few learners of each in turn.

    python -m benchmarks.builds OTHER_CHECKOUT

Each build grades the same class by its own checkout's Python (`make setup` has been run there): a grader process with
its zygote and workers, driven as `autograder grade` drives it, warm with the learners before those that are measured.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.make_class import make_class
from benchmarks.measure import ROOT, environment, head, heading, row

_BLOCK = 5  # learners of one build before it is the other's turn
_GRADES = """
import sys, time
from pathlib import Path
from autograder.pool.local import Pool
from autograder.submission import own_submission
from benchmarks.measure import cpu_of_children
from tests.bank import course

asked = course()
with Pool(asked, exercises=asked.exercises, seed=asked.seed, jobs=1) as pool:
    for line in sys.stdin:
        before = cpu_of_children() + time.process_time()
        for learner in line.rstrip("\\n").split("\\t"):
            pool.graded(own_submission(Path(learner), asked))
        print(cpu_of_children() + time.process_time() - before, flush=True)
"""


@contextlib.contextmanager
def build(checkout: Path) -> Iterator[Callable[[list[Path]], float]]:
    """A build's grader: the processor seconds that it takes for some learners' folders."""
    command = [str(checkout / ".venv" / "bin" / "python"), "-c", _GRADES]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=checkout, text=True, env=environment(), stdin=pipe, stdout=pipe) as process:
        asked, answered = process.stdin, process.stdout
        assert asked is not None
        assert answered is not None

        def seconds(learners: list[Path]) -> float:
            print(*learners, sep="\t", file=asked, flush=True)
            return float(answered.readline())

        yield seconds
        asked.close()


def main(other: Path, start: int, sample: int) -> None:
    """Measure and print the table."""
    print(heading("CPU seconds a submission of seven exercises, by two builds"), flush=True)
    with tempfile.TemporaryDirectory() as folder, build(other) as old, build(ROOT) as new:
        learners = make_class(Path(folder), range(1, start + sample + 1))
        blocks = [learners[first : first + _BLOCK] for first in range(start, start + sample, _BLOCK)]
        unknown = [seconds(learners[:start]) / start for seconds in (old, new)]
        known = [(old(block), new(block)) for block in blocks]
    before, after = (sum(seconds) / sample for seconds in zip(*known, strict=True))
    print(head("", "the other", "this one", "beside the other"))
    print(row(f"learners 1 to {start}", *(f"{s:.3f}" for s in unknown), f"{unknown[1] / unknown[0]:.2f}x"))
    print(row(f"learners {start + 1} to {start + sample}", f"{before:.3f}", f"{after:.3f}", f"{after / before:.2f}x"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("other", type=Path, help="another checkout")
    parser.add_argument("--start", type=int, default=100, help="learners that are graded before")
    parser.add_argument("--sample", type=int, default=25, help="learners that are measured")
    chosen = parser.parse_args()
    main(chosen.other.resolve(), chosen.start, chosen.sample)
