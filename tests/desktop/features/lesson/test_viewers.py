"""PDFs, slides, packages and files of a lesson: shown where they stand, their place kept, handed out with care."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.handout.view import Handout
from desktop_lms.features.lesson.package.view import PackageCard
from desktop_lms.features.lesson.papers.view import Paper, PdfPaper
from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.room import Aside, Place, Room, Undo, spot_of
from desktop_lms.platform import outside
from desktop_lms.store import Store
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.layout import column
from desktop_lms.widgets.pdf.marks import PdfMark
from desktop_lms.widgets.pdf.slides import SlidesView
from desktop_lms.widgets.pdf.view import PdfView
from lms_core.content.embeds import Embed, EmbedKind
from lms_core.content.model import ContentItem, LessonDoc, MediaRef
from lms_core.learning.anchors import Anchor, Spot, read_spot
from lms_core.learning.leafing import Passage
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.packages import packed, pictures, scorm
from tests.pdfs import make_pdf


class Page(Aside):
    """The page of a lesson: what a part told it."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.said: list[str] = []
        self.followed: list[str] = []
        self.undo: Undo = None

    def keep_place(self, key: str, place: Place) -> None:
        self.places[key] = place

    def follow(self, link: str) -> None:
        self.followed.append(link)

    def say(self, words: str, undo: Undo = None) -> None:
        self.said.append(words)
        self.undo = undo


class Desk:
    """A window in which parts of one lesson stand."""

    def __init__(self, qtbot: QtBot, store: Store, workspace: Workspace, lesson: str) -> None:
        self.qtbot, self.store, self.workspace, self.lesson = qtbot, store, workspace, lesson
        self.page, self.window = Page(), QWidget()
        self.box = column(gap=0)
        self.window.setLayout(self.box)
        self.window.resize(1000, 700)
        qtbot.addWidget(self.window)
        self.window.show()

    def room(self, kind: str, data: bytes | None, name: str, mime: str, places: dict[str, Place] | None = None) -> Room:
        sha = self.workspace.media.put(data) if data is not None else "0" * 64
        item = ContentItem(id="it", kind=kind, media=sha, title="")
        doc = LessonDoc(self.lesson, "Waves", items=(item,) if kind else ())
        ref = MediaRef(sha, name, mime, len(data or b""))
        return Room(self.store, doc, {sha: ref}, places=places, host=self.page, parent=self.window)

    def part(self, kind: EmbedKind, room: Room) -> QWidget:
        sha = next(iter(room.files))
        made = make_part(Embed("it", kind, "", sha), room)
        self.box.addWidget(made, 1)
        made.show()
        return made

    def sheet(self) -> Sheet:
        found = [each for each in self.window.findChildren(Sheet) if each.isVisible()]
        return found[-1]

    def press(self, words: str) -> None:
        buttons = [b for b in self.window.findChildren(Button) if b.isVisible() and b.accessibleName() == words]
        buttons[-1].click()

    def words(self) -> str:
        return "\n".join(label.accessibleName() for label in self.window.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def desk(qtbot: QtBot, workspace: Workspace, tides: Tides) -> Iterator[Desk]:
    store = Store(workspace)
    yield Desk(qtbot, store, workspace, tides.waves)
    store.close()
    outside.empty_copies()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    """What the system was asked to open."""
    urls: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url) or True)
    return urls


# --- documents
def test_a_pdf_of_the_lesson_opens_where_one_was(qtbot: QtBot, desk: Desk) -> None:  # LES-03, LES-05
    room = desk.room("pdf", make_pdf(9), "guide.pdf", "application/pdf", {"it": json.dumps({"page": 4, "at": 0.1})})
    part = desk.part("pdf", room)
    assert isinstance(part, Paper)
    view = part.view
    assert isinstance(view, PdfView)
    qtbot.waitUntil(lambda: len(view.document.sizes) == 9)
    assert view.pages.page == 4
    view.go_to(7)
    part.keep()
    assert json.loads(str(desk.page.places["it"]))["page"] == 7
    view.stop()
    qtbot.waitUntil(lambda: view.document._engine is None)


@pytest.mark.parametrize("kept", ["no json", "[]", "7", '{"page": "x"}'])
def test_a_place_that_makes_no_sense_harms_nothing(qtbot: QtBot, desk: Desk, kept: str) -> None:
    part = desk.part("pdf", desk.room("pdf", make_pdf(2), "guide.pdf", "application/pdf", {"it": kept}))
    assert isinstance(part, Paper)
    view = part.view
    assert isinstance(view, PdfView)
    qtbot.waitUntil(lambda: len(view.document.sizes) == 2)
    assert view.pages.page == 0
    view.stop()


def test_a_pdf_in_the_text_opens_when_asked_to(qtbot: QtBot, desk: Desk) -> None:
    part = desk.part("pdf", desk.room("", make_pdf(2), "guide.pdf", "application/pdf"))
    assert isinstance(part, Paper)
    small = part.sizeHint().height()
    assert small < 120
    assert "guide.pdf" in desk.words()
    desk.press("Open")
    view = part.view
    assert isinstance(view, PdfView)
    qtbot.waitUntil(lambda: len(view.document.sizes) == 2)
    assert part.sizeHint().height() > 300
    view.stop()


def test_a_highlight_is_a_note_that_knows_its_page(qtbot: QtBot, desk: Desk, workspace: Workspace) -> None:
    room = desk.room("pdf", make_pdf(9), "guide.pdf", "application/pdf")
    part = desk.part("pdf", room)
    assert isinstance(part, PdfPaper)
    qtbot.waitUntil(lambda: len(part.view.document.sizes) == 9)
    anchor = Anchor("mean of twelve shells", "The ", " was four", 4)
    part.view.highlighted.emit("rose", [Passage(2, anchor)])
    qtbot.waitUntil(lambda: desk.page.said == ["Highlighted"])
    note = workspace.notes.all(lesson=desk.lesson)[0]
    assert (Anchor(note.quote, note.before, note.after, note.start), note.colour) == (anchor, "rose")
    assert read_spot(note.anchor) == Spot(page=3, item="it", file=next(iter(room.files)))
    qtbot.waitUntil(lambda: part.view.pages.marks._marks == [PdfMark(2, anchor, "rose", note.id)])
    room.seek(spot_of(note))
    assert part.view.pages.page == 2
    assert desk.page.undo is not None
    desk.page.undo()
    qtbot.waitUntil(lambda: part.view.pages.marks._marks == [])
    part.view.highlighted.emit("rose", [Passage(2, Anchor("not fair.")), Passage(3, Anchor("Limpets cling"))])
    qtbot.waitUntil(lambda: len(desk.page.said) == 2)
    notes = workspace.notes.all(lesson=desk.lesson)
    assert {(n.quote, read_spot(n.anchor).page) for n in notes} == {("not fair.", 3), ("Limpets cling", 4)}
    desk.page.undo()
    qtbot.waitUntil(lambda: workspace.notes.all(lesson=desk.lesson) == [])
    part.view.stop()
    qtbot.waitUntil(lambda: part.view.document._engine is None)


@pytest.mark.parametrize(
    ("data", "count"), [(make_pdf(3), 3), (pictures("s10.png", "s2.png", "s1.png"), 3), (pictures("a.png"), 1)]
)
def test_slides_are_shown_one_at_a_time(qtbot: QtBot, desk: Desk, data: bytes, count: int) -> None:
    part = desk.part("slides", desk.room("slides", data, "deck.zip", "application/zip"))
    assert isinstance(part, Paper)
    view = part.view
    assert isinstance(view, SlidesView)
    qtbot.waitUntil(lambda: len(view.document.sizes) == count)
    qtbot.waitUntil(lambda: view.document.picture(0) is not None)
    view.slide.setFocus()
    for key, page in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 2), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1)):
        qtbot.keyClick(view.slide, key)
        assert view.page == min(page, count - 1)
        if count == 1:
            break
    part.keep()
    assert json.loads(str(desk.page.places["it"])) == {"page": 1 if count > 1 else 0}
    view.stop()
    qtbot.waitUntil(lambda: view.document._engine is None)


def test_slides_of_pictures_come_in_the_order_of_their_numbers(qtbot: QtBot, desk: Desk) -> None:
    data = pictures("s10.png", "s2.png", "s1.png")  # 90, 91 and 92 pixels high
    part = desk.part("slides", desk.room("slides", data, "deck.zip", "application/zip"))
    assert isinstance(part, Paper)
    view = part.view
    assert isinstance(view, SlidesView)
    qtbot.waitUntil(lambda: len(view.document.sizes) == 3)
    assert [size.height() / 0.75 for size in view.document.sizes] == [92, 91, 90]
    view.stop()


def test_a_damaged_deck_is_said_plainly(qtbot: QtBot, desk: Desk) -> None:
    desk.part("slides", desk.room("slides", packed({"a.txt": "x"}), "deck.zip", "application/zip"))
    qtbot.waitUntil(lambda: "There are no slides in this file" in desk.words())


# --- packages
def begin(qtbot: QtBot, desk: Desk, room: Room, opened: list[QUrl]) -> PackageCard:
    card = desk.part("interactive", room)
    assert isinstance(card, PackageCard)
    qtbot.waitUntil(lambda: bool(card.model.standard))
    before = len(opened)
    card.ask()
    assert len(opened) == before  # not before the person says so
    desk.press("Open in the browser")
    qtbot.waitUntil(lambda: len(opened) == before + 1)
    return card


def commit(qtbot: QtBot, link: str, **values: str) -> int:
    """What the browser does: come in by the link and write."""
    with httpx.Client(follow_redirects=True) as browser:
        base = str(browser.get(link).url)
        origin = base[: base.index("/", 8)]
        names = {"status": "cmi.core.lesson_status", "score": "cmi.core.score.raw", "memory": "cmi.suspend_data"}
        body = {"values": {names[name]: value for name, value in values.items()}}
        return browser.post(f"{base}commit", json=body, headers={"Origin": origin}).status_code


def test_a_package_runs_in_the_browser_and_completes_its_lesson(
    qtbot: QtBot, desk: Desk, workspace: Workspace, opened: list[QUrl]
) -> None:  # LES-17
    card = begin(qtbot, desk, room := desk.room("interactive", scorm(), "tides.zip", "application/zip"), opened)
    qtbot.waitUntil(lambda: "It is open in your browser" in desk.words())
    link = opened[0].toString()
    assert link.startswith("http://127.0.0.1:")
    assert commit(qtbot, link, status="incomplete", memory="row=3") == 200
    assert workspace.learning.lesson_state(desk.lesson).status != "done"
    desk.press("Open again")
    qtbot.waitUntil(lambda: len(opened) == 2)
    assert commit(qtbot, opened[1].toString(), status="completed", score="80") == 200
    assert workspace.learning.lesson_state(desk.lesson).status == "done"
    qtbot.waitUntil(lambda: card.model.result.status == "passed")
    card.model.end()
    qtbot.waitUntil(lambda: not _answers(link))
    again = PackageCard(Embed("it", "interactive", "", next(iter(room.files))), room)  # the lesson is opened anew
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: again.model.result.score == 80)


def _answers(link: str) -> bool:
    try:
        httpx.get(link)
    except httpx.HTTPError:
        return False
    return True


def test_without_a_browser_it_is_said_and_nothing_is_served(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    links: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(links.append(url.toString())))
    card = desk.part("interactive", desk.room("interactive", scorm(), "tides.zip", "application/zip"))
    assert isinstance(card, PackageCard)
    card.model.begin()
    qtbot.waitUntil(lambda: desk.page.said == ["No browser could be opened on this device."])
    assert (card.model.state, card.model.server) == ("shut", None)
    qtbot.waitUntil(lambda: not _answers(links[0]))


def test_a_package_ends_with_its_lesson(qtbot: QtBot, desk: Desk, opened: list[QUrl]) -> None:
    card = begin(qtbot, desk, room := desk.room("interactive", scorm(), "tides.zip", "application/zip"), opened)
    link = opened[0].toString()
    assert _answers(link)
    lesson = QWidget(desk.window)
    room.setParent(lesson)  # as on the page, which may take the model away before the card
    card.setParent(lesson)
    lesson.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not _answers(link))


def test_the_network_is_shut_unless_the_person_opens_it(qtbot: QtBot, desk: Desk, opened: list[QUrl]) -> None:
    card = desk.part("interactive", desk.room("interactive", scorm(), "tides.zip", "application/zip"))
    assert isinstance(card, PackageCard)
    qtbot.waitUntil(lambda: bool(card.model.standard))
    card.ask()
    box = desk.sheet().findChildren(QCheckBox)[0]
    assert not box.isChecked()
    box.setChecked(True)
    desk.press("Open in the browser")
    qtbot.waitUntil(lambda: card.model.server is not None)
    assert card.model.server is not None
    assert "https:" in card.model.server.policy
    card.model.end()


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"no zip", "no zip file"), (packed({"a.txt": "x"}), "no page to begin with"), (packed({"../x": "y"}), "do harm")],
)
def test_a_package_that_cannot_be_opened_says_why(qtbot: QtBot, desk: Desk, data: bytes, said: str) -> None:
    desk.part("interactive", desk.room("interactive", data, "tides.zip", "application/zip"))
    qtbot.waitUntil(lambda: said in desk.words())
    assert not [b for b in desk.window.findChildren(Button) if b.isVisible()]


def test_scorm_2004_is_told_and_opened(qtbot: QtBot, desk: Desk, opened: list[QUrl]) -> None:
    room = desk.room("interactive", scorm("2004 4th Edition"), "tides.zip", "application/zip")
    card = desk.part("interactive", room)
    qtbot.waitUntil(lambda: "made for SCORM 2004" in desk.words())
    assert isinstance(card, PackageCard)
    card.model.begin()
    qtbot.waitUntil(lambda: len(opened) == 1)
    card.model.end()


# --- files
@pytest.mark.parametrize("kind", ["pdf", "slides", "interactive"])
def test_what_is_an_address_is_asked_for_by_the_page(desk: Desk, kind: EmbedKind) -> None:  # LES-05
    item = ContentItem(id="it", kind=kind, title="Tide tables", url="https://example.org/tides.pdf")
    room = Room(desk.store, LessonDoc(desk.lesson, "Waves", items=(item,)), {}, host=desk.page, parent=desk.window)
    made = make_part(Embed("it", kind, "Tide tables"), room)
    desk.box.addWidget(made)
    made.show()
    desk.press("Open in the browser")
    assert desk.page.followed == ["https://example.org/tides.pdf"]


def test_a_file_is_opened_as_a_copy_after_a_question(qtbot: QtBot, desk: Desk, opened: list[QUrl]) -> None:
    room = desk.room("", b"PK\x03\x04 weights", "../../Weights: all.docx", "application/zip")
    card = desk.part("file", room)
    assert isinstance(card, Handout)
    assert "DOCX" in desk.words()
    desk.press("Open")
    assert not opened
    desk.press("Open a copy")
    qtbot.waitUntil(lambda: len(opened) == 1)
    copy = Path(opened[0].toLocalFile())
    assert (copy.name, copy.read_bytes()) == ("Weights all.docx", b"PK\x03\x04 weights")
    assert copy.stat().st_mode & 0o077 == 0
    outside.empty_copies()
    assert not copy.exists()


def test_copies_of_a_run_that_was_killed_go_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    killed = "import os; from desktop_lms.platform.outside import write_copy; write_copy('a.txt', b'a'); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed], check=False)
    assert [copy.read_bytes() for copy in tmp_path.rglob("a.txt")] == [b"a"]
    outside.empty_copies()
    mine = outside.write_copy("b.txt", b"b")
    outside.remove_left()
    assert [*tmp_path.rglob("*.txt")] == [mine], "what is in use stays"
    outside.empty_copies()
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["setup.exe", "page.html", "tides.pdf.sh", "install"])
def test_what_might_be_run_is_only_saved(desk: Desk, name: str, tmp_path: Path, qtbot: QtBot) -> None:
    card = desk.part("file", desk.room("", b"#!/bin/sh", name, "application/octet-stream"))
    assert isinstance(card, Handout)
    assert not card.ways.opening.isVisible()
    card.ways.save(tmp_path / "there.bin")
    qtbot.waitUntil(lambda: desk.page.said == ["Saved"])
    assert (tmp_path / "there.bin").read_bytes() == b"#!/bin/sh"
    with pytest.raises(PermissionError):
        outside.write_copy(name, b"")


def test_a_file_that_is_not_here_says_so(desk: Desk) -> None:
    card = desk.part("file", desk.room("", None, "data.csv", "text/plain"))
    assert isinstance(card, Handout)
    assert "Not on this device yet" in desk.words()
    assert not card.ways.saving.isVisible()


def test_a_save_that_fails_is_said(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    card = desk.part("file", desk.room("", b"x", "data.csv", "text/plain"))
    assert isinstance(card, Handout)
    card.ways.save(tmp_path / "no" / "such" / "folder.csv")
    qtbot.waitUntil(lambda: bool(desk.page.said))
    assert desk.page.said != ["Saved"]
