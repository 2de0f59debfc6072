"""What this installation is: the versions that results depend on, and a checksum of the kit's own code."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from autograder import __version__


@cache
def kit_code() -> str:
    """The sha256 of the kit's own code and words, whose version stays the same while it is developed."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in {".mo", ".py", ".toml"}):
        digest.update(
            f"{path.relative_to(root).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return digest.hexdigest()


class Installation(BaseModel):
    """What has to be the same wherever one class is graded, so that it is graded alike."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kit: str
    torch: str
    hypothesis: str
    python: str
    code: str

    @classmethod
    def here(cls) -> Installation:
        """What this process runs with."""
        return cls(
            kit=__version__,
            torch=version("torch"),
            hypothesis=version("hypothesis"),
            python=platform.python_version(),
            code=kit_code(),
        )

    def difference(self, other: Installation) -> str:
        """In words, where another one differs: ``torch=2.12.0, here 2.13.0``; empty where it does not."""
        here, there = self.model_dump(), other.model_dump()
        return ", ".join(f"{key}={there[key][:20]}, here {here[key][:20]}" for key in here if here[key] != there[key])
