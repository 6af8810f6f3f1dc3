"""`make screens` knows a way to every place and to every sheet."""

from __future__ import annotations

import ast
from typing import Any, cast

from desktop_lms.shell.administration import sections
from desktop_lms.shell.pages import places
from lms_core.workspace import Person
from tests.noted import noted
from tests.samples import PROJECT
from tests.scenes import DOOR, NEW, Data, scenes
from tests.screens_keep import KEEPING
from tests.sheets import DESK, ELSEWHERE, LINKED, OPENED_BY, sheets

DATA = Data("course", "lesson", "practice", "graded")
SCENES = {*scenes(DATA), *sheets(DATA), *DOOR, *NEW, *LINKED, *DESK, *ELSEWHERE, *KEEPING, *noted(DATA)}


def openers() -> set[str]:
    """Functions of the desktop that open a sheet, methods with their class."""
    found: set[str] = set()

    def visit(node: ast.AST, name: str) -> None:
        for each in ast.iter_child_nodes(node):
            inside = name
            if isinstance(each, ast.ClassDef):
                inside = f"{each.name}."
            elif isinstance(each, ast.FunctionDef) and (not name or name.endswith(".")):
                inside = f"{name}{each.name}"
            elif isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "Sheet":
                found.add(name)
            visit(each, inside)

    for path in (PROJECT / "desktop_lms").rglob("*.py"):
        source = path.read_text("utf-8")
        if "desktop_lms.widgets.feedback import" in source:
            visit(ast.parse(source), "")
    return found


def test_every_place_has_a_scene() -> None:
    for role in ("student", "instructor", "manager", "admin"):
        here = {place.name for place in places(cast("Any", None), Person("tess", "Tess", role=role))}
        assert here - {"admin"} <= SCENES


def test_every_section_of_the_administration_has_a_scene() -> None:
    assert {f"admin-{section.name}" for section in sections()} <= SCENES


def test_every_sheet_has_a_scene() -> None:
    assert openers() == set(OPENED_BY)
    assert set(OPENED_BY.values()) <= SCENES
