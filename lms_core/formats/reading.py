"""Read files that anybody may have written: text in old encodings, settings that set traps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

MAX_SETTINGS = 512 << 10
MAX_NODES = 50_000
MAX_DEPTH = 30
MAX_ITEMS = 15
_FRONT = re.compile(r"\A---[ \t]*\n(.{0,65536}?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NESTED = re.compile(r"(?:[\[{][ \t]*){30}")
_CONTROL = bytes({*range(32)} - {9, 10, 12, 13} | {127})
_UNSHOWN = dict.fromkeys({*range(32)} - {9, 10} | {127, 0xFEFF})


class _Loader(yaml.SafeLoader):
    """Take tags of other programs, such as those of mkdocs, as nothing; leave yes, no, on and off words."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in known if first in "tTfF" or tag != "tag:yaml.org,2002:bool"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
_Loader.add_multi_constructor("tag:yaml.org,2002:python", lambda loader, suffix, node: None)


def decode(data: bytes) -> tuple[str | None, str]:
    """Text with plain line ends, and its encoding; None for what is no text."""
    encoding = "utf-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif len(data.translate(None, _CONTROL)) < 0.98 * len(data):
        return None, ""
    for name in (encoding, "cp1252", "latin-1") if encoding == "utf-8" else (encoding,):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        return lines.translate(_UNSHOWN), {"cp1252": "Windows-1252", "latin-1": "Latin-1"}.get(name, name.upper())
    return None, ""


def load_yaml(path: Path) -> dict[str, Any]:
    """A settings file as a map; raises ValueError with a reason."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SETTINGS + 1)
    except OSError as error:
        raise ValueError(error.strerror) from error
    if len(data) > MAX_SETTINGS:
        raise ValueError("it is larger than 512 KB")
    text, _ = decode(data)
    if text is None:
        raise ValueError("it is no text")
    return parse_yaml(text)


def parse_yaml(text: str) -> dict[str, Any]:
    """A YAML text as a map; raises ValueError with a reason, also for one that grows without end."""
    if _NESTED.search(text):
        raise ValueError("it is nested too deeply")
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 a safe loader that knows fewer tags
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{error.problem}, line {line}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(str(error)) from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError("it is no list of names with values")
    _bound(found)
    return found


def _bound(value: Any) -> None:
    """Refuse what aliases blow up: each place where a value is used counts."""
    open_: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while open_:
        node, depth = open_.pop()
        inside = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list | tuple | set) else ()
        seen += 1 + len(inside)
        if seen > MAX_NODES or depth > MAX_DEPTH:
            raise ValueError("it is nested too deeply or too large")
        open_ += [(child, depth + 1) for child in inside]


def split_front(text: str) -> tuple[dict[str, Any], str, str]:
    """Front matter, the text after it, and why the front matter could not be read."""
    found = _FRONT.match(text)
    if not found:
        return {}, text, ""
    try:
        return parse_yaml(found[1] or ""), text[found.end() :], ""
    except ValueError as error:
        return {}, text[found.end() :], str(error)


def words(value: Any) -> str:
    """A setting as one line; nothing for what is no text."""
    return " ".join(value.split()) if isinstance(value, str) else "" if _is_odd(value) else str(value)


def _is_odd(value: Any) -> bool:
    return value is None or isinstance(value, bool | dict | list | tuple | set | bytes)


def lines(value: Any) -> tuple[str, ...]:
    """A setting that lists texts; a single text is a list of one."""
    listed = value if isinstance(value, list) else [value]
    return tuple(text[:500] for text in map(words, listed) if text)[:MAX_ITEMS]
