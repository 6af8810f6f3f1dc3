"""Words are found wherever they stand in a lesson: in folds that are shut, on cards, in large tables."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCursor, QTextDocument
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.exercises.view import CheckCard, Flashcards
from desktop_lms.features.lesson.folded.view import Folded, PartText
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.widgets.text import Marked
from desktop_lms.widgets.theme import current
from tests.desktop.features.lesson.conftest import Show, choose

FOLDS = """A limpet holds on.

??? note "Why?"
    Its **limpet** foot grips.

    ??? tip "Deeper"
        Each limpet[^1] comes home.

    [^1]: A snail.

More of the limpet.
"""
CARDS = "```cards\nWhat is a limpet? :: A snail\nA mean :: A limpet again\n```\n"
CHECK = "```check\nWhich limpet?\n- [x] The old limpet\n- [ ] None\nA limpet grows.\n```\n"
TABLE = "| Shell | Grams |\n|---|---|\n" + "".join(f"| limpet {n} | 4 |\n" for n in range(60))


def find(page: LessonPage, words: str) -> str:
    page.finding.open_bar()
    page.finding.field.setText(words)
    return page.finding.hits.words


def chosen(page: LessonPage) -> list[str]:
    """What is chosen in the folds that are open."""
    texts = [each for each in page.findChildren(PartText) if each.isVisible()]
    return [each.textCursor().selectedText() for each in texts if each.textCursor().hasSelection()]


def test_what_is_folded_is_counted_and_opens(qtbot: QtBot, show: Show) -> None:
    page = show(FOLDS)
    assert find(page, "Limpet") == "1 of 4"
    qtbot.waitUntil(lambda: page.findChild(Folded) is not None)
    fold = page.findChild(Folded)
    assert not fold.fold.is_open, "counting opens nothing"
    page.finding.next()
    qtbot.waitUntil(lambda: chosen(page) == ["limpet"])
    assert fold.fold.is_open
    assert page.finding.hits.words == "2 of 4"
    page.finding.next()
    inner = next(each for each in page.findChildren(Folded) if each is not fold)
    qtbot.waitUntil(lambda: inner.fold.is_open and chosen(page)[-1:] == ["limpet"])
    page.finding.next()
    assert page.finding.hits.words == "4 of 4"
    assert page.text.textCursor().selectedText() == "limpet"


def test_what_was_found_in_a_fold_comes_into_view(qtbot: QtBot, show: Show) -> None:
    page = show("Words.\n\n" * 40 + '??? note "Far"\n' + "    Line.\n\n" * 40 + "    A limpet.\n\n" + "Words.\n\n" * 40)
    assert find(page, "limpet") == "1 of 1"
    qtbot.waitUntil(lambda: chosen(page) == ["limpet"])

    def is_seen() -> bool:
        text = next(each for each in page.findChildren(PartText) if each.isVisible())
        place = text.viewport().mapTo(page.text.viewport(), text.cursorRect().center())
        return page.text.viewport().rect().contains(QPoint(place.x(), place.y()))

    qtbot.waitUntil(is_seen)


def test_marks_go_with_the_bar(qtbot: QtBot, show: Show) -> None:
    page = show(FOLDS)
    find(page, "grips")
    qtbot.waitUntil(lambda: chosen(page) == ["grips"])
    text = next(each for each in page.findChildren(PartText) if each.isVisible())
    assert text.extraSelections()
    page.finding.close_bar()
    assert not text.extraSelections()


def test_of_cards_only_the_side_that_is_seen(qtbot: QtBot, show: Show) -> None:
    page = show(CARDS)
    assert find(page, "limpet") == "1 of 1"
    assert find(page, "snail") == "0 found"
    qtbot.waitUntil(lambda: page.findChild(Flashcards) is not None)
    page.findChild(Flashcards).turn()
    qtbot.waitUntil(lambda: find(page, "snail") == "1 of 1")
    assert find(page, "limpet") == "0 found"


def test_of_a_question_what_is_not_told_yet_is_not_found(show: Show) -> None:
    page = show(CHECK)
    assert find(page, "limpet") == "1 of 2"
    assert find(page, "grows") == "0 found"


def test_rows_of_a_large_table_are_gone_to(qtbot: QtBot, show: Show) -> None:
    page = show(TABLE)
    assert find(page, "limpet 59") == "1 of 1"
    qtbot.waitUntil(lambda: chosen(page) == ["limpet 59"])


def test_what_search_found_in_a_fold_is_gone_to(qtbot: QtBot, show: Show) -> None:
    page = show(FOLDS, "at:text:grips")
    qtbot.waitUntil(lambda: chosen(page) == ["grips"])
    assert page.finding.hits.words == "1 of 1"


def test_finding_offers_no_marks(qtbot: QtBot, show: Show) -> None:
    page = show("A limpet holds on.\n\nMore of the limpet.\n\n" + TABLE)
    choose(page.text, "holds on")
    assert page._marks.isVisible()
    assert find(page, "limpet") == "1 of 62"
    page.finding.next()
    qtbot.wait(300)
    assert page._marks.isHidden(), "neither for what was chosen nor for what is found"
    choose(page.text, "holds")
    assert page._marks.isVisible(), "choosing goes on meanwhile"
    page.finding.next()
    page.finding.next()
    qtbot.waitUntil(lambda: chosen(page) == ["limpet"])
    qtbot.waitUntil(page._marks.isHidden)
    qtbot.wait(300)
    assert page._marks.isHidden()
    page._highlight("mint")
    assert [note.quote for note in page._model.notes] == ["limpet"], "what is found is highlighted when one asks"


def test_answers_are_marked_like_other_hits(qtbot: QtBot, show: Show) -> None:
    page = show("```check\nWhich one?\n- [x] The **old** limpet & its <home>\n- [ ] None\n```\n")
    qtbot.waitUntil(lambda: page.findChild(CheckCard) is not None)
    answer = page.findChild(CheckCard).options[0].findChild(Marked)
    plain, name = answer.text(), answer.accessibleName()
    assert find(page, "the old LIMPET & its") == "1 of 1"
    document = QTextDocument()
    document.setHtml(answer.text())
    assert document.toPlainText() == "The old limpet & its <home>"
    cursor, marked = QTextCursor(document), ""
    for at, letter in enumerate(document.toPlainText(), 1):
        cursor.setPosition(at)
        marked += letter if cursor.charFormat().background().color() == current().color("accent") else ""
    assert marked == "The old limpet & its"
    assert answer.accessibleName() == name
    assert find(page, "o") == "1 of 4"
    strong, other = (f"background-color:{current().hex(name)}" for name in ("accent", "found"))
    answers = page.findChild(CheckCard).options
    told = [[each.findChild(Marked).text().count(style) for style in (strong, other)] for each in answers]
    assert told == [[0, 2], [0, 1]], "the present one is in the question"
    page.finding.next()
    page.finding.next()
    told = [[each.findChild(Marked).text().count(style) for style in (strong, other)] for each in answers]
    assert told == [[1, 1], [0, 1]]
    page.finding.close_bar()
    assert answer.text() == plain


def test_the_present_place_alone_is_strong(qtbot: QtBot, show: Show) -> None:
    page = show(FOLDS)

    def strong() -> list[str]:
        texts = (page.text, *page.findChildren(PartText))
        return [type(each).__name__ for each in texts if each.property("found")]

    find(page, "limpet")
    assert strong() == [type(page.text).__name__]
    page.finding.next()
    qtbot.waitUntil(lambda: strong() == ["PartText"])
    page.finding.previous()
    assert strong() == [type(page.text).__name__]
    choose(page.text, "holds on")
    assert strong() == [], "somebody chooses by hand"
    page.finding.next()
    qtbot.waitUntil(lambda: strong() == ["PartText"])
    page.finding.close_bar()
    assert strong() == []
