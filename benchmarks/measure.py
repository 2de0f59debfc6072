"""What a command costs, with all the processes that it starts; on Linux, which tells of each process what it used."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_POLL = 0.1
_OF_WORKERS = "autograder.worker"  # in the command line of zygotes and workers, and of no grader


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Args:
        wall: seconds on the clock.
        cpu: processor seconds of it and of all that it started and waited for.
        own: the most memory that the command's own process ever had resident, in MB.
        graders: the same of it and of every process that it started, the largest first; zygotes and workers are left
            out.

    """

    wall: float
    cpu: float
    own: float
    graders: tuple[float, ...]


def run(
    command: Sequence[str], *, allowed: Iterable[int] = (0,), variables: Mapping[str, str] = MappingProxyType({})
) -> Cost:
    """Run a command of ours to its end; what it prints on standard output is dropped.

    Raises:
        RuntimeError: it ended with a status that is not ``allowed``.

    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(variables), stdout=subprocess.DEVNULL, stderr=errors
        )
        peaks: dict[int, int] = {}
        while True:
            for found in _tree(process.pid):
                if _OF_WORKERS in found.command:
                    peaks.pop(found.pid, None)  # between fork and exec it looked like its parent
                else:
                    peaks[found.pid] = found.peak_kb
            pid, status, used = os.wait4(process.pid, os.WNOHANG)  # its own and its children's, if it waited for them
            if pid:
                break
            time.sleep(_POLL)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with status={process.returncode}: {said}")
    graders = sorted((kb / 1024 for kb in peaks.values()), reverse=True)
    return Cost(wall, used.ru_utime + used.ru_stime, peaks.get(process.pid, 0) / 1024, tuple(graders))


def environment(variables: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """The environment of everything that is measured, and these variables."""
    # One thread for everybody: on tensors this small a pool of them costs a multiple and speeds nothing up.
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", **variables}


def cpu_of_children() -> float:
    """Processor seconds of all processes below this one, and of those that these have waited for, so far."""
    ticks = sum(_ticks(found.pid) for found in _tree(os.getpid()) if found.pid != os.getpid())
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    """User and system time of a process and of its children that have ended, as proc(5) counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15])


def grade(folder: Path, out: Path, *, jobs: int) -> Cost:
    """What ``autograder grade`` costs for a class; some fail, as they should."""
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(out), "--jobs", str(jobs)]
    return run(command, allowed=(0, 1))


def heading(title: str) -> str:
    """What every table begins with: the command that made it, and on what."""
    command = " ".join(["python", "-m", f"benchmarks.{Path(sys.argv[0]).stem}", *sys.argv[1:]])
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "hypothesis", "pytest"))
    machine = f"{len(os.sched_getaffinity(0))} cores of {_processor()}, Python {platform.python_version()}, {versions}"
    load = f"load {os.getloadavg()[0]:.1f} before it"  # what else runs makes everybody's CPU seconds more
    return f"### {title}\n\n`{command}` on {machine}; {load}\n"


def row(*cells: object) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def head(*cells: str) -> str:
    """The first two rows of a Markdown table: the first column is text, numbers follow."""
    return f"{row(*cells)}\n|---|{'---:|' * (len(cells) - 1)}"


class _Process(NamedTuple):
    pid: int
    command: str
    peak_kb: int


def _tree(root: int) -> Iterator[_Process]:
    """A process and all below it, with the most memory that each ever had resident."""
    folder = Path(f"/proc/{root}")
    try:
        command = (folder / "cmdline").read_bytes().decode(errors="replace")
        peak = re.search(r"^VmHWM:\s*(\d+) kB$", (folder / "status").read_text(encoding="utf-8"), re.MULTILINE)
        children = [path.read_text(encoding="utf-8").split() for path in folder.glob("task/*/children")]
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return
    if peak:  # else it has ended, and its parent has not looked yet
        yield _Process(root, command, int(peak[1]))
    for child in chain.from_iterable(children):
        yield from _tree(int(child))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
