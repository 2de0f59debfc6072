"""The site in a real Chromium: sorting, links, dark mode, a phone's width, the keyboard, and text that is hostile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autograder.pictures.curve import Apart, Curve, Picture, Point
from autograder.reporters import json
from autograder.result import Gradebook, Report, Verdict
from autograder.site import INDEX, Site
from autograder.site.pages import learner_page
from tests.bank import ROOT
from tests.hostile_html import HOSTILE, hostile, hostile_book
from tests.reports import BOOK, FAILING, checked, gradebook, graded, report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; it is a dev dependency")

VARIABLE = "AUTOGRADER_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, _NAMES)), None)
_QUIET = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
          "disable-component-update", "disable-sync")  # fmt: skip

_WHY = f"no Chromium: none of {', '.join(_NAMES)} is on PATH, and {VARIABLE} names none"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=_WHY)]


@dataclass
class Visit:
    """A page in the browser, and what it did that nobody asked for."""

    page: Any
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        """Go to a file."""
        self.page.goto(path.as_uri())

    def refuse(self, dialog: Any) -> None:
        """Note a dialog, and close it."""
        self.faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def clean(self) -> bool:
        """Whether nothing ran, nothing was loaded, and nothing complained."""
        assert self.faults == []
        assert [url for url in self.requests if not url.startswith("file:")] == []
        return bool(self.page.evaluate("window.hit === undefined"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        options = ["--headless", *(f"--{name}" for name in _QUIET)]
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A new window; a test's parameter may say how it is made."""
    context = browser.new_context(**getattr(request, "param", {}))
    page = context.new_page()
    found = Visit(page)
    page.on("console", lambda said: found.faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.faults.append(str(error)))
    page.on("dialog", found.refuse)
    page.on("request", lambda asked: found.requests.append(asked.url))
    yield found
    context.close()


def site_of(book: Gradebook, folder: Path) -> Path:
    """The site of a gradebook."""
    (folder / "results.json").write_text(json.render(book), encoding="utf-8")
    Site(folder, folder / "site").build()
    return folder / "site"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 120 learners: more than a page of the table, more than the columns of the heatmap."""

    def learner(number: int) -> Report:
        held = (checked("values"), checked("gradients", Verdict.PASS if number % 3 else Verdict.FAIL))
        return report(f"s{number}", graded("relu", score=number % 15, properties=held), FAILING)

    return site_of(gradebook(*map(learner, range(120))), tmp_path_factory.mktemp("large"))


def first_column(visit: Visit, table: str) -> list[str]:
    return [row.strip() for row in visit.page.locator(f"{table} tbody th").all_inner_texts()]


# A class ------------------------------------------------------------------------------------------------------------


def test_a_table_is_sorted_by_its_heads(visit: Visit, large: Path) -> None:
    visit.open(large / INDEX)
    head = visit.page.locator(".learners thead th", has_text="relu")
    assert head.get_attribute("aria-sort") is None
    for order, first in (("descending", "14"), ("ascending", "0"), ("descending", "14")):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == order
        cell = visit.page.locator(".learners tbody tr").first.locator("td").nth(1)
        assert cell.inner_text().split()[-1] == first
    name = visit.page.locator(".learners thead th", has_text="Learner")
    name.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    assert name.get_attribute("aria-sort") == "ascending"
    assert first_column(visit, ".learners")[:3] == ["s0", "s1", "s2"]  # as people count: s2 before s10
    assert visit.page.locator("[aria-sort]").count() == 1
    assert visit.clean()


def test_a_table_is_paged_and_filtered(visit: Visit, large: Path) -> None:
    visit.open(large / INDEX)
    status = visit.page.get_by_role("status")
    previous, following = (visit.page.get_by_role("button", name=name) for name in ("Previous", "Next"))
    assert status.inner_text() == "1–50 of 120"
    assert previous.is_disabled()
    following.click()
    following.click()
    assert status.inner_text() == "101–120 of 120"
    assert len(first_column(visit, ".learners")) == 20
    assert following.is_disabled()
    visit.page.get_by_role("searchbox", name="Filter by name").fill("S11")
    assert status.inner_text() == "1–11 of 11"
    assert set(first_column(visit, ".learners")) == {"s11", *(f"s11{digit}" for digit in range(10))}
    visit.page.get_by_role("searchbox").fill("nobody")
    assert status.inner_text() == "0–0 of 0"
    assert previous.is_disabled()
    assert following.is_disabled()
    assert visit.clean()


def test_the_keyboard_is_enough(visit: Visit, large: Path) -> None:
    """Tab reaches the heads of a table, Enter sorts, and what can scroll can be reached."""
    visit.open(large / INDEX)
    reached = []
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        reached.append(visit.page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
        if reached[-1] == "Total":
            break
    visit.page.keyboard.press("Enter")
    assert visit.page.locator(".learners th[aria-sort=descending]").inner_text().startswith("Total")
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert visit.page.locator(".wide:not([tabindex='0'])").count() == 0


def test_links_lead_to_a_learner_and_back(visit: Visit, large: Path) -> None:
    visit.open(large / INDEX)
    visit.page.get_by_role("link", name="s10", exact=True).click()
    assert visit.page.url == (large / "learners/s10.html").as_uri()
    assert visit.page.locator("h1").inner_text() == "s10"
    visit.page.get_by_role("link", name="sigmoid").click()
    assert visit.page.url.endswith("#exercise-2")
    assert visit.page.locator("#exercise-2 h2").inner_text().startswith("sigmoid")
    visit.page.locator("header a").click()
    assert visit.page.url == (large / INDEX).as_uri()
    assert visit.clean()


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_every_row_is_there(visit: Visit, large: Path) -> None:
    visit.open(large / INDEX)
    assert visit.page.locator(".learners tbody tr").count() == 120
    assert visit.page.locator("button").count() == 0


# How it looks -------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(visit: Visit, front: str) -> float:
    """Between an element's text and what is behind it."""
    script = """selector => {
        const node = document.querySelector(selector);
        let back = node;
        while (getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement;
        return [getComputedStyle(node).color, getComputedStyle(back).backgroundColor];
    }"""
    light, dark = sorted((luminance(colour) for colour in visit.page.evaluate(script, front)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_both_schemes_can_be_read(visit: Visit, tmp_path: Path) -> None:
    """WCAG asks for a contrast of 4.5; and the dark scheme is dark."""
    site = site_of(BOOK, tmp_path)
    visit.open(site / INDEX)
    paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    dark = visit.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (luminance(paper) < 0.05) == dark
    for place in (
        "h1",
        ".kicker",
        "a",
        ".v-pass i",
        "td.v-fail i",
        "td.v-missing i",
        ".quiet",
        "thead button",
        "td small",
    ):
        assert contrast(visit, place) >= 4.5, place
    visit.open(site / "learners/student-02.html")
    for place in ("p.hint", ".verdict.v-fail", ".verdict.v-unimplemented", "pre code", ".tag", "a", "summary", "dt"):
        assert contrast(visit, place) >= 4.5, place


@pytest.mark.parametrize("visit", [{"viewport": {"width": 360, "height": 740}}], indirect=True)
def test_a_phone_does_not_scroll_sideways(visit: Visit, large: Path, tmp_path: Path) -> None:
    """Not even with names and values of one endless word."""
    word = "x" * 400
    story = checked(word, Verdict.FAIL, word).model_copy(update={"title": word, "why": word})
    exercise = graded(word, Verdict.FAIL, 1, (story,)).model_copy(update={"message": word, "file": word, "hint": word})
    endless = site_of(gradebook(report(word, exercise, notes=(word,))), tmp_path)
    for path in (large / INDEX, large / "learners/s3.html", endless / INDEX, *(endless / "learners").iterdir()):
        visit.open(path)
        wide = visit.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, (path.name, wide)
        assert visit.page.evaluate("getComputedStyle(document.body).fontSize") == "16px"


def test_a_verdict_is_more_than_a_colour(visit: Visit, tmp_path: Path) -> None:
    """Each cell has a mark, each verdict of a learner's page a word."""
    site = site_of(BOOK, tmp_path)
    visit.open(site / INDEX)
    cells = visit.page.locator("td[class^=v-]").all_inner_texts()
    assert cells
    assert all(text.strip()[0] in "✓✗·-!»?" for text in cells)
    assert visit.page.locator("html").get_attribute("lang") == "en"
    visit.open(site / "learners/student-02.html")
    assert visit.page.locator(".verdict").first.inner_text() == "✗ failed"


@pytest.mark.parametrize("visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_a_picture_takes_the_colours_of_the_page(visit: Visit, tmp_path: Path) -> None:
    points = (Point(-1.0, 0.25, 0.25, None), Point(0.0, 0.5, 0.75, Apart("0.75", "0.5", "differs")))
    picture = Picture("sigmoid", "torch.nn.Sigmoid", "sigmoid(x)", Curve(points), Curve(points))
    page = tmp_path / "page.html"
    page.write_text(learner_page(BOOK, report("ann", FAILING), {"sigmoid": picture}), encoding="utf-8")
    visit.open(page)
    ink = visit.page.evaluate("getComputedStyle(document.body).color")
    box = visit.page.locator("figure svg").bounding_box()
    assert box["width"] > 300
    assert 0.8 < box["height"] / box["width"] < 1.2
    assert visit.page.evaluate("getComputedStyle(document.querySelector('figure text')).fill") == ink
    paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert visit.page.evaluate("getComputedStyle(document.querySelector('figure .paper')).fill") == paper
    name = visit.page.get_by_role("img").first.evaluate(
        "node => document.getElementById(node.getAttribute('aria-labelledby'))?.textContent"
    )
    assert "first apart at x = 0" in name
    assert visit.clean()


# Hostile text -------------------------------------------------------------------------------------------------------


def test_the_browser_would_notice(visit: Visit, tmp_path: Path) -> None:
    """What the tests below rely on: a page with this text in it raw does run it."""
    page = tmp_path / "raw.html"
    page.write_text(f"<!doctype html><p>{HOSTILE}", encoding="utf-8")
    visit.open(page)
    visit.page.wait_for_timeout(200)
    assert visit.page.evaluate("window.hit") == 1


def test_hostile_text_does_nothing(visit: Visit, tmp_path: Path) -> None:
    """Neither in the class page nor in the learner's; opened, sorted and filtered."""
    book = hostile_book()
    two = book.model_copy(update={"submissions": (hostile(), report("zoe", graded("relu")))})
    site = site_of(two, tmp_path)
    visit.open(site / INDEX)
    assert visit.page.title().startswith("<script>window.hit=1</script>")
    for button in visit.page.locator("thead button").all():
        button.click()
    link = visit.page.locator(".learners a", has_text="window.hit")
    assert link.inner_text().startswith('<script>window.hit=1</script>"><img src=x')
    link.click()
    for summary in visit.page.locator("summary:visible").all():
        summary.click()
    visit.page.wait_for_timeout(200)
    shown = visit.page.locator("body").inner_text()
    assert "{{7*7}}{% for x in y %}" in shown
    assert "49" not in shown
    assert visit.page.locator("script, img, iframe, object, svg").count() == 0
    assert visit.clean()


def test_a_hostile_submission_from_its_folder_to_its_page(visit: Visit, tmp_path: Path) -> None:
    """Name, source, error text and printed output are hostile; graded in the sandbox, drawn, and looked at."""
    attack = '<script>window.hit=1<script>"><img src=x onerror=window.hit=1>{{7*7}}<style>\u202e'
    folder = tmp_path / "class" / attack / "activations"
    folder.mkdir(parents=True)
    source = f"""import torch
# {HOSTILE.replace(chr(27), "")}
def sigmoid(x):
    print({HOSTILE!r})
    raise ValueError({HOSTILE!r})
"""
    (folder / "sigmoid.py").write_text(source, encoding="utf-8")
    forbidden = f"import torch\ndef relu(x):\n    return torch.relu({HOSTILE!r} and x)\n"
    (folder / "relu.py").write_text(forbidden, encoding="utf-8")
    out, site = tmp_path / "results", tmp_path / "site"
    for words, code in (
        (["grade", tmp_path / "class", "--out", out, "--exercise", "sigmoid", "--exercise", "relu"], 1),
        (["report", out, "--out", site, "--submissions", tmp_path / "class"], 0),
    ):
        command = [sys.executable, "-m", "autograder", *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == code, done.stderr
    visit.open(site / INDEX)
    visit.page.locator(".learners a").click()
    visit.page.wait_for_timeout(200)
    shown = visit.page.locator("body").inner_text()
    assert "it raises ValueError" in shown
    assert "<script>window.hit=1</script>" in shown
    assert "49" not in shown.replace("0.49", "")
    assert visit.page.locator("figure svg").count() == 1
    assert visit.page.locator("script, img").count() == 0
    assert visit.clean()
