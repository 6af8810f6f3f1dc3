"""A highlight in a PDF stays with its words through new versions of the course, and says when they are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.widgets.pdf.view import PdfView
from lms_core.content.embeds import embed_key
from lms_core.content.files import parts_of
from lms_core.content.model import ContentItem, LessonDoc, MediaRef, ResourceDoc
from lms_core.learning.model import Note
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Show
from tests.pdfs import pdf_of

OLD = (("The sea is wide.", "A limpet holds on.", "The sea is deep."), ("A page of winds.",))
NEW = (("A preface that is new.",), ("The sea is calm.",), ("A page of winds.",), OLD[0])
OTHER = (("Nothing of it stayed.",),)
Version = Callable[..., tuple[LessonPage, PdfView]]


@pytest.fixture
def version(qtbot: QtBot, show: Show, workspace: Workspace) -> Iterator[Version]:
    """Install a version of the lesson whose PDF has these pages, and open it."""
    made: list[PdfView] = []

    def opened(pages: tuple[tuple[str, ...], ...], item: str = "guide", place: str = "") -> tuple[LessonPage, PdfView]:
        data = pdf_of(*pages)
        media = MediaRef(workspace.media.put(data), "guide.pdf", "application/pdf", len(data))
        items = [ContentItem(id=item, kind="pdf", media=media.sha256, is_primary=True)]
        page = show("Read it.", place, str(len(made) + 1), items=items, media=[media])
        qtbot.waitUntil(lambda: page.findChild(PdfView) is not None)
        view = page.findChild(PdfView)
        qtbot.waitUntil(lambda: len(view.document.sizes) == len(pages))
        made.append(view)
        return page, view

    yield opened
    for view in filter(isValid, made):
        view.stop()
        qtbot.waitUntil(lambda view=view: view.document._engine is None)


def marked(qtbot: QtBot, view: PdfView, workspace: Workspace) -> Note:
    """Highlight the words that stand on the first page for the second time, as a person does."""
    at = "\r\n".join(OLD[0]).rindex("The sea")
    view.pages.selection._ask(lambda engine: [engine.at(0, at, 7)], view.pages.selection._show)
    qtbot.waitUntil(lambda: view._quote[1] == "The sea")
    view._mark("mint")
    qtbot.waitUntil(lambda: list(view.pages.marks.told.values()) == [True])
    return workspace.notes.all()[0]


def in_view(view: PdfView) -> bool:
    """Whether one sees the highlight on the last page of the new version."""
    found = [areas[0].center() for _, areas in view.pages.marks.on(3)]
    return bool(found) and view.pages.viewport().rect().contains(view.pages.point_of(3, found[0]))


def said(page: LessonPage) -> bool:
    """Whether the note says that its place is gone."""
    labels = [each.text() for each in page.notes.findChildren(QLabel) if each.isVisible()]
    return any("The place is gone; the note stays." in each for each in labels)


def test_it_goes_along_with_its_words_and_says_when_they_are_gone(
    qtbot: QtBot, version: Version, workspace: Workspace
) -> None:
    page, view = version(OLD)
    note = marked(qtbot, view, workspace)
    assert (note.before, note.after) == ("The sea is wide.\r\nA limpet holds on.\r\n", " is deep.")
    (before,) = (areas[0].top() for _, areas in view.pages.marks.on(0))

    page, view = version(NEW)
    qtbot.waitUntil(lambda: view.pages.marks.told == {note.id: True})
    assert [areas[0].top() for _, areas in view.pages.marks.on(3)] == [before]
    assert not said(page)
    page._show_note(note.id)
    assert in_view(view)

    page, view = version(OTHER)
    qtbot.waitUntil(lambda: said(page))
    assert [each.quote for each in workspace.notes.all()] == ["The sea"]
    page, view = version(OLD)
    qtbot.waitUntil(lambda: view.pages.marks.told == {note.id: True})
    assert not said(page), "it was kept, and its words came back"


def test_one_from_elsewhere_leads_to_its_page(qtbot: QtBot, version: Version, workspace: Workspace) -> None:
    _, view = version(OLD)
    note = marked(qtbot, view, workspace)
    _, view = version(NEW, place=note.id)
    qtbot.waitUntil(lambda: in_view(view))


def test_a_file_that_comes_in_place_of_a_part_that_went_takes_its_highlights(
    qtbot: QtBot, version: Version, workspace: Workspace
) -> None:
    _, view = version(OLD)
    note = marked(qtbot, view, workspace)
    page, view = version(NEW, "another")
    qtbot.waitUntil(lambda: view.pages.marks.told == {note.id: True})
    assert not said(page)
    page._show_note(note.id)
    assert in_view(view)
    page, view = version(OTHER, "another")
    qtbot.waitUntil(lambda: view.pages.marks.told == {note.id: False})
    assert said(page)


def test_a_lesson_that_is_open_shows_the_file_that_came(qtbot: QtBot, version: Version, workspace: Workspace) -> None:
    page, view = version(OLD)
    note = marked(qtbot, view, workspace)
    version(NEW)
    qtbot.waitUntil(lambda: not isValid(view))
    shown = page.findChild(PdfView)
    qtbot.waitUntil(lambda: shown.pages.marks.told == {note.id: True})
    assert len(shown.document.sizes) == len(NEW)
    shown.stop()


def test_parts_are_items_resources_and_what_stands_in_texts() -> None:
    one, two = "media:" + "1" * 64, "media:" + "2" * 64
    items = ContentItem(id="it", kind="pdf", media="3" * 64), ContentItem(id="said", kind="text", body=f"![b]({two})")
    given = ResourceDoc(id="given", title="Given", url="https://example.org")
    lesson = LessonDoc("x", "X", body=f"![a]({one})\n\n![again]({one})", items=items, resources=(given,))
    keys = embed_key(one), f"{embed_key(one)}-2", embed_key(two)
    assert parts_of(lesson) == {
        "it": "3" * 64, "said": "", "given": "", keys[0]: "1" * 64, keys[1]: "1" * 64, keys[2]: "2" * 64,
    }  # fmt: skip
