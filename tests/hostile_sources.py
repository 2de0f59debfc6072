"""Hostile submissions that are no plain text file, so that they are made when needed."""

from __future__ import annotations

import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

RIGHT = b"import torch\n\n\ndef relu(x):\n    return torch.where(x <= 0, 0.0, x)\n"


def _file(data: bytes, name: str = "relu.py") -> Callable[[Path], None]:
    return lambda folder: _written(folder / name, data)


def _written(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _zip_bomb(folder: Path) -> None:
    with (
        zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("relu.py", "w") as file,
    ):
        for _ in range(100):
            file.write(bytes(1 << 20))


def _zip_of_many(folder: Path) -> None:
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.py", b"")


def _link(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "relu.py").symlink_to(target)


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "relu.py"))


def _device(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root makes devices")
    os.mknod(folder / "relu.py", 0o20666, os.makedev(1, 5))


# By name: what makes it in a learner's folder, and how it ends, as the header of a hostile file says that.
GENERATED: dict[str, tuple[Callable[[Path], None], str]] = {
    "not-utf-8": (_file(RIGHT + "# é\n".encode("latin-1")), "missing: is not text in utf-8"),
    "utf-16": (_file(RIGHT.decode().encode("utf-16")), "missing: UTF-16"),
    "utf-7": (_file(b"# coding: utf-7\n" + RIGHT), "missing: coding=utf-7"),
    "nul": (_file(RIGHT + b"\0"), "missing: NUL"),
    "byte-order-mark": (_file(b"\xef\xbb\xbf" + RIGHT), "full marks"),
    "carriage-returns": (_file(RIGHT.replace(b"\n", b"\r")), "full marks"),
    "five-megabytes": (_file(RIGHT + b"#" * (5 << 20)), "missing: larger than 128 KiB"),
    "million-lines": (_file(b"\n" * 1_000_000 + RIGHT), "missing: larger than 128 KiB"),
    "many-lines": (_file(b"\n" * 120_000 + RIGHT), "full marks"),
    "long-line": (_file(RIGHT + b"#" * 120_000), "full marks"),
    "deep-brackets": (_file(RIGHT + b"y = " + b"(" * 20_000 + b")" * 20_000), "crash: nested"),
    "deep-signs": (_file(RIGHT + b"y = " + b"-" * 100_000 + b"1"), "crash: cannot be read"),
    "deep-attributes": (_file(RIGHT + b"y = RIGHT" + b".a" * 50_000), "crash: cannot be read"),
    "deep-branches": (_file(RIGHT + b"if 1:\n    y = 1\n" + b"elif 1:\n    y = 1\n" * 6_000), "crash: cannot be read"),
    "deep-blocks": (
        _file(RIGHT + b"".join(b" " * depth + b"if 1:\n" for depth in range(200)) + b" " * 200 + b"y = 1\n"),
        "crash: indentation",
    ),
    "huge-number": (_file(RIGHT + b"y = " + b"9" * 100_000), "crash: digits"),
    "huge-constant": (_file(RIGHT + b"y = 2**2**2**2**2**2\n"), "timeout or crash: no answer within | MemoryError"),
    "link-out": (_link("/etc/passwd"), "missing: leads out"),
    "link-to-device": (_link("/dev/zero"), "missing: leads out"),
    "link-to-itself": (_link("relu.py"), "missing: cannot be read"),
    "pipe": (lambda folder: os.mkfifo(folder / "relu.py"), "missing: is a pipe"),
    "socket": (_socket, "missing: is a socket"),
    "device": (_device, "missing: is a device"),
    "zip-bomb": (_zip_bomb, "missing: larger than 128 KiB"),
    "zip-of-many": (_zip_of_many, "missing: more than 10000 files"),
}
