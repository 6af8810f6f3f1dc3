"""A file of a lesson that is not here: a card that fetches it and gives way to it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.features.lesson.arriving.view import AT_ONCE, Arriving
from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.room import Room
from desktop_lms.store import InlineStore
from lms_core.content.embeds import Embed
from lms_core.content.model import MediaRef
from lms_core.downloads.plan import Choice
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import FILES, NAMES, Hub, shore


def test_it_is_fetched_and_takes_its_place(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    document = workspace.installed.document("shore")
    files = {media.sha256: media for media in document.media}
    room = Room(store, document.lessons()[1], files)
    downloads = Downloads(store)
    room.course, room.fetching = "shore", downloads
    part = make_part(Embed("k", "file", "The paper", NAMES["paper"]), room)
    qtbot.addWidget(part)
    assert isinstance(part, Arriving)
    assert "online" in part.card._words.words, "it was asked for at once; there is no line"
    draft = workspace.media.draft()
    draft.write_bytes(FILES["paper"][0])
    workspace.media.adopt(draft, NAMES["paper"])
    downloads.wake()
    downloads.want("shore", NAMES["paper"])
    downloads.arrived.emit(NAMES["talk"])
    assert part.findChild(QWidget) is not None
    downloads.arrived.emit(NAMES["paper"])
    assert not isinstance(part._box.itemAt(0).widget(), Arriving)
    assert part._box.itemAt(0).widget() is not part.card


def test_a_large_one_waits_until_somebody_asks(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    hub = Hub(workspace)
    hub.offer(shore())
    workspace.downloads.choose("shore", Choice("text"))
    hub.install()
    name, downloads = NAMES["film"], Downloads(store)
    room = Room(store, shore().lessons()[0], {name: MediaRef(name, "film.mp4", "video/mp4", AT_ONCE + 1)})
    room.course, room.fetching = "shore", downloads
    part = make_part(Embed("k", "video", "The film", name), room)
    qtbot.addWidget(part)
    assert isinstance(part, Arriving)
    assert not downloads.is_wanted("shore", name)
    part.card.wanted.emit()
    assert downloads.is_wanted("shore", name)
