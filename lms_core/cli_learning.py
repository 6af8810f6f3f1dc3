"""Commands of those who learn."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from lms_core.cli_opening import Add, Answer, find_course, find_lesson
from lms_core.content.model import QuestionDoc
from lms_core.content.text import plain_text
from lms_core.errors import NotFound, UserError
from lms_core.learning.notes_file import Kept, by_course, to_markdown, write_text
from lms_core.permissions import is_authenticated
from lms_core.ports import LOCAL
from lms_core.search.model import FACETS, KINDS, SORTS, Question
from lms_core.workspace import Workspace

RATED = ("again", "hard", "good", "easy")
"""Names of ratings 1 to 4."""


def _courses(given: argparse.Namespace, workspace: Workspace) -> Answer:
    mine, cards, drafts = (
        workspace.learning.my_courses(),
        workspace.courses.catalog(given.query),
        workspace.courses.my_courses(),
    )
    said = [f"{c.title}  {c.percent} %  {'on this device' if c.installed else 'not here'}" for c in mine]
    said += [f"{c.title}  version {c.version}  {c.id}" for c in cards]
    said += [f"{c.title}  written by you, {c.status}  {c.id}" for c in drafts]
    return {"mine": list(mine), "catalog": list(cards), "drafts": list(drafts), "said": "\n".join(said)}


def _enroll(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = find_course(workspace, given.course)
    workspace.learning.enroll(course)
    return {"course": course, "said": "Enrolled."}


def _install(given: argparse.Namespace, workspace: Workspace) -> Answer:
    here = workspace.install(find_course(workspace, given.course))
    return {
        "course": here.course_id,
        "version": here.version,
        "lessons": here.lessons,
        "said": f"{here.title} is on this device.",
    }


def _lessons(given: argparse.Namespace, workspace: Workspace) -> Answer:
    course = find_course(workspace, given.course)
    states = workspace.learning.lesson_states(course)
    found = [
        {
            "id": x.id,
            "title": x.title,
            "kind": x.kind,
            "status": states[x.id].status if x.id in states else "not_started",
        }
        for x in workspace.installed.document(course).lessons()
    ]
    return {"lessons": found, "said": "\n".join(f"{x['status']:12} {x['title']}" for x in found)}


def _read(given: argparse.Namespace, workspace: Workspace) -> Answer:
    lesson = find_lesson(workspace, given.lesson)
    workspace.learning.open_lesson(lesson)
    found = workspace.installed.document(workspace.installed.course_of(lesson)).lesson(lesson)
    body = found.body if found else ""
    return {"lesson": lesson, "body": body, "said": body}


def _complete(given: argparse.Namespace, workspace: Workspace) -> Answer:
    lesson = find_lesson(workspace, given.lesson)
    (workspace.learning.reopen if given.undo else workspace.learning.complete)(lesson)
    return {"lesson": lesson, "said": "Not done." if given.undo else "Done."}


def _note(given: argparse.Namespace, workspace: Workspace) -> Answer:
    if given.text is None:
        notes = workspace.notes.all()
        titles = workspace.notes.titles(notes)
        said = [f"{titles.get(n.lesson_id or '', 'Loose note')}: {n.body or n.quote}" for n in notes]
        return {"notes": list(notes), "said": "\n".join(said)}
    lesson = find_lesson(workspace, given.lesson) if given.lesson else None
    return {"note": workspace.notes.add(given.text, lesson=lesson), "said": "Saved here."}


def _notes(given: argparse.Namespace, workspace: Workspace) -> Answer:
    from lms_core.learning.notes_paper import write_pdf  # typesetting is loaded by those who typeset

    course, out = find_course(workspace, given.course) if given.course else None, Path(given.out)
    bookmarks = workspace.notes.bookmarks(course=course)
    kept: list[Kept] = [*workspace.notes.all(course=course), *bookmarks]
    titles = workspace.notes.titles(kept)
    if out.suffix.lower() == ".pdf":
        write_pdf(out, kept, titles, zone=LOCAL)
        written = [out]
    elif out.is_dir():
        written = [write_text(out / name, text) for name, text in by_course(kept, titles, zone=LOCAL).items()]
    else:
        written = [write_text(out, to_markdown(kept, titles, zone=LOCAL))]
    files = [str(each) for each in written]
    return {"files": files, "notes": len(kept) - len(bookmarks), "bookmarks": len(bookmarks), "said": "\n".join(files)}


def _quiz(given: argparse.Namespace, workspace: Workspace) -> Answer:
    lesson = find_lesson(workspace, given.lesson)
    if not given.answer:
        attempts = workspace.assessment.attempts(lesson)
        return {"attempts": list(attempts), "said": "\n".join(_attempt(a) for a in attempts)}
    running = workspace.start_quiz(lesson)
    if len(given.answer) > len(running.questions):
        raise UserError("bad_choice", field="answer")
    for question, choice in zip(running.questions, given.answer, strict=False):
        workspace.assessment.answer(lesson, question.id, _chosen(question, choice))
    receipt = workspace.assessment.submit(lesson)
    return {"receipt": receipt, "said": f"Handed in, receipt {receipt.digest}."}


def _chosen(question: QuestionDoc, choice: str) -> list[str]:
    """Options by their numbers, as in `2` or `1,3`."""
    numbers = {str(n): option.id for n, option in enumerate(question.options, 1)}
    try:
        return [numbers[c.strip()] for c in choice.split(",") if c.strip()]
    except KeyError as error:
        raise UserError("bad_choice", field="answer") from error


def _attempt(attempt: Any) -> str:
    grade = attempt.grade
    return f"Attempt {attempt.number}: " + (
        f"{grade.percent} %" + ("" if grade.final else ", provisional") if grade else "not graded yet"
    )


def _review(given: argparse.Namespace, workspace: Workspace) -> Answer:
    review = workspace.review
    if given.card is None:
        due, cards = review.due_count(LOCAL), review.queue(LOCAL, limit=given.limit)
        said = [f"{due.count} due, about {due.minutes} min"]
        said += [f"{each.id[:8]}  {plain_text(each.front)[:80]}" for each in cards]
        return {"due": due, "cards": cards, "said": "\n".join(said)}
    found = [each for each in review.queue(LOCAL, limit=10_000) if each.id.startswith(given.card)]
    if len(found) != 1:
        raise UserError("ambiguous", wanted=given.card) if found else NotFound
    if given.rating is None:
        return {"card": found[0], "said": f"{found[0].front}\n\n{found[0].back}"}
    rated = review.rate(found[0].id, RATED.index(given.rating) + 1)
    return {"review": rated, "card": review.get(found[0].id), "said": "Noted."}


def _card(given: argparse.Namespace, workspace: Workspace) -> Answer:
    return {"card": workspace.review.add(given.front, given.back, tags=given.tag), "said": "Saved here."}


def _search(given: argparse.Namespace, workspace: Workspace) -> Answer:
    search = workspace.search
    while search.catch_up():
        pass
    wanted = {facet: tuple(values) for facet in FACETS if (values := getattr(given, facet))}
    question = Question(given.words, wanted, sort=given.sort, limit=given.limit)
    answer = search.ask(question)
    said = [f"{h.kind:8} {h.title}" + (f"  ({h.course_title})" if h.kind != "course" else "") for h in answer.hits]
    if answer.meant:
        said.insert(0, f"{'Showing' if answer.is_corrected else 'Did you mean'}: {answer.meant}")
    told: Answer = {"hits": list(answer.hits), "meant": answer.meant, "is_corrected": answer.is_corrected}
    if given.facets:
        asked = msgspec.structs.replace(question, typed=answer.meant) if answer.is_corrected else question
        counts = search.count(asked)
        told |= {"total": counts.total, "facets": {name: dict(each) for name, each in counts.values.items() if each}}
        said += [f"{name}: {value}  {n}" for name, each in counts.values.items() for value, n in each]
    return told | {"said": "\n".join(said) or "Nothing found."}


# --- usage
def add_commands(add: Add) -> None:
    """Name the commands of this module."""
    add("courses", _courses, "courses here and in the catalogue", may=is_authenticated).add_argument(
        "query", nargs="?", default=""
    )
    add("enroll", _enroll, "enrol in a course", may=is_authenticated).add_argument("course")
    add("install", _install, "bring a course onto this device", may=is_authenticated).add_argument("course")
    add("lessons", _lessons, "lessons of an installed course", may=is_authenticated).add_argument("course")
    add("read", _read, "open a lesson", may=is_authenticated).add_argument("lesson")
    made = add("complete", _complete, "mark a lesson as done", may=is_authenticated)
    made.add_argument("lesson")
    made.add_argument("--undo", action="store_true", help="take it back")
    made = add("note", _note, "write a note, or show all without a text", may=is_authenticated)
    made.add_argument("text", nargs="?")
    made.add_argument("--lesson")
    made = add("notes", _notes, "write all notes and bookmarks to files", may=is_authenticated)
    made.add_argument("action", choices=["export"])
    made.add_argument("out", help="a .pdf or .md file, or a folder that gets a Markdown file for each course")
    made.add_argument("--course", help="those of one course alone")
    made = add("quiz", _quiz, "take a quiz, or show the attempts without answers", may=is_authenticated)
    made.add_argument("lesson")
    made.add_argument("answer", nargs="*", help="numbers of the chosen options for each question, as in 2 or 1,3")
    made = add("review", _review, "cards that are due, one of them, or how well it was known", may=is_authenticated)
    made.add_argument("card", nargs="?", help="the beginning of its id")
    made.add_argument("rating", nargs="?", choices=RATED)
    made.add_argument("--limit", type=int, default=20)
    made = add("card", _card, "write a card to be reviewed", may=is_authenticated)
    made.add_argument("front")
    made.add_argument("back")
    made.add_argument("--tag", action="append", default=[])
    made = add("search", _search, "find courses, lessons, files and notes", may=is_authenticated)
    made.add_argument("words")
    made.add_argument("--kind", action="append", choices=KINDS, help="one of several may be named")
    for facet in FACETS[1:]:
        made.add_argument(f"--{facet}", action="append", help=f"only of this {facet}; may be given more than once")
    made.add_argument("--sort", choices=SORTS, default="relevance")
    made.add_argument("--facets", action="store_true", help=f"count by {', '.join(FACETS)}")
    made.add_argument("--limit", type=int, default=20)
