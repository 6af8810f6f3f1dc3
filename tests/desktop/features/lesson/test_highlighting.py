"""Words are highlighted where a lesson has them in windows of their own and in folds, as in its text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.folded.view import Folded, PartText
from desktop_lms.features.lesson.large.view import CodeText, TableText
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.widgets.notes import MarkButton
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.selecting import chosen
from desktop_lms.widgets.theme import current
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Show, choose, install

ROWS = [f"| limpet {n} | 4.{n} |" for n in range(60)]
TABLE = "| Shell | Grams |\n|---|---|\n" + "\n".join(ROWS) + "\n"
LINES = [f"shell_{n} = weigh(scale, shell={n})  # grams" for n in range(120)]
CODE = "```python\n" + "\n".join(LINES) + "\n```\n"
FOLD = (
    """A limpet holds on.

??? note "Why?"
    Its **limpet** foot grips.

    > [!tip]
    > Come at low tide.

    ??? tip "Deeper"
        Each one comes home.

        | Shell | Grams |
        |---|---|
"""
    + "\n".join(f"        {row}" for row in ROWS)
    + "\n\nThe end.\n"
)


def reach(page: LessonPage, kind: type[LessonText], qtbot: QtBot) -> LessonText:
    """The first text of a kind that stands in the lesson, once all of it is there."""
    qtbot.waitUntil(lambda: page.findChild(kind) is not None and page.findChild(kind).is_whole)
    return page.findChild(kind)


def shown(text: LessonText) -> dict[str, str]:
    """What is highlighted in a text, and in which colour."""
    found = {}
    for each in text.extraSelections():
        found[chosen(each.cursor)[0]] = each.format.background().color().name()
    return found


def places(text: LessonText) -> list[int]:
    return [each.cursor.selectionStart() for each in text.extraSelections()]


def colour(name: str) -> str:
    return current().color(name).name()


def press(page: LessonPage, name: str) -> None:
    """Highlight in a colour by the bar below the text."""
    next(button for button in page._marks.findChildren(MarkButton) if button.colour == name).click()


def is_seen(page: LessonPage, text: LessonText) -> bool:
    """Whether the caret of a text in the lesson can be seen."""
    place = text.viewport().mapTo(page.text.viewport(), text.cursorRect().center())
    return page.text.viewport().rect().contains(QPoint(place.x(), place.y()))


def test_code_is_highlighted_by_keys_recoloured_and_freed(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    page = show("Words.\n\n" + CODE)
    text = reach(page, CodeText, qtbot)
    choose(text, LINES[7])
    assert page._marks.isVisible(), "the bar of the text"
    text.window().activateWindow()
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    (note,) = workspace.notes.all()
    assert (note.quote, note.colour, note.anchor) == (LINES[7], "amber", "")
    assert note.before.strip().endswith(LINES[6])
    assert note.after.strip().startswith(LINES[8])
    assert shown(text) == {LINES[7]: colour("hlAmber")}
    assert not text.textCursor().hasSelection()
    page.notes.model.change(note, colour="sky")
    assert shown(text) == {LINES[7]: colour("hlSky")}
    assert not page.notes.model.is_gone(note)
    page._model.delete_note(note.id)
    assert shown(text) == {}
    page._model.undo_stack.undo()
    assert shown(text) == {LINES[7]: colour("hlSky")}


def test_a_table_is_highlighted_in_four_colours_and_shows_them_again(
    qtbot: QtBot, show: Show, workspace: Workspace
) -> None:
    page = show("Words.\n\n" + TABLE)
    text = reach(page, TableText, qtbot)
    wanted = {"limpet 3\n4.3": "amber", "limpet 7": "mint", "4.58": "rose", "4.59": "sky"}
    for words, name in wanted.items():
        choose(text, words)
        press(page, name)
    expected = {words: colour("hl" + name.capitalize()) for words, name in wanted.items()}
    assert {note.quote: note.colour for note in workspace.notes.all()} == wanted
    assert shown(text) == expected
    again = show("Words.\n\n" + TABLE)
    assert shown(reach(again, TableText, qtbot)) == expected


def test_words_in_folds_and_in_what_stands_there_are_highlighted(
    qtbot: QtBot, show: Show, workspace: Workspace
) -> None:
    page = show(FOLD)
    outer = opened(page, qtbot)
    choose(outer, "limpet")
    press(page, "mint")
    choose(outer, "low tide")
    press(page, "rose")
    inner = opened(page, qtbot, outer)
    table = reach(page, TableText, qtbot)
    choose(inner, "comes home")
    press(page, "sky")
    choose(table, "limpet 58\n4.58")
    press(page, "amber")
    assert shown(page.text) == {}, "the same word of the text is left alone"
    assert shown(outer) == {"limpet": colour("hlMint"), "low tide": colour("hlRose")}
    assert shown(inner) == {"comes home": colour("hlSky")}
    assert shown(table) == {"limpet 58\n4.58": colour("hlAmber")}


def opened(page: LessonPage, qtbot: QtBot, within: QWidget | None = None) -> PartText:
    """Open the first fold of the lesson or of a fold."""
    above = within or page.text
    qtbot.waitUntil(lambda: above.findChild(Folded) is not None)
    fold = above.findChild(Folded)
    fold.fold.toggle()
    qtbot.waitUntil(lambda: fold._text is not None and fold._text.is_whole)
    return fold._text


def test_a_highlight_in_a_fold_of_a_fold_opens_all_of_them(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    kept = workspace.notes.add
    body = "Words.\n\n" * 40 + FOLD
    deep = kept(
        "", lesson="found", course="finding", quote="limpet 58\n4.58", before="limpet 57\n4.57\n", colour="mint"
    )
    page = show(body, deep)
    qtbot.waitUntil(lambda: page.findChild(TableText) is not None)
    table = page.findChild(TableText)
    qtbot.waitUntil(lambda: shown(table) == {"limpet 58\n4.58": colour("hlMint")})
    qtbot.waitUntil(lambda: is_seen(page, table))
    assert all(fold.fold.is_open for fold in page.findChildren(Folded))
    assert table.textCursor().block().text() == "limpet 58"


def test_notes_lead_to_a_row_and_what_is_gone_is_said(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    page = show("Words.\n\n" * 40 + TABLE)
    kept = workspace.notes.add("", lesson="found", course="finding", quote="limpet 58\n4.58", start=900, colour="mint")
    gone = workspace.notes.add("", lesson="found", course="finding", quote="no such words", start=90, colour="mint")
    page._model._refresh()
    panel = page.notes.model
    qtbot.waitUntil(lambda: panel.placed.own.keys() == {kept, gone})
    assert [panel.is_gone(note) for note in sorted(panel.notes, key=lambda note: note.id == gone)] == [False, True]
    page._show_note(kept)
    text = reach(page, TableText, qtbot)
    qtbot.waitUntil(lambda: text.textCursor().block().text() == "limpet 58" and is_seen(page, text))


def test_a_new_version_keeps_them_also_when_a_window_comes_or_goes(
    qtbot: QtBot, show: Show, workspace: Workspace
) -> None:
    page = show("Words.\n\n" + TABLE)
    text = reach(page, TableText, qtbot)
    choose(text, "limpet 40\n4.40")
    press(page, "mint")
    more = TABLE.replace("| limpet 9 |", "| winkle | 2 |\n| limpet 9 |").replace("| limpet 41 |", "| limpet 41b |")
    longer = show("Other words.\n\n" + more, version="2")
    assert shown(reach(longer, TableText, qtbot)) == {"limpet 40\n4.40": colour("hlMint")}
    short = "| Shell | Grams |\n|---|---|\n" + "\n".join(ROWS[38:43]) + "\n"
    small = show("Words.\n\n" + short, version="3")
    assert small.findChild(TableText) is None
    assert shown(small.text) == {"limpet 40\n4.40": colour("hlMint")}
    choose(small.text, "limpet 42")
    press(small, "rose")
    again = show("Words.\n\n" + TABLE, version="4")
    assert set(shown(reach(again, TableText, qtbot))) == {"limpet 40\n4.40", "limpet 42"}


@pytest.mark.parametrize("nth", [0, 3, 50])
def test_one_of_many_lines_that_are_alike_stays_that_one(qtbot: QtBot, show: Show, nth: int) -> None:
    alike = "```\n" + "weigh it\n" * 90 + "```\n"
    page = show(f"Words.\n\n{CODE}\nMore words.\n\n{alike}")
    reach(page, CodeText, qtbot)
    page.text.verticalScrollBar().setValue(page.text.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: len(page.findChildren(CodeText)) == 2 and page.findChildren(CodeText)[1].is_whole)
    text = next(each for each in page.findChildren(CodeText) if "weigh it" in each.toPlainText())
    choose(text, "weigh it", nth)
    at = text.textCursor().selectionStart()
    press(page, "mint")
    assert places(text) == [at]


def test_words_that_the_text_and_a_window_say_stay_where_they_are(qtbot: QtBot, show: Show) -> None:
    page = show("See limpet 7 there.\n\n" + TABLE + "\n\nAnd limpet 7 here.\n")
    text = reach(page, TableText, qtbot)
    choose(page.text, "limpet 7", 1)
    press(page, "mint")
    assert (shown(page.text), shown(text)) == ({"limpet 7": colour("hlMint")}, {})
    assert places(page.text) == [page.text.toPlainText().rindex("limpet 7")]
    choose(text, "limpet 7")
    press(page, "sky")
    assert shown(text) == {"limpet 7": colour("hlSky")}
    assert len(places(page.text)) == 1


def test_a_highlight_over_a_window_stays(qtbot: QtBot, show: Show) -> None:
    page = show("The first words.\n\n" + TABLE + "\nThe last words.\n")
    reach(page, TableText, qtbot)
    choose(page.text, "words.\n\ufffc\nThe last")
    press(page, "mint")
    assert [words.replace("\ufffc", "") for words in shown(page.text)] == ["words.\n\nThe last"]


def test_words_are_chosen_in_one_place_at_a_time(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    page = show("See limpet 7 there.\n\n" + TABLE)
    text = reach(page, TableText, qtbot)
    choose(page.text, "there")
    choose(text, "limpet 9")
    assert not page.text.textCursor().hasSelection()
    qtbot.wait(300)
    assert page._marks.isVisible(), "what is chosen no longer elsewhere hides nothing"
    choose(page.text, "See")
    assert not text.textCursor().hasSelection()
    press(page, "mint")
    assert [note.quote for note in workspace.notes.all()] == ["See"]


def test_a_note_and_a_card_of_words_in_a_window(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    page = show("Words.\n\n" + CODE)
    text = reach(page, CodeText, qtbot)
    choose(text, "weigh(scale, shell=9)")
    page._note_selection()
    page.notes.paper.setPlainText("The ninth.")
    page.notes.settle()
    (note,) = workspace.notes.all()
    assert (note.quote, note.body) == ("weigh(scale, shell=9)", "The ninth.")
    assert list(shown(text)) == ["weigh(scale, shell=9)"]
    with qtbot.waitSignal(page.notes.model.carded):
        page.notes.model.make_card(note.id, "Which?", note.quote)


def test_another_look_keeps_them(qtbot: QtBot, show: Show) -> None:
    page = show("Words.\n\n" + CODE)
    text = reach(page, CodeText, qtbot)
    choose(text, LINES[100])
    press(page, "mint")
    text._render()
    qtbot.waitUntil(lambda: list(shown(text)) == [LINES[100]])


def test_a_lesson_that_is_open_keeps_them_when_only_a_window_changes(
    qtbot: QtBot, show: Show, workspace: Workspace
) -> None:
    page = show("Words.\n\n" + TABLE)
    choose(reach(page, TableText, qtbot), "limpet 40\n4.40")
    press(page, "mint")
    install(workspace, "Words.\n\n" + TABLE.replace("| limpet 9 |", "| winkle | 2 |\n| limpet 9 |"), "2")
    page._model._refresh()
    qtbot.waitUntil(lambda: "winkle" in reach(page, TableText, qtbot).toPlainText())
    qtbot.waitUntil(lambda: shown(reach(page, TableText, qtbot)) == {"limpet 40\n4.40": colour("hlMint")})


def test_a_page_that_is_here_already_goes_to_a_highlight(qtbot: QtBot, show: Show) -> None:
    page = show("Words.\n\n" * 40 + TABLE + "\n" + "Words.\n\n" * 40)
    page.text.verticalScrollBar().setValue(page.text.verticalScrollBar().maximum() // 2)
    text = reach(page, TableText, qtbot)
    choose(text, "limpet 50")
    press(page, "mint")
    (note,) = page._model.notes
    text.verticalScrollBar().setValue(0)
    page.leave()
    page.text.go_to(0)
    page.open("found", note.id)
    qtbot.waitUntil(lambda: text.textCursor().block().text() == "limpet 50" and is_seen(page, text))
    assert text.cursorRect().top() > 30, "below the head of the table, which stays in view"


def test_a_word_is_chosen_by_the_mouse(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    page = show("Words.\n\n" + CODE)
    text = reach(page, CodeText, qtbot)
    cursor = text.textCursor()
    cursor.setPosition(text.toPlainText().index("weigh") + 2)
    at = text.cursorRect(cursor).center()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(text.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(page._marks.isVisible)
    press(page, "rose")
    assert [note.quote for note in workspace.notes.all()] == ["weigh"]


def test_notes_stand_in_the_order_of_reading(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    for quote in ("The last", "limpet 50", "limpet 5\n4.5", "The first"):
        workspace.notes.add("", lesson="found", course="finding", quote=quote, colour="mint")
    page = show("The first words.\n\n" + TABLE + "\nThe last words.\n")
    reach(page, TableText, qtbot)
    said = [note.quote for note in page.notes.model.notes]
    assert said == ["The first", "limpet 5\n4.5", "limpet 50", "The last"]


MIXED = "| a | b | c |\n|---|---|---|\n" + "".join(
    f"| **w{n}**, x | `c_{n} d` and $x^{n}$ y! | [l{n}](lesson:q)<br>next *i*; \U0001f600 &amp; <kbd>K</kbd> |\n"
    for n in range(60)
)
TABBED = "```python\n" + "\tdef f(a,  b):   \n\n        return '<b>' & a  # x\n" * 60 + "```\n"


@pytest.mark.parametrize(("body", "kind"), [(MIXED, TableText), (TABBED, CodeText)], ids=["table", "code"])
def test_what_a_window_is_known_to_say_is_what_it_shows(
    qtbot: QtBot, show: Show, body: str, kind: type[LessonText]
) -> None:
    page = show("Words.\n\n" + body)
    text = reach(page, kind, qtbot)
    told: list[dict[str, str]] = []
    page._model.drawing.look_within(told.append)
    (said,) = told[0].values()
    assert said.split() == text.toPlainText().replace("\ufffc", " ").split()


def test_words_of_a_window_are_chosen_and_noted_by_keys_alone(qtbot: QtBot, show: Show, workspace: Workspace) -> None:
    page = show("Words.\n\n" + CODE)
    text = reach(page, CodeText, qtbot)
    text.window().activateWindow()
    text.setFocus()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(text, Qt.Key.Key_Right, shift | control)
    qtbot.keyClick(text, Qt.Key.Key_N, control | Qt.KeyboardModifier.AltModifier)
    page.notes.paper.setPlainText("The first.")
    page.notes.settle()
    (note,) = workspace.notes.all()
    assert (note.quote, note.body) == ("shell_0", "The first.")
