"""How many graders this machine carries."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

# A grader, its zygote and a worker at work; learners' code may take a course's memory_mb more, but hardly ever does.
_GRADER_BYTES = 1 << 30
_LEARNERS = 4  # of whom a grader is worth its start, which takes as long as some submissions
_CGROUP = Path("/sys/fs/cgroup")


def default_jobs(learners: int) -> int:
    """As many as this process has cores and memory for, and so many learners keep busy."""
    return max(1, min(_cores(), _memory() // _GRADER_BYTES, math.ceil(learners / _LEARNERS)))


def _cores() -> int:
    """Those that this process may use: fewer than the machine has under taskset, on a cluster, in a container."""
    if sys.platform == "linux":
        cores = len(os.sched_getaffinity(0))
        quota, _, period = _limit("cpu.max").partition(" ")
        return min(cores, math.ceil(int(quota) / int(period))) if quota.isdecimal() else cores
    return os.cpu_count() or 1


def _memory() -> int:
    """Bytes; without bound where the system does not say."""
    if sys.platform == "win32":
        return sys.maxsize
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = _limit("memory.max")
    return min(installed, int(limit)) if limit.isdecimal() else installed


def _limit(name: str) -> str:
    """What a container's group says of itself; empty where there is none."""
    try:
        return (_CGROUP / name).read_text(encoding="ascii").strip()
    except OSError:
        return ""
