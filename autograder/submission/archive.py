"""What a zip holds, read in memory: nothing is unpacked, so no name in it can reach a file outside."""

import stat
import struct
import zipfile
import zlib
from functools import partial
from io import BytesIO
from pathlib import PureWindowsPath

from autograder.errors import SubmissionError
from autograder.language import _
from autograder.submission.files import MAX_DEPTH, MAX_ENTRIES, Entry, Listing, ignored, too_big
from autograder.submission.source import printable

_PACKED = {
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
}  # bz2 and lzma unpack a block whole, however large it gets
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises on damaged bytes, by where the damage is; RuntimeError covers NotImplementedError."""

_MEMBER = b"PK\x01\x02"


def list_archive(data: bytes, shown: str) -> Listing:
    """The files in a zip; raises SubmissionError where it is none."""
    if data.count(_MEMBER) > MAX_ENTRIES:  # before zipfile makes an object of each
        fact = _("{file} holds more than {n} files: pack the work alone")
        raise SubmissionError(fact.format(file=shown, n=MAX_ENTRIES))
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _BROKEN as error:
        fact = _("{file} is no zip that can be opened ({error}): pack and hand it in again")
        raise SubmissionError(fact.format(file=shown, error=_short(error))) from None
    entries: list[Entry] = []
    faults: list[str] = []
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")  # some packers on Windows write backslashes
        parts = tuple(part for part in name.split("/") if part not in {"", "."})
        member = f"{shown}/{printable(name)}"
        if any(map(ignored, parts)) and ".." not in parts:
            continue
        if ".." in parts or name.startswith("/") or PureWindowsPath(name).drive:
            fact = _("{file} names a place outside the zip, not read: pack the folder itself again")
            faults.append(fact.format(file=member))
        elif len(parts) > MAX_DEPTH:
            fact = _("{file} is {n} folders deep, not looked at: move work further up")
            faults.append(fact.format(file=member, n=MAX_DEPTH))
        elif parts and not (info.is_dir() and not parts[-1].lower().endswith(".py")):
            entries.append(Entry(parts, member, partial(_read, archive, info, member)))
    return Listing(tuple(entries), tuple(faults))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, limit: int) -> bytes:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() or kind not in {0, stat.S_IFREG}:
        what = _("a folder") if info.is_dir() else _("a link") if kind == stat.S_IFLNK else _("something else")
        raise SubmissionError(_("{file} is {what}, not a file: pack a file of that name").format(file=shown, what=what))
    if info.flag_bits & 1:
        raise SubmissionError(_("{file} is locked with a password: pack it without one").format(file=shown))
    if info.compress_type not in _PACKED:
        raise SubmissionError(_("{file} is packed with an unusual method: use an ordinary zip").format(file=shown))
    try:
        with archive.open(info) as member:
            data = member.read(limit + 1)  # whatever size the zip claims
    except _BROKEN as error:
        fact = _("{file} cannot be unpacked ({error}): pack and hand it in again")
        raise SubmissionError(fact.format(file=shown, error=_short(error))) from None
    if len(data) > limit:
        raise too_big(shown, limit)
    return data


def _short(error: Exception) -> str:
    return printable(str(error)) or type(error).__name__
