"""Hostile submissions: how their headers are read, what they are told to attack, and whether anything got out.

A file below ``submissions/hostile`` does one hostile thing. It says how it must end where the rules are off, and
whether it ends otherwise where they are on, for a call in its program. Where its attack can work, it then answers
right: full marks give away an attack that worked. It attacks what `Targets` has made, whose places the test fills in
for words such as ``@secret@``.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Course
from autograder.result import ExerciseResult, Verdict
from tests.bank import ROOT, Specimen, load_bank

FULL_MARKS, SAME, FORBIDDEN = "full marks", "same", "forbidden: "
VARIABLE = "AUTOGRADER_HOSTILE_SECRET"
SECRET = "open sesame"
_SETTLED_SECONDS = 5.0  # for what the kernel ends or closes a moment later
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37


@dataclass(frozen=True)
class Ending:
    """One line of a header: the verdicts a file may get, and the phrases of which its message holds one."""

    verdicts: frozenset[Verdict]
    phrases: tuple[str, ...]
    full_marks: bool

    @classmethod
    def parse(cls, text: str) -> Ending:
        """``timeout or crash: a phrase | another phrase``; the verdict of ``full marks`` is pass."""
        names, colon, phrases = text.partition(":")
        words = [word.strip() for word in names.split(" or ")]
        verdicts = frozenset(Verdict.PASS if word == FULL_MARKS else Verdict(word) for word in words)
        said = tuple(part.strip() for part in phrases.split(" | ") if part.strip()) if colon else ()
        return cls(verdicts, said, FULL_MARKS in words)

    def complaints(self, result: ExerciseResult) -> list[str]:
        """In what a result differs from it."""
        told = messages(result)
        faults = []
        if result.verdict not in self.verdicts:
            faults.append(f"verdict={result.verdict}, not {' or '.join(sorted(self.verdicts))}")
        if result.verdict is Verdict.PASS:
            if result.score != result.max_score:
                faults.append(f"score={result.score}, but the answer is right")
        elif result.score >= result.max_score:
            faults.append(f"score={result.score} of {result.max_score} for a dishonest answer")
        elif not any(phrase in told for phrase in self.phrases or ("",)):
            faults.append(f"the report does not say {' or '.join(map(repr, self.phrases))}")
        return [f"{fault}; it says: {told[:2000]}" for fault in faults]


@dataclass(frozen=True)
class Hostile:
    """One file: what it is, and how it must end."""

    specimen: Specimen
    alone: Ending
    ruled: str
    machine: str

    @property
    def id(self) -> str:
        """``relu/loop_in_call``."""
        return self.specimen.id.removeprefix("hostile/")

    @property
    def kind(self) -> str:
        """The first word of its name."""
        return self.specimen.name.partition("_")[0]

    def unfit(self) -> str:
        """Why it cannot be tried on this machine; empty where it can."""
        here = platform.machine()
        return f"numbers of {self.machine}'s system calls, and this is {here}" if self.machine not in ("", here) else ""


def load_hostile() -> list[Hostile]:
    """Every hostile file."""
    return [_read(specimen) for specimen in load_bank("hostile")]


def _read(specimen: Specimen) -> Hostile:
    header = {}
    for line in specimen.text.splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line.removeprefix("# ").partition(": ")
        header[key] = value
    if not header.keys() >= {"expect", "rules", "why"} or not header["rules"].startswith((SAME, FORBIDDEN)):
        raise ValueError(f"{specimen.id}: the header needs `# expect: `, `# rules: same` or `forbidden: …`, `# why: `")
    return Hostile(specimen, Ending.parse(header["expect"]), header["rules"], header.get("needs", ""))


def messages(result: ExerciseResult) -> str:
    """All that a learner is told."""
    lines = [result.message or ""]
    for item in result.properties:
        shown = item.counterexample
        lines += [item.message or "", *((shown.actual, shown.difference or "") if shown else ())]
    return "\n".join(dict.fromkeys(filter(None, lines)))


def quick_course(course: Course, *, seconds: float, memory_mb: int) -> Course:
    """The course with few cases, so that a hundred submissions are graded in a minute."""
    few = {"cases": 10, "pairs": 10, "search_calls": 5, "seconds": seconds, "memory_mb": memory_mb}
    return replace(course, budget=course.budget.model_copy(update=few))


def without_rules(course: Course) -> Course:
    """The course with all of Python and torch allowed."""
    exercises = (
        item.model_copy(update={"rules": item.rules.model_copy(update={"enabled": False})}) for item in course.exercises
    )
    return replace(course, exercises=tuple(exercises))


class Targets:
    """A file with a secret, a file of results, a folder and four sockets that all anybody may use.

    Only a sandbox stands between a submission and these.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "targets"
        self.folder.mkdir()
        self.folder.chmod(0o777)
        self.secret, self.results = self.folder / "secret.txt", self.folder / "results.json"
        self.secret.write_text(f"{SECRET}\n")
        self.results.write_text(json.dumps({"score": 0}))
        for file in (self.secret, self.results):
            file.chmod(0o666)
        self._open = contextlib.ExitStack()
        self._abstract = f"autograder{root}"
        self._sockets = {
            "tcp": self._listening(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "udp": self._listening(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "unix": self._listening(socket.AF_UNIX, socket.SOCK_STREAM, str(self.folder / "unix")),
            "abstract": self._listening(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self._abstract}"),
        }
        (self.folder / "unix").chmod(0o777)
        self._before = self._files()

    def _listening(self, family: int, kind: int, address: tuple[str, int] | str) -> socket.socket:
        made = self._open.enter_context(socket.socket(family, kind))
        made.bind(address)
        made.setblocking(False)
        if kind == socket.SOCK_STREAM:
            made.listen()
        return made

    def fill(self, text: str) -> str:
        """A file's text with the places that it attacks."""
        places = {
            "secret": self.secret,
            "results": self.results,
            "folder": self.folder,
            "solution": ROOT / "solutions" / "activations" / "relu.py",
            "tcp": self._sockets["tcp"].getsockname()[1],
            "udp": self._sockets["udp"].getsockname()[1],
            "unix": self.folder / "unix",
            "abstract": self._abstract,
            "grader": os.getpid(),
            "variable": VARIABLE,
        }
        for word, place in places.items():
            text = text.replace(f"@{word}@", str(place))
        return text

    def complaints(self) -> list[str]:
        """What has been done to them."""
        faults = []
        now = self._files()
        for name in sorted({*now, *self._before}):
            if now.get(name) != self._before.get(name):
                faults.append(f"{name} was {self._before.get(name)} and is {now.get(name)}")
        for name, made in self._sockets.items():
            with contextlib.suppress(BlockingIOError):
                if made.type == socket.SOCK_DGRAM:
                    made.recv(1)
                else:
                    made.accept()[0].close()
                faults.append(f"something came over {name}")
        return faults

    def _files(self) -> dict[str, tuple[object, ...]]:
        """Each name in the folder, with all that can be changed about it but the time of reading."""
        found: dict[str, tuple[object, ...]] = {".": (self.folder.stat().st_mode,)}
        for path in self.folder.iterdir():
            state = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            found[path.name] = (state.st_ino, state.st_mode, state.st_uid, state.st_nlink, state.st_mtime_ns, content)
        return found

    def close(self) -> None:
        """Close the sockets."""
        self._open.close()


@dataclass(frozen=True)
class Surroundings:
    """What a grader's process has: descendants, open descriptors, threads, temporary files."""

    processes: frozenset[int]
    descriptors: frozenset[str]
    threads: int
    files: frozenset[str]

    @classmethod
    def now(cls) -> Surroundings:
        """As it is."""
        temporary = Path(tempfile.gettempdir())
        shared = {f"shm/{path.name}" for path in Path("/dev/shm").glob("hostile*")}
        return cls(
            frozenset(descendants(os.getpid())),
            frozenset(_descriptors()),
            threading.active_count(),
            frozenset({path.name for path in temporary.iterdir()} | shared),
        )

    def complaints(self) -> list[str]:
        """In what it differs now, once it had time to settle."""
        deadline = time.monotonic() + _SETTLED_SECONDS
        while (found := Surroundings.now()) != self and time.monotonic() < deadline:
            time.sleep(0.02)
        pairs = [
            ("process", self.processes, found.processes),
            ("descriptor", self.descriptors, found.descriptors),
            ("temporary file", self.files, found.files),
        ]
        faults = [f"{what} {one} is new" for what, before, after in pairs for one in after - before]
        faults += [f"{what} {one} is gone" for what, before, after in pairs for one in before - after]
        return faults + ([f"threads={found.threads}, not {self.threads}"] if found.threads != self.threads else [])


def descendants(parent: int) -> Iterator[int]:
    """The processes below one, zombies included."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            above = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(above, []).append(int(path.parent.name))
    waiting = [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        yield from below
        waiting += below


def _descriptors() -> Iterator[str]:
    folder = Path("/proc/self/fd")
    for name in os.listdir(folder):  # noqa: PTH208 - names alone
        with contextlib.suppress(OSError):  # the one that the listing itself was read by
            yield f"{name} -> {(folder / name).readlink()}"


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Be the parent of every process below whose own parent ends, so that `descendants` finds it."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = ctypes.c_int()
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    mine = set(descendants(os.getpid()))
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)
        for pid in set(descendants(os.getpid())) - mine:  # told by now; the next test is not to see them
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
