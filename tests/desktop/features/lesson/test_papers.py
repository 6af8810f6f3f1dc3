"""Papers and slides go out of the app, to be printed or kept, where their author lets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.handout.view import Ways
from desktop_lms.features.lesson.papers.view import Paper
from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.room import Room
from lms_core.content.embeds import Embed, EmbedKind
from tests.desktop.features.lesson.test_viewers import Desk
from tests.desktop.features.lesson.test_viewers import desk as desk
from tests.desktop.features.lesson.test_viewers import opened as opened
from tests.pdfs import make_pdf


@pytest.mark.parametrize(("kind", "name"), [("pdf", "guide.pdf"), ("slides", "deck.pdf")])
def test_a_paper_is_saved_and_opened_elsewhere_unless_its_author_keeps_it_here(
    qtbot: QtBot, desk: Desk, kind: EmbedKind, name: str, tmp_path: Path, opened: list[QUrl]
) -> None:  # LES-05
    room = desk.room(kind, data := make_pdf(2), name, "application/pdf")
    desk.part(kind, room)
    desk.press("Open with another program")
    assert not opened
    desk.press("Open a copy")
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert Path(opened[0].toLocalFile()).read_bytes() == data
    (ways,) = desk.window.findChildren(Ways)
    ways.save(tmp_path / name)
    qtbot.waitUntil(lambda: desk.page.said == ["Saved"])
    assert (tmp_path / name).read_bytes() == data

    kept = replace(room.lesson, items=(replace(room.lesson.items[0], downloadable=False),))
    made = make_part(Embed("it", kind, "", next(iter(room.files))), Room(desk.store, kept, room.files, host=desk.page))
    desk.box.addWidget(made)
    assert isinstance(made, Paper)
    qtbot.waitUntil(lambda: bool(made.view.document.sizes))
    assert not made.findChildren(Ways), "its author did not let it be saved"
