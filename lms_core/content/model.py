"""A course as readers, packs and previews share it: immutable, without what only an author or the hub may see."""

from __future__ import annotations

from typing import Literal

import msgspec

Access = Literal["guest", "registered", "premium"]
Mode = Literal["practice", "graded", "exam"]
QuestionKind = Literal["single", "multiple", "true_false"]
ProgressMethod = Literal["lesson", "time", "assessment", "weighted"]
PROGRESS_METHODS = ("lesson", "time", "assessment", "weighted")
ACCESS = ("guest", "registered", "premium")
"""Who reads all of a lesson by being somebody, from the least to the most (LES-07)."""
LESSON_KINDS = ("video", "reading", "interactive", "quiz", "lab_exercise", "assignment", "discussion")
"""Types of lessons (LES-02)."""
ITEM_KINDS = ("video", "pdf", "text", "slides", "interactive")
"""Kinds of content items (LES-03)."""
RESOURCE_KINDS = (
    "document", "video", "audio", "image", "link", "code_sample", "tool_software", "dataset", "template",
)  # fmt: skip
"""Types of resources (RES-02)."""


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


class Caption(msgspec.Struct, frozen=True):
    """Words of a video as WebVTT or SRT (a file of the course), in one language (BCP 47)."""

    language: str
    media: str


class ContentItem(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a lesson beside its text (LES-03): a file of the course by its SHA-256, an address, or a text.

    The first of a kind that `is_primary` stands above the text; `duration` in seconds, `body` is Markdown. Of a video
    `thumbnail` is the picture before it plays, a file of the course, and `quality` words such as "720p" (LES-04).
    """

    id: str
    kind: str
    title: str = ""
    is_primary: bool = False
    media: str = ""
    url: str = ""
    duration: int | None = None
    captions: tuple[Caption, ...] = ()
    thumbnail: str = ""
    quality: str = ""
    pages: int | None = None
    downloadable: bool = True
    body: str = ""


class ResourceDoc(msgspec.Struct, frozen=True, kw_only=True):
    """What a lesson hands out (RES-01): a file of the course by its SHA-256, or an address."""

    id: str
    title: str
    kind: str = "document"
    description: str = ""
    media: str = ""
    url: str = ""
    premium: bool = False
    minutes: int | None = None


class LessonDoc(msgspec.Struct, frozen=True):
    """One lesson; `body` is Markdown with `media:` and `lesson:` links.

    Its kind is one of LESSON_KINDS; one that this program does not know yet is shown as `reading`. `guest` and
    `registered` are what those read who may not read all of it, `denied` what is said to the others (LES-09).
    """

    id: str
    title: str
    kind: str = "reading"
    body: str = ""
    minutes: int | None = None
    preview: bool = False
    assessment: AssessmentDoc | None = None
    access: Access = "registered"
    guest: str = ""
    registered: str = ""
    denied: str = ""
    transcript: str = ""
    has_lab: bool = False
    weight: float = 1.0
    items: tuple[ContentItem, ...] = ()
    resources: tuple[ResourceDoc, ...] = ()


class ModuleDoc(msgspec.Struct, frozen=True):
    """Lessons that belong together."""

    id: str
    title: str
    description: str = ""
    lessons: tuple[LessonDoc, ...] = ()


class Prerequisite(msgspec.Struct, frozen=True):
    """A course that one should have completed before; one that is not mandatory is advice."""

    course_id: str
    title: str
    mandatory: bool = True


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
    tags: tuple[str, ...] = ()
    progress_method: ProgressMethod = "lesson"
    progress_weights: dict[str, float] = {}
    sequential: bool = False
    prerequisites: tuple[Prerequisite, ...] = ()

    def lessons(self) -> tuple[LessonDoc, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    def lesson(self, lesson_id: str) -> LessonDoc | None:
        """A lesson by id."""
        return next((lesson for lesson in self.lessons() if lesson.id == lesson_id), None)
