"""The templates of docs/ci and this repository's own workflow: what they run exists, and whose code it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from autograder.cli import app
from tests.bank import ROOT

DOCS = ROOT / "docs" / "ci"
TEMPLATES = sorted(DOCS.glob("*.yml"))
GITHUB = [path for path in TEMPLATES if path.name.startswith("github")]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def parsed(path: Path) -> Any:
    """The file, with its ``on:`` as text: YAML 1.1 reads it as true."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in content.items()}


def steps(path: Path) -> list[dict[str, Any]]:
    """The steps of a workflow's only job."""
    (job,) = parsed(path)["jobs"].values()
    return list(job["steps"])


def commands(path: Path) -> Iterator[list[str]]:
    """The words of every call of the autograder."""
    for line in re.findall(r"(?:run:|-|\$) (autograder .*)", path.read_text(encoding="utf-8")):
        yield shlex.split(re.sub(r"\$\{\{.*?\}\}|\$\w+", "x", line))


@pytest.mark.parametrize("path", [*TEMPLATES, ROOT / "docs" / "gradescope.md"], ids=lambda path: path.name)
def test_commands_are_understood(path: Path) -> None:
    """Parsed by the real command line, down to the last option."""
    found = list(commands(path))
    assert found
    for words in found:
        command: Any = typer.main.get_command(app)
        arguments = words[1:]
        while hasattr(command, "commands"):
            command = command.commands[arguments.pop(0)]
        command.make_context("autograder", arguments)


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
def test_whose_code_is_whose(path: Path) -> None:
    """Course and kit lie in one checkout, the submission in another, and only that one is graded."""
    checkouts = {step["with"]["path"]: step["with"] for step in steps(path) if "checkout" in step.get("uses", "")}
    assert set(checkouts) == {"course", "submission"}
    assert all(given["persist-credentials"] is False for given in checkouts.values())
    learners = path.name == "github-classroom.yml"
    assert ("repository" in checkouts["course"], "repository" in checkouts["submission"]) == (learners, not learners)
    installs = [step for step in steps(path) if "pip install" in step.get("run", "")]
    assert [step["working-directory"] for step in installs] == ["course"]
    (grade,) = [step["run"] for step in steps(path) if "autograder ci" in step.get("run", "")]
    assert "--course course/course.yaml --folder submission/exercises" in grade


def test_the_classroom_finds_its_points() -> None:
    """Under other names of workflow or job no points arrive; the reporter runs after a failed step too."""
    path = DOCS / "github-classroom.yml"
    assert parsed(path)["name"] == "Autograding Tests"
    assert list(parsed(path)["jobs"]) == ["run-autograding-tests"]
    grade, reporter = steps(path)[-2:]
    assert reporter["with"]["runners"] == grade["id"]
    assert reporter["env"] == {f"{grade['id'].upper()}_RESULTS": f"${{{{ steps.{grade['id']}.outputs.result }}}}"}
    assert reporter["if"].startswith("always()")


def test_gitlab_keeps_the_report() -> None:
    job = parsed(DOCS / "gitlab-ci.yml")["grade"]
    assert job["artifacts"] == {"when": "always", "reports": {"junit": "report.xml"}}
    (script,) = job["script"]
    assert "--junit report.xml" in script
    assert "--course /course/course.yaml" in script
    assert all("/course" in line for line in job["before_script"] if "pip install" in line)


def test_our_own_workflow_runs_the_makefile() -> None:
    runs = [step["run"] for job in parsed(WORKFLOW)["jobs"].values() for step in job["steps"] if "run" in step]
    assert runs == ["make check", "make test"]
    targets = set(re.findall(r"^([\w-]+)(?: [\w-]+)*:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {run.removeprefix("make ") for run in runs} <= targets


@pytest.mark.parametrize("path", [*GITHUB, WORKFLOW], ids=lambda path: path.name)
def test_workflows_may_only_read(path: Path) -> None:
    assert parsed(path)["permissions"] == {"contents": "read"}


def test_every_template_is_explained() -> None:
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in text for path in TEMPLATES)
