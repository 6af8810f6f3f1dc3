"""Writing a course as an author does: click, type, move with the keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from desktop_lms.features.builder.view import BuilderPage
from desktop_lms.features.lesson.exercises.view import Flashcards
from desktop_lms.features.lesson.folded.view import Folded, PartText
from desktop_lms.shell.pages import Context, _builder
from desktop_lms.store import Store
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.editor import MarkdownEditor
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Choice, Field, Paper
from desktop_lms.widgets.text import Elided
from tests.desktop.features.teaching import Desk
from tests.told import new_workspace, tell


def open_page(desk: Desk, qtbot: QtBot) -> tuple[BuilderPage, str]:
    course = desk.course()
    page = BuilderPage(desk.store, course, go=lambda route: None, say=lambda text, undo=None: None)
    qtbot.addWidget(page)
    page.resize(1216, 744)
    page.show()
    return page, course


def press(home: object, name: str) -> None:
    button = next(b for b in home.findChildren(Button) if b.accessibleName() == name)  # type: ignore[attr-defined]
    button.click()


def test_what_is_typed_is_shown_and_stored(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    qtbot.keyClicks(page.editor.edit, "Rain. ")
    page.leave()
    body = desk.workspace.courses.lesson_draft(desk.id_of(course, "Ten kinds")).body
    assert body.startswith("Rain. # Ten kinds")
    page.editor.render_now()
    assert "Rain." in page.editor.preview.toPlainText()


def test_the_preview_has_the_parts_that_learners_get(desk: Desk, qtbot: QtBot) -> None:
    context = Context(desk.store, None, None, None, lambda: None, lambda _: None, None)  # type: ignore[arg-type]
    page = _builder(context, desk.course())
    qtbot.addWidget(page)
    page.resize(1216, 744)
    page.show()
    page.editor.edit.setPlainText('??? tip "Why?"\n    Inside.\n\n```cards\nMean :: Sum\n```\n')
    page.editor.render_now()
    shown = page.editor.preview
    qtbot.waitUntil(lambda: len(shown.findChildren(Flashcards)) == 1)
    assert [fold.accessibleName() for fold in shown.findChildren(Folded)] == ["Why?"]
    kept = shown.findChild(Flashcards)
    page.editor.edit.append("More words.")
    page.editor.render_now()
    qtbot.waitUntil(lambda: "More words." in shown.toPlainText())
    assert shown.findChild(Flashcards) is kept, "what did not change is not made anew"
    page.leave()
    for text in shown.findChildren(PartText):
        text._settle.stop()
        text._tall.stop()


def test_the_words_of_a_text_that_came_from_elsewhere_are_counted(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    lesson = desk.id_of(course, "Ten kinds")
    desk.workspace.courses.edit_lesson(lesson, base=page.draft.text, text="Rain at last.\n")
    assert page.editor.edit.toPlainText() == "Rain at last.\n"
    assert [e.text() for e in page.findChildren(Elided) if "words" in e.text()] == ["3 words · about 1 min"]


def test_a_small_window_shows_text_and_preview_and_can_publish(desk: Desk, qtbot: QtBot) -> None:
    page, _ = open_page(desk, qtbot)
    edit, preview = page.editor.edit, page.editor.preview
    verbs = [b for b in page.findChildren(Button) if b.accessibleName() == "Publish…"]
    for width, above in ((1216, False), (1132, False), (880, True)):
        page.resize(width, 600)
        QApplication.processEvents()
        assert edit.isVisible()
        assert preview.isVisible()
        assert (preview.y() > edit.y()) is above
        assert [b.isVisible() for b in verbs].count(True) == 1
    page.leave()


def test_what_to_write_is_said_in_as_many_lines_as_it_takes(qtbot: QtBot) -> None:
    edit = MarkdownEditor(hint="Write here. A slash at the start of a line offers tables, formulas and more.")
    qtbot.addWidget(edit)
    edit.resize(260, 300)
    edit.show()
    line = edit.fontMetrics().height()
    seen = edit.grab().toImage()
    paper = seen.pixelColor(edit.width() // 2, 250)

    def inked(top: int, bottom: int) -> bool:
        return any(seen.pixelColor(x, y) != paper for x in range(30, 240) for y in range(top, bottom))

    assert inked(20 + line, 20 + 2 * line), "there is a second line"
    edit.setPlainText("x")
    seen = edit.grab().toImage()
    assert not inked(24 + line, 24 + 3 * line)


def test_the_toolbar_marks_words(desk: Desk, qtbot: QtBot) -> None:
    page, _ = open_page(desk, qtbot)
    page.editor.edit.selectAll()
    press(page, "Bold (Ctrl+B)")
    assert page.draft.text.startswith("**#")
    page.leave()


def test_alt_and_arrows_move_a_lesson_and_undo_brings_it_back(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    before = desk.lessons(course)
    qtbot.keyClick(page.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert desk.lessons(course)[:2] == ["Halos", "Ten kinds"]
    press(page, "Undo (Ctrl+Z)")
    assert desk.lessons(course) == before


def test_delete_puts_into_the_trash_and_the_panel_restores(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    qtbot.keyClick(page.tree, Qt.Key.Key_Delete)
    assert "Ten kinds" not in desk.lessons(course)
    press(page, "Restore Ten kinds")
    assert "Ten kinds" in desk.lessons(course)


def test_a_quiz_opens_its_editor_and_takes_options(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    page.model.open(desk.id_of(course, "Check yourself"))
    assert page.questions.isVisible()
    press(page.questions, "Add an option")
    field = next(f for f in page.questions.findChildren(Field) if f.accessibleName() == "Option 3")
    qtbot.keyClicks(field, "Nimbus")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert page.quiz.quiz is not None
    assert [text for _, text in page.quiz.quiz.questions[0].options] == ["Cirrus", "Stratus", "Nimbus"]


def test_what_is_typed_into_a_question_is_kept_when_another_quiz_comes(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    first = desk.id_of(course, "Check yourself")
    courses = desk.workspace.courses
    second = courses.add_lesson(desk.id_of(course, "Wind"), "Check again", kind="quiz")
    courses.ensure_assessment(second)
    page.model.open(first)
    text = next(f for f in page.questions.findChildren(Paper) if f.accessibleName() == "Text of question 1")
    text.setPlainText("Which cloud is highest?")
    page.model.open(second)
    assert page.quiz.lesson == second
    said = courses.assessment_draft(first)
    assert said is not None
    assert said.questions[0].text == "Which cloud is highest?"


def test_publishing_asks_and_waits_for_the_next_sync(desk: Desk, qtbot: QtBot) -> None:
    page, _ = open_page(desk, qtbot)
    page.ask_publish()
    sheet = page.findChild(Sheet)
    assert sheet is not None
    sheet.findChild(Paper).setPlainText("First version")  # type: ignore[union-attr]
    press(sheet, "Publish")
    assert page.publishing.publication is not None
    assert page.publishing.publication.state == "waiting"


def test_panels_fold_when_room_is_short(desk: Desk, qtbot: QtBot) -> None:
    page, _ = open_page(desk, qtbot)
    assert page.inspector.isVisible()
    page.resize(700, 500)
    assert not page.inspector.isVisible()
    press(page, "Show or hide the settings")
    assert page.inspector.isVisible()


def test_nothing_is_lost_behind_the_threads_of_the_real_store(qtbot: QtBot, tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "data")
    course = Desk(None, workspace, None).course()  # type: ignore[arg-type]
    store = Store(workspace)
    page = BuilderPage(store, course, go=lambda route: None, say=lambda text, undo=None: None)
    qtbot.addWidget(page)
    page.resize(1216, 744)
    page.show()
    qtbot.waitUntil(lambda: page.draft.lesson is not None)
    qtbot.keyClicks(page.editor.edit, "Rain. ")
    first = page.model.current
    assert page.model.building is not None
    page.model.open(page.model.building.lessons[1].id)
    qtbot.waitUntil(lambda: page.draft.lesson is not None and page.draft.lesson.id != first)
    qtbot.waitUntil(lambda: "ring" in page.editor.preview.toPlainText())
    body: list[str] = []
    store.run(page, lambda w: w.courses.lesson_draft(first).body, body.append)
    qtbot.waitUntil(lambda: bool(body))
    assert body[0].startswith("Rain. ")
    page.leave()
    store.close()


def test_a_title_is_typed_to_its_end_while_it_is_saved(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    page.activateWindow()
    title = next(f for f in page.findChildren(Field) if f.accessibleName() == "Title of the lesson" and f.isVisible())
    title.setFocus()
    qtbot.waitUntil(title.hasFocus)
    title.selectAll()
    qtbot.keyClicks(title, "Eleven")
    title.tell()
    assert "Eleven" in desk.lessons(course), "saved"
    assert title.hasFocus(), "and still the field one types in"
    qtbot.keyClicks(title, " kinds")
    title.tell()
    assert "Eleven kinds" in desk.lessons(course)
    page.leave()


def test_a_course_begins_with_its_first_lesson(desk: Desk, qtbot: QtBot) -> None:
    course = desk.workspace.courses.create_course("Between the tides")
    page = BuilderPage(desk.store, course, go=lambda route: None, say=lambda text, undo=None: None)
    qtbot.addWidget(page)
    page.show()
    assert page._blank.isVisible()
    press(page._blank, "Add a lesson")
    assert desk.lessons(course) == ["New lesson"]
    assert not page._blank.isVisible()
    assert page.draft.lesson is not None
    page.leave()


def test_a_lesson_with_two_texts_says_so_until_it_is_decided(desk: Desk, qtbot: QtBot) -> None:
    page, course = open_page(desk, qtbot)
    lesson, me = desk.id_of(course, "Ten kinds"), desk.workspace.account
    tell(desk.workspace, "conflict", "c1", account_id=me, audience=[f"account/{me}"], entity="lesson", row=lesson,
         field="body", mine="Nine kinds.", theirs="", at=1, status="open")  # fmt: skip
    page.model.refresh()
    assert [b.accessibleName() for b in page.findChildren(Banner)] == [
        "Two texts of this lesson wait for a decision Everybody sees this one until it is decided."
    ]
    desk.workspace.conflicts.settle("c1", "Nine kinds.")
    page.model.refresh()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert page.findChildren(Banner) == []


def test_a_certificate_is_switched_on_and_dressed(desk: Desk, qtbot: QtBot) -> None:  # CER-08
    page, course = open_page(desk, qtbot)
    box = next(b for b in page.findChildren(QCheckBox) if b.text() == "Certificate on completion")
    looks = [c for c in page.findChildren(Choice) if c.accessibleName() == "Look of the certificate"]
    assert (box.isChecked(), looks) == (False, [])
    box.setChecked(True)
    QApplication.processEvents()
    look = next(c for c in page.findChildren(Choice) if c.accessibleName() == "Look of the certificate")
    assert look.value == "v1"
    look.choose("v2")
    look.chosen.emit("v2")
    draft = next(each for each in desk.workspace.courses.my_courses() if each.id == course)
    assert (draft.has_certificate, draft.certificate_template) == (True, "v2")
