"""What screens and commands are told of courses."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class OutlineLesson(msgspec.Struct, frozen=True):
    """A lesson in a draft's outline."""

    id: str
    title: str
    kind: str
    minutes: int | None = None
    preview: bool = False


class OutlineModule(msgspec.Struct, frozen=True):
    """A module in a draft's outline; `id` is `recovered` for lessons whose module was lost."""

    id: str
    title: str
    lessons: tuple[OutlineLesson, ...] = ()


class Outline(msgspec.Struct, frozen=True):
    """A draft as a tree."""

    course_id: str
    title: str
    status: str
    modules: tuple[OutlineModule, ...] = ()

    @property
    def lesson_count(self) -> int:
        """How many lessons there are."""
        return sum(len(m.lessons) for m in self.modules)


class LessonDraft(msgspec.Struct, frozen=True):
    """A lesson as its author edits it."""

    id: str
    course_id: str
    title: str
    kind: str
    body: str
    minutes: int | None
    preview: bool
    access_level: str = "registered"
    guest_content: str = ""
    registered_content: str = ""
    access_denied_message: str = ""
    transcript: str = ""
    has_lab: bool = False
    weight: float = 1.0


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What a list of courses says of an installed one; `media` are the SHA-256 and bytes of its files.

    Those in `premium` go to who has paid for it alone.
    """

    title: str
    subtitle: str
    description: str
    authors: tuple[str, ...]
    category: str
    level: str
    language: str
    version: str
    tags: tuple[str, ...]
    media: tuple[tuple[str, int], ...]
    premium: frozenset[str] = frozenset()


class QuestionDraft(msgspec.Struct, frozen=True):
    """A question with its key; `options` are (id, text)."""

    id: str
    kind: str
    text: str
    points: float
    options: tuple[tuple[str, str], ...]
    correct: tuple[str, ...]
    explanation: str


class AssessmentDraft(msgspec.Struct, frozen=True):
    """A quiz as its author edits it."""

    id: str
    lesson_id: str
    title: str
    mode: str
    pass_percent: int
    attempts_allowed: int | None
    time_limit_minutes: int | None
    shuffle: bool
    questions: tuple[QuestionDraft, ...]


class CourseDraft(msgspec.Struct, frozen=True):
    """The settings of a draft, and whether a change of its state still waits for the hub."""

    id: str
    title: str
    subtitle: str
    description: str
    short_description: str
    category: str
    language: str
    level: str
    price: float
    authors: tuple[str, ...]
    license: str
    objectives: tuple[str, ...]
    requirements: tuple[str, ...]
    change_note: str
    status: str
    version: str = ""
    lessons: int = 0
    has_certificate: bool = False
    certificate_template: str = ""
    progress_method: str = "lesson"
    progress_weights: dict[str, float] = {}
    sequential_access: bool = False
    thumbnail: str = ""


class Trashed(msgspec.Struct, frozen=True):
    """Something in a draft's trash."""

    id: str
    kind: Literal["module", "lesson", "content_item", "resource", "question"]
    title: str
    at: int


class Finding(msgspec.Struct, frozen=True):
    """Something to mend before publishing: a code, whether it blocks, the row it concerns, values of its sentence."""

    code: str
    severity: Literal["error", "warning"]
    row: str
    title: str
    values: dict[str, Any]


class Card(msgspec.Struct, frozen=True):
    """A published course as the catalogue shows it."""

    id: str
    title: str
    subtitle: str
    short_description: str
    description: str
    category: str
    level: str
    language: str
    authors: tuple[str, ...]
    objectives: tuple[str, ...]
    price: float
    currency: str
    modules: int
    lessons: int
    minutes: int
    version: str
    change_note: str
    pack: str
    pack_size: int
    key_pack: str
    media_size: int
    published_at: int
    enrolled: int
    is_featured: bool = False
    category_id: str = ""
    tags: tuple[str, ...] = ()
    subtitle_languages: tuple[str, ...] = ()
    rating: float = 0.0
    reviews: int = 0
    thumbnail: str = ""


class Installed(msgspec.Struct, frozen=True):
    """A course on this machine; `size` in bytes, of texts alone."""

    course_id: str
    pack: str
    key_pack: str
    version: str
    title: str
    lessons: int
    size: int
    installed_at: int
