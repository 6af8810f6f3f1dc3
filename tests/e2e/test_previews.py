"""A free preview of a course that costs money is read before one joins: over the line, with its files, and no more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.features.course.view import CoursePage
from desktop_lms.features.course.viewmodel import CourseModel
from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.preview.view import PreviewPage
from desktop_lms.features.lesson.preview.viewmodel import PreviewModel
from desktop_lms.features.lesson.stage.view import Files
from desktop_lms.store import Store
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.folding import Fold
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.text import Label
from lms_core.content.model import MediaRef
from lms_core.errors import NotFound
from lms_core.workspace import Workspace
from tests.e2e.programs import Server
from tests.e2e.test_downloads import sign_in
from tests.server.people import PNG

COURSE, FREE, SHUT, PART, TOLD, ASKS = "course", "free", "shut", "part", "told", "asks"
OPEN = "What comes before the questions is for everybody; to answer them, join the course."


def given(teacher: Workspace, lesson: str) -> str:
    """A file that a lesson hands out."""
    name = teacher.media.put(PNG + os.urandom(100))
    with teacher.work() as unit:
        teacher.sync.offer_in(unit, [name])
        file = MediaRef(name, "map.png", "image/png", teacher.media.size(name))
        teacher.contents.add_resource(lesson, "Map", file=file, kind="image")
    return name


@pytest.fixture
def made(server: Server, tmp_path: Path) -> dict[str, str]:
    """A course for money with a preview and another lesson, each with a file, and two quizzes; their ids."""
    teacher = sign_in(tmp_path / "teacher", server, "tess")
    course = teacher.courses.create_course("The shore", description="Crabs.", price=9.0)
    module = teacher.courses.add_module(course, "One")
    free = teacher.courses.add_lesson(module, "Crabs", body="Crabs walk sideways.")
    shut = teacher.courses.add_lesson(module, "Tides", body="The moon does it.")
    teacher.courses.change_lesson(free, preview=True)
    part = teacher.courses.add_lesson(module, "Gulls", body="All about gulls.")
    teacher.courses.change_lesson(part, access_level="premium", registered_content="Gulls eat crabs.")
    told = teacher.courses.add_lesson(module, "Boats", body="Boats float.")
    teacher.courses.change_lesson(told, access_denied_message="Come to the harbour office.")
    asks, exam = (teacher.courses.add_lesson(module, name, kind="quiz", body="Count.") for name in ("Check", "Exam"))
    for quiz in (asks, exam):
        teacher.courses.add_question(
            teacher.courses.ensure_assessment(quiz), "How many legs?", options=("Eight", "Ten"), correct=(1,)
        )
    teacher.courses.change_lesson(asks, preview=True)
    files = {"map": given(teacher, free), "secret": given(teacher, shut)}
    teacher.synchronize()
    teacher.courses.publish(course)
    teacher.synchronize()
    assert teacher.sync.parked() == []
    teacher.close()
    return {COURSE: course, FREE: free, SHUT: shut, PART: part, TOLD: told, ASKS: asks} | files


@pytest.fixture
def pupil(server: Server, tmp_path: Path, made: dict[str, str], qtbot: QtBot) -> Iterator[Store]:
    workspace = sign_in(tmp_path / "laptop", server, "sam")
    qtbot.waitUntil(lambda: workspace.synchronize() is not None and bool(workspace.courses.catalog()))
    store = Store(workspace)
    yield store
    store.close()


def words(page: CoursePage | PreviewPage) -> list[str]:
    return [each.words for each in page.findChildren(Label) if each.isVisibleTo(page)]


def test_a_preview_is_read_from_the_page_of_its_course(
    server: Server, pupil: Store, made: dict[str, str], qtbot: QtBot
) -> None:  # LES-09, EXPERIENCE: catalogue
    routes: list[str] = []
    page = CoursePage(
        CourseModel(pupil, made[COURSE]), Downloads(pupil), go=routes.append, say=lambda words, undo: None
    )
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: "Free to read" in words(page))
    assert [each.title.words for each in page.findChildren(ListRow)].count("Tides") == 0
    next(each for each in page.findChildren(Fold) if "joined" in each.accessibleName()).toggle()
    assert {each.title.words for each in page.findChildren(ListRow)} >= {"Crabs", "Tides", "Gulls", "Boats"}
    titles = [each.title.words for each in page.findChildren(ListRow)]
    assert ("Check" in titles, "Exam" in titles) == (True, False), "a quiz is listed where it is a preview"
    (row,) = (each for each in page.findChildren(ListRow) if each.title.words == "Crabs")
    row.clicked.emit()
    assert routes == [f"preview/{made[COURSE]}/{made[FREE]}"]

    lesson = PreviewPage(PreviewModel(pupil, made[COURSE], made[FREE]), go=routes.append)
    qtbot.addWidget(lesson)
    qtbot.waitUntil(lambda: bool(lesson.findChildren(PartText)))
    (text,) = lesson.findChildren(PartText)
    qtbot.waitUntil(lambda: text.toPlainText().strip() == "Crabs walk sideways.")
    assert pupil.workspace.media.has(made["map"])
    next(b for b in lesson.findChildren(Button) if b.text() == "About the course").click()
    assert routes[-1] == f"course/{made[COURSE]}"
    with pytest.raises(NotFound):
        pupil.workspace.fetch_blob(made["secret"])


def test_of_other_lessons_one_reads_the_text_of_ones_tier_and_what_is_missing(
    pupil: Store, made: dict[str, str], qtbot: QtBot
) -> None:  # LES-09
    for each, body, said in (
        (
            ASKS,
            "Count.",
            "A free preview What comes before the questions is for everybody; to answer them, join the course.",
        ),
        (SHUT, "", "This lesson is for those who have joined Join the course to read all of it."),
        (PART, "Gulls eat crabs.", "A part of this lesson Subscribe, or join the course, to read all of it."),
        (TOLD, "", "This lesson is for those who have joined Come to the harbour office."),
    ):
        other = PreviewPage(PreviewModel(pupil, made[COURSE], made[each]), go=print)
        qtbot.addWidget(other)
        qtbot.waitUntil(lambda page=other: bool(page.findChildren(Banner)))
        assert [banner.accessibleName() for banner in other.findChildren(Banner)] == [said]
        texts = other.findChildren(PartText)
        qtbot.waitUntil(lambda texts=texts, body=body: "".join(t.toPlainText() for t in texts).strip() == body)
        assert len(texts) == bool(body)
        assert not other.findChildren(Files), "files go with the whole lesson alone"


def test_without_a_line_it_is_said_and_tried_again(
    server: Server, pupil: Store, made: dict[str, str], qtbot: QtBot
) -> None:
    server.stop()
    lesson = PreviewPage(PreviewModel(pupil, made[COURSE], made[FREE]), go=lambda route: None)
    qtbot.addWidget(lesson)
    qtbot.waitUntil(lambda: "This lesson cannot be opened" in words(lesson))
    server.start()
    next(b for b in lesson.findChildren(Button) if b.text() == "Try again").click()
    qtbot.waitUntil(lambda: bool(lesson.findChildren(PartText)))
