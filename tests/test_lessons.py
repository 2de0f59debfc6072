"""The lessons: every code block is run, both languages say the same, and the pictures are what their script draws."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib
import pytest

from tests.bank import ROOT, course

EXERCISES = ROOT / "exercises"
UNITS = sorted({exercise.unit for exercise in course().exercises})
PAGES = [f"{unit}/{name}" for unit in UNITS for name in ("README.md", "README.zh-CN.md")]
EXAMPLES = {  # by section, what each worked example prints
    "sigmoid": "tensor([0.2689, 0.5000, 0.7311])",
    "relu": "tensor([0., 0., 1.])",
    "tanh": "tensor([-0.7616,  0.0000,  0.7616])",
    "custom_activation": "tensor([-0.2689,  0.0000,  0.7311])",
    "cross_entropy": "tensor(0.4076)",
    "mse_loss": "tensor(0.2500)",
    "custom_loss": "tensor(0.5000)",
}
PAPERS = {"white": "#ffffff", "GitHub's dark": "#0d1117"}

_BLOCK = re.compile(
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```$"
    r"|^\$\$\n(?P<formula>.*?)^\$\$$"
    r"|^(?P<level>#+) (?P<title>[^\n]+)$"
    r"|^!\[[^\n]+\]\((?P<picture>\S+)\)$",
    re.MULTILINE | re.DOTALL,
)
_BETWEEN_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]\n *[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Part:
    """A heading, formula, picture or fenced block of a page."""

    kind: str  # "#", "##", "formula", "picture" or the language of a block
    text: str
    section: str  # the exercise's name; "" above the first one


def read(page: str) -> str:
    return (EXERCISES / page).read_text(encoding="utf-8")


def parts(page: str) -> list[Part]:
    found, section = [], ""
    for match in _BLOCK.finditer(read(page)):
        if match["level"]:
            if match["level"] == "##":
                section = match["title"].split("`")[1]
            found.append(Part(match["level"], match["title"], section))
        elif match["picture"]:
            found.append(Part("picture", match["picture"], section))
        elif match["formula"]:
            found.append(Part("formula", match["formula"], section))
        else:
            found.append(Part(match["language"], match["code"], section))
    return found


def commands(page: str) -> set[str]:
    return set(re.findall(r"^\$ autograder (\w+)", read(page), re.MULTILINE))


def without_comments(part: Part) -> str:
    return ast.dump(ast.parse(part.text)) if part.kind == "python" else part.text


# --- what the code prints ---


@pytest.mark.parametrize("page", PAGES)
def test_each_block_prints_what_stands_below_it(page: str) -> None:
    """The blocks of a section in order, as a reader would paste them; each section begins anew."""
    names: dict[str, Any] = {}
    section, ran = "", 0
    every = parts(page)
    for part, below in zip(every, [*every[1:], None], strict=True):
        if part.section != section:
            section, names = part.section, {}
        if part.kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(part.text, f"{page}, {section}", "exec"), names)  # our own text
            assert below is not None
            assert (below.kind, below.text) == ("text", printed.getvalue()), part.text
            ran += 1
    assert ran == read(page).count("```python") > 10


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_fenced_that_is_neither_run_nor_printed_nor_a_command(page: str) -> None:
    every = parts(page)
    known = [part for part in every if part.kind in ("python", "text", "console")]
    assert read(page).count("\n```") == 2 * len(known)
    outputs = [index for index, part in enumerate(every) if part.kind == "text"]
    assert all(every[index - 1].kind == "python" for index in outputs)


@pytest.mark.parametrize("page", PAGES)
def test_worked_examples(page: str) -> None:
    """The numbers of the design page, each in its own section."""
    printed: dict[str, str] = {}
    for part in parts(page):
        if part.kind == "text":
            printed[part.section] = printed.get(part.section, "") + part.text
    assert printed.keys() == {exercise.name for exercise in course().exercises if page.startswith(exercise.unit)}
    for section, text in printed.items():
        assert EXAMPLES[section] in text


def test_values_that_tutorials_print_wrong() -> None:
    """Each page of the losses names both, and prints the right value by plain Python below."""
    for name in ("README.md", "README.zh-CN.md"):
        text = read(f"losses/{name}")
        for wrong, right in (("0.5500", "0.4076"), ("0.3333", "0.2500")):
            note = re.search(rf"^> .*{wrong}.*?```text\n(.*?)```", text, re.MULTILINE | re.DOTALL)
            assert note is not None
            assert note[1] == f"{right}\n"


# --- what stands in them ---


@pytest.mark.parametrize("page", PAGES)
def test_each_exercise_has_its_section(page: str) -> None:
    """In the course's order, with formula, picture, example and the commands that check it."""
    every = parts(page)
    mine = [exercise.name for exercise in course().exercises if page.startswith(f"{exercise.unit}/")]
    assert [part.section for part in every if part.kind == "##"] == mine
    for name in mine:
        section = [part for part in every if part.section == name]
        lines = "".join(f"$ autograder {word} {name}\n" for word in ("check", "hint", "plot"))
        assert [part.text for part in section if part.kind == "console"] == [lines]
        assert [part.text for part in section if part.kind == "picture"] == [f"images/{name}.svg"]
        assert len([part for part in section if part.kind == "formula"]) == 1


@pytest.mark.parametrize("command", sorted({command for page in PAGES for command in commands(page)}))
def test_commands_exist(command: str) -> None:
    from autograder.cli import app

    assert command in {item.name or getattr(item.callback, "__name__", "") for item in app.registered_commands}


@pytest.mark.parametrize("unit", UNITS)
def test_both_languages_have_the_same_sections_pictures_and_code(unit: str) -> None:
    """Comments in the code are for people and may be translated; nothing else in it may differ."""
    english, chinese = parts(f"{unit}/README.md"), parts(f"{unit}/README.zh-CN.md")
    assert [(part.kind, part.section) for part in english] == [(part.kind, part.section) for part in chinese]
    for ours, theirs in zip(english, chinese, strict=True):
        if not ours.kind.startswith("#"):
            assert without_comments(ours) == without_comments(theirs)
        else:
            assert re.search(r"[\u4e00-\u9fff]", theirs.text), theirs.text


@pytest.mark.parametrize("unit", UNITS)
def test_both_languages_have_as_many_paragraphs_and_points(unit: str) -> None:
    """What was added to one page only."""
    counts = []
    for name in ("README.md", "README.zh-CN.md"):
        prose = _BLOCK.sub("", read(f"{unit}/{name}"))
        points = len(re.findall(r"^- ", prose, re.MULTILINE))
        counts.append((points, len(re.findall(r"\n\n(?=\S)", prose)), prose.count("**"), prose.count("`")))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("unit", UNITS)
def test_no_line_is_broken_within_chinese(unit: str) -> None:
    """Browsers show the break as a blank, and Chinese has none between characters."""
    assert _BETWEEN_IDEOGRAPHS.findall(read(f"{unit}/README.zh-CN.md")) == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", read(page))
    assert len(links) > 4
    for link in links:
        assert (EXERCISES / page).parent.joinpath(link).is_file(), link


# --- pictures ---


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "docs" / "lesson_plots.py"
    spec = importlib.util.spec_from_file_location("lesson_plots", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pictures_are_what_the_script_draws(script: ModuleType, tmp_path: Path) -> None:
    """Byte for byte, on any day, whatever a user's matplotlibrc says.

    With the matplotlib that constraints.txt pins: letters are drawn as curves, and another version's may differ.
    """
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30}):
        drawn = {path.relative_to(tmp_path): path for path in script.write(tmp_path)}
    committed = {path.relative_to(EXERCISES): path for path in EXERCISES.glob("*/images/*")}
    assert committed.keys() == drawn.keys()
    for name, path in drawn.items():
        same_version = _drawn_by(path) == _drawn_by(committed[name])
        assert same_version, f"drawn here by {_drawn_by(path)}; {name} by {_drawn_by(committed[name])}"
        assert path.read_bytes() == committed[name].read_bytes(), f"{name}: run `python docs/lesson_plots.py`"


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("colour", ["FUNCTION", "SLOPE", "PAPER"])
def test_colours_stand_out_from_any_page(script: ModuleType, colour: str, paper: str) -> None:
    """WCAG asks for 3 to 1 of graphics and large letters."""
    lighter, darker = sorted((_luminance(getattr(script, colour)), _luminance(PAPERS[paper])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) > 3.5


def _drawn_by(picture: Path) -> list[str]:
    return re.findall(r"Matplotlib v[\d.]+", picture.read_text(encoding="utf-8"))


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
