"""A learner's first visit in a real terminal: from a clone, with the README's commands only, to verdicts on every save.

The clone is made of the files that git would have in it, changes not yet committed included. Installing takes minutes
and is what `make test` has done before: the environment of these tests stands in the place of `make setup`.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parent.parent
SECONDS = 120  # for a first verdict, torch and the drawing of cases included
PROMPT = "ready> "
STUB_LINE = "    raise NotImplementedError"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc, and types into a terminal"),
]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The repository as a learner gets it."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no checkout: git does not say what a clone of it has")
    folder = tmp_path / "torch-autograder"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for kept in (folder / ".autograder/stubs").rglob("*.py"):  # whoever runs this may have written answers
        shutil.copy(kept, folder / "exercises" / kept.relative_to(folder / ".autograder/stubs"))
    return folder


class Terminal:
    """A shell in a terminal, and somebody who types; what it shows is kept."""

    def __init__(self, folder: Path) -> None:
        self.transcript = io.StringIO()
        inputrc = folder.with_name("inputrc")
        inputrc.write_text("set enable-bracketed-paste off\n", encoding="utf-8")  # else escapes around every line
        self._readme = (folder / "README.md").read_text(encoding="utf-8")
        self.shell = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile"],
            cwd=str(folder),
            env=environment() | {"PS1": PROMPT, "TERM": "xterm", "INPUTRC": str(inputrc)},
            encoding="utf-8",
            dimensions=(50, 100),
            timeout=SECONDS,
        )
        self.shell.logfile_read = self.transcript
        self.shell.expect_exact(PROMPT)

    def run(self, command: str) -> str:
        """Type a command and wait for its end; what it said."""
        self.begin(command)
        self.shell.expect_exact(PROMPT)
        return self.said()

    def begin(self, command: str) -> None:
        """Type a command of the README's, exercise names apart."""
        if command.startswith("autograder "):
            word = " ".join(command.split()[:2])
            assert re.search(rf"^\$ {word}\b", self._readme, re.MULTILINE), f"{word} does not stand in the README"
        self.shell.sendline(command)
        self.shell.expect_exact(command + "\r\n")

    def key(self, letter: str, shows: str) -> str:
        """Press a key, without Enter, and wait for what it shows."""
        self.shell.send(letter)
        self.shell.expect_exact(shows)
        return self.said() + shows

    def said(self) -> str:
        """What was said before what was waited for."""
        return (self.shell.before or "").replace("\r\n", "\n")

    def status(self) -> int:
        """How the last command ended."""
        return int(self.run("echo $?"))


@pytest.fixture
def terminal(clone: Path) -> Iterator[Terminal]:
    terminal = Terminal(clone)
    yield terminal
    terminal.shell.close(force=True)
    print(terminal.transcript.getvalue())  # pytest shows it where a test has failed


def environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "OMP_NUM_THREADS") if name in os.environ}
    here = Path(sys.executable).parent
    return kept | {"PATH": f"{here}:/usr/bin:/bin", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


class Sigmoid:
    """The learner's file, and ways in which editors save it."""

    def __init__(self, clone: Path) -> None:
        self.path = clone / "exercises/activations/sigmoid.py"
        self._stub = self.path.read_text(encoding="utf-8")
        self.right = (clone / "solutions/activations/sigmoid.py").read_text(encoding="utf-8")

    def answer(self, line: str) -> str:
        assert STUB_LINE in self._stub
        return self._stub.replace(STUB_LINE, f"    {line}")

    def in_place(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")

    def by_rename(self, text: str) -> None:
        """As vim does: the old file is moved away, the new one takes its name."""
        part, backup = self.path.with_name(".sigmoid.py.swp"), self.path.with_name("sigmoid.py~")
        part.write_text(text, encoding="utf-8")
        self.path.rename(backup)
        part.rename(self.path)
        backup.unlink()


def verdict(terminal: Terminal) -> str:
    """What `watch` shows of the next check."""
    terminal.shell.expect(r"checked at [\d:]+ in [\d.]+ s\r\n")
    return terminal.said()


def below(process: int) -> set[int]:
    """Every process that a process has started, and they in turn."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # ended meanwhile
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, new = set[int](), {process}
    while new := {child for child, parent in parents.items() if parent in new}:
        found |= new
    return found


def all_gone(processes: set[int]) -> bool:
    """Whether none of them is left, in a while."""
    end = time.monotonic() + 10
    while left := [process for process in processes if Path(f"/proc/{process}").exists()]:
        if time.monotonic() > end:
            print(f"left: {left}")
            return False
        time.sleep(0.1)
    return True


def test_from_a_clone_to_a_first_verdict(terminal: Terminal) -> None:
    """In less than two minutes, and no command asks anything."""
    start = time.monotonic()
    said = terminal.run("autograder start")
    assert "0 of 7 passed, 0 of 100 points" in said
    assert "Exercise 1 of 7: sigmoid (12 points)" in said
    assert "your file       exercises/activations/sigmoid.py" in said
    assert "autograder check sigmoid" in said
    assert terminal.status() == 0

    said = terminal.run("autograder check sigmoid")
    seconds = time.monotonic() - start
    assert re.search(r"· sigmoid +0 / 12 +not started\n", said)
    assert "Open activations/sigmoid.py, replace the `raise NotImplementedError`" in said
    assert terminal.status() == 1
    print(f"first verdict after {seconds:.1f} s")
    assert seconds < 120

    said = terminal.run("autograder list")
    assert re.search(r"sigmoid +· not started +0 / 12 +0 / 3 +not started\n", said)


def test_what_beginners_get_wrong(terminal: Terminal, clone: Path) -> None:
    """A slip of the finger, the wrong folder, a file that is no Python: each is answered with what to do."""
    assert "exercise=sigmiod is unknown; did you mean sigmoid?" in terminal.run("autograder hint sigmiod")
    assert terminal.status() == 2
    terminal.run("cd ..")
    assert "go to the course's folder, or name a file with --course PATH" in terminal.run("autograder start")
    assert terminal.status() == 2
    terminal.run("cd torch-autograder/exercises/activations")
    assert "Exercise 1 of 7: sigmoid" in terminal.run("autograder start")
    terminal.run("cd ../..")
    sigmoid = Sigmoid(clone)
    sigmoid.in_place(sigmoid.answer("return 1 / (1 + torch.exp(-x)"))
    said = terminal.run("autograder check sigmoid")
    assert "line 18 is not Python: '(' was never closed" in said
    assert terminal.status() == 1
    assert "The sigmoid of each element" in terminal.run("autograder start")


def test_watch_from_the_first_save_to_the_next_exercise(terminal: Terminal, clone: Path) -> None:
    """Saves of all kinds are answered in under a second once the first check is done, and keys at any time."""
    sigmoid = Sigmoid(clone)
    terminal.begin("autograder watch")
    terminal.shell.expect_exact("n next · h hint · l list · q quit\r\n")
    assert "Exercise 1 of 7: sigmoid" in terminal.said()

    sigmoid.in_place(sigmoid.answer("return 1 / (1 + torch.exp(-x))"))
    said = verdict(terminal)
    assert "stable-gradients: failed (stretch)" in said
    assert "hint            autograder hint sigmoid\n" in said

    seconds = [checked_again(terminal, sigmoid, number) for number in range(6)]
    print(f"checked again in {', '.join(f'{value:.2f}' for value in seconds)} s")
    assert statistics.median(seconds) < 1

    sigmoid.by_rename(sigmoid.answer("return 1 / (1 + "))
    assert "is not Python" in verdict(terminal)
    sigmoid.path.unlink()
    terminal.shell.expect_exact("exercises/activations/sigmoid.py is gone; waiting for it to come back")
    for line in ("return x", "return x * 2", "return 1 / (1 + torch.exp(-x))"):
        sigmoid.in_place(sigmoid.answer(line))
        time.sleep(0.01)
    said = verdict(terminal)
    assert "stable-gradients: failed" in said  # what was saved last, whatever was read first
    assert "values: failed" not in said

    assert "sigmoid, hint 1 of 3: the idea" in terminal.key("h", "\r\n\r\n")
    assert "sigmoid, hint 2 of 3: the shape of the solution" in terminal.key("h", "\r\n\r\n")
    assert re.search(r"sigmoid +✗ failed +11.33 / 12 +2 / 3 +as checked\n", terminal.key("l", "of 100 points\r\n"))
    assert "Exercise 2 of 7: relu" in terminal.key("n", "q quit\r\n")

    sigmoid.by_rename(sigmoid.right)
    said = verdict(terminal)
    assert re.search(r"✓ sigmoid +12 / 12 +passed\n", said)
    terminal.shell.expect_exact("q quit\r\n")
    assert "Exercise 2 of 7: relu" in terminal.said()
    assert "1 of 7 passed, 12 of 100 points" in terminal.said()

    started = below(terminal.shell.pid)
    assert len(started) > 1
    terminal.key("q", PROMPT)
    assert terminal.status() == 0
    assert all_gone(started)
    assert "1 of 7 passed, 12 of 100 points" in terminal.run("autograder start")


def checked_again(terminal: Terminal, sigmoid: Sigmoid, number: int) -> float:
    """Seconds from a save to its verdict, by the watch of somebody who looks at the terminal."""
    text = sigmoid.answer(f"return 1 / (1 + torch.exp(-x)) + {number + 1}")
    save = sigmoid.by_rename if number % 2 else sigmoid.in_place
    time.sleep(0.5)
    start = time.monotonic()
    save(text)
    assert "values: failed" in verdict(terminal)
    return time.monotonic() - start


def test_watch_ends_by_ctrl_c_and_gives_the_terminal_back(terminal: Terminal) -> None:
    before = terminal.run("stty -g")
    terminal.begin("autograder watch tanh")
    terminal.shell.expect_exact("q quit\r\n")
    assert "Exercise 3 of 7: tanh" in terminal.said()
    started = below(terminal.shell.pid)
    terminal.shell.sendintr()
    terminal.shell.expect_exact(PROMPT)
    assert "interrupted" in terminal.said()
    assert terminal.status() == 130
    assert all_gone(started)
    assert terminal.run("stty -g") == before


def test_begin_anew(terminal: Terminal, clone: Path) -> None:
    sigmoid = Sigmoid(clone)
    given = sigmoid.path.read_text(encoding="utf-8")
    sigmoid.in_place(sigmoid.right)
    terminal.begin("autograder reset sigmoid")
    terminal.shell.expect_exact("Begin exercises/activations/sigmoid.py anew? A backup is kept. [y/N]: ")
    said = terminal.run("y")
    assert "kept your file as .autograder/backups/activations/sigmoid.1.py\n" in said
    assert sigmoid.path.read_text(encoding="utf-8") == given
    assert (clone / ".autograder/backups/activations/sigmoid.1.py").read_text(encoding="utf-8") == sigmoid.right


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_watch_without_a_terminal(clone: Path, number: signal.Signals) -> None:
    """In an editor's task or a container it checks all the same, and no way of ending it leaves a process behind."""
    sigmoid = Sigmoid(clone)
    words = [str(Path(sys.executable).with_name("autograder")), "watch"]
    with subprocess.Popen(
        words, cwd=clone, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as watch:
        assert watch.stdout is not None
        said = iter(watch.stdout)
        assert any("save a file to check it · Ctrl-C ends" in line for line in said)
        sigmoid.by_rename(sigmoid.right)
        assert any(line.startswith("✓ sigmoid") for line in said)
        assert any("Exercise 2 of 7: relu" in line for line in said)
        started = below(watch.pid)
        assert started
        watch.send_signal(number)
        assert watch.wait(30) == (-9 if number == signal.SIGKILL else 130)
    assert all_gone(started)
