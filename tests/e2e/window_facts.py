"""What the walk through real windows looks up: in the palette, the outline, a table, and in the store."""

from __future__ import annotations

from typing import Any

from desktop_lms.shell.palette import Palette
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.table import DataTable
from lms_core.content.model import LessonDoc
from lms_core.workspace import Workspace
from tests.e2e.hands import seen


def offered() -> list[Any]:
    """The lines of the open palette."""
    return [line for palette in seen(Palette) for line in palette.findChildren(Clickable)]


def shown(tree: Any) -> list[str]:
    """The first two lessons of the outline as they are seen."""
    module = tree.topLevelItem(0)
    return [module.child(n).text(0) for n in range(2)]


def cells(table: DataTable) -> list[str]:
    """What stands in the rows of a table."""
    rows = table.model()
    return [rows.index(r, c).data() for r in range(rows.rowCount()) for c in range(rows.columnCount())]


def written(papers: list[Any]) -> list[str]:
    """What stands in fields of several lines that are not empty."""
    return sorted(filter(None, (paper.toPlainText() for paper in papers)))


def lessons(workspace: Workspace) -> tuple[LessonDoc, ...]:
    """The lessons of the one course that is written, as stored."""
    return tuple(workspace.courses.document(workspace.courses.my_courses()[0].id).lessons())


def bodies(workspace: Workspace) -> str:
    """All their text."""
    return "".join(lesson.body for lesson in lessons(workspace))


def stored_quiz(workspace: Workspace, title: str) -> tuple[str, list[str]] | None:
    """How a quiz is marked, and its options."""
    quiz = next((x.assessment for x in lessons(workspace) if x.title == title), None)
    return (quiz.mode, [option.text for question in quiz.questions for option in question.options]) if quiz else None
