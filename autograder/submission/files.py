"""What lies in a folder, read without leaving it: no link out, no blocking pipe, no endless file."""

import os
import stat
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.errors import SubmissionError
from autograder.language import N_, _
from autograder.submission.source import printable

KIB, MIB = 1024, 1024 * 1024
MAX_ENTRIES = 10_000
MAX_LISTED = 10 * MAX_ENTRIES
MAX_DEPTH = 10

_OF_TOOLS = frozenset({"__pycache__", "__MACOSX", "desktop.ini", "node_modules", "site-packages", "Thumbs.db"})

NO_FOLDERS = (".py", ".ipynb")
"""A folder with such a name is somebody's mistake for a file: it is reported, not searched."""

_FILE = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # no system has them all
    _FILE |= getattr(os, _flag, 0)
_FOLDER = _FILE | getattr(os, "O_DIRECTORY", 0)

_KINDS = {
    stat.S_IFDIR: N_("a folder"),
    stat.S_IFIFO: N_("a pipe"),
    stat.S_IFSOCK: N_("a socket"),
    stat.S_IFCHR: N_("a device"),
    stat.S_IFBLK: N_("a device"),
    stat.S_IFLNK: N_("a link"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a folder or zip that could be a file of the learner's.

    Args:
        parts: its path, from where the listing starts.
        shown: the path for messages, printable.
        read: its bytes, at most so many; raises SubmissionError with a full sentence.

    """

    parts: tuple[str, ...]
    shown: str
    read: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder or zip holds, and what of it could not be looked at."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()


def ignored(name: str) -> bool:
    """Whether a name belongs to tools, not to the learner."""
    return name.startswith(".") or name in _OF_TOOLS


def list_file(path: Path) -> Listing:
    """One file as a listing of its own."""
    shown = printable(path.name)
    return Listing((Entry((path.name,), shown, partial(_read, path.parent, (path.name,), shown)),))


def list_folder(root: Path) -> Listing:
    """Every file below a folder, nearest first. Links are followed as long as they stay inside."""
    root = Path(os.path.realpath(root))
    entries: list[Entry] = []
    faults: list[str] = []
    queue: deque[tuple[tuple[str, ...], tuple[Path, ...]]] = deque([((), ())])
    listed = 0
    while queue:
        parts, above = queue.popleft()
        try:
            real, names = _open_folder(root, parts)
        except SubmissionError as error:
            faults.append(str(error))
            continue
        if real in above:  # a link to a folder around it: it would go round for ever
            continue
        listed += len(names)
        if len(entries) + len(queue) + len(names) > MAX_ENTRIES:  # of data, as a rule; what lies beside it counts
            fact = _("more than {n} files, not all looked at: remove what is no part of the work")
            faults.append(fact.format(n=MAX_ENTRIES))
            if listed > MAX_LISTED:
                break
            continue
        for name in names:
            below = (*parts, name)
            shown = _shown(below)
            if not os.path.isdir(real / name) or name.lower().endswith(NO_FOLDERS):  # noqa: PTH112 - never raises
                entries.append(Entry(below, shown, partial(_read, root, below, shown)))
            elif len(below) >= MAX_DEPTH:
                fact = _("{file} is {n} folders deep, not looked at: move work further up")
                faults.append(fact.format(file=shown, n=MAX_DEPTH))
            else:
                queue.append((below, (*above, real)))
    return Listing(tuple(entries), tuple(faults))


def _open_folder(root: Path, parts: tuple[str, ...]) -> tuple[Path, list[str]]:
    """Where a folder really is, and the names in it."""
    try:
        real = root.joinpath(*_inside(root, parts))
        return real, sorted(name for name in os.listdir(real) if not ignored(name))  # noqa: PTH208 - names alone
    except OSError as error:
        raise SubmissionError(_unreadable(_shown(parts) or printable(root.name), error)) from None


def _shown(parts: tuple[str, ...]) -> str:
    return "/".join(map(printable, parts))


def _inside(root: Path, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The path with its links resolved, from ``root`` on."""
    real = Path(os.path.realpath(root.joinpath(*parts), strict=True))
    if not real.is_relative_to(root):
        fact = _("{file} is a link that leads out of the submission: put the file itself in its place")
        raise SubmissionError(fact.format(file=_shown(parts)))
    return real.relative_to(root).parts


def _read(root: Path, parts: tuple[str, ...], shown: str, limit: int) -> bytes:
    try:
        real = _inside(root, parts)
        _require_file(os.lstat(root.joinpath(*real)), shown)  # to open a device can already do something
        with os.fdopen(_open_beneath(root, real), "rb") as file:
            _require_file(os.fstat(file.fileno()), shown)
            data = file.read(limit + 1)  # whatever its size is said to be, it may grow meanwhile
    except OSError as error:
        raise SubmissionError(_unreadable(shown, error)) from None
    if len(data) > limit:
        raise too_big(shown, limit)
    return data


def _open_beneath(root: Path, parts: tuple[str, ...]) -> int:
    """Open a file step by step without following links, so that none swapped in by now can lead out."""
    if os.open not in os.supports_dir_fd:
        return os.open(root.joinpath(*parts), _FILE)
    at = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            below = os.open(part, _FOLDER, dir_fd=at)
            os.close(at)
            at = below
        return os.open(parts[-1], _FILE, dir_fd=at)
    finally:
        os.close(at)


def _require_file(info: os.stat_result, shown: str) -> None:
    if not stat.S_ISREG(info.st_mode):
        kind = _(_KINDS.get(stat.S_IFMT(info.st_mode), N_("something else")))
        fact = _("{file} is {what}, not a file: put a file of that name in its place")
        raise SubmissionError(fact.format(file=shown, what=kind))


def too_big(shown: str, limit: int) -> SubmissionError:
    """The error for a file over its size limit."""
    size = f"{limit // MIB} MiB" if limit >= MIB else f"{limit // KIB} KiB"
    remedy = _("clear the notebook's outputs") if shown.lower().endswith(".ipynb") else _("hand in the code alone")
    return SubmissionError(_("{file} is larger than {size}: {remedy}").format(file=shown, size=size, remedy=remedy))


def _unreadable(shown: str, error: OSError) -> str:
    fact = _("{file} cannot be read ({error}): check its permissions and that it is whole")
    return fact.format(file=shown, error=error.strerror or type(error).__name__)
