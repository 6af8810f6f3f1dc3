"""Folds, cards and questions in a lesson, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.exercises.view import CheckCard, Flashcards
from desktop_lms.features.lesson.folded.view import Folded, PartText
from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.room import Aside, Room
from desktop_lms.store import InlineStore
from desktop_lms.widgets.text import Elided
from lms_core.content.embeds import Embed
from lms_core.content.model import LessonDoc


class Host(Aside):
    """Takes down what a part says."""

    def __init__(self) -> None:
        self.links: list[str] = []

    def follow(self, link: str) -> None:
        self.links.append(link)


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def room(store: InlineStore, host: Host) -> Room:
    return Room(store, LessonDoc("x", "X"), {}, host=host)


@pytest.fixture
def shown(qtbot: QtBot, room: Room) -> Iterator[object]:
    def show(kind: str, source: str, title: str = "") -> QWidget:
        made = make_part(Embed("k", kind, title, source=source), room)  # type: ignore[arg-type]
        qtbot.addWidget(made)
        made.resize(500, 300)
        made.show()
        return made

    yield show
    for text in (each for each in QApplication.allWidgets() if isinstance(each, PartText)):
        text._settle.stop()
        text._tall.stop()


def words(part: QWidget) -> str:
    return " ".join(text.toPlainText() for text in part.findChildren(PartText) if text.isVisible())


def test_a_fold_opens_and_shuts_with_the_keyboard(shown) -> None:
    part = shown("details", 'Inside **text**\n\n??? note "Deeper"\n    further in', "Why?")
    assert isinstance(part, Folded)
    assert part.fold.head.accessibleName() == "Why?, folded"
    low = part.sizeHint().height()
    QTest.keyClick(part.fold.head, Qt.Key.Key_Return)
    QTest.qWait(20)
    assert "Inside text" in words(part)
    assert part.fold.head.accessibleName() == "Why?, open"
    assert part.sizeHint().height() > low
    assert len(part.findChildren(Folded)) == 1, "a fold in it"
    QTest.keyClick(part.fold.head, Qt.Key.Key_Space)
    assert words(part) == ""


def test_the_words_of_a_fold_begin_below_its_title(qtbot: QtBot, shown) -> None:
    part = shown("details", "Inside", "Why?")
    part.fold.toggle()
    text = part.findChild(PartText)
    qtbot.waitUntil(lambda: text.toPlainText() == "Inside")
    title = part.fold.head.findChild(Elided)
    begins = text.viewport().mapTo(part, text.cursorRect(text._cursor(0)).topLeft()).x()
    assert begins == title.mapTo(part, title.rect().topLeft()).x()


def test_cards_turn_and_go_on(shown) -> None:
    part = shown("cards", "Mean :: Sum over count\nLimpet :: A snail")
    assert isinstance(part, Flashcards)
    assert words(part) == "Mean"
    QTest.keyClick(part, Qt.Key.Key_Space)
    assert words(part) == "Sum over count"
    assert "1 of 2: Sum over count" in part.accessibleName()
    QTest.keyClick(part, Qt.Key.Key_Right)
    assert words(part) == "Limpet"
    QTest.keyClick(part, Qt.Key.Key_Right)
    QTest.keyClick(part, Qt.Key.Key_Left)
    assert words(part) == "Limpet", "behind the last one comes the first"


def test_a_question_tells_why_and_can_be_tried_again(shown) -> None:
    part = shown("check", "Half the margin?\n- [ ] Twice\n- [x] Four times\nThe square root.")
    assert isinstance(part, CheckCard)
    assert not part.button.isEnabled()
    part.options[0].clicked.emit()
    part.button.click()
    assert not part.is_right
    assert "The square root." in words(part)
    assert part.options[1].accessibleName().endswith("Right answer")
    assert part.options[0].accessibleName().endswith("Not right")
    part.options[1].clicked.emit()
    assert not part.options[1].chosen, "what was told stands until one tries again"
    part.button.click()
    assert "The square root." not in words(part)
    part.options[0].clicked.emit()
    part.options[1].clicked.emit()
    assert [o.chosen for o in part.options] == [False, True]
    part.button.click()
    assert part.is_right


def test_several_answers_may_be_right(shown) -> None:
    part = shown("check", "Which?\n- [x] a\n- [ ] b\n- [x] c")
    assert isinstance(part, CheckCard)
    for n in (0, 2):
        part.options[n].clicked.emit()
    part.button.click()
    assert part.is_right


@pytest.mark.parametrize(("kind", "source"), [("cards", "no card"), ("check", "no answers"), ("video", "")])
def test_what_cannot_be_shown_is_a_plain_card(shown, kind: str, source: str) -> None:
    part = shown(kind, source, "A title")
    assert "A title" in part.accessibleName()


def test_a_link_in_a_fold_leads_where_the_page_leads(shown, host: Host) -> None:
    part = shown("details", "[there](lesson:abc)", "Why?")
    part.fold.toggle()
    part.findChildren(PartText)[0].link_clicked.emit("lesson:abc")
    assert host.links == ["lesson:abc"]
