"""Measure modules and functions; `python -m tests.architecture.sizes` writes those over the limit to the ratchet."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.samples import PROJECT

RATCHET = PROJECT / "tests" / "architecture" / "ratchet.toml"
ROOTS = ("lms_core", "desktop_lms", "sync_server", "migrations", "tests", "bench", "scripts", "main.py")
MODULE, FUNCTION = 400, 40


def sources(project: Path = PROJECT) -> list[Path]:
    """Every Python file of the product and its tests."""
    roots = [project / root for root in ROOTS]
    found = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*.py"))]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Qualified name and lines of each function, its docstring not counted."""

    def walk(node: ast.AST, path: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            name = path
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{path}.{child.name}" if path else child.name
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, lines(child)
            yield from walk(child, name)

    yield from walk(tree, "")


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def over(project: Path = PROJECT) -> dict[str, int]:
    """What is longer than it may be: `path` or `path::function` with its lines."""
    found: dict[str, int] = {}
    for path in sources(project):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(project).as_posix()
        if (length := text.count("\n")) > MODULE:
            found[name] = length
        found |= {f"{name}::{function}": size for function, size in functions(ast.parse(text)) if size > FUNCTION}
    return found


def allowed() -> dict[str, int]:
    """What the ratchet still lets pass."""
    return tomllib.loads(RATCHET.read_text(encoding="utf-8"))


def write() -> None:
    """Take today's sizes as the limits: only ever to make them smaller, or when a file was moved."""
    head = "# Longer than house style allows. Entries shrink and go; nothing is added.\n"
    RATCHET.write_text(
        head + "".join(f'"{name}" = {size}\n' for name, size in sorted(over().items())), encoding="utf-8"
    )


if __name__ == "__main__":
    write()
