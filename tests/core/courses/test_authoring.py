"""Writing a course alone: the tree, its texts, the trash, quizzes, and documents that come from elsewhere."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.content.model import (
    AnswerKey,
    AssessmentDoc,
    Caption,
    ContentItem,
    CourseDocument,
    LessonDoc,
    MediaRef,
    ModuleDoc,
    OptionDoc,
    QuestionDoc,
)
from lms_core.courses import entities as e
from lms_core.courses.service import CoursesService
from lms_core.errors import NotFound, UserError
from lms_core.workspace import Workspace
from tests.core.school import add_quiz, forge


@pytest.fixture
def courses(workspace: Workspace) -> CoursesService:
    return workspace.courses


@pytest.fixture
def course(courses: CoursesService) -> str:
    return courses.create_course("Between the tides", subtitle="A shore in a week")


def titles(courses: CoursesService, course: str) -> list[tuple[str, list[str]]]:
    return [(m.title, [x.title for x in m.lessons]) for m in courses.outline(course).modules]


def test_rows_stand_where_they_were_put(courses: CoursesService, course: str) -> None:  # MOD-07
    one, three = courses.add_module(course, "One"), courses.add_module(course, "Three")
    courses.add_module(course, "Two", after=one)
    a, c = courses.add_lesson(one, "a"), courses.add_lesson(one, "c")
    courses.add_lesson(one, "b", after=a)
    assert titles(courses, course) == [("One", ["a", "b", "c"]), ("Two", []), ("Three", [])]
    courses.move(c, parent=one, after=None)
    courses.move(a, parent=three, after=None)
    courses.move(three, parent=course, after=None)
    assert titles(courses, course) == [("Three", ["a"]), ("One", ["c", "b"]), ("Two", [])]
    courses.move(a, parent=one, after=c)
    assert titles(courses, course)[1] == ("One", ["c", "a", "b"])
    with pytest.raises(NotFound):
        courses.move("nothing", parent=one, after=None)


def test_settings_and_texts_change_one_by_one(courses: CoursesService, course: str) -> None:
    module = courses.add_module(course, "One")
    lesson = courses.add_lesson(module, "a", body="Old.")
    courses.change_course(course, description="A week.", level="beginner", subtitle="A shore in a week")
    courses.change_module(module, description="First.")
    courses.change_lesson(lesson, minutes=7, preview=True)
    courses.edit_lesson(lesson, base="Old.", text="New.")
    draft, found = courses.draft(course), courses.lesson_draft(lesson)
    assert (draft.description, draft.level, draft.lessons, draft.version) == ("A week.", "beginner", 1, "")
    assert (found.body, found.minutes, found.preview, found.access_level) == ("New.", 7, True, "registered")
    assert courses.document(course).modules[0].description == "First."
    with pytest.raises(UserError, match="colour"):
        courses.change_course(course, colour="red")
    longest = "x" * 255
    courses.change_module(module, title=longest)
    courses.change_lesson(lesson, title=longest)
    assert (courses.document(course).modules[0].title, courses.lesson_draft(lesson).title) == (longest, longest)
    for long in (lambda title: courses.change_module(module, title=title),
                 lambda title: courses.change_lesson(lesson, title=title)):  # fmt: skip
        with pytest.raises(UserError):
            long("x" * 256)
    for wrong in ({"level": "divine"}, {"title": "ab"}, {"price": -1.0}, {"authors": "Ada"}):
        with pytest.raises(UserError):
            courses.change_course(course, **wrong)
    for ask in (courses.draft, courses.lesson_draft, courses.outline, courses.duplicate, courses.ensure_assessment):
        with pytest.raises(NotFound):
            ask("nothing")
    with pytest.raises(NotFound):
        courses.change_module("nothing", title="x")
    with pytest.raises(NotFound):
        courses.add_lesson("nothing", "x")
    with pytest.raises(NotFound):
        courses.add_question("nothing", "x")


def test_the_trash_keeps_what_it_takes(courses: CoursesService, course: str) -> None:
    one, two = courses.add_module(course, "One"), courses.add_module(course, "Two")
    a = courses.add_lesson(one, "a")
    quiz = add_quiz_lesson(courses, two)
    question = courses.assessment_draft(quiz).questions[0].id  # type: ignore[union-attr]
    for row in (a, question, two):
        courses.trash(row)
    assert titles(courses, course) == [("One", [])]
    assert {(x.kind, x.title) for x in courses.trashed(course)} == {
        ("lesson", "a"), ("question", "What makes waves?"), ("module", "Two"),
    }  # fmt: skip
    assert courses.draft(course).lessons == 0
    for row in (two, question, a):
        courses.restore(row)
    assert titles(courses, course) == [("One", ["a"]), ("Two", ["Quiz"])]
    assert courses.trashed(course) == []
    with pytest.raises(NotFound):
        courses.trash("nothing")


def test_lessons_whose_module_was_lost_are_kept(workspace: Workspace, courses: CoursesService, course: str) -> None:
    place = {"parent": ops.RECOVERED, "after": []}
    forge(workspace, ops.create(e.LESSON, "x", {"course_id": course, "title": "Lost", "place": place}))
    assert titles(courses, course) == [("", ["Lost"])]
    assert courses.document(course).modules == ()
    module = courses.add_module(course, "Found")
    courses.move("x", parent=module, after=None)
    assert titles(courses, course) == [("Found", ["Lost"])]


def add_quiz_lesson(courses: CoursesService, module: str) -> str:
    lesson = courses.add_lesson(module, "Quiz", kind="quiz")
    quiz = courses.ensure_assessment(lesson)
    courses.add_question(quiz, "What makes waves?", options=["Fish", "Wind"], correct=[1])
    return lesson


def test_a_new_quiz_is_graded_with_three_attempts(courses: CoursesService, course: str) -> None:
    """ASM-01, ATT-12: pass mark 70 %, the key stays at the hub unless the author says otherwise."""
    quiz = courses.assessment_draft(add_quiz_lesson(courses, courses.add_module(course, "One")))
    assert quiz is not None
    assert (quiz.mode, quiz.pass_percent, quiz.attempts_allowed, quiz.shuffle) == ("graded", 70, 3, False)
    courses.change_assessment(quiz.id, attempts_allowed=None)
    assert courses.document(course).modules[0].lessons[0].assessment.attempts_allowed is None  # type: ignore[union-attr]


def test_questions_and_quizzes(workspace: Workspace, courses: CoursesService, course: str) -> None:
    module = courses.add_module(course, "One")
    lesson = add_quiz(workspace, module, mode="graded", pass_percent=70, attempts_allowed=3)
    quiz = courses.assessment_draft(lesson)
    assert quiz is not None
    assert (quiz.mode, quiz.pass_percent, quiz.attempts_allowed, len(quiz.questions)) == ("graded", 70, 3, 3)
    first = quiz.questions[0]
    courses.change_question(first.id, text="Who?", options=[("o1", "She"), ("o2", "He")], correct=("o1",), points=3.0)
    courses.change_question(first.id, explanation="She does.")
    courses.move(first.id, parent=quiz.id, after=quiz.questions[-1].id)
    changed = courses.assessment_draft(lesson)
    assert changed is not None
    assert [q.text for q in changed.questions] == ["Which live here?", "The sea is salt.", "Who?"]
    assert (changed.questions[-1].options, changed.questions[-1].correct) == ((("o1", "She"), ("o2", "He")), ("o1",))
    text = courses.add_lesson(module, "Text")
    assert courses.assessment_draft(text) is None
    assert courses.assessment_draft("nothing") is None
    assert courses.ensure_assessment(text) == courses.ensure_assessment(text)


def test_a_copy_stands_behind_its_lesson(workspace: Workspace, courses: CoursesService, course: str) -> None:
    module = courses.add_module(course, "One")
    quiz = add_quiz(workspace, module)
    text = courses.add_lesson(module, "Text", body="Words.")
    copy = courses.duplicate(quiz)
    assert [x.id for x in courses.outline(course).modules[0].lessons][:2] == [quiz, copy]
    old, new = courses.assessment_draft(quiz), courses.assessment_draft(copy)
    assert old is not None
    assert new is not None
    assert [(q.text, q.correct, q.explanation) for q in new.questions] == [
        (q.text, q.correct, q.explanation) for q in old.questions
    ]
    assert {q.id for q in new.questions}.isdisjoint(q.id for q in old.questions)
    assert courses.lesson_draft(courses.duplicate(text)).body == "Words."


def test_a_copy_has_every_setting(workspace: Workspace, courses: CoursesService, course: str) -> None:
    module = courses.add_module(course, "One")
    quiz = add_quiz(workspace, module, mode="practice")
    courses.change_lesson(quiz, minutes=12, preview=True, access_level="guest")
    courses.change_assessment(
        e.ASSESSMENT.id_for(quiz),
        title="What stays",
        pass_percent=90,
        attempts_allowed=7,
        time_limit_minutes=5,
        shuffle=True,
    )
    copy = courses.duplicate(quiz)
    with workspace.work() as unit:
        pairs = [(e.LESSON, quiz, copy), (e.ASSESSMENT, e.ASSESSMENT.id_for(quiz), e.ASSESSMENT.id_for(copy))]
        olds, news = (courses.assessment_draft(x) for x in (quiz, copy))
        assert olds is not None
        assert news is not None
        pairs += [(e.QUESTION, old.id, new.id) for old, new in zip(olds.questions, news.questions, strict=True)]
        for entity, old, new in pairs:
            was, now = unit.row(entity, old), unit.row(entity, new)
            assert was is not None
            assert now is not None
            own = {"place", "lesson_id"}
            assert {n: now[n] for n in entity.fields if n not in own} == {
                n: was[n] for n in entity.fields if n not in own
            }


def test_a_document_becomes_a_draft_of_its_own(courses: CoursesService) -> None:
    sha = "a" * 64
    quiz = AssessmentDoc("q", "Quiz", questions=(
        QuestionDoc("q1", "single", "Which?", options=(OptionDoc("x", "X"), OptionDoc("y", "Y"))),
        QuestionDoc("q2", "true_false", "Is it?", 1.0, (OptionDoc("t", "T"), OptionDoc("f", "F")), "So."),
    ))  # fmt: skip
    open_quiz = AssessmentDoc("r", "", questions=quiz.questions[1:])
    document = CourseDocument(
        course_id="c", version="1", title="A course" * 40, level="divine", category="x" * 200,
        modules=(
            ModuleDoc("m", "One", "Begin with [the first](lesson:l1).", (
                LessonDoc("l1", "First", body="On to [the tenth](lesson:l10#end), not [there](lesson:gone)."),
                LessonDoc("l10", "Tenth", body="Back to lesson:l1.", minutes=3, items=(
                    ContentItem(id="i", kind="pdf", title="Tables", media=sha),
                    ContentItem(id="j", kind="video", title="Waves", media=sha, captions=(Caption("en", sha),)),
                )),
            )),
            ModuleDoc("n", "Two", lessons=(
                LessonDoc("l3", "Quiz", kind="quiz", assessment=quiz),
                LessonDoc("l4", "Other", kind="quiz", assessment=open_quiz),
            )),
        ),
        media=(MediaRef(sha, "wave.png", "image/png", 10, "A wave"),),
    )  # fmt: skip
    key = AnswerKey("q", "1", {"q1": ("y",)}, {"q1": "Because."})
    course = courses.import_document(document, {"q": key})
    made = courses.document(course)
    first, tenth, third, fourth = made.lessons()
    assert first.body == f"On to [the tenth](lesson:{tenth.id}#end), not [there](lesson:gone)."
    assert tenth.body == f"Back to lesson:{first.id}."
    assert [(x.title, x.captions) for x in tenth.items] == [("Tables", ()), ("Waves", (Caption("en", sha),))]
    assert made.modules[0].description == f"Begin with [the first](lesson:{first.id})."
    assert (len(made.title), made.level, len(made.category)) == (160, "all_levels", 100)
    assert made.media == document.media
    drafts = [courses.assessment_draft(x.id) for x in (third, fourth)]
    assert [[(q.correct, q.explanation) for q in d.questions] for d in drafts if d] == [
        [(("y",), "Because."), ((), "")], [((), "So.")],
    ]  # fmt: skip
    assert (again := courses.import_document(document)) != course
    assert {c.id for c in courses.my_courses()} == {course, again}


def test_a_file_is_noted_once(courses: CoursesService, course: str) -> None:
    ref = MediaRef("b" * 64, "wave.png", "image/png", 10)
    courses.add_file(course, ref)
    courses.add_file(course, ref)
    assert courses.document(course).media == (ref,)


def test_a_failed_import_leaves_nothing(courses: CoursesService) -> None:
    document = CourseDocument("c", "1", "A course", modules=(ModuleDoc("m", ""),))
    with pytest.raises(UserError):
        courses.import_document(document)
    assert courses.my_courses() == []
