"""A picture of a lesson is looked at closely: in its own size, larger, whole, and a plain card where it is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.sheets.view import show_picture
from desktop_lms.store import Store
from desktop_lms.widgets.drawing import drawn
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.pdf.view import PdfView
from lms_core.content.model import CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Make
from tests.samples import PROJECT

RING = (b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        b'<rect width="20" height="40" fill="#000000"/></svg>')  # fmt: skip


def png(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (180, 60, 20)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    made = Store(workspace)
    yield made
    made.close()


class Look:
    """A picture over a window."""

    def __init__(self, qtbot: QtBot, store: Store, data: bytes) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(1000, 700)
        self.window.show()
        self.sheet = show_picture(self.window, "Shells", data, store.pool)
        (self.view,) = self.sheet.findChildren(PdfView)
        qtbot.waitUntil(lambda: bool(self.view.document.sizes) or "cannot be read" in self.words())

    def words(self) -> str:
        return " ".join(label.accessibleName() for label in self.sheet.findChildren(QLabel) if label.isVisible())


def test_a_large_picture_fits_and_is_zoomed_by_keys(qtbot: QtBot, store: Store) -> None:
    look = Look(qtbot, store, png(4000, 3000))
    pages = look.view.pages
    assert (pages.zoom, look.window.focusWidget() is pages) == ("page", True)
    fitted = pages.percent
    assert fitted < 25
    assert pages.horizontalScrollBar().maximum() == 0
    for key, larger in ((Qt.Key.Key_Plus, True), (Qt.Key.Key_Minus, False)):
        before = pages.percent
        qtbot.keyClick(pages, key, Qt.KeyboardModifier.ControlModifier)
        assert (pages.percent > before) is larger
    pages.set_zoom(1.0)
    assert pages.horizontalScrollBar().maximum() > 2000, "each of its pixels can be seen"
    qtbot.waitUntil(lambda: look.view.document.picture(0) is not None)
    qtbot.keyClick(pages, Qt.Key.Key_Escape)
    assert look.sheet.isHidden()
    qtbot.waitUntil(lambda: look.view.document._engine is None)


def test_a_small_picture_keeps_its_size_and_a_drawing_stays_sharp(qtbot: QtBot, store: Store) -> None:
    look = Look(qtbot, store, RING)
    assert look.view.pages.percent == 100
    look.view.pages.set_zoom(4.0)
    qtbot.waitUntil(lambda: (image := look.view.document.picture(0)) is not None and image.width() == 160)
    image = look.view.document.picture(0)
    assert image is not None
    greys = {image.pixelColor(x, 80).red() for x in range(160)}
    assert greys == {0, 255}, "an edge of a drawing has no grey, however large"


def test_a_damaged_picture_has_a_plain_card(qtbot: QtBot, store: Store) -> None:
    look = Look(qtbot, store, b"\x89PNG\r\n\x1a\n" + bytes(60))
    assert "This file cannot be read" in look.words()


def test_a_picture_of_the_text_is_looked_at_in_its_own_size(
    qtbot: QtBot, make_page: Make, workspace: Workspace
) -> None:
    data = png(600, 300)
    name = workspace.media.put(data)
    lesson = LessonDoc("shells", "Shells", body=f"![Twelve shells](media:{name})")
    files = (MediaRef(name, "shells.png", "image/png", len(data)),)
    modules = (ModuleDoc("m", "One", "", (lesson,)),)
    pack = build_pack(CourseDocument("tides", "1.0", "Tides", modules=modules, media=files))
    workspace.installed.install_pack(workspace.media.put(pack), pack)
    page = make_page("shells", (1000, 700))
    page.show()
    page.open("shells")
    qtbot.waitUntil(lambda: page.text.is_whole and f"media:{name}" in page._model.drawing.pictures)
    page.text.picture_clicked.emit(f"media:{name}")
    (sheet,) = page.findChildren(Sheet)
    assert sheet.accessibleName() == "shells.png"
    qtbot.waitUntil(lambda: sheet.findChildren(PdfView)[0].pages.percent == 100)


def test_the_arrow_of_the_first_picture_has_a_head(qapp: QApplication) -> None:
    data = (PROJECT / "resources/sample_course/01-asking/images/spoonful.svg").read_bytes()
    image = drawn(data, most=540, ratio=1.0)
    ink = QColor("#696257").rgb()
    high = [sum(image.pixelColor(x, y).rgb() == ink for y in range(130, 165)) for x in (300, 318)]
    assert high[1] >= high[0] + 5
