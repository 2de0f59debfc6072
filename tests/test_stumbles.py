"""Where beginners stumble, through the command line: what is wrong is said in words they can act on."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import terminal
from autograder.course import Course
from autograder.errors import UsageError
from autograder.grade.naming import nearest_name, signs_advice
from autograder.language import CHINESE, use_language
from autograder.options import exercise_named
from tests.bank import course as kit_course
from tests.learning import Cli, learners_copy

SIGMOID = "import torch\n\n\ndef sigmoid(x):\n    return 1 / (1 + torch.exp(-x))\n"


@pytest.fixture(name="copy")
def made_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C")
    return learners_copy(tmp_path)


@pytest.fixture
def told(copy: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What `check` says of a source, on one line: where it breaks is the width's matter."""

    def check(source: str, file: str = "activations/sigmoid.py", *words: str) -> str:
        own = copy.path.parent / "exercises"
        (own / "activations/sigmoid.py").unlink()
        (own / file).write_text(source, encoding="utf-8")
        ran = Cli(monkeypatch, capsys)("check", *(words or ("sigmoid", "--property", "values")))
        return " ".join((ran.out + ran.err).split())

    return check


@pytest.fixture
def _english_afterwards() -> Iterator[None]:
    yield
    use_language(None)


# What is written ------------------------------------------------------------------------------------------------------


def test_a_missing_return_is_asked_for_and_not_explained_by_its_numbers(told: Callable[..., str]) -> None:
    said = told(SIGMOID.replace("return", "y ="))
    assert "it returns None: is a `return` missing?" in said
    assert "yours None expected Tensor" in said
    assert "why it matters Nothing can be compared before the call returns a tensor." in said


def test_what_a_learner_prints_comes_out_of_the_sandbox(told: Callable[..., str]) -> None:
    assert "printed x is tensor([1.]" in told(SIGMOID.replace("return 1", "print('x is', x)\n    return 2"))


@pytest.mark.parametrize("name", ["Sigmoid", "sigmiod", "my_sigmoid", "activation"])
def test_a_misnamed_function_is_found(name: str, told: Callable[..., str]) -> None:
    said = told(SIGMOID.replace("def sigmoid", f"def {name}"))
    assert f"the file defines no 'sigmoid', but '{name}'; rename that to sigmoid" in said


def test_of_two_strange_names_none_is_guessed() -> None:
    assert nearest_name("def one(): pass\ndef two(): pass\n", "sigmoid") is None
    assert nearest_name("class CustomActivaton: pass\ndef two(): pass\n", "CustomActivation") == "CustomActivaton"


def test_full_width_signs_are_named_with_what_to_type(told: Callable[..., str]) -> None:
    said = told("def sigmoid（x）：\n    return x\n")
    assert "line 1 is not Python" in said
    assert said.count("type the plain ones: （ → (, ） → ), ： → :") == 1


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("x ＝ 1 － 2 ＋ 3", "＝ → =, － → -, ＋ → +"),
        ("f(“a”， ‘b’)", "“ → \", ” → \", ， → ,, ‘ → ', ’ → '"),
        ("x =\u30001", "\u3000 → a space"),
        ("print('（好）', \"：\") # ，", None),
        ("x = 变量 + é + 1", None),
    ],
)
def test_only_signs_of_code_are_named(line: str, pairs: str | None) -> None:
    advice = signs_advice(line)
    assert (advice and advice.partition(": ")[2]) == pairs


# Where it is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("activations/Sigmoid.py", "sigmoid.py"),
        ("activations/sigmod.py", "sigmoid.py"),
        ("activations/sigmoid (1).py", "sigmoid.py"),
        ("losses/sigmoid.py", "activations/sigmoid.py"),
        ("losses/sigmod.py", "activations/sigmoid.py"),
    ],
)
def test_a_misnamed_or_misplaced_file_is_found(file: str, target: str, told: Callable[..., str]) -> None:
    assert f"found {file}: rename it to {target}" in told(SIGMOID, file)


def test_a_like_name_beside_the_answer_is_no_remark(copy: Course, told: Callable[..., str]) -> None:
    """What a learner calls a trial of their own is no misspelling while the file itself is there."""
    (copy.path.parent / "exercises/activations/sigmoid2d.py").write_text(SIGMOID, encoding="utf-8")
    assert "sigmoid2d" not in told(SIGMOID)


@pytest.mark.parametrize(
    "word", ["sigmoid", "sigmoid.py", "exercises/activations/sigmoid.py", "./activations/sigmoid.py", "a\\sigmoid.py"]
)
def test_an_exercise_may_be_named_by_its_file(word: str) -> None:
    loaded = kit_course()
    if word.startswith("a\\"):
        with pytest.raises(UsageError, match="did you mean sigmoid"):
            exercise_named(loaded, word)
    else:
        assert exercise_named(loaded, word).name == "sigmoid"
    assert exercise_named(loaded, "CustomLoss").name == "custom_loss"
    assert exercise_named(loaded, "C:\\course\\exercises\\losses\\mse_loss.py").name == "mse_loss"


@pytest.mark.parametrize("command", ["check", "hint", "plot", "reset"])
def test_every_command_takes_a_file(
    command: str, copy: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Cli(monkeypatch, capsys)(command, copy.path.parent / "exercises/activations/sigmoid.py")
    assert "unknown" not in ran.err
    assert "sigmoid" in ran.out


# How it is shown ------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_takes_long_says_so_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, pipe = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.patience(after=60):
        pass
    assert screen.getvalue() == ""
    with terminal.patience(after=0.01):
        deadline = time.monotonic() + 20
        while not screen.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "still checking" in screen.getvalue()
    monkeypatch.setattr(sys, "stderr", pipe)
    with terminal.patience(after=0.0):
        time.sleep(0.05)
    assert pipe.getvalue() == ""


@pytest.mark.usefixtures("_english_afterwards")
@pytest.mark.parametrize("body", ["x.sum()", "3", "x * float('nan')", "torch.exp(x)", "x.no_such_name()"])
def test_the_words_in_a_picture_need_no_chinese_font(
    body: str, copy: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"import torch\n\n\ndef sigmoid(x):\n    return {body}\n"
    (copy.path.parent / "exercises/activations/sigmoid.py").write_text(source, encoding="utf-8")
    file = copy.path.parent / "picture.svg"
    ran = Cli(monkeypatch, capsys)("--lang", CHINESE, "plot", "sigmoid", "--out", file)
    assert re.search("[\u4e00-\u9fff]", ran.out)
    assert file.read_text(encoding="utf-8").isascii()
