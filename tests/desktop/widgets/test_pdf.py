"""A PDF is read: place, zoom, search, selection, highlights; what cannot be shown is said plainly."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.store import Errands
from desktop_lms.widgets.layout import column
from desktop_lms.widgets.pdf import document as documents
from desktop_lms.widgets.pdf.marks import PdfMark
from desktop_lms.widgets.pdf.view import PdfView
from lms_core.learning.anchors import Anchor, anchor_at
from lms_core.learning.leafing import Passage
from tests.pdfs import TEXT, make_pdf, pdf_of, without_pages

BIG = 5_000


@pytest.fixture
def errands(qtbot: QtBot) -> Iterator[Errands]:
    made = Errands()
    yield made
    made.close()


class Reader:
    """A PDF in a window, as a person reads it."""

    def __init__(self, qtbot: QtBot, errands: Errands, data: bytes, kept: dict[str, Any] | None = None) -> None:
        self.qtbot, self.window = qtbot, QWidget()
        qtbot.addWidget(self.window, before_close_func=lambda _: self.close())  # before fixtures end
        self.window.resize(1000, 640)
        self.view = PdfView(errands, lambda: data, name="Field guide")
        self.window.setLayout(column((self.view, 1), gap=0))
        self.window.show()
        self.view.open(kept)

    def opened(self) -> Reader:
        self.qtbot.waitUntil(lambda: bool(self.view.document.sizes))
        self.qtbot.waitUntil(lambda: self.view.document.picture(self.view.pages.page) is not None)
        return self

    def find(self, words: str) -> int:
        self.view.open_find()
        self.view.finder.setText(words)
        self.view.finder.tell()
        self.qtbot.waitUntil(lambda: not self.view.document.is_searching)
        return len(self.view.document.hits)

    def words(self) -> list[str]:
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible()]

    def close(self) -> None:
        self.view.stop()
        self.qtbot.waitUntil(lambda: self.view.document._engine is None)


@pytest.fixture
def reader(qtbot: QtBot, errands: Errands) -> Reader:
    return Reader(qtbot, errands, make_pdf(12)).opened()


def test_the_place_is_kept_and_found_again(qtbot: QtBot, errands: Errands, reader: Reader) -> None:  # LES-05
    with qtbot.waitSignal(reader.view.place_changed) as told:
        reader.view.go_to(7)
    reader.view.pages.set_zoom(1.5)
    kept = reader.view.place
    assert (kept["page"], kept["zoom"]) == (7, 1.5)
    assert told.args is not None
    again = Reader(qtbot, errands, make_pdf(12), kept).opened()
    assert (again.view.pages.page, again.view.place) == (7, kept)
    assert again.view._number.text() == "8"


@pytest.mark.parametrize("kept", [{"page": 99, "at": 2}, {"page": "x", "zoom": []}, {"zoom": 9}, {"page": -3}])
def test_a_place_that_cannot_be_opens_all_the_same(qtbot: QtBot, errands: Errands, kept: dict[str, Any]) -> None:
    opened = Reader(qtbot, errands, make_pdf(2), kept).opened()
    assert 0 <= opened.view.pages.page <= 1


def test_a_page_is_reached_by_its_number_and_by_keys(qtbot: QtBot, reader: Reader) -> None:
    view = reader.view
    view._number.setFocus()
    view._number.setText("5")
    qtbot.keyClick(view._number, Qt.Key.Key_Return)
    assert view.pages.page == 4
    qtbot.keyClick(view.pages, Qt.Key.Key_End)
    assert view.pages.page == 11
    assert not view._after.isEnabled()
    qtbot.keyClick(view.pages, Qt.Key.Key_Home)
    assert view.pages.page == 0
    view._number.setFocus()
    view._number.setText("99")
    qtbot.keyClick(view._number, Qt.Key.Key_Return)
    assert view.pages.page == 0


def test_zoom_fits_and_has_its_ends(reader: Reader) -> None:
    pages = reader.view.pages
    room = pages.viewport().width()
    assert room - 40 < pages._area(0).width() < room
    pages.set_zoom("page")
    assert pages._area(0).height() < pages.viewport().height()
    for _ in range(12):
        pages.zoom_by(1)
    assert pages.percent == 400
    for _ in range(12):
        pages.zoom_by(-1)
    assert pages.percent == 50


def test_words_are_found_one_after_the_other(qtbot: QtBot, reader: Reader) -> None:
    reader.view.go_to(3)
    assert reader.find("LIMPETS cling") == 12
    assert reader.view._hits.words == "4 of 12"  # from where one is
    qtbot.keyClick(reader.view.finder, Qt.Key.Key_Return)
    assert reader.view._hits.words == "5 of 12"
    assert reader.view.pages.page == 4
    reader.view._step_hit(-2)
    assert reader.view.pages.page == 2
    assert reader.find("let go. The mean") == 12  # over the end of a line
    assert reader.find("zebra") == 0
    assert reader.view._hits.words == "Nothing found"
    assert reader.find("(") == 0  # words are no pattern
    reader.view.close_find()
    assert reader.view.document.hits == []


def drag(reader: Reader, start: QPoint, end: QPoint) -> None:
    target = reader.view.pages.viewport()
    for kind, at in (
        (QEvent.Type.MouseButtonPress, start), (QEvent.Type.MouseMove, end), (QEvent.Type.MouseButtonRelease, end),
    ):  # fmt: skip
        place = QPointF(at)
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, place, target.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(target, event)
        if kind is QEvent.Type.MouseMove:
            reader.qtbot.waitUntil(lambda: bool(reader.view._quote[1]))


def test_selected_words_are_copied_and_highlighted(qtbot: QtBot, reader: Reader) -> None:
    pages = reader.view.pages
    drag(reader, pages.point_of(0, QPointF(74, 136)), pages.point_of(0, QPointF(580, 137)))
    assert reader.view._quote == (0, TEXT[0])
    assert reader.view._marks.isVisible()
    pages.copy()
    assert QGuiApplication.clipboard().text() == TEXT[0]
    with qtbot.waitSignal(reader.view.highlighted) as told:
        reader.view._mark("mint")
    after = f"\r\n{TEXT[1]}\r\n{TEXT[2]}"[:60]
    assert told.args == ["mint", (Passage(0, Anchor(TEXT[0], "Chapter 1\r\n", after, 11)),)]
    assert not reader.view._marks.isVisible()


def test_words_over_the_end_of_a_page_are_selected_and_highlighted(qtbot: QtBot, reader: Reader) -> None:
    pages = reader.view.pages
    pages.set_zoom("page")
    pages.go_to(0, 0.2)
    drag(reader, pages.point_of(0, QPointF(74, 203)), pages.point_of(1, QPointF(590, 137)))
    qtbot.waitUntil(lambda: len(pages.selection.stretches) == 2)
    first, second = (" ".join(each.text.split()) for each in pages.selection.stretches)
    assert (first, second) == (TEXT[3], f"Chapter 2 {TEXT[0]}")
    assert reader.view._quote == (0, f"{first} {second}")
    pages.copy()
    assert QGuiApplication.clipboard().text() == f"{TEXT[3]}\nChapter 2\n{TEXT[0]}"
    with qtbot.waitSignal(reader.view.highlighted) as told:
        reader.view._mark("mint")
    colour, (one, other) = told.args or ()
    assert (colour, one.page, one.anchor.quote, other.page, other.anchor.quote) == ("mint", 0, first, 1, second)
    assert TEXT[2].endswith(one.anchor.before.strip()[-20:])
    assert other.anchor.after.strip()[:20] == TEXT[1][:20]
    drag(reader, pages.point_of(1, QPointF(590, 137)), pages.point_of(0, QPointF(74, 203)))
    qtbot.waitUntil(lambda: reader.view._quote == (0, f"{first} {second}"))


def pressed(reader: Reader, key: Qt.Key, expected: str, *, word: bool = False, shift: bool = True) -> None:
    """Press a key that selects; so much is selected then."""
    held = Qt.KeyboardModifier.NoModifier
    held |= Qt.KeyboardModifier.ShiftModifier if shift else held
    held |= Qt.KeyboardModifier.ControlModifier if word or not shift else held
    reader.qtbot.keyClick(reader.view.pages, key, held)
    reader.qtbot.waitUntil(lambda: reader.view._quote[1] == expected)


def test_words_are_selected_by_keys_alone(qtbot: QtBot, reader: Reader) -> None:
    pages = reader.view.pages
    pages.setFocus()
    pressed(reader, Qt.Key.Key_Right, "C")
    pressed(reader, Qt.Key.Key_Right, "Chapter", word=True)
    pressed(reader, Qt.Key.Key_Down, "Chapter 1 Limpets")
    pressed(reader, Qt.Key.Key_End, f"Chapter 1 {TEXT[0]}")
    pressed(reader, Qt.Key.Key_Left, f"Chapter 1 {TEXT[0][:-1]}")
    pressed(reader, Qt.Key.Key_Home, "Chapter 1")
    pressed(reader, Qt.Key.Key_Up, "")
    page = " ".join(("Chapter 1", *TEXT))
    pressed(reader, Qt.Key.Key_A, page, shift=False)
    pressed(reader, Qt.Key.Key_Right, f"{page} C")
    assert [each.page for each in pages.selection.stretches] == [0, 1]
    pressed(reader, Qt.Key.Key_Left, page)
    qtbot.keyClick(pages, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split() == page.split()
    qtbot.keyClick(pages, Qt.Key.Key_Escape)
    assert reader.view._quote == (0, "")


def test_all_of_it_is_selected_after_all_of_a_page(qtbot: QtBot, reader: Reader) -> None:
    pages, whole = reader.view.pages, " ".join(f"Chapter {n} {' '.join(TEXT)}" for n in range(1, 13))
    pages.go_to(4)
    pressed(reader, Qt.Key.Key_A, " ".join(("Chapter 5", *TEXT)), shift=False)
    assert all(button.isEnabled() for button in reader.view._inks)
    pressed(reader, Qt.Key.Key_A, whole, shift=False)
    assert len(pages.selection.stretches) == 12


def test_what_keys_select_comes_into_view(qtbot: QtBot, reader: Reader) -> None:
    pages = reader.view.pages
    for _ in range(9):
        qtbot.keyClick(pages, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: reader.view._quote[1].count("Chapter") >= 2)
    qtbot.waitUntil(lambda: pages.page >= 1)


def test_highlights_lie_over_their_words(qtbot: QtBot, reader: Reader) -> None:
    pages = reader.view.pages
    at = pages.point_of(0, QPointF(120, 158)) - QPoint(0, 6)
    before = pages.viewport().grab().toImage().pixelColor(at)
    reader.view.show_marks([PdfMark(0, Anchor(TEXT[1]), "amber", "n1"), PdfMark(0, Anchor("no such"), "sky", "n2")])
    qtbot.waitUntil(lambda: pages.viewport().grab().toImage().pixelColor(at) != before)
    qtbot.waitUntil(lambda: pages.marks.told == {"n1": True, "n2": False})
    assert len(list(pages.marks.on(0))) == 1
    reader.view.show_marks([])
    assert pages.viewport().grab().toImage().pixelColor(at) == before


def lain(reader: Reader, *places: Passage) -> list[tuple[int, str]]:
    """On which page and on which words highlights lie."""
    marks = reader.view.pages.marks
    reader.view.show_marks(PdfMark(*place, note=str(n)) for n, place in enumerate(places))
    wanted = set(places)
    reader.qtbot.waitUntil(lambda: marks._found.keys() == wanted)
    found = [marks._found[place] for place in places]
    return [(each[0].page, " ".join(stretch.text for stretch in each)) if each else (-1, "") for each in found]


OLD = (("The sea is wide.", "A limpet holds on.", "The sea is deep.", "The sea is old."), ("A page of winds.",))
NEW = (("A preface that is new.",), ("What came first.", "The sea is calm."), ("A page of winds.",), OLD[0])


def place_of(line: int, quote: str) -> Passage:
    """A highlight on the first page as it was."""
    text = "\r\n".join(OLD[0])
    return Passage(0, anchor_at(text, at := text.index(OLD[0][line]) + OLD[0][line].index(quote), at + len(quote)))


def test_of_words_that_stand_often_those_that_were_chosen_are_painted(qtbot: QtBot, errands: Errands) -> None:
    reader = Reader(qtbot, errands, pdf_of(*OLD)).opened()
    lain(reader, *(place_of(line, "The sea") for line in (0, 2, 3)))
    heights = [areas[0].top() for _, areas in reader.view.pages.marks.on(0)]
    assert [round(b - a) for a, b in pairwise(heights)] == [44, 22]


def test_a_highlight_lies_on_both_pages_that_its_words_are_on_now(qtbot: QtBot, errands: Errands) -> None:
    reader = Reader(
        qtbot, errands, pdf_of(("The sea is wide.", "A limpet"), ("holds on.", "The sea is deep."))
    ).opened()
    assert lain(reader, place_of(1, "A limpet holds on.")) == [(0, "A limpet holds on.")]
    assert [[len(areas) for _, areas in reader.view.pages.marks.on(page)] for page in (0, 1)] == [[1], [1]]


def test_highlights_go_along_with_words_that_stand_on_another_page(qtbot: QtBot, errands: Errands) -> None:
    reader = Reader(qtbot, errands, pdf_of(*NEW)).opened()
    gone = Passage(0, Anchor("Barnacles close their doors."))
    assert lain(reader, place_of(0, "The sea"), place_of(1, "A limpet holds on."), gone) == [
        (3, "The sea"), (3, "A limpet holds on."), (-1, ""),
    ]  # fmt: skip
    assert reader.view.pages.marks.told == {"0": True, "1": True, "2": False}
    reader.view.seek(0, "A limpet holds on.", place_of(1, "A limpet").anchor.start)
    assert reader.view.pages.page == 3
    at = reader.view.pages.point_of(3, next(iter(reader.view.pages.marks.on(3)))[1][0].topLeft())
    painted = reader.view.pages.viewport().grab().toImage().pixelColor(at)
    reader.view.show_marks([])
    assert reader.view.pages.viewport().grab().toImage().pixelColor(at) != painted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.4 rubbish", "This file cannot be read"),
        (b"", "This file cannot be read"),
        (make_pdf()[:900], "This file cannot be read"),
        (without_pages(), "This file has no pages"),
    ],
)
def test_what_cannot_be_shown_is_said_plainly(qtbot: QtBot, errands: Errands, data: bytes, said: str) -> None:
    opened = Reader(qtbot, errands, data)
    qtbot.waitUntil(lambda: said in opened.words())


def test_one_that_is_not_here_is_said_plainly(qtbot: QtBot, errands: Errands) -> None:
    opened = Reader(qtbot, errands, b"")
    opened.close()

    def gone() -> bytes:
        raise OSError

    view = PdfView(errands, gone)
    qtbot.addWidget(view)
    view.open()
    qtbot.waitUntil(
        lambda: view._message.isVisibleTo(view) and "not here" in view._message.findChildren(QLabel)[0].text()
    )
    view.stop()


def test_a_locked_pdf_opens_with_its_password(qtbot: QtBot, errands: Errands) -> None:
    opened = Reader(qtbot, errands, make_pdf(2, password="sesame"))
    qtbot.waitUntil(lambda: "This PDF is locked" in opened.words())
    opened.view.document.open("wrong")
    qtbot.waitUntil(lambda: not opened.view.document._busy)
    assert "This PDF is locked" in opened.words()
    opened.view.document.open("sesame")
    opened.opened()
    assert len(opened.view.document.sizes) == 2


def test_five_thousand_pages_stay_quick_and_small(
    qtbot: QtBot, errands: Errands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "KEPT_BYTES", 12 << 20)
    opened = Reader(qtbot, errands, make_pdf(BIG), {"page": 4_000}).opened()
    view, longest = opened.view, 0.0
    view.document.search("limpets")
    for step in range(60):
        view.go_to(4_000 - step * 50)
        began = time.perf_counter()
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - began)
        kept = view.document._pages.values()
        assert sum(image.sizeInBytes() for image in kept) <= 12 << 20 or len(kept) == 1
    assert longest < 1.0  # a whole document drawn on this thread takes minutes
    assert len(view.document._thumbs) <= documents.KEPT_THUMBS
    qtbot.waitUntil(lambda: not view.document.is_searching, timeout=20_000)
    assert documents.MOST_HITS <= len(view.document.hits) < documents.MOST_HITS + BIG


def test_a_page_of_a_poster_is_drawn_within_bounds(qtbot: QtBot, errands: Errands) -> None:
    opened = Reader(qtbot, errands, make_pdf(1, size=(4000, 4000)), {"zoom": 4}).opened()
    image = opened.view.document.picture(0)
    assert image is not None
    assert image.width() * image.height() <= 14_100_000


def test_what_changes_its_height_keeps_its_tools(qtbot: QtBot, reader: Reader) -> None:
    shown = reader.view._zoom_place.itemAt(0).widget()
    reader.view.setFixedHeight(reader.view.height() - 8)
    QApplication.processEvents()
    assert reader.view._zoom_place.itemAt(0).widget() is shown, "a new one would move the pages, and so ask for another"
    reader.view.pages.set_zoom(2.0)
    assert reader.view._zoom_place.itemAt(0).widget() is not shown


def test_it_fills_the_window_and_goes_back(qtbot: QtBot, reader: Reader) -> None:
    reader.view.toggle_whole()
    lifted = reader.view._lifted
    assert lifted is not None
    assert reader.view.parentWidget() is lifted
    qtbot.keyClick(lifted, Qt.Key.Key_Escape)
    assert reader.view._lifted is None
    assert reader.view.parentWidget() is reader.window
    assert reader.view.isVisible()


def test_qt_pdf_is_not_loaded_before_somebody_opens_one() -> None:
    code = "import sys, desktop_lms.widgets.pdf.view; sys.exit('PySide6.QtPdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
