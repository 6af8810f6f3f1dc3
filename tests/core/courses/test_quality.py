"""The figure that an author sees rises with what is good for learners, and says what is missing."""

from __future__ import annotations

from lms_core.content.model import AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc, QuestionDoc
from lms_core.courses.quality import WEIGHTS, quality_of


def test_an_empty_draft_lacks_everything() -> None:
    quality = quality_of(CourseDocument("c", "1.0", "Weather"))
    assert quality.score <= 10
    assert {"few_lessons", "no_quiz", "no_objectives"} <= set(quality.missing)


def test_a_rich_draft_reaches_the_full_figure() -> None:
    text = LessonDoc("t", "Rain", body="![A cloud](media:ab) " + "word " * 200)
    quiz = AssessmentDoc("a", "Check", questions=tuple(QuestionDoc(f"q{n}", "single", "?") for n in range(5)))
    lessons = (text, text, text, LessonDoc("q", "Check", kind="quiz", assessment=quiz))
    document = CourseDocument(
        "c", "1.0", "Weather", subtitle="Under the sky", description="d" * 200, objectives=("See",),
        modules=(ModuleDoc("m", "One", lessons=lessons), ModuleDoc("n", "Two", lessons=lessons)),
    )  # fmt: skip
    assert quality_of(document).score == 100
    assert not quality_of(document).missing


def test_the_weights_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100
