"""No message says where Python, its packages or the kit are installed."""

from __future__ import annotations

import os
import sys
import sysconfig
import typing
from pathlib import Path

import pytest
import torch

import autograder
from autograder.worker.observe import describe_exception
from autograder.worker.places import without_places

INSTALLED = {
    "library": typing.__file__,
    "packages": torch.__file__,
    "kit": autograder.__file__,
    "prefix": os.path.join(sys.prefix, "bin", "python"),  # noqa: PTH118
    "real": os.path.realpath(typing.__file__),
}


@pytest.mark.parametrize("path", INSTALLED.values(), ids=INSTALLED)
@pytest.mark.parametrize("text", ["{}", "cannot import 'x' ({})", "File '{}', line 3", "{}: no", "in `{}`, {}"])
def test_a_path_of_the_installation_becomes_its_files_name(text: str, path: str) -> None:
    assert without_places(text.replace("{}", path)) == text.replace("{}", Path(path).name)


def test_a_folder_of_the_installation_becomes_its_name() -> None:
    packages = sysconfig.get_path("purelib")
    assert without_places(f"searched {packages}/ and {packages}") == "searched site-packages and site-packages"


@pytest.mark.parametrize(
    "text",
    [
        "no such file: '/home/ann/data.csv'",
        f"'/home/ann{typing.__file__}'",  # hers, though it ends like ours
        f"{sys.base_prefix}-of-another/lib",
        "a/b and 1 / 2",
        "",
    ],
)
def test_other_paths_stay(text: str) -> None:
    assert without_places(text) == text


def test_an_exception_is_described_without_them() -> None:
    error = ImportError(f"{'x' * 400} cannot import name 'f' from 'torch' ({torch.__file__})")
    assert describe_exception(error, "import", None).message.endswith("from 'torch' (__init__.py)")
