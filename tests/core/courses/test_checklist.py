"""What the checklist finds, and that it alone decides whether publishing is asked for."""

from __future__ import annotations

import pytest

from lms_core.errors import UserError
from lms_core.workspace import Workspace

LONG = "A week at the shore, with a hand lens and a notebook, whatever the weather."


def findings(workspace: Workspace, course: str) -> list[tuple[str, str]]:
    return [(f.severity, f.code) for f in workspace.courses.checklist(course)]


def test_an_empty_draft(workspace: Workspace) -> None:
    course = workspace.courses.create_course("Between the tides")
    workspace.courses.add_module(course, "One")
    assert findings(workspace, course) == [
        ("error", "no_lessons"), ("warning", "description_short"), ("warning", "no_objectives"),
        ("warning", "module_empty"),
    ]  # fmt: skip
    with pytest.raises(UserError) as refused:
        workspace.courses.publish(course)
    assert (refused.value.code, refused.value.values["findings"]) == ("not_ready", ["no_lessons"])


def test_a_draft_in_order(workspace: Workspace) -> None:
    courses = workspace.courses
    course = courses.create_course("Between the tides", description=LONG, learning_objectives=["See"])
    courses.add_lesson(courses.add_module(course, "One"), "Waves", body="![A wave](media:x)")
    assert findings(workspace, course) == []
    courses.publish(course, change_note="First")
    assert courses.draft(course).status == "published"
    courses.publish(course, change_note="First")
    courses.unpublish(course)
    assert courses.draft(course).status == "draft"
    courses.archive(course)
    courses.reopen(course)
    assert (courses.draft(course).status, courses.draft(course).change_note) == ("draft", "First")


def test_short_titles_and_texts_are_advised_against(workspace: Workspace) -> None:  # LES-01
    courses = workspace.courses
    course = courses.create_course("Between the tides", description=LONG, learning_objectives=["See"])
    courses.add_lesson(courses.add_module(course, "One"), "1", body="See this.")
    assert findings(workspace, course) == [("warning", "text_short"), ("warning", "title_short")]
    courses.publish(course, change_note="First")


def test_lessons_and_quizzes(workspace: Workspace) -> None:  # ASM-13
    courses = workspace.courses
    course = courses.create_course("Between the tides", description=LONG, learning_objectives=["See"])
    module = courses.add_module(course, "One")
    courses.add_lesson(module, "Empty", body="  ")
    courses.add_lesson(module, "Blind", body="![](media:x)")
    courses.add_lesson(module, "Hard to read", body="#### Deep\n\n[here](https://x.example)")
    courses.add_lesson(module, "No questions", kind="quiz")
    quiz = courses.ensure_assessment(courses.add_lesson(module, "Quiz", kind="quiz"))
    courses.add_question(quiz, " ", options=["a", "b"], correct=[0])
    courses.add_question(quiz, "One option?", options=["a"], correct=[0])
    courses.add_question(quiz, "An empty one?", options=["a", " "], correct=[0])
    courses.add_question(quiz, "No key?", options=["a", "b"])
    courses.add_question(quiz, "Two keys?", options=["a", "b"], correct=[0, 1])
    courses.add_question(quiz, "Two keys?", kind="multiple", options=["a", "b"], correct=[0, 1])
    lost = courses.assessment_draft(courses.outline(course).modules[0].lessons[-1].id)
    assert lost is not None
    courses.change_question(lost.questions[3].id, correct=["o9"])
    assert [(c, f.values.get("number")) for f in courses.checklist(course) for c in [f.code]] == [
        ("quiz_empty", None), ("question_empty", 1), ("question_options", 2), ("question_options", 3),
        ("question_no_key", 4), ("question_one_key", 5), ("lesson_empty", None), ("image_without_words", None),
        ("heading_skipped", None), ("link_without_words", None),
    ]  # fmt: skip


def test_tiers_are_consistent(workspace: Workspace) -> None:  # LES-10
    courses = workspace.courses
    course = courses.create_course("Tides")
    lesson = courses.add_lesson(courses.add_module(course, "One"), "Waves", body="Wind makes waves.")

    def found() -> list[tuple[str, str]]:
        return [(f.code, f.severity) for f in courses.checklist(course) if f.row == lesson]

    assert found() == []
    courses.change_lesson(lesson, access_level="guest")
    assert found() == [("guest_text_missing", "error")]
    courses.change_lesson(lesson, guest_content="Some of it.")
    assert found() == []
    courses.change_lesson(lesson, preview=True)
    assert found() == [("tier_text_unused", "warning")]
    courses.change_lesson(lesson, preview=False, guest_content="", access_level="premium")
    assert found() == [("premium_unsaid", "warning")]
    courses.change_lesson(lesson, access_denied_message="Come to the harbour office.")
    assert found() == []


def test_a_lesson_of_a_video_alone_has_something_in_it(workspace: Workspace) -> None:  # LES-03
    courses = workspace.courses
    course = courses.create_course("Tides")
    lesson = courses.add_lesson(courses.add_module(course, "One"), "Waves", kind="video")
    assert [f.code for f in courses.checklist(course) if f.row == lesson] == ["lesson_empty"]
    workspace.contents.add_item(lesson, "video", url="https://vimeo.com/1")
    assert [f.code for f in courses.checklist(course) if f.row == lesson] == []
