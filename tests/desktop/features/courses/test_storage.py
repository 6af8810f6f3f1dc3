"""What lies here: told by parts, let go of, held and gone on with; what is in the way is a state of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import AUTO_UPDATE, MAKE_ROOM, PAUSED, Downloads
from desktop_lms.features.courses.storage.view import StoragePage
from desktop_lms.features.courses.storage.viewmodel import StorageModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Chip
from desktop_lms.widgets.text import Elided, Label
from lms_core.downloads.plan import Choice, Transfer
from lms_core.errors import Corrupt
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import FILES, NAMES, Hub, shore


@pytest.fixture
def hub(workspace: Workspace) -> Hub:
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice())
    hub.install()
    return hub


def said(page: QWidget) -> str:
    QApplication.processEvents()
    found = [x.words for kind in (Label, Chip) for x in page.findChildren(kind) if x.isVisibleTo(page)]
    return "\n".join([*found, *(x.accessibleName() for x in page.findChildren(Elided) if x.isVisibleTo(page))])


def press(page: QWidget, name: str) -> None:
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if b.accessibleName() == name and b.isVisibleTo(page)).click()


def open_page(qtbot: QtBot, store: InlineStore, told: list[str]) -> StoragePage:
    model = StorageModel(store, Downloads(store))
    page = StoragePage(model, go=told.append, say=lambda text, undo: told.append(text), keep=told.append)
    qtbot.addWidget(page)
    page.resize(1000, 800)
    page.show()
    return page


def test_what_a_course_takes_and_how_it_goes(qtbot: QtBot, store: InlineStore, workspace: Workspace, hub: Hub) -> None:
    told: list[str] = []
    page = open_page(qtbot, store, told)
    space = workspace.storage.space()
    assert f"Courses take {size_of(space.used)}" in said(page)
    assert "videos 20.0 kB" in said(page)
    press(page, "Choose what stays of The shore")
    assert told == ["shore"]
    model = page._model
    assert model.board is not None
    model.remove_media(model.board.space.courses[0])
    assert not workspace.media.has(NAMES["film"])
    assert told[-1].startswith(f"{size_of(space.courses[0].media)} of “The shore” are free again")
    page.ask_remove(model.board.space.courses[0])
    sheet = page.window().findChild(Sheet)
    press(sheet, "Remove")
    assert workspace.installed.find("shore") is None
    assert "Nothing takes room yet" in said(page)


def test_a_course_whose_files_others_need_is_gone_without_a_figure(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, hub: Hub
) -> None:
    told: list[str] = []
    page = open_page(qtbot, store, told)
    page._model.freed.emit("The shore", 0)
    assert told == ["“The shore” is no longer on this device. Progress and notes stay."]


def test_what_nothing_uses_goes_at_once_when_one_says_so(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, hub: Hub
) -> None:
    hub.offer(shore("2.0", files=("crab",)))
    workspace.downloads.choose("shore", Choice(), update=True)
    hub.install()
    page = open_page(qtbot, store, [])
    press(page, "Remove what nothing uses")
    assert workspace.storage.unused() == []
    assert workspace.media.has(NAMES["crab"])


def test_what_is_in_the_way_is_told_on_the_page(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, hub: Hub
) -> None:
    workspace.storage.narrow("shore", Choice("no_video"))
    told: list[str] = []
    page = open_page(qtbot, store, told)
    downloads = page._model.downloads
    downloads.keep("shore", Choice("all"))
    assert downloads.state("shore") == "offline", "a local profile has no line"
    assert "No connection to the server" in said(page)
    press(page, "Pause The shore")
    assert downloads.state("shore") == "paused"
    assert workspace.downloads.find("shore").paused, "also after the next start"
    press(page, "Go on with The shore")
    assert downloads.state("shore") == "offline"
    press(page, "Pause all")
    assert workspace.choices.get(PAUSED) is True
    assert "Paused" in said(page)
    press(page, "Go on")
    downloads._metered = lambda: True
    downloads.wake()
    assert "Saving data" in said(page)
    press(page, "Change what waits on this network")
    assert told[-1] == "syncing"
    draft = workspace.media.draft()
    draft.write_bytes(FILES["film"][0])
    workspace.media.adopt(draft, NAMES["film"])
    press(page, "Stop fetching The shore")
    assert downloads.courses == ()


def test_a_full_disk_is_offered_room(qtbot: QtBot, store: InlineStore, workspace: Workspace, hub: Hub) -> None:
    other = shore().__class__("cliff", "1.0", "The cliff", modules=shore().modules, media=shore().media[:1])
    for lesson in ("crabs", "tides", "words"):
        workspace.learning.complete(lesson)
    told: list[str] = []
    page = open_page(qtbot, store, told)
    downloads = page._model.downloads
    downloads._queue._free = lambda: 0
    hub.offer(other)
    workspace.storage.narrow("shore", Choice("no_video"))
    downloads.fetch("cliff")
    assert downloads.state("cliff") == "full"
    assert "The disk is full" in said(page)
    press(page, "Make room")
    assert told[-1].endswith("are free again")
    assert not workspace.media.has(NAMES["talk"])


def test_a_file_that_is_refused_is_told(store: InlineStore, workspace: Workspace, hub: Hub) -> None:
    workspace.storage.narrow("shore", Choice("no_video"))
    downloads, told = Downloads(store), list[str]()
    downloads.failed.connect(lambda course, error: told.append(error.code))
    queue = downloads._queue
    queue._fetch = spoilt
    downloads.keep("shore", Choice("all"))
    assert told == ["file_refused"], "once, with its sentence"
    assert downloads.refusal(NAMES["film"]) is not None
    assert downloads.state("shore") == ""


def spoilt(transfer: Transfer, progress: Callable[[int, int], bool]) -> None:
    """Bring a file that is not what its name says."""
    raise Corrupt(path=transfer.sha256)


def test_the_switches_are_kept(qtbot: QtBot, store: InlineStore, workspace: Workspace, hub: Hub) -> None:
    page = open_page(qtbot, store, [])
    for name, words in ((MAKE_ROOM, "Make room by itself"), (AUTO_UPDATE, "Update courses by itself")):
        QApplication.processEvents()
        box = next(b for b in page.findChildren(QCheckBox) if b.text() == words and b.isVisibleTo(page))
        box.click()
        assert workspace.choices.get(name) is True
    again = Downloads(store)
    again.wake()
    assert (again.make_room, again.auto_update) == (True, True)
