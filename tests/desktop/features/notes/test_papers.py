"""A highlight in a PDF whose words went away is kept and said among all notes, without anybody opening its lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.features.notes.view import NotesPage
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.pdf.marks import look_up
from lms_core.content.model import ContentItem, CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.learning.anchors import Anchor, Spot, write_spot
from lms_core.learning.leafing import Passage
from lms_core.workspace import Workspace
from tests.pdfs import make_pdf, pdf_of, without_pages

OLD, NEW = pdf_of(["A limpet holds on."]), pdf_of(["A preface."], ["A limpet holds on."])
OTHER = pdf_of(["Nothing of it stayed."])


def version(workspace: Workspace, number: int, data: bytes | None, item: str = "guide") -> str:
    """Install a version of a lesson with a PDF; without bytes it is one that is not here."""
    name = workspace.media.put(data) if data is not None else sha256(OTHER).hexdigest()
    items = (ContentItem(id=item, kind="pdf", media=name),) if item else ()
    modules = (ModuleDoc("m", "M", lessons=(LessonDoc("found", "Found", items=items),)),)
    media = (MediaRef(name, "guide.pdf", "application/pdf", 9),)
    pack = build_pack(CourseDocument("finding", str(number), "Finding", media=media, modules=modules))
    workspace.installed.install_pack(workspace.media.put(pack), pack)
    return name


def highlight(workspace: Workspace, **spot: Any) -> str:
    place = write_spot(Spot(page=1, **{"item": "guide", **spot}))
    return workspace.notes.add("", lesson="found", course="finding", anchor=place, quote="A limpet holds", colour="sky")


def orphans(model: NotesModel) -> list[str]:
    return [row.kept.id for row in model.rows if row.is_orphan]


def test_it_says_so_until_its_words_come_back(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    note = highlight(workspace, file=workspace.media.put(OLD))
    version(workspace, 1, OTHER)
    model = NotesModel(store)
    page = NotesPage(model, go=print, say=lambda text, undo: None)
    qtbot.addWidget(page)
    assert orphans(model) == [note]
    assert len(model.rows) == 1
    read: list[bytes] = []

    def counted(data: bytes, passages: Sequence[Passage]) -> Mapping[Passage, bool]:
        read.append(data)
        return look_up(data, passages)

    model.look_up_with(counted)
    seen = []
    for number, data in enumerate((NEW, OTHER, OLD, NEW), 2):
        version(workspace, number, data)
        seen.append(orphans(model))
    assert seen == [[], [note], [], []]
    assert read == [NEW], "another file is read once, the one it was made in not at all"
    page.leave()
    page.pane.paper._pause.stop()


@pytest.mark.parametrize(
    ("data", "item", "is_gone"),
    [
        (OLD, "another", False), (OTHER, "another", True), (OTHER, "", True), (None, "guide", False),
        (make_pdf(password="sesame"), "guide", False), (without_pages(), "guide", False), (b"%PDF", "guide", False),
    ],
)  # fmt: skip
def test_nobody_says_so_without_having_looked(
    store: InlineStore, workspace: Workspace, data: bytes | None, item: str, is_gone: bool
) -> None:
    note = highlight(workspace)
    version(workspace, 1, data, item)
    model = NotesModel(store)
    model.look_up_with(look_up)
    model.refresh()
    assert orphans(model) == [note] * is_gone


def test_a_page_of_a_lesson_that_names_no_part_is_not_taken_for_lost(store: InlineStore, workspace: Workspace) -> None:
    highlight(workspace, item="")
    version(workspace, 1, OTHER)
    model = NotesModel(store)
    model.look_up_with(look_up)
    model.refresh()
    assert orphans(model) == []


def test_a_file_that_comes_later_is_looked_at_then(store: InlineStore, workspace: Workspace) -> None:
    note = highlight(workspace)
    version(workspace, 1, None)
    model = NotesModel(store)
    model.look_up_with(look_up)
    model.refresh()
    assert orphans(model) == []
    version(workspace, 2, OTHER)
    assert orphans(model) == [note]


def test_a_passage_is_looked_up() -> None:
    there, gone = Passage(0, Anchor("A limpet holds")), Passage(0, Anchor("Barnacles close"))
    assert look_up(NEW, [there, gone]) == {there: True, gone: False}
