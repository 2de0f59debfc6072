"""The folder that a run writes to: checked before the work, one writer at a time, each file whole or not at all."""

import contextlib
import errno
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.errors import OutputError, UsageError
from autograder.language import _

if sys.platform != "win32":
    import fcntl

RESULTS = "results.json"
GRADEBOOK = "gradebook.csv"
REPORTS = "reports"

PART = ".autograder-part"  # one name for every file: a leftover of a killed run is overwritten by the next one
_PROBE = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def require_writable(out: Path, names: Iterable[str]) -> None:
    """UsageError where a folder cannot take these files, which is better known before the grading."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out) as probe:
            probe.write(os.urandom(_PROBE))  # a full disk still takes an empty file, and zeros may take no room
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise _unwritable(out, error) from None
    for name in names:
        if (out / name).is_dir():
            raise UsageError(_("--out={path} holds a folder named {name}; move it away").format(path=out, name=name))


@contextlib.contextmanager
def only_writer(out: Path) -> Iterator[None]:
    """Make a folder and keep other runs out of it; the lock ends with the process, even where that is killed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from None
    if sys.platform == "win32":
        yield
        return
    folder = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fact = _(
                "--out={path} is being written by another `autograder grade`; "
                "wait for its end, or choose another folder"
            )
            raise UsageError(fact.format(path=out)) from None
        except OSError:  # a network file system without locks: two runs there only waste time, since files are whole
            pass
        yield
    finally:
        os.close(folder)


def write_atomically(path: Path, parts: Iterable[str]) -> None:
    """Write a file so that a reader, or a machine after a power cut, sees the old file or the new one, never a part.

    Raises:
        OutputError: the disk is full, or the folder has gone; the old file is still there.

    """
    part = path.with_name(PART)
    try:
        _write(part, (text.encode() for text in parts))
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        remedy = _("make room for it") if error.errno in _FULL else _("put its folder right")
        fact = _("{path} cannot be written: {error}; {remedy}")
        raise OutputError(fact.format(path=path, error=error.strerror, remedy=remedy)) from None
    finally:
        with contextlib.suppress(OSError):  # what is wrong with the folder has been said
            part.unlink(missing_ok=True)


def move_aside(path: Path) -> Path:
    """Give a file another name, and say which."""
    aside = path.with_name(f"{path.name}.moved")
    try:
        return path.replace(aside)
    except OSError as error:
        fact = _("{path} cannot be moved to {name}: {error}; move it yourself")
        raise OutputError(fact.format(path=path, name=aside.name, error=error.strerror)) from None


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        fact = _("{path} cannot be removed: {error}; remove it yourself")
        raise OutputError(fact.format(path=path, error=error.strerror)) from None


def _unwritable(out: Path, error: OSError) -> UsageError:
    fact = _("--out={path} cannot be written: {error}; choose another folder")
    return UsageError(fact.format(path=out, error=error.strerror))


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())  # else a power cut may leave the new name with nothing in it


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # which cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
