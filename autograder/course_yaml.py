"""The text of course.yaml -> plain lists, dicts and scalars, and the line of each of them."""

from typing import Any

import yaml

from autograder.errors import CourseError

MAX_DEPTH = 20

Location = tuple[str | int, ...]
"""Where a value stands in the file, as pydantic says it: ``("exercises", 0, "points")``."""

_PREFIX = "tag:yaml.org,2002:"


def parse_yaml(name: str, data: bytes) -> tuple[Any, dict[Location, int]]:
    """The file's content and the line of each value in it; ``name`` is what errors call the file."""
    lines: dict[Location, int] = {(): 1}
    text, loader = "", None
    try:
        text = data.decode("utf-8")
        loader = _Loader(text)
        node = loader.get_single_node()
        return (None if node is None else _plain(loader, node, (), lines)), lines
    except UnicodeDecodeError as problem:
        line, fact = data.count(b"\n", 0, problem.start) + 1, "not UTF-8 text; save the file as UTF-8"
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        fact = f"character={ord(text[problem.position]):#x} is not allowed in YAML; delete it"
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, fact = (mark.line + 1 if mark else 1), str(problem.problem)
        if problem.context:
            fact = f"not valid YAML {problem.context}: {fact}; check indents, colons and quotes around here"
    except (ValueError, OverflowError) as problem:  # "\UFFFFFFFF" leaves PyYAML's scanner as it is
        line = loader.line + 1 if loader else 1
        fact = f"not valid YAML: {problem}; check the escapes in quotes"
    raise CourseError(f"{name}:{line}: {fact}")


class _Mistake(yaml.MarkedYAMLError):
    """What is YAML, but not for us."""

    def __init__(self, where: Any, fact: str) -> None:  # noqa: ANN401 - an event or a node
        super().__init__(problem=fact, problem_mark=where.start_mark)


class _Loader(yaml.SafeLoader):
    """Refuses aliases (ten lines of them stand for gigabytes) and nesting that overflows the stack."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 - PyYAML's
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _Mistake(event, f"alias=*{event.anchor} is not read; write the value out")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Mistake(event, f"nested deeper than {MAX_DEPTH} levels; no value of a course is")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _plain(loader: _Loader, node: yaml.Node, at: Location, lines: dict[Location, int]) -> Any:  # noqa: ANN401
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{_PREFIX}seq":
        return [_plain(loader, item, (*at, number), lines) for number, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode) or node.tag != f"{_PREFIX}map":
        return _scalar(loader, node)
    found: dict[str, Any] = {}
    for key_node, value in node.value:
        key = _scalar(loader, key_node)
        if not isinstance(key, str):
            raise _Mistake(key_node, f"key={key} is no text; write a word, in quotes if need be")
        if key in found:
            raise _Mistake(key_node, f"key={key} is on line {lines[(*at, key)]} already; keep one of them")
        lines[(*at, key)] = key_node.start_mark.line + 1
        found[key] = _plain(loader, value, (*at, key), lines)
    return found


def _scalar(loader: _Loader, node: yaml.Node) -> str | int | float | bool | None:
    kind = node.tag.removeprefix(_PREFIX)
    if not isinstance(node, yaml.ScalarNode) or kind not in ("str", "int", "float", "bool", "null"):
        raise _Mistake(node, f"tag={kind} is not read here; write text in quotes, a number, true or false")
    try:
        value: str | int | float | bool | None = loader.construct_object(node)
        str(value).encode()  # half a surrogate pair is text that no file and no JSON can hold
    except ValueError:
        raise _Mistake(node, f"value={node.value[:40]!r} cannot be read as {kind}; write it in another way") from None
    return value
