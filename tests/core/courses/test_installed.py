"""Courses on a machine: installed, updated, opened without a network, removed."""

from __future__ import annotations

import msgspec
import pytest

from lms_core.content.model import AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.courses.installed import CACHED, InstallService
from lms_core.errors import NotFound, Offline, UserError
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz


def _pack(course: str, version: str = "1.0", lessons: int = 2) -> bytes:
    quiz = LessonDoc(f"{course}-quiz", "Quiz", "quiz", assessment=AssessmentDoc("a", "Quiz"))
    texts = tuple(LessonDoc(f"{course}-{n}", f"Lesson {n}", body="Words.") for n in range(lessons))
    return build_pack(
        CourseDocument(course, version, f"Course {course}", modules=(ModuleDoc("m", "One", "", (*texts, quiz)),))
    )


class Shelf:
    """Packs by name, as far as they can be fetched."""

    def __init__(self) -> None:
        self.packs: dict[str, bytes] = {}
        self.asked: list[str] = []

    def add(self, body: bytes) -> str:
        self.packs[pack_name(body)] = body
        return pack_name(body)

    def __call__(self, name: str) -> bytes:
        self.asked.append(name)
        if name not in self.packs:
            raise Offline
        return self.packs[name]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def service(workspace: Workspace, shelf: Shelf) -> InstallService:
    return InstallService(workspace.work, shelf)


def test_a_pack_is_opened_once_and_kept_for_a_while(service: InstallService, shelf: Shelf) -> None:
    names = [shelf.add(_pack(str(n))) for n in range(CACHED + 1)]
    for name in names:
        service.install_pack(name, shelf.packs[name])
    assert [c.title for c in service.installed()] == [f"Course {n}" for n in range(CACHED + 1)]
    for n in range(CACHED + 1):
        assert service.document(str(n)).course_id == str(n)
        assert service.document(str(n)).lesson(f"{n}-quiz") is not None
    assert len(shelf.asked) == CACHED + 1
    service.document("1")
    service.document("0")
    assert len(shelf.asked) == CACHED + 2, "the one that was not used longest is read again"


def test_an_update_takes_the_place_of_the_old_version(service: InstallService, shelf: Shelf) -> None:
    old, new = shelf.add(_pack("c")), shelf.add(_pack("c", "2.0", 3))
    service.install_pack(old, shelf.packs[old])
    assert service.course_of("c-1") == "c"
    here = service.install_pack(new, shelf.packs[new])
    assert (here.version, here.lessons, here.size) == ("2.0", 4, len(shelf.packs[new]))
    assert service.find("c") == here
    assert len(service.installed()) == 1
    service.remove("c")
    assert service.find("c") is None
    for ask, row in ((service.document, "c"), (service.course_of, "c-1")):
        with pytest.raises(NotFound):
            ask(row)


def test_what_cannot_be_installed_changes_nothing(service: InstallService, shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        service.install("unknown")
    with pytest.raises(UserError, match="damaged"):
        service.install_pack("x", b"no pack")
    assert service.installed() == []


def test_keys_that_are_not_here_are_no_error(service: InstallService, shelf: Shelf) -> None:
    body, damaged = _pack("c"), shelf.add(b"no key pack")
    for key, name in (("", "p1"), ("gone", "p2"), (damaged, "p3")):
        service.install_pack(name, body, key_pack=key)
        assert service.key(name, "a") is None
    assert service.key("never installed", "a") is None


def test_attempts_at_an_old_version_keep_their_key(school: School) -> None:
    teacher = school.laptop(school.person("tess", "instructor"))
    courses = teacher.courses
    course = courses.create_course("Between the tides")
    quiz = add_quiz(teacher, courses.add_module(course, "One"), mode="practice")
    courses.publish(course)
    school.sync(teacher)
    sam = school.laptop(school.person("sam"))
    sam.installed.install(course)
    first = sam.installed.document(course)
    running = sam.assessment.start(quiz)
    question = courses.assessment_draft(quiz).questions[0]  # type: ignore[union-attr]
    courses.change_question(question.id, correct=["o1"])
    courses.publish(course)
    school.sync(teacher, sam)
    with pytest.raises(UserError) as refused:
        sam.installed.install(course)
    assert refused.value.code == "attempt_open"
    sam.assessment.answer(quiz, question.id, ["o2"])
    receipt = sam.assessment.submit(quiz)
    assert sam.installed.install(course).version == "2.0"
    key = sam.assessment.key(receipt.attempt_id)
    assert key is not None
    assert key.correct[question.id] == ("o2",)
    grade = sam.assessment.attempt(receipt.attempt_id).grade
    assert grade is not None
    assert grade.score == 1
    school.sync(sam)
    assert sam.assessment.attempt(receipt.attempt_id).grade == msgspec.structs.replace(grade, final=True)
    assert sam.installed.open(running.pack) == first
