"""Commands of those who write courses."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lms_core.cli_opening import Add, Answer, find_course, opened, pick, read_text
from lms_core.permissions import is_anyone, is_authenticated, is_instructor_or_admin
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from lms_core.formats.markdown_folder import ImportPlan


def _import(given: argparse.Namespace) -> Answer:
    from lms_core.formats.markdown_folder import scan  # a tenth of a second that other commands need not wait for

    plan = scan(given.path)
    answer = _plan(plan)
    if given.dry_run:
        return {**answer, "said": _report(plan, given.verbose)}

    def run(_: argparse.Namespace, workspace: Workspace) -> Answer:
        course = workspace.import_plan(plan)
        return {**answer, "course": course, "said": f"{_report(plan, given.verbose)}\nImported as {course}."}

    return opened(run, is_instructor_or_admin)(given)


def _plan(plan: ImportPlan) -> Answer:
    items = [
        {"path": i.path, "outcome": i.outcome, "reason": i.reason, "sentence": i.sentence} for i in plan.report.items
    ]
    return {
        "title": plan.document.title,
        "modules": len(plan.document.modules),
        "counts": plan.report.counts,
        "items": items,
        "lessons": [lesson.title for lesson in plan.document.lessons()],
    }


def _report(plan: ImportPlan, verbose: bool) -> str:
    lines = [f"{plan.document.title}: {len(plan.document.modules)} modules"]
    for outcome, title in (("imported", "Imported"), ("changed", "Changed"), ("left_out", "Left out")):
        items = plan.report.of(outcome)  # type: ignore[arg-type]
        lines.append(f"{title}: {len(items)}")
        lines += [f"  {i.path}: {i.sentence}" for i in items] if verbose or outcome == "left_out" else []
    return "\n".join(lines)


def _edit(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = find_course(workspace, given.course)
    titles = {x.id: x.title for m in workspace.courses.outline(course).modules for x in m.lessons}
    lesson = pick(titles, given.lesson)
    old = workspace.courses.lesson_draft(lesson).body
    text = read_text(given.file) if given.file else old + "\n\n" + given.append
    workspace.courses.edit_lesson(lesson, base=old, text=text)
    return {"lesson": lesson, "said": f"Edited {titles[lesson]}."}


def _add_quiz(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = find_course(workspace, given.course)
    row = workspace.add_quiz(course, given.file)
    return {"lesson": row, "said": f"Added a quiz ({row})."}


def _publish(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = find_course(workspace, given.course)
    findings = workspace.courses.checklist(course)
    workspace.courses.publish(course, change_note=given.note)
    return {
        "course": course,
        "findings": list(findings),
        "said": "The wish to publish is saved; "
        + ("the next sync sends it." if workspace.transport else "it goes out once the profile is linked: lms link."),
    }


def _roster(given: argparse.Namespace, workspace: Workspace) -> Answer:
    people = workspace.learning.roster(find_course(workspace, given.course))
    return {"people": list(people), "said": "\n".join(f"{p.name}  {p.status}  {p.percent} %" for p in people)}


# --- usage
def add_commands(add: Add) -> None:
    """Name the commands of this module."""
    made = add("import", _import, "make a course of a folder of Markdown", may=is_anyone)
    made.add_argument("path", type=Path)
    made.add_argument("--dry-run", action="store_true", help="only say what would become of each file")
    made.add_argument("--verbose", action="store_true", help="name every file")
    made = add("edit", _edit, "change the text of a lesson in a draft", may=is_authenticated)
    made.add_argument("course")
    made.add_argument("lesson")
    text = made.add_mutually_exclusive_group(required=True)
    text.add_argument("--file", type=Path, help="the new text")
    text.add_argument("--append", help="a paragraph to add")
    made = add("add-quiz", _add_quiz, "add a quiz from a YAML file at the end of a draft", may=is_authenticated)
    made.add_argument("course")
    made.add_argument("file", type=Path)
    made = add("publish", _publish, "ask for a course to be published", may=is_authenticated)
    made.add_argument("course")
    made.add_argument("--note", default="", help="what changed, for learners")
    add("roster", _roster, "who learns a course", may=is_authenticated).add_argument("course")
