"""A course's page: outline, joining, marking, and courses that nobody knows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.features.course.outline.view import LessonLine
from desktop_lms.features.course.view import CoursePage
from desktop_lms.features.course.viewmodel import CourseModel
from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.preview.view import PreviewPage
from desktop_lms.features.lesson.preview.viewmodel import PreviewModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.rows import Clickable, ListRow
from desktop_lms.widgets.text import Label
from lms_core.content.model import AssessmentDoc, LessonDoc, QuestionDoc
from lms_core.courses.entities import COURSE_CARD
from lms_core.downloads.plan import Choice
from lms_core.errors import LmsError
from lms_core.learning.entities import ENROLLMENT
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import NAMES, Hub, shore
from tests.desktop.features.learners import Tides
from tests.sequences import BEFORE, lesson, one_by_one
from tests.told import tell


def test_the_outline_says_how_far_one_is(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.learning.complete(tides.waves)
    workspace.learning.open_lesson(tides.shells)
    model = CourseModel(store, tides.course)
    model.refresh()
    home = model.home
    assert [(m.number, m.title, m.done) for m in home.modules] == [(1, "The shore", 1), (2, "What you know", 0)]
    assert [(r.number, r.status) for m in home.modules for r in m.lessons] == [
        ("1.1", "done"),
        ("1.2", "in_progress"),
        ("Q1", "not_started"),
    ]
    assert (home.resume.lesson_id, home.resume_number) == (tides.shells, "1.2")
    assert (home.where, home.update, home.lessons) == ("here", "", 3)


def test_joining_and_leaving(store: InlineStore, tides: Tides) -> None:
    model = CourseModel(store, tides.course)
    model.refresh()
    assert not model.home.enrolled
    model.join()
    assert model.home.enrolled
    model.leave()
    assert not model.home.enrolled


def test_marking_from_the_outline(store: InlineStore, tides: Tides) -> None:
    model = CourseModel(store, tides.course)
    model.refresh()
    model.mark(tides.waves, done=True)
    assert model.home.modules[0].done == 1
    model.mark(tides.waves, done=False)
    assert model.home.modules[0].done == 0


def test_a_course_that_nobody_knows(store: InlineStore) -> None:
    model = CourseModel(store, "nowhere")
    model.refresh()
    assert model.error.code == "not_found"


def test_a_course_that_went_for_ever_says_what_stays(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.learning.open_lesson(tides.waves)
    workspace.storage.remove(tides.course, forever=True)
    model = CourseModel(store, tides.course)
    model.refresh()
    assert model.error.code == "course_away"


def test_an_update_waits_for_the_end_of_a_quiz(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = CourseModel(store, tides.course)
    model.refresh()
    assert model.home.running == ""
    workspace.assessment.start(tides.quiz)
    assert model.home.running == tides.quiz
    workspace.assessment.submit(tides.quiz)
    assert model.home.running == ""


def test_a_course_with_a_price_is_not_joined_here(store: InlineStore, workspace: Workspace) -> None:
    card = {"course_id": "dear", "title": "Dear", "price": 49.0, "currency": "EUR", "pack": "p", "is_published": True}
    tell(workspace, "course_card", "card", **card)
    page = CoursePage(CourseModel(store, "dear"), Downloads(store), go=print, say=print)
    assert page._model.home.price == "€49.00"
    assert [b.accessibleName() for b in page.findChildren(Button) if b.isVisibleTo(page)] == []
    taught = workspace.courses.create_course("Mine")
    tell(workspace, "course_card", "own", **card | {"course_id": taught})
    model = CourseModel(store, taught)
    model.refresh()
    assert model.home.price == "", "those who teach it do not pay"


def test_what_comes_before_keeps_from_joining_and_says_so(store: InlineStore, workspace: Workspace) -> None:  # ENR-06
    course, went = one_by_one(workspace), list[str]()
    model = CourseModel(store, course)
    page = CoursePage(model, Downloads(store), go=went.append, say=lambda words, undo: None)
    assert model.home is not None
    assert model.home.reasons == ("prerequisites_missing",)
    said = " ".join(each.text() for each in page.findChildren(Label) if each.isVisibleTo(page))
    assert "You cannot join yet" in said
    assert "Complete these courses first: Numbers for beginners." in said
    assert "Join" not in [b.text() for b in page.findChildren(Button) if b.isVisibleTo(page)]
    next(r for r in page.findChildren(ListRow) if "Numbers" in r.accessibleName()).clicked.emit()
    assert went == [f"course/{BEFORE}"]
    row = ENROLLMENT.id_for(workspace.account, BEFORE)
    values = {"user_id": workspace.account, "course_id": BEFORE, "status": "completed", "completed_at": 1}
    tell(workspace, "enrollment", row, **values)
    model.refresh()
    assert model.home.reasons == ()


def test_lessons_that_are_locked_say_what_they_need(store: InlineStore, workspace: Workspace) -> None:
    course, told, went = one_by_one(workspace), list[str](), list[str]()
    row = ENROLLMENT.id_for(workspace.account, course)
    tell(workspace, "enrollment", row, user_id=workspace.account, course_id=course, status="active")
    model = CourseModel(store, course)
    page = CoursePage(model, Downloads(store), go=went.append, say=lambda words, undo: told.append(words))
    rows = {r.accessibleName(): r for r in page.findChildren(Clickable) if r.isVisibleTo(page)}
    assert "1.1 What do you want to know?, Not started" in rows
    rows["1.2 Who is asked, Locked: needs 1.1"].clicked.emit()
    assert (told, went) == (["First do: What do you want to know?."], [])
    workspace.learning.complete(lesson(0))
    assert [r.needs for m in model.home.modules for r in m.lessons][:3] == ["", "", "Who is asked"]


SOME = f"Twice a day. ![A crab](media:{NAMES['crab']})"


def for_money(workspace: Workspace) -> None:
    """The shore on this device, not joined: a preview, a lesson with a text of its tier, one without, two quizzes."""
    document = shore()
    crabs, tides, more = document.modules[0].lessons
    asked = AssessmentDoc("tries", "Exam", questions=(QuestionDoc("how", "multiple", "How many legs?"),))
    quiz = LessonDoc("exam", "Exam", body="Count first.", kind="quiz", assessment=asked)
    lessons = (
        replace(crabs, preview=True), replace(tides, access="premium", registered=SOME),
        replace(more, denied="Ask at the harbour."), replace(quiz, id="check", title="Check", preview=True), quiz,
    )  # fmt: skip
    hub = Hub(workspace)
    hub.offer(replace(document, modules=(replace(document.modules[0], lessons=lessons),)))
    workspace.downloads.choose("shore", Choice())
    hub.install()
    card = f"card-{document.course_id}"
    with workspace.work() as unit:
        told = {name: value for name, value in (unit.row(COURSE_CARD, card) or {}).items() if name != "id"}
    tell(workspace, "course_card", card, **told | {"price": 9.0, "currency": "EUR"})


def test_a_preview_is_read_from_this_device_where_it_lies_here(
    qtbot: QtBot, store: InlineStore, workspace: Workspace
) -> None:  # LES-09
    for_money(workspace)
    routes: list[str] = []
    page = CoursePage(CourseModel(store, "shore"), Downloads(store), go=routes.append, say=lambda words, undo: None)
    qtbot.addWidget(page)
    (row,) = (each for each in page.findChildren(ListRow) if each.title.words == "Crabs")
    row.clicked.emit()
    (line,) = (each for each in page.findChildren(LessonLine) if "Tides" in each.accessibleName())
    line.clicked.emit()
    assert routes == ["preview/shore/crabs", "preview/shore/tides"]
    model = PreviewModel(store, "shore", "crabs")
    model.refresh()
    assert model.preview is not None
    assert (model.preview.lesson.title, NAMES["crab"] in model.preview.files) == ("Crabs", True)
    lesson = PreviewPage(model, go=routes.append)
    qtbot.addWidget(lesson)
    lesson.findChildren(PartText)[0].link_clicked.emit("lesson:tides")
    assert not lesson.findChildren(Sheet), "other lessons are for those who have joined"
    lesson.findChildren(PartText)[0].link_clicked.emit("https://tides.example.org")
    assert lesson.findChildren(Sheet), "one is asked before one leaves"


def test_a_quiz_that_is_a_preview_opens_as_far_as_its_questions(
    qtbot: QtBot, store: InlineStore, workspace: Workspace
) -> None:  # LES-09, ATT-02
    for_money(workspace)
    routes: list[str] = []
    page = CoursePage(CourseModel(store, "shore"), Downloads(store), go=routes.append, say=lambda words, undo: None)
    qtbot.addWidget(page)
    (row,) = (each for each in page.findChildren(ListRow) if each.title.words == "Check")
    row.clicked.emit()
    (line,) = (each for each in page.findChildren(LessonLine) if " Check," in each.accessibleName())
    line.clicked.emit()
    assert routes == ["preview/shore/check"] * 2
    assert not [each for each in page.findChildren(ListRow) if each.title.words == "Exam"]
    lesson = PreviewPage(PreviewModel(store, "shore", "check"), go=routes.append)
    qtbot.addWidget(lesson)
    assert [each.accessibleName() for each in lesson.findChildren(Banner)] == [
        "A free preview What comes before the questions is for everybody; to answer them, join the course."
    ]
    assert [each.toPlainText().strip() for each in lesson.findChildren(PartText)] == ["Count first."]
    with pytest.raises(LmsError):
        workspace.assessment.start("check")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [("tides", SOME, "A part of this lesson Subscribe, or join the course, to read all of it."),
     ("words", "", "This lesson is for those who have joined Ask at the harbour.")],
)  # fmt: skip
def test_who_has_not_joined_reads_the_text_of_the_tier_and_what_is_missing(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, name: str, body: str, said: str
) -> None:  # LES-09
    for_money(workspace)
    model = PreviewModel(store, "shore", name)
    page = PreviewPage(model, go=print)
    qtbot.addWidget(page)
    assert model.preview is not None
    lesson = model.preview.lesson
    assert (lesson.body, lesson.items, lesson.resources, lesson.transcript) == (body, (), (), "")
    assert [each.accessibleName() for each in page.findChildren(Banner)] == [said]
    assert len(page.findChildren(PartText)) == bool(body)
