"""How the kit's costs grow with the class and with ``--jobs``: seconds, processor seconds, memory.

``python -m benchmarks.scaling --submissions 10 100 1000 --jobs 1 2``; README.md says what the columns are.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.make_class import make_class
from benchmarks.measure import Cost, grade, head, heading, row

_COLUMNS = ("submissions", "jobs", "wall s", "CPU s", "a submission", "a further one", "own MB", "largest MB", "all MB")


def main(sizes: Sequence[int], jobs: Sequence[int]) -> None:
    """Print a row as each run ends, then how the larger classes compare with the one before."""
    print(heading("Scaling"))
    print(head(*_COLUMNS), flush=True)
    costs: dict[tuple[int, int], Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        classes = {size: Path(folder) / f"class-{size}" for size in sorted(sizes)}
        for size, place in classes.items():
            make_class(place, range(1, size + 1))
        grade(classes[min(sizes)], Path(folder) / "out", jobs=1)  # what a first run leaves is there for all
        for count in jobs:
            before = None
            for size, place in classes.items():
                cost = costs[size, count] = grade(place, Path(folder) / "out", jobs=count)
                print(_row(size, count, cost, _further(costs, before, size, count)), flush=True)
                before = size
    print()
    for count in jobs:
        for smaller, larger in zip(sorted(sizes), sorted(sizes)[1:], strict=False):
            print(_compared(costs, smaller, larger, count))
    print()


def _row(size: int, count: int, cost: Cost, further: str) -> str:
    memory = [cost.own, max(cost.graders), sum(cost.graders)]
    seconds = [f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.cpu / size:.3f}"]
    return row(size, count, *seconds, further, *(f"{megabytes:.0f}" for megabytes in memory))


def _further(costs: dict[tuple[int, int], Cost], before: int | None, size: int, count: int) -> str:
    if before is None:
        return ""
    return f"{(costs[size, count].cpu - costs[before, count].cpu) / (size - before):.3f}"


def _compared(costs: dict[tuple[int, int], Cost], smaller: int, larger: int, count: int) -> str:
    few, many = costs[smaller, count], costs[larger, count]
    cpu = (many.cpu / larger) / (few.cpu / smaller)
    largest = max(many.graders) / max(few.graders)
    return (
        f"- `--jobs {count}`: a submission of {larger:,} costs {cpu:.2f} times the CPU of one of {smaller:,}"
        f" (target: at most 1.05). The command's own process takes {many.own / few.own:.2f} times the memory,"
        f" the largest grader {largest:.2f} times (target: at most 1.1)."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--submissions", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    main(chosen.submissions, chosen.jobs)
