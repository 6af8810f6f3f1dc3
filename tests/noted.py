"""Scenes of somebody who has noted much: the page of all notes, and a lesson with highlights in every colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.app import App
from desktop_lms.features.lesson.panel.cards.view import NoteCard
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.notes.view import NotesPage
from desktop_lms.store import Task
from lms_core.content.text import plain_text
from lms_core.learning.anchors import Spot, write_spot
from lms_core.workspace import Workspace
from tests.scenes import Data, Scene, at, page_of, settle
from tests.told import tell

THOUGHTS = (
    ("amber", "Use this line in the report.", ("report", "quotes")),
    ("mint", "", ("statistics",)),
    ("rose", "I do not believe this yet. Ask on Tuesday how large the sample has to be.", ("question",)),
    ("sky", "Compare with the limpets of last year.", ()),
)


def annotate(workspace: Workspace, data: Data) -> None:
    """Highlights in four colours, tags, bookmarks, a place in a video, one that is gone, and a shared note."""
    document = workspace.installed.document(data.course)
    lesson = document.lesson(data.lesson)
    assert lesson is not None
    sentences = [each for each in plain_text(lesson.body).split(". ") if 30 < len(each) < 110]
    for (colour, body, tags), quote in zip(THOUGHTS, sentences[1::2], strict=False):
        workspace.notes.add(body, lesson=lesson.id, quote=quote, colour=colour, tags=[*tags])
    workspace.notes.add("Bring the scales on Tuesday, **the large ones**, and two buckets.", tags=["todo"])
    workspace.notes.add(
        "This was about the tide table of the old edition.", lesson=lesson.id, colour="rose",
        quote="The table on the next page gives the hours of low water for all of March.",
    )  # fmt: skip
    first = document.lessons()[0]
    film = write_spot(Spot(at_s=83))
    workspace.notes.add("The crab walks out of the picture here.", lesson=first.id, anchor=film, tags=["video"])
    workspace.notes.add_bookmark(first.id, anchor="40", title="Where the spoon comes in")
    workspace.notes.add_bookmark(lesson.id, anchor="0", title="The table of twelve limpets")
    others = {"course_id": data.course, "user_id": "somebody"}
    tell(workspace, "note", "shared", **others, lesson_id=lesson.id, body="Our group got 4.9 g. Who is right?",
         quote=sentences[0], before="", after="", start=None, anchor="", colour="mint", tags=[], is_private=False,
         created_at=workspace.clock.ms() - 7_200_000, edited_at=None)  # fmt: skip
    tell(workspace, "contributor", "named", **others, name="Joseph Mwangi")


def _notes(do: Callable[[NotesPage], object]) -> Scene:
    def go(app: App) -> QWidget:
        window = at("notes")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, NotesPage)
        page._reset()
        while not page._model.rows:
            settle(50)
        do(page)
        settle(200)
        return window

    return go


def _choose(kind: str) -> Callable[[NotesPage], None]:
    def go(page: NotesPage) -> None:
        row = next(each for each in page._model.rows if each.kind == kind)
        page.list.choose([row.kept.id])

    return go


def _filter(page: NotesPage) -> None:
    page.search.setText("tuesday")
    page._model.narrow(query="tuesday")


def _nothing(page: NotesPage) -> None:
    page.search.setText("zebra")
    page._model.narrow(query="zebra")


def _lost(page: NotesPage) -> None:
    page.kinds.choose(4)


def _several(page: NotesPage) -> None:
    page.list.choose([each.kept.id for each in page._model.rows[1:4]])


def _writing(page: NotesPage) -> None:
    task = Task(page)
    page.watch(task)
    task.report(6_400, 20_000, "")


def _lesson(lesson: str) -> Scene:
    def go(app: App) -> QWidget:
        window = at(f"lesson/{lesson}")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, LessonPage)
        page._tabs.choose(1)
        page._wanted = True
        page._arrange()
        cards = page.notes.findChildren(NoteCard)
        if cards:
            cards[min(2, len(cards) - 1)].clicked.emit()
        settle(300)
        return window

    return go


def noted(data: Data) -> dict[str, Scene]:
    """The scenes, by the names of their pictures."""
    return {
        "notes-chosen": _notes(_choose("highlight")), "notes-bookmark": _notes(_choose("bookmark")),
        "notes-filtered": _notes(_filter), "notes-nothing": _notes(_nothing), "notes-lost": _notes(_lost),
        "notes-several": _notes(_several), "notes-export": _notes(NotesPage.ask_export),
        "notes-writing": _notes(_writing), "lesson-notes": _lesson(data.lesson),
    }  # fmt: skip
