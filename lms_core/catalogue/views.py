"""What the interface tells of courses: few fields in lists, all in details (API-09); times in UTC, prices decimals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec


class CourseCard(msgspec.Struct, frozen=True, kw_only=True):
    """A published course in a list (CRS-25); `is_enrolled` is the caller's."""

    id: str
    slug: str
    title: str
    subtitle: str
    short_description: str
    category: str
    category_id: str
    level: str
    language: str
    authors: tuple[str, ...]
    price: Decimal
    currency: str
    module_count: int
    lesson_count: int
    duration_minutes: int
    version: str
    published_date: datetime
    enrolled_students_count: int
    is_featured: bool
    is_enrolled: bool
    thumbnail: str = ""


class FacetCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many courses fit, and of each facet its values with how many there would be (SRC-02)."""

    count: int
    category: dict[str, int]
    level: dict[str, int]
    language: dict[str, int]
    subtitles: dict[str, int]
    price: dict[str, int]
    rating: dict[str, int]
    duration: dict[str, int]
    tag: dict[str, int]


class OwnCourse(msgspec.Struct, frozen=True, kw_only=True):
    """A course in the list of those who teach it; `version` is empty before the first publication."""

    id: str
    slug: str
    title: str
    status: str
    version: str
    is_published: bool
    is_lead: bool
    lesson_count: int
    enrolled_students_count: int


class LessonOutline(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson without its text; with `preview` everybody reads it."""

    id: str
    module_id: str
    title: str
    kind: str
    minutes: int | None
    preview: bool
    order_index: int
    access_level: str = "registered"


class ModuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A module with the outline of its lessons; `order_index` counts from 1."""

    id: str
    course_id: str
    title: str
    description: str
    order_index: int
    lessons: tuple[LessonOutline, ...]


class CourseView(msgspec.Struct, frozen=True, kw_only=True):
    """A course: its draft for those who may edit it, else the version that is published (CRS-26).

    What is null only they see.
    """

    id: str
    slug: str
    title: str
    subtitle: str
    description: str
    short_description: str
    category: str
    level: str
    language: str
    authors: tuple[str, ...]
    license: str
    price: Decimal
    currency: str
    learning_objectives: tuple[str, ...]
    requirements: tuple[str, ...]
    skills: tuple[str, ...] | None
    target_audience: str | None
    has_certificate: bool
    certificate_template: str | None
    progress_method: str | None
    sequential_access: bool | None
    status: str
    is_published: bool
    version: str
    published_date: datetime | None
    module_count: int
    lesson_count: int
    duration_minutes: int
    enrolled_students_count: int
    is_featured: bool
    parent_version: str | None
    is_enrolled: bool
    can_edit: bool
    pack: str
    pack_size: int
    modules: tuple[ModuleView, ...]
    prerequisites: tuple[PrerequisiteView, ...] = ()
    tags: tuple[str, ...] = ()
    thumbnail: str = ""


class PrerequisiteView(msgspec.Struct, frozen=True, kw_only=True):
    """A course that comes before another; one that is not mandatory is advice."""

    course_id: str
    title: str
    mandatory: bool


class Missing(msgspec.Struct, frozen=True):
    """What the caller lacks to read all of a lesson (LES-09): `sign_in`, `enroll` or `subscribe`, and a sentence."""

    code: str
    message: str


class CaptionView(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a video in one language, a file of the course."""

    language: str
    media: str


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """A content item of a lesson."""

    id: str
    kind: str
    title: str
    is_primary: bool
    media: str
    url: str
    duration_seconds: int | None
    page_count: int | None
    downloadable: bool
    body: str
    captions: tuple[CaptionView, ...]
    thumbnail: str
    quality: str


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """What a lesson hands out; size, type and key of its file are the system's (RES-01)."""

    id: str
    title: str
    type: str
    description: str
    media: str
    url: str
    premium: bool
    duration_minutes: int | None
    file_size: int | None
    mime_type: str
    uploaded: bool
    storage_key: str


class LessonView(LessonOutline, frozen=True, kw_only=True):
    """A lesson; where something is `missing`, `body` is what its tier serves, or null.

    The texts of its tiers, its weight and the titles of what it is part of only those see who may edit it.
    """

    course_id: str
    body: str | None
    missing: Missing | None = None
    is_preview: bool = False
    assessment_id: str | None = None
    transcript: str | None = None
    has_lab: bool = False
    guest_content: str | None = None
    registered_content: str | None = None
    access_denied_message: str | None = None
    weight: float | None = None
    items: tuple[ItemView, ...] = ()
    resources: tuple[ResourceView, ...] = ()
    premium_resources: tuple[ResourceView, ...] = ()
    is_completed: bool = False
    progress_percentage: float = 0.0
    duration_display: str = ""
    module_title: str | None = None
    course_title: str | None = None


class OptionView(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to choose from."""

    id: str
    text: str


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    """A question; `correct` and `explanation` only those who may edit it see."""

    id: str
    assessment_id: str
    kind: str
    text: str
    points: float
    options: tuple[OptionView, ...]
    correct: tuple[str, ...] | None = None
    explanation: str | None = None


class AssessmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A quiz; those of an exam have no `questions` before it starts, only their number."""

    id: str
    course_id: str
    lesson_id: str
    title: str
    mode: str
    pass_percent: int
    attempts_allowed: int | None
    time_limit_minutes: int | None
    shuffle: bool
    question_count: int
    questions: tuple[QuestionView, ...]


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A version that was published and is still kept."""

    version: str
    pack: str
    published_date: datetime
    is_current: bool


class InstructorView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who teaches a course; the rights only those who manage it see."""

    user_id: str
    name: str
    title: str
    is_lead: bool
    is_active: bool
    can_edit_content: bool | None = None
    can_manage_students: bool | None = None
    can_view_analytics: bool | None = None
