"""Reading as a person does it: links, find, highlights, notes, the foot."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.foot.view import Foot, Mark, Way
from desktop_lms.features.lesson.panel.cards.view import NoteCard
from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.notes import Swatches
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.text import Elided, Label
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.desktop.features.lesson.conftest import Make
from tests.fakes import FakeClock
from tests.told import tell


@pytest.fixture
def page(make_page: Make, tides: Tides) -> LessonPage:
    routes: list[str] = []
    made = make_page(tides.waves, go=routes.append)
    made.routes = routes
    made.open(tides.waves)
    made.show()
    return made


def choose(page: LessonPage, words: str) -> None:
    """Select words of the text as the mouse would."""
    at = page.text.toPlainText().index(words)
    cursor = page.text.textCursor()
    cursor.setPosition(at)
    cursor.setPosition(at + len(words), QTextCursor.MoveMode.KeepAnchor)
    page.text.setTextCursor(cursor)
    page.text.tell_selection()


def test_the_lesson_is_there_once(page: LessonPage) -> None:
    text = page.text.toPlainText()
    assert text.count("Waves") == 1, "the first heading repeats the title and is left out"
    assert "What the wind does" in text


def test_words_are_chosen_by_keys_alone(qtbot: QtBot, page: LessonPage, workspace: Workspace) -> None:
    page.text.setFocus()
    cursor = page.text.textCursor()
    cursor.setPosition(page.text.toPlainText().index("A sample is"))
    page.text.setTextCursor(cursor)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page.text, Qt.Key.Key_Right, shift | Qt.KeyboardModifier.ControlModifier)
    for _ in "sample":
        qtbot.keyClick(page.text, Qt.Key.Key_Right, shift)
    page._highlight("mint")
    assert [n.quote for n in workspace.notes.all()] == ["A sample"], "without waiting for the bar"
    qtbot.waitUntil(page._marks.isHidden)


def test_a_highlight_is_stored_with_its_place(page: LessonPage, workspace: Workspace) -> None:
    choose(page, "A sample is a witness")
    assert page._marks.isVisible()
    page._highlight("sky")
    note = workspace.notes.all()[0]
    assert (note.quote, note.colour) == ("A sample is a witness", "sky")
    assert note.after.startswith(", and witnesses differ")
    assert len(page.text.extraSelections()) == 1
    page._model.undo_stack.undo()
    assert page.text.extraSelections() == []


def test_the_way_to_another_lesson_is_never_cut(page: LessonPage) -> None:
    way = next(way for way in page.findChildren(Way) if way.isVisible())
    whole = way.text()
    assert way.shown == whole
    way.setMaximumWidth(way.sizeHint().width() - 20)
    page.resize(1200, 700)
    QApplication.processEvents()
    assert way.shown.startswith(whole[:4])
    assert "…" in way.shown


def test_words_that_got_a_note_are_chosen_no_longer(qtbot: QtBot, page: LessonPage, workspace: Workspace) -> None:
    choose(page, "A sample is a witness")
    page._note_selection()
    qtbot.waitUntil(page._marks.isHidden)
    page.notes.paper.setPlainText("Use this.")
    page.notes.settle()
    assert [(n.quote, n.body) for n in workspace.notes.all()] == [("A sample is a witness", "Use this.")]


def test_the_foot_gives_room_to_the_names_of_lessons(page: LessonPage, workspace: Workspace) -> None:
    foot = page.findChild(Foot)
    mark = foot.findChild(Mark)
    foot.layout().insertWidget(0, Way("2.1 A lesson with a name as long as they get", "ghost", "arrow-left"))
    for width, said in ((1000, True), (700, False)):
        foot.resize(width, foot.height())
        QApplication.processEvents()
        place = next(label for label in foot.findChildren(Elided) if label.words.startswith("Place kept"))
        assert place.isVisible() is said, width
        assert mark.shown == mark.text(), "what one does is never cut"


def test_a_note_stands_in_the_panel_without_the_marks_of_its_markdown(page: LessonPage) -> None:
    page._model.add_note("# Bring\n\n- the **large** scales\n- two `buckets`")
    card = page.notes.findChild(NoteCard)
    shown = [label.words for label in card.findChildren(Label)]
    assert "Bring\nthe large scales\ntwo buckets" in shown
    assert "*" not in card.accessibleName()


def test_a_page_that_is_left_makes_no_notes_anew(page: LessonPage) -> None:
    page._model.add_note("Bring the scales")
    card = page.notes.findChild(NoteCard)
    page.leave()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert page.notes.findChildren(NoteCard) == [card]


def test_a_highlight_takes_another_colour_and_goes(qtbot: QtBot, page: LessonPage, workspace: Workspace) -> None:
    choose(page, "A sample is a witness")
    page._highlight("sky")

    def tool(name: str) -> Button:
        QApplication.processEvents()
        return next(b for b in page.notes.findChildren(Button) if b.accessibleName() == name and b.isVisible())

    page.notes.findChild(NoteCard).clicked.emit()
    swatches = page.notes.findChild(Swatches)
    qtbot.keyClick(swatches, Qt.Key.Key_Left)
    assert workspace.notes.all()[0].colour == "rose"
    page._model.undo_stack.undo()
    assert workspace.notes.all()[0].colour == "sky"
    tool("Delete this note").click()
    assert workspace.notes.all() == []
    page._model.undo_stack.undo()
    assert [(n.quote, n.colour) for n in workspace.notes.all()] == [("A sample is a witness", "sky")]


def test_the_panel_folds_and_opens_where_room_is_short(page: LessonPage) -> None:
    page.resize(700, 600)
    assert not page._side.isVisible()
    QApplication.processEvents()
    fold = next(b for b in page.findChildren(Button) if b.accessibleName() == "Show or hide the panel")
    fold.click()
    assert page._side.isVisible()
    fold.click()
    assert not page._side.isVisible()


def test_a_note_is_saved_as_it_is_typed(page: LessonPage, workspace: Workspace) -> None:
    page.notes.paper.setPlainText("Count again")
    page.notes.paper.tell()
    assert page._tabs.accessibleName() == "Beside the text: Notes 1", "counted while it is being written"
    page.notes.paper.setPlainText("Count again tomorrow")
    page.notes.paper.tell()
    assert [n.body for n in workspace.notes.all()] == ["Count again tomorrow"]
    page.notes.settle()
    assert page.notes.paper.toPlainText() == ""
    assert len(workspace.notes.all()) == 1


def test_find_counts_and_closes(page: LessonPage) -> None:
    page.finding.open_bar()
    page.finding.field.setText("waves")
    assert page.finding.hits.words == "1 of 3"
    page.finding.close_bar()
    assert not page.finding.isVisible()


def test_links_stay_inside_or_ask(page: LessonPage, tides: Tides) -> None:
    page._follow_link(f"lesson:{tides.shells}")
    assert page.routes == [f"lesson/{tides.course}/{tides.shells}"]
    page._follow_link("https://example.org/")
    asked = [b for b in page.findChildren(Button) if "Stay here" in b.text()]
    assert len(asked) == 1
    asked[0].click()
    page._follow_link("javascript:alert(1)")
    assert page.routes == [f"lesson/{tides.course}/{tides.shells}"]


def test_a_link_to_a_heading_leads_to_it(page: LessonPage, tides: Tides) -> None:
    page.resize(1200, 240)
    page._follow_link(f"lesson:{tides.shells}#what-is/a shell")
    assert page.routes == [f"lesson/{tides.course}/{tides.shells}/at:anchor:what-is%2Fa%20shell"]
    page._follow_link(f"lesson:{tides.waves}#what-the-wind-does")
    assert page.text.verticalScrollBar().value() > 0, "a place of this lesson is gone to"
    assert len(page.routes) == 1


def test_a_lesson_opens_at_the_heading_of_a_link(make_page: Make, tides: Tides) -> None:
    made = make_page(tides.waves, (1200, 240))
    made.open(tides.waves, "at:anchor:What---the-wind%2Ddoes")
    made.show()
    heading = made.text.toPlainText().index("What the wind does")
    bar = made.text.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert made.text.viewport().rect().contains(made.text.cursorRect(made.text._cursor(heading)))


def test_marking_done_can_be_taken_back(page: LessonPage, workspace: Workspace, tides: Tides) -> None:
    def mark(words: str) -> None:
        QApplication.processEvents()
        next(b for b in page.findChildren(Button) if words in b.text() and b.isVisible()).click()

    mark("Mark as done")
    assert workspace.learning.lesson_state(tides.waves).status == "done"
    mark("Mark as not done")
    assert workspace.learning.lesson_state(tides.waves).status == "in_progress"


def test_leaving_keeps_the_place(page: LessonPage, workspace: Workspace, tides: Tides) -> None:
    page.leave()
    state = workspace.learning.lesson_state(tides.waves)
    assert state.percent > 0
    assert "at" in state.position


def test_a_quiz_opened_as_a_lesson_leads_to_the_quiz(
    qtbot: QtBot, store: InlineStore, tides: Tides, clock: FakeClock
) -> None:
    routes: list[str] = []
    model = LessonModel(store, tides.quiz, study=StudyTime(clock))
    made = LessonPage(model, go=routes.append, say=lambda text, undo: None)
    made.open(model.lesson_id)
    qtbot.addWidget(made)
    assert routes == [f"quiz/{tides.course}/{tides.quiz}"]


def test_a_bookmark_keeps_the_words_and_leads_back_to_them(page: LessonPage, workspace: Workspace) -> None:
    place = page.text.toPlainText().index("What the wind does")
    page.text.go_to(place)
    page._bookmark()
    page._bookmark()
    assert len(workspace.notes.bookmarks()) == 1, "one place has one bookmark"
    kept = workspace.notes.bookmarks()[0]
    assert kept.title == page._model.reading.lesson.title, "the top is named after the lesson"
    assert kept.lesson_id == page._model.lesson_id
    page._tabs.choose(0)
    listed = [c for c in page.outline.findChildren(Clickable) if c.accessibleName().startswith("Go to the bookmark")]
    assert len(listed) == 1
    spots: list[int] = []
    page.text.go_to = spots.append  # type: ignore[method-assign]
    listed[0].clicked.emit()
    assert spots == [page.text.toPlainText().index(kept.title)]
    page._model.undo_stack.undo()
    assert workspace.notes.bookmarks() == []


def test_a_bookmark_of_another_lesson_opens_it_there(page: LessonPage, workspace: Workspace, tides: Tides) -> None:
    other = next(x.id for x in workspace.installed.document(tides.course).lessons() if x.id != tides.waves and x.body)
    kept = workspace.notes.add_bookmark(other, anchor="0", title="Elsewhere")
    page._model._refresh()
    page._tabs.choose(0)
    listed = next(c for c in page.outline.findChildren(Clickable) if "Elsewhere" in c.accessibleName())
    listed.clicked.emit()
    assert page.routes == [f"lesson/{tides.course}/{other}/{kept}"]
    page._model.delete_bookmark(kept)
    assert workspace.notes.bookmarks() == []


def test_what_others_share_stands_below_with_a_name_alone(page: LessonPage, workspace: Workspace, tides: Tides) -> None:
    others = {"course_id": tides.course, "user_id": "somebody"}
    tell(workspace, "note", "theirs", **others, lesson_id=tides.waves, body="Who is right?", quote="witnesses differ",
         before="", after="", start=None, anchor="", colour="mint", tags=[], is_private=False, created_at=0,
         edited_at=None)  # fmt: skip
    tell(workspace, "contributor", "named", **others, name="Joseph Mwangi")
    page.notes.model.refresh()
    words = [label.words for label in page.notes.findChildren(Label)]
    assert "Who is right?" in words
    assert any("Shared by Joseph Mwangi" in each.accessibleName() for each in page.notes.findChildren(QWidget))
    assert page._model.notes == (), "nothing of it is one's own"


def test_the_notes_stand_in_the_order_of_the_text_and_lost_ones_last(page: LessonPage, workspace: Workspace) -> None:
    for body, quote in (("late", "Wind makes waves"), ("gone", "Barnacles sleep at noon"), ("early", "A sample is a")):
        workspace.notes.add(body, lesson=page._model.lesson_id, quote=quote, colour="sky")
    page._model._refresh()
    assert [note.body for note in page.notes.model.notes] == ["early", "late", "gone"]
    assert len(page.text.extraSelections()) == 2
    lost = [label.words for label in page.notes.findChildren(Label)]
    assert "The place is gone; the note stays." in lost


def test_tags_and_words_are_edited_by_the_keyboard_alone(qtbot: QtBot, page: LessonPage, workspace: Workspace) -> None:
    note = workspace.notes.add("Count", lesson=page._model.lesson_id)
    page._model._refresh()
    card = page.notes.findChild(NoteCard)
    qtbot.keyClick(card, Qt.Key.Key_Return)
    opened = page.notes._editing
    assert opened is not None
    qtbot.keyClicks(opened.tags.field, "a")
    qtbot.keyClick(opened.tags.field, Qt.Key.Key_Return)
    assert workspace.notes.get(note).tags == (), "one letter is no tag"
    qtbot.keyClicks(opened.tags.field, "bc")
    qtbot.keyClick(opened.tags.field, Qt.Key.Key_Return)
    assert workspace.notes.get(note).tags == ("abc",)
    opened = page.notes._editing
    assert opened is not None
    qtbot.keyClicks(opened.paper, " more")
    qtbot.keyClick(opened.paper, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert "more" in workspace.notes.get(note).body
    assert page.notes._editing is None
    page._model.undo_stack.undo()
    assert workspace.notes.get(note).tags == ()
    qtbot.keyClick(page.notes.findChild(NoteCard), Qt.Key.Key_Delete)
    assert workspace.notes.all() == []
    page._model.undo_stack.undo()
    assert len(workspace.notes.all()) == 1


def test_a_tag_half_typed_is_kept(qtbot: QtBot, page: LessonPage, workspace: Workspace) -> None:
    note = workspace.notes.add("Count", lesson=page._model.lesson_id)
    page._model._refresh()
    page.notes.open_note(note)
    opened = page.notes._editing
    assert opened is not None
    qtbot.keyClicks(opened.tags.field, "storm,wind")
    assert page.notes._editing is opened, "a tag that was stored leaves alone what is typed"
    assert opened.tags.field.text() == "wind"
    workspace.notes.change(note, tags=("storm", "from elsewhere"), is_private=False)
    page._model._refresh()
    assert opened.tags.tags == ["storm", "from elsewhere"]
    assert opened.share.accessibleName() == "Take back from the course"
    page.leave()
    assert workspace.notes.get(note).tags == ("storm", "from elsewhere", "wind")
    assert opened.tags.field.text() == ""


def test_a_bookmark_is_renamed_and_called_as_before(qtbot: QtBot, page: LessonPage, workspace: Workspace) -> None:
    workspace.notes.add_bookmark(page._model.lesson_id, anchor="0", title="Old")
    page._tabs.choose(0)
    page._model._refresh()
    QApplication.processEvents()
    next(b for b in page.outline.findChildren(Button) if b.accessibleName() == "Rename this bookmark").click()
    name = next(f for f in page.outline.findChildren(Field) if f.accessibleName() == "Name of the bookmark")
    name.setText("New")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert [b.title for b in workspace.notes.bookmarks()] == ["New"]
    page._model.undo_stack.undo()
    assert [b.title for b in workspace.notes.bookmarks()] == ["Old"]


def test_what_was_just_typed_stands_on_the_card(page: LessonPage, workspace: Workspace) -> None:
    workspace.notes.add("", lesson=page._model.lesson_id, quote="Wind makes waves")
    page._model._refresh()
    page.notes.findChild(NoteCard).clicked.emit()
    page.notes._editing.paper.setPlainText("Wind")
    page.notes._editing.ask_card()
    next(b for b in page.findChildren(Button) if b.accessibleName() == "Save card").click()
    assert [card.back for card in workspace.review.cards()[1]] == ["Wind"]


def test_a_card_to_review_is_made_of_a_note(page: LessonPage, workspace: Workspace) -> None:
    workspace.notes.add("Wind", lesson=page._model.lesson_id, quote="Wind makes waves")
    page._model._refresh()
    page.notes.findChild(NoteCard).clicked.emit()
    for _ in range(2):
        next(b for b in page.notes.findChildren(Button) if b.accessibleName() == "Make a card to review").click()
        next(b for b in page.findChildren(Button) if b.accessibleName() == "Save card").click()
    count, (card,) = workspace.review.cards()
    assert (count, card.front, card.back) == (1, "Wind makes waves", "Wind"), "made twice it is one"
    page.notes.model.drop_card(card.id)
    assert workspace.review.cards()[0] == 0
