"""Notebooks: one exercise's definition and what it needs, cut out of the rest."""

import json
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course import load_course
from autograder.errors import SubmissionError
from autograder.submission import Source, Submission, find_submissions, notebook_submission
from autograder.submission.notebook import read_notebook

COURSE = load_course(Path(__file__).parent.parent / "course.yaml")
DEF = "def relu(x):\n    return x * (x > 0)"


def notebook(*cells: str) -> bytes:
    """A notebook of code cells; one that starts with # and a blank is text."""
    listed: list[dict[str, Any]] = []
    for number, text in enumerate(cells):
        cell: dict[str, Any] = {"id": f"c{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
        if text.startswith("# "):
            listed.append(cell | {"cell_type": "markdown"})
        else:
            listed.append(cell | {"cell_type": "code", "execution_count": None, "outputs": []})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed}).encode()


def cut(*cells: str, symbol: str = "relu") -> Source | None:
    return read_notebook(notebook(*cells), "work.ipynb").source(symbol)


def text(*cells: str, symbol: str = "relu") -> str:
    source = cut(*cells, symbol=symbol)
    assert source is not None
    return source.text


def hand_in(folder: Path, **files: bytes) -> Submission:
    (folder / "alice").mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / "alice" / name.replace("_dot_", ".")).write_bytes(data)
    (submission,) = find_submissions(folder, COURSE).values()
    return submission


class TestCut:
    def test_takes_the_definition_and_leaves_plots_and_comparisons(self) -> None:
        plots = "import matplotlib.pyplot as plt\nx = torch.arange(3)\nplt.plot(relu(x), torch.relu(x))"
        assert text("import torch", DEF, plots) == f"{DEF}\n"

    def test_takes_imports_helpers_and_constants_transitively(self) -> None:
        cells = ("import torch", "A = 2\nB = A * 2", "def h(x): return torch.exp(x) * B", "unused = 1")
        got = text(*cells, "def relu(x): return h(x)")
        assert got.splitlines() == [
            "import torch",
            "A = 2",
            "B = A * 2",
            "def h(x): return torch.exp(x) * B",
            "def relu(x): return h(x)",
        ]

    def test_takes_the_last_definition(self) -> None:
        assert text("def relu(x): return x", DEF) == f"{DEF}\n"

    def test_takes_the_helper_as_it_is_in_the_end(self) -> None:
        """A function looks its names up when it is called, after all cells have run."""
        got = text("def h(x): return 1", "def relu(x): return h(x)", "def h(x): return 2")
        assert got.splitlines() == ["def relu(x): return h(x)", "def h(x): return 2"]

    def test_takes_a_value_as_it_was_at_the_time(self) -> None:
        got = text("N = 1", "def relu(x, n=N): return x", "N = 2")
        assert got.splitlines() == ["N = 1", "def relu(x, n=N): return x"]

    def test_comprehensions_and_updates_run_where_they_stand(self) -> None:
        got = text("N = 1", "T = [N for _ in 'ab']", "M = 1", "M += 1", "def relu(x): return T, M", "N = 2")
        assert got.splitlines() == ["N = 1", "T = [N for _ in 'ab']", "M = 1", "M += 1", "def relu(x): return T, M"]

    def test_code_that_python_warns_about_is_read_in_silence(self) -> None:
        assert text("S = '\\d'", "def relu(x): return S").splitlines()[0] == "S = '\\d'"

    def test_locals_and_parameters_are_no_needs(self) -> None:
        assert text("x = 1\ny = 2", "def relu(x):\n    y = [z for z in x]\n    return y", "z = 3").count("=") == 1

    @pytest.mark.parametrize(
        "later",
        [
            "relu = nn.ReLU()",
            "relu = relu(x)",
            "relu = torch.relu",
            "from torch import relu",
            "relu += 1",
            "y = 3\nrelu = y",
        ],
    )
    def test_a_later_value_of_the_name_only_compares(self, later: str) -> None:
        assert text(DEF, later) == f"{DEF}\n"

    @pytest.mark.parametrize("given", ["relu = lambda x: x * G", "def f(x): return G", "class f:\n    g = G"])
    def test_other_ways_to_define(self, given: str) -> None:
        cells = [DEF, "G = 1", given, *([] if "lambda" in given else ["relu = f"])]
        assert text(*cells).startswith("G = 1\n")
        assert "x > 0" not in text(*cells)

    def test_changes_in_place_belong_to_it(self) -> None:
        got = text("T = {}", "T[0] = 1", "def relu(x): return T", "relu.note = T[0]", "U = {}\nU[0] = 1")
        assert got.splitlines() == ["T = {}", "T[0] = 1", "def relu(x): return T", "relu.note = T[0]"]

    def test_imports_keep_only_the_names_needed(self) -> None:
        got = text("import torch, seaborn as sns", "from torch import nn, (exp)".replace("(exp)", "exp"), DEF_EXP)
        assert got.splitlines()[:2] == ["import torch", "from torch import exp"]

    def test_a_submodule_import_does_not_stand_for_torch(self) -> None:
        got = text("import torch", "import torch.utils.data", "def relu(x): return torch.exp(x)")
        assert got.splitlines()[0] == "import torch"
        assert "utils" not in got

    def test_a_star_import_comes_along_for_unknown_names_only(self) -> None:
        assert text("from torch import *", "def relu(x): return exp(x)").startswith("from torch import *\n")
        assert text("from torch import *", "def relu(x): return abs(x)") == "def relu(x): return abs(x)\n"

    def test_future_imports_come_first(self) -> None:
        got = text("import torch", "from __future__ import annotations", "def relu(x): return torch.exp(x)")
        assert got.splitlines()[:2] == ["from __future__ import annotations", "import torch"]
        compile(got, "cut", "exec")

    def test_statements_of_one_line_are_told_apart(self) -> None:
        got = text("ä = 1; K = 2; import os", "def relu(x): return K; print()  # done")
        assert got.splitlines() == ["K = 2", "def relu(x): return K; print()"]

    def test_decorators_classes_and_strings_over_lines_stay_whole(self) -> None:
        body = '@deco\nclass CustomLoss(Base):\n    """a\n\n  %b\n!c\n    """\n\n    def forward(self): ...'
        got = text("Base = object\nBase2 = object\ndef deco(c): return c", body, symbol="CustomLoss")
        assert got == f"Base = object\ndef deco(c): return c\n{body}\n"

    def test_conditional_definitions_come_whole(self) -> None:
        cell = "try:\n    from fast import relu\nexcept ImportError:\n    def relu(x):\n        return x"
        assert text(cell) == f"{cell}\n"

    def test_nothing_where_nothing_defines_it(self) -> None:
        assert cut("import torch", "y = relu(torch.ones(3))", "# def relu(x)") is None


DEF_EXP = "def relu(x):\n    return exp(x) + torch.ones(1)"


class TestLines:
    def test_are_those_of_the_cell_counted_with_text_cells(self) -> None:
        source = cut("# Title", "import torch", "\n%time 1\n\n@torch.no_grad()\ndef relu(x):\n    return x")
        assert source is not None
        assert [source.where(n) for n in range(1, 5)] == [
            "cell 2, line 1",
            "cell 3, line 4",
            "cell 3, line 5",
            "cell 3, line 6",
        ]
        assert len(source.cells) == source.text.count("\n")

    def test_beyond_the_end_is_the_last_line(self) -> None:
        source = cut(DEF)
        assert source is not None
        assert source.where(99) == "cell 1, line 2"


class TestMagics:
    @pytest.mark.parametrize(
        "magic",
        [
            "%matplotlib inline",
            "!pip install torch",
            "!pip install \\\n  torch \\\n  numpy",
            "?torch.exp",
            "torch.exp??",
            "files = !ls",
            "t = %timeit -o 1 + 1",
            "if True:\n    %time f()",
            "%cd a\n!echo it's\n%pwd",
        ],
    )
    def test_lines_of_ipython_are_left_out(self, magic: str) -> None:
        source = cut(f"{magic}\n{DEF}\n{magic}")
        assert source is not None
        assert source.text == f"{DEF}\n"
        assert source.where(1) == f"cell 1, line {magic.count(chr(10)) + 2}"

    def test_python_that_looks_like_a_magic_stays(self) -> None:
        cell = "%pylab\ndef relu(x):\n    return (x\n%  x) + len('''\n!no\n%no\n''')"
        assert text(cell) == cell.partition("\n")[2] + "\n"

    def test_a_timed_cell_is_python_and_another_language_is_not(self) -> None:
        assert text(f"%%time\n{DEF}") == f"{DEF}\n"
        assert cut(f"%%writefile relu.py\n{DEF}") is None


class TestBrokenCells:
    def test_do_no_harm_elsewhere(self) -> None:
        assert text("def f(:", DEF, "x = = 1") == f"{DEF}\n"

    def test_that_hold_the_definition_are_the_source(self) -> None:
        """Whoever compiles it then says what is wrong, and where."""
        source = cut(DEF, "a = 1", "\ndef relu(x):\n    return (x")
        assert source is not None
        with pytest.raises(SyntaxError) as error:
            compile(source.text, source.path, "exec")
        assert source.where(error.value.lineno or 0) == "cell 3, line 3"

    def test_are_forgotten_when_it_is_defined_again(self) -> None:
        assert text("def relu(x:", DEF) == f"{DEF}\n"

    @pytest.mark.timeout(30)
    @pytest.mark.parametrize(
        "hostile",
        [
            "-" * 100_000 + "1",
            "1" + "+1" * 50_000,
            "(" * 5000,
            "a" + ".b" * 50_000,
            "x = '\ud800'",
            "x = '\0'",
            "%" * 3 + "\n%x" * 5000,
            "return",
            "def f(a, a): 1",
            "T = {}\n" + "T[0] = 1\n" * 10_000,
            "a = 1;" * 10_000,
            "\n".join(f"a{n} = a{n - 1}" for n in range(1, 8000)),
            "def relu(x): return a7999\n" + "\n".join(f"a{n} = a{n - 1}" for n in range(1, 8000)),
        ],
    )
    def test_hostile_cells_are_survived(self, hostile: str) -> None:
        assert "def relu(x)" in text(hostile, "def relu(x): return T" if hostile[0] == "T" else DEF)


BASE64 = "iVBORw0KGgo" * 600_000  # 6.6 MB


def shown(**cell: Any) -> bytes:
    """A notebook that defines relu, with a cell of something large."""
    listed = json.loads(notebook(DEF, "plot()"))
    listed["cells"][1] |= cell
    return json.dumps(listed).encode()


def _output(data: Any) -> list[Any]:
    return [{"output_type": "display_data", "metadata": {}, "data": data}]


PICTURES = {
    "a picture": lambda: shown(outputs=_output({"image/png": BASE64})),
    "many pictures": lambda: shown(outputs=_output({"image/png": BASE64}) * 9),
    "a picture in lines": lambda: shown(outputs=_output({"image/png": [f"{BASE64[:76]}\n"] * 90_000})),
    "a plot of numbers": lambda: shown(outputs=_output({"application/vnd.plotly.v1+json": {"y": [0.125] * 900_000}})),
    "a table": lambda: shown(outputs=_output({"text/html": ['<td class="x">{1}</td>\n'] * 300_000})),
    "widgets": lambda: shown(metadata={"widgets": {"state": [{"data": BASE64}]}}),
    "an attachment": lambda: shown(cell_type="markdown", attachments={"a.png": {"image/png": BASE64}}),
    "a picture in the text": lambda: shown(cell_type="markdown", source=f"![](data:image/png;base64,{BASE64})"),
    "brackets and quotes in strings": lambda: shown(outputs=_output({"text/plain": '"]}\\\\"[{\\"' * 400_000})),
}
MIB64 = 64 << 20
HOSTILE = {
    "lists": lambda: b"[" + b"[]," * (MIB64 // 3 - 1) + b"1]",
    "objects": lambda: b'{"cells": [' + b"{}," * (5 << 20) + b"{}]}",
    "as many objects as are read": lambda: b'{"nbformat": 4, "cells": [' + b"{}," * 340_000 + b"{}]}",
    "numbers": lambda: b'{"cells": [' + b"0," * (20 << 20) + b"0]}",
    "depth": lambda: b"[" * MIB64,
    "texts": lambda: b'["' + b'","' * (MIB64 // 3 - 2) + b'"]',
    "an open text": lambda: b'{"outputs": "' + b'\\"' * (MIB64 // 2 - 20),
    "open outputs": lambda: b'{"outputs": [' + b"0," * (MIB64 // 2 - 20),
    "backslashes": lambda: b'"' + b"\\" * (MIB64 - 2),
    "wide letters": lambda: b'{"cells": ["' + "😀".encode() * (MIB64 // 4 - 8) + b'"]}',
}


class TestSize:
    """What counts is the code; what cells have shown is not even parsed."""

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("kind", PICTURES)
    def test_pictures_do_not_count(self, tmp_path: Path, kind: str) -> None:
        data = PICTURES[kind]()
        assert len(data) > 6_000_000 - 600_000
        submission = hand_in(tmp_path, work_dot_ipynb=data)
        assert submission.sources["relu"].text == f"{DEF}\n"
        assert submission.notes == ()
        alone = notebook_submission("alice", COURSE.exercise("relu"), data, COURSE)  # as nbgrader has it
        assert alone.sources["relu"].text == f"{DEF}\n"

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("kind", HOSTILE)
    def test_what_is_no_notebook_costs_seconds_at_most(self, kind: str) -> None:
        data = HOSTILE[kind]()
        begin = time.process_time()
        with pytest.raises(SubmissionError):
            read_notebook(data, "work.ipynb")
        assert time.process_time() - begin < 10

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "kind",
        [
            pytest.param("as many objects as are read", marks=pytest.mark.slow),
            "numbers",
            "open outputs",
            "wide letters",
        ],
    )
    def test_nor_more_memory_than_a_few_times_what_is_read(self, kind: str) -> None:
        data = HOSTILE[kind]()
        tracemalloc.start()
        try:
            with pytest.raises(SubmissionError):
                read_notebook(data, "work.ipynb")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 4 * MIB64

    def test_code_that_looks_like_an_output_is_code(self) -> None:
        cell = 'T = {"outputs": [1, 2], "metadata": {"a": "]"}}\ndef relu(x):\n    return T'
        assert text(cell) == f"{cell}\n"


NO_NOTEBOOKS = [
    b"",
    b"not json",
    b"\xff\xfe\0",
    b"[]",
    b"null",
    b"{}",
    b"[" * 100_000,
    b'{"nbformat": 4}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": 3}]}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": [3]}]}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": {"a": 1}}',
    b'{"nbformat": 99, "nbformat_minor": 0, "cells": []}',
    b'{"nbformat": "4", "cells": []}',
    b'{"nbformat": 3, "worksheets": [3]}',
    b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": 3, "metadata": {}}',
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}}]}',
    b'{"nbformat": 2}',
    notebook(DEF)[:-20],
]


class TestSubmissions:
    @pytest.mark.parametrize("name", ["alice.ipynb", "alice/work.ipynb", "alice/activations/work.ipynb"])
    def test_is_found(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + notebook("# Title", DEF))
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert submission.learner == "alice"
        assert submission.sources["relu"].text == f"{DEF}\n"
        assert submission.sources["relu"].path == name.removeprefix("alice/")

    def test_of_an_old_format_is_read(self, tmp_path: Path) -> None:
        cells = [{"cell_type": "code", "input": DEF, "language": "python", "outputs": [], "collapsed": False}]
        old = {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [{"cells": cells, "metadata": {}}],
        }
        assert hand_in(tmp_path, work_dot_ipynb=json.dumps(old).encode()).sources["relu"].text == f"{DEF}\n"

    @pytest.mark.parametrize("data", NO_NOTEBOOKS, ids=lambda data: data[-60:].decode("latin-1"))
    def test_a_broken_one_is_a_problem_for_what_no_file_gives(self, tmp_path: Path, data: bytes) -> None:
        submission = hand_in(tmp_path, work_dot_ipynb=data, tanh_dot_py=b"def tanh(x): ...\n")
        assert submission.sources.keys() == {"tanh"}
        assert len(submission.problems) == len(COURSE.exercises) - 1
        assert "work.ipynb is no notebook that can be read" in submission.problems["relu"]
        assert len(submission.notes) == 1

    def test_too_large_a_file_or_too_much_code(self, tmp_path: Path) -> None:
        whole = hand_in(tmp_path, work_dot_ipynb=notebook(DEF) + b" " * (64 << 20))
        assert "larger than 64 MiB: clear the notebook's outputs" in whole.problems["relu"]
        code = hand_in(tmp_path, work_dot_ipynb=notebook(DEF, *["x = 1\n" * 8000] * 3))
        assert "more than 128 KiB of code" in code.problems["relu"]

    def test_and_a_file_for_one_exercise(self, tmp_path: Path) -> None:
        """The file that is named for it, unless nobody has begun it."""
        both = hand_in(tmp_path, work_dot_ipynb=notebook(DEF, "y = relu(1)"), relu_dot_py=b"def relu(x): return 1\n")
        assert both.sources["relu"].path == "relu.py"
        stub = hand_in(tmp_path, relu_dot_py=b"def relu(x): ...\n")
        assert stub.sources["relu"].path == "work.ipynb"
        assert stub.notes == ("relu.py is not begun; work.ipynb was read in its place",)

    def test_two_for_one_exercise(self, tmp_path: Path) -> None:
        both = hand_in(tmp_path, a_dot_ipynb=notebook(DEF), b_dot_ipynb=notebook(DEF, "def relu(x): return x"))
        assert "by a.ipynb and b.ipynb" in both.problems["relu"]
        one = hand_in(tmp_path, b_dot_ipynb=notebook("def relu(x): return x", "def tanh(x): return x"))
        assert one.sources["relu"].path == "b.ipynb"  # beside the homework a trial of one function is just that

    def test_a_value_without_a_definition_is_named(self, tmp_path: Path) -> None:
        submission = hand_in(tmp_path, a_dot_ipynb=notebook("import torch\nrelu = torch.nn.ReLU()"))
        fact = "a.ipynb gives relu a value, but defines none: write it as def relu"
        assert submission.problems == {"relu": f"there is no activations/relu.py that could be read; {fact}"}

    def test_one_an_exercise_as_nbgrader_collects_them(self, tmp_path: Path) -> None:
        """A notebook named for an exercise answers it alone: a sigmoid beside the SiLU is a helper."""
        folder = tmp_path / "alice" / "activations"
        folder.mkdir(parents=True)
        helper = "def sigmoid(x):\n    return 1 / (1 + (-x).exp())"
        (folder / "sigmoid.ipynb").write_bytes(notebook("def sigmoid(x):\n    return x"))
        (folder / "custom_activation.ipynb").write_bytes(notebook(helper, "class CustomActivation: s = sigmoid"))
        (folder / "relu.ipynb").write_bytes(b"{}")
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert submission.sources["sigmoid"].path == "activations/sigmoid.ipynb"
        assert "return x" in submission.sources["sigmoid"].text
        assert helper in submission.sources["custom_activation"].text
        assert submission.problems.keys() == {"relu"}
        assert "activations/relu.ipynb is no notebook" in submission.problems["relu"]

    def test_one_named_for_an_exercise_gives_another_that_is_nowhere_else(self, tmp_path: Path) -> None:
        cells = (DEF, "def tanh(x):\n    return x")
        submission = hand_in(tmp_path, relu_dot_ipynb=notebook(*cells))
        assert submission.sources.keys() == {"relu", "tanh"}

    def test_more_exercises_than_notebooks_that_are_read_of_one_learner(self, tmp_path: Path) -> None:
        """Those named for an exercise are as many as there are exercises."""
        template = COURSE.exercise("relu")
        update = [{"name": f"relu{n}", "file": f"relu{n}.py", "symbol": f"relu{n}"} for n in range(13)]
        course = replace(COURSE, exercises=tuple(template.model_copy(update=changes) for changes in update))
        (tmp_path / "alice").mkdir()
        for n in range(12):
            (tmp_path / "alice" / f"relu{n}.ipynb").write_bytes(notebook(f"def relu{n}(x): ..."))
        (tmp_path / "alice" / "the_rest.ipynb").write_bytes(notebook("def relu12(x): ..."))
        (submission,) = find_submissions(tmp_path, course).values()
        assert len(submission.sources) == 13

    def test_one_alone_is_read_as_in_its_folder(self, tmp_path: Path) -> None:
        folder = tmp_path / "alice" / "activations"
        folder.mkdir(parents=True)
        (folder / "relu.ipynb").write_bytes(data := notebook("import torch", DEF))
        (submission,) = find_submissions(tmp_path, COURSE).values()
        alone = notebook_submission("alice", COURSE.exercise("relu"), data, COURSE)
        assert alone == submission
        large = notebook_submission("alice", COURSE.exercise("relu"), b" " * (65 << 20), COURSE)
        assert "activations/relu.ipynb is larger than 64 MiB" in large.problems["relu"]

    def test_one_in_some_folder_is_read(self, tmp_path: Path) -> None:
        hand_in(tmp_path, tanh_dot_py=b"")
        (tmp_path / "alice/drafts").mkdir()
        (tmp_path / "alice/drafts/old.ipynb").write_bytes(notebook(DEF))
        (submission,) = find_submissions(tmp_path, COURSE).values()
        assert submission.sources.keys() == {"relu", "tanh"}
        assert submission.sources["relu"].path == "drafts/old.ipynb"

    def test_a_cell_without_text_names_the_cell(self) -> None:
        with pytest.raises(SubmissionError, match="no text in cell 1"):
            read_notebook(notebook("a").replace(b'["a"]', b"3"), "work.ipynb")
