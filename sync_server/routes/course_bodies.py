"""Bodies with which courses are written: new, whole (PUT) and partly (PATCH); unknown fields are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lms_core.schema import MINUTES, PERCENT, PRICE
from sync_server.details import ClientId

LARGEST = 2 << 20
"""Bytes of a body: a text of 262,144 characters, however it is written."""

Title = Annotated[str, Meta(max_length=200, examples=["Between the tides"])]
Line = Annotated[str, Meta(max_length=300)]
Text = Annotated[str, Meta(max_length=262_144, description="Markdown")]
Items = Annotated[list[Annotated[str, Meta(max_length=4000)]], Meta(max_length=50)]
Category = Annotated[str, Meta(max_length=100, description="id or slug of a category", examples=["general"])]
Language = Annotated[str, Meta(max_length=35, description="BCP 47", examples=["en"])]
Currency = Annotated[str, Meta(min_length=3, max_length=3, description="ISO 4217", examples=["USD"])]
Price = Annotated[float, Meta(ge=PRICE[0], le=PRICE[1], description="0 is free; two decimals", examples=[0])]
Level = Literal["beginner", "intermediate", "advanced", "all_levels"]
Method = Literal["lesson", "time", "assessment", "weighted"]
Denial = Annotated[str, Meta(max_length=1000)]
Minutes = Annotated[int, Meta(ge=MINUTES[0], le=MINUTES[1])]
Percent = Annotated[int, Meta(ge=PERCENT[0], le=PERCENT[1])]
After = Annotated[str, Meta(max_length=128, description="id of the one before it; null: first of all")] | None
Template = Annotated[str, Meta(max_length=10, description="version of the certificates' look", examples=["v2"])]
Cover = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
Access = Literal["guest", "registered", "premium"]
Kind = Literal["video", "reading", "interactive", "quiz", "lab_exercise", "assignment", "discussion"]
Weight = Annotated[float, Meta(ge=0, le=999.99)]
Weights = dict[str, Annotated[float, Meta(ge=0, le=1000)]]
Tags = Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=30)]
Languages = Annotated[list[Annotated[str, Meta(max_length=35)]], Meta(max_length=50)]


class WholeCourse(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting of a course; one that is not named gets its default."""

    title: Title
    subtitle: Line = ""
    description: Text = ""
    short_description: Line = ""
    category: Category = "general"
    language: Language = "en"
    level: Level = "all_levels"
    price: Price = 0.0
    currency: Currency = "USD"
    authors: Items = []
    license: Line = ""
    learning_objectives: Items = []
    requirements: Items = []
    skills: Items = []
    target_audience: Text = ""
    has_certificate: bool = False
    certificate_template: Template = "v1"
    progress_method: Method = "lesson"
    progress_weights: Weights = {}
    sequential_access: bool = False
    tags: Tags = []
    subtitle_languages: Languages = []
    thumbnail: Cover = ""


class NewCourse(WholeCourse, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new course; its maker leads it."""

    id: ClientId | UnsetType = UNSET


class CourseChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a course that change."""

    title: Title | UnsetType = UNSET
    subtitle: Line | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    short_description: Line | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    price: Price | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    authors: Items | UnsetType = UNSET
    license: Line | UnsetType = UNSET
    learning_objectives: Items | UnsetType = UNSET
    requirements: Items | UnsetType = UNSET
    skills: Items | UnsetType = UNSET
    target_audience: Text | UnsetType = UNSET
    has_certificate: bool | UnsetType = UNSET
    certificate_template: Template | UnsetType = UNSET
    progress_method: Method | UnsetType = UNSET
    progress_weights: Weights | UnsetType = UNSET
    sequential_access: bool | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    subtitle_languages: Languages | UnsetType = UNSET
    thumbnail: Cover | UnsetType = UNSET


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is new in this version, for its readers."""

    change_note: Annotated[str, Meta(max_length=1000)] = ""


class WholeModule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field of a module but its place."""

    title: Title
    description: Text = ""


class NewModule(WholeModule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new module, at the end of its course unless `after` says where."""

    course: Annotated[str, Meta(max_length=100, description="id or slug of the course")]
    id: ClientId | UnsetType = UNSET
    after: After | UnsetType = UNSET


class CloneBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a course is copied (CRS-29); without a title it is the old one with the version behind it.

    Without `copy_resources` only the files that the copied lessons show go along.
    """

    id: ClientId | UnsetType = UNSET
    title: Annotated[str, Meta(max_length=160, examples=["Between the tides, evening class"])] = ""
    description: Text | None = None
    copy_modules: bool = True
    copy_resources: bool = True
    copy_assessments: bool = True
    create_as_draft: bool = True


class FeaturedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a course stands among the featured ones."""

    is_featured: bool


class ModuleChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a module changes; `after` moves it."""

    title: Title | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    after: After | UnsetType = UNSET


class WholeLesson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every field of a lesson but its place."""

    title: Title
    kind: Kind = "reading"
    body: Text = ""
    minutes: Minutes | None = None
    preview: bool = False
    access_level: Access = "registered"
    guest_content: Text = ""
    registered_content: Text = ""
    access_denied_message: Denial = ""
    transcript: Text = ""
    has_lab: bool = False
    weight: Weight = 1.0


class NewLesson(WholeLesson, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new lesson, at the end of its module unless `after` says where."""

    module_id: Annotated[str, Meta(max_length=128)]
    id: ClientId | UnsetType = UNSET
    after: After | UnsetType = UNSET


class LessonChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a lesson changes; `module_id` and `after` move it within its course."""

    title: Title | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    body: Text | UnsetType = UNSET
    minutes: Minutes | UnsetType | None = UNSET
    preview: bool | UnsetType = UNSET
    access_level: Access | UnsetType = UNSET
    guest_content: Text | UnsetType = UNSET
    registered_content: Text | UnsetType = UNSET
    access_denied_message: Denial | UnsetType = UNSET
    transcript: Text | UnsetType = UNSET
    has_lab: bool | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    module_id: Annotated[str, Meta(max_length=128)] | UnsetType = UNSET
    after: After | UnsetType = UNSET


class WholeAssessment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting of a quiz."""

    title: Title = ""
    mode: Literal["practice", "graded", "exam"] = "graded"
    pass_percent: Percent = 70
    attempts_allowed: Annotated[int, Meta(ge=1, le=100)] | None = 3
    time_limit_minutes: Annotated[int, Meta(ge=1, le=1440)] | None = None
    shuffle: bool = False


class AssessmentChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a quiz that change."""

    title: Title | UnsetType = UNSET
    mode: Literal["practice", "graded", "exam"] | UnsetType = UNSET
    pass_percent: Percent | UnsetType = UNSET
    attempts_allowed: Annotated[int, Meta(ge=1, le=100)] | UnsetType | None = UNSET
    time_limit_minutes: Annotated[int, Meta(ge=1, le=1440)] | UnsetType | None = UNSET
    shuffle: bool | UnsetType = UNSET


class WholeQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question: `options` are texts, `correct` the positions of the right ones, counted from 0."""

    text: Annotated[str, Meta(max_length=262_144, examples=["What makes waves?"])]
    kind: Literal["single", "multiple", "true_false"] = "single"
    points: Annotated[float, Meta(ge=0, le=1000)] = 1.0
    options: Annotated[list[Annotated[str, Meta(max_length=4000)]], Meta(max_length=20, examples=[["Fish", "Wind"]])]
    correct: Annotated[list[int], Meta(max_length=20, examples=[[1]])]
    explanation: Text = ""


class NewQuestion(WholeQuestion, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new question, at the end of its quiz."""

    id: ClientId | UnsetType = UNSET


class WholeInstructor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody may do in a course."""

    title: Annotated[str, Meta(max_length=100)] = ""
    is_lead: bool = False
    is_active: bool = True
    can_edit_content: bool = True
    can_manage_students: bool = True
    can_view_analytics: bool = True


class NewInstructor(WholeInstructor, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who teaches from now on; an instructor or administrator by role."""

    user_id: Annotated[str, Meta(max_length=128)]


class InstructorChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes."""

    title: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    is_lead: bool | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    can_edit_content: bool | UnsetType = UNSET
    can_manage_students: bool | UnsetType = UNSET
    can_view_analytics: bool | UnsetType = UNSET
