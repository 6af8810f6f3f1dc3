"""Walls that the import linter cannot see: single modules of PySide6 under the GPL, and migrations on their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

GPL = frozenset(f"PySide6.Qt{name}" for name in ("Charts", "Graphs", "DataVisualization", "VirtualKeyboard"))
OURS = frozenset({"lms_core", "desktop_lms", "sync_server"})


def imported(source: str) -> Iterator[str]:
    """Every module a source may import, at its top or anywhere inside."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def gpl_imports(source: str) -> set[str]:
    """What a source takes from the parts of Qt that are under the GPL."""
    return {name for name in imported(source) if ".".join(name.split(".")[:2]) in GPL}


def own_imports(source: str) -> set[str]:
    """What a source takes from our packages: none in a migration, which must still run in ten years."""
    return {name for name in imported(source) if name.split(".")[0] in OURS}


def bundled_gpl(text: str) -> set[str]:
    """GPL parts a packaging file would bundle by name."""
    return {name for name in GPL if name in text or name.replace("PySide6.", "") in text.split()}


def versions(project: Path) -> list[Path]:
    """All migration scripts."""
    return sorted(project.glob("migrations/*/versions/*.py"))
