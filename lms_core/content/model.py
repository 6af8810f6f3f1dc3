"""A course as readers, packs and previews share it: immutable, without what only an author or the hub may see."""

from __future__ import annotations

from typing import Literal

import msgspec

LessonKind = Literal["text", "quiz", "assignment"]
Mode = Literal["practice", "graded", "exam"]
QuestionKind = Literal["single", "multiple", "true_false"]


class MediaRef(msgspec.Struct, frozen=True):
    """A file of the course, by the SHA-256 of its bytes; `size` in bytes."""

    sha256: str
    name: str
    mime: str
    size: int
    alt: str = ""


class OptionDoc(msgspec.Struct, frozen=True):
    """One answer to choose from."""

    id: str
    text: str


class QuestionDoc(msgspec.Struct, frozen=True):
    """A question; its key is kept apart (AnswerKey)."""

    id: str
    kind: QuestionKind
    text: str
    points: float = 1.0
    options: tuple[OptionDoc, ...] = ()
    explanation: str = ""


class AssessmentDoc(msgspec.Struct, frozen=True):
    """A quiz."""

    id: str
    title: str
    mode: Mode = "practice"
    pass_percent: int = 60
    attempts_allowed: int | None = None
    time_limit_minutes: int | None = None
    shuffle: bool = False
    questions: tuple[QuestionDoc, ...] = ()
    withheld: int = 0
    """How many questions of an exam come when it starts."""

    @property
    def count(self) -> int:
        """How many questions it asks."""
        return len(self.questions) or self.withheld


class AnswerKey(msgspec.Struct, frozen=True):
    """Right options and explanations of one assessment, by question id (SYNC.md section 7)."""

    assessment_id: str
    version: str
    correct: dict[str, tuple[str, ...]] = {}
    explanations: dict[str, str] = {}


class LessonDoc(msgspec.Struct, frozen=True):
    """One lesson; `body` is Markdown with `media:` and `lesson:` links."""

    id: str
    title: str
    kind: LessonKind = "text"
    body: str = ""
    minutes: int | None = None
    preview: bool = False
    assessment: AssessmentDoc | None = None


class ModuleDoc(msgspec.Struct, frozen=True):
    """Lessons that belong together."""

    id: str
    title: str
    description: str = ""
    lessons: tuple[LessonDoc, ...] = ()


class CourseDocument(msgspec.Struct, frozen=True):
    """One version of a course."""

    course_id: str
    version: str
    title: str
    subtitle: str = ""
    description: str = ""
    language: str = "en"
    level: str = "all_levels"
    category: str = "General"
    authors: tuple[str, ...] = ()
    license: str = ""
    objectives: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    modules: tuple[ModuleDoc, ...] = ()
    media: tuple[MediaRef, ...] = ()

    def lessons(self) -> tuple[LessonDoc, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    def lesson(self, lesson_id: str) -> LessonDoc | None:
        """A lesson by id."""
        return next((lesson for lesson in self.lessons() if lesson.id == lesson_id), None)
