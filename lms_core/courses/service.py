"""What authors do with their courses, offline: every verb makes ops and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, select

from lms_core import ops
from lms_core.content.model import AnswerKey, CourseDocument, MediaRef
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.categories import Category, every_category
from lms_core.courses.checklist import check_draft
from lms_core.courses.cloning import Wish as Copy
from lms_core.courses.cloning import clone, copied, copy_contents, copy_quiz
from lms_core.courses.contents import change
from lms_core.courses.drafts import course_row, from_draft, ordered, read_assessments, read_outline, rows_of
from lms_core.courses.importing import behind, drafts_of, file_draft, settings_of
from lms_core.courses.model import (
    AssessmentDraft,
    Card,
    CourseDraft,
    Finding,
    LessonDraft,
    Outline,
    Trashed,
)
from lms_core.courses.rules import instructor_id
from lms_core.errors import NotFound, UserError
from lms_core.ops import Values
from lms_core.schema import Entity
from lms_core.unit import Unit, Work

TREES: dict[str, tuple[Entity, Table]] = {
    "module": (e.MODULE, t.module),
    "lesson": (e.LESSON, t.lesson),
    "content_item": (e.CONTENT_ITEM, t.content_item),
    "resource": (e.RESOURCE, t.resource),
    "question": (e.QUESTION, t.question),
}


class CoursesService:
    """Authoring and the catalogue over one replica (or the hub)."""

    def __init__(self, work: Work) -> None:
        self._work = work

    # --- drafts
    def create_course(self, title: str, *, row: str | None = None, **settings: Any) -> str:
        """Begin a course that the caller leads; `settings` are fields of the course entity, `row` an id of its own."""
        with self._work() as unit:
            course = row or unit.new_id()
            self._create(unit, course, {"title": title, **settings})
            return course

    def _create(self, unit: Unit, course: str, values: Values) -> None:
        me = unit.actor.account
        lead = {"course_id": course, "user_id": me, "is_lead": True}
        unit.emit(
            ops.create(e.COURSE, course, {"created_by": me, **values}),
            ops.create(e.COURSE_INSTRUCTOR, instructor_id(course, me), lead),
        )

    def my_courses(self) -> list[CourseDraft]:
        """Courses the caller may edit, the newest first."""
        with self._work() as unit:
            mine = select(t.course_instructor.c.course_id).where(
                t.course_instructor.c.user_id == unit.actor.account, t.course_instructor.c.is_active.is_(True)
            )
            rows = unit.all(select(t.course).where(t.course.c.id.in_(mine)).order_by(t.course.c.id.desc()))
            return [self._draft(unit, row) for row in rows]

    def draft(self, course: str) -> CourseDraft:
        """The settings of a draft; raises NotFound."""
        with self._work() as unit:
            return self._draft(unit, course_row(unit, course))

    def _draft(self, unit: Unit, row: Any) -> CourseDraft:
        m, x = t.module.c, t.lesson.c
        standing = select(func.count()).join_from(t.lesson, t.module, m.id == x.parent)
        query = standing.where(x.course_id == row.id, x.trashed_at.is_(None), m.trashed_at.is_(None))
        lessons = unit.all(query)[0][0]
        card = unit.all(select(t.course_card.c.version).where(t.course_card.c.course_id == row.id))
        return CourseDraft(
            row.id, row.title, row.subtitle, row.description or "", row.short_description, row.category, row.language,
            row.level, row.price, tuple(row.authors or ()), row.license or "", tuple(row.learning_objectives or ()),
            tuple(row.requirements or ()), row.change_note or "", row.status, card[0].version if card else "", lessons,
            bool(row.has_certificate), row.certificate_template or "", row.progress_method or "lesson",
            {name: value for name, value in (row.progress_weights or {}).items() if value is not None},
            bool(row.sequential_access), row.thumbnail or "",
        )  # fmt: skip

    def outline(self, course: str) -> Outline:
        """The tree of a draft."""
        with self._work() as unit:
            return read_outline(unit, course)

    def lesson_draft(self, lesson: str) -> LessonDraft:
        """A lesson as its author edits it; raises NotFound."""
        with self._work() as unit:
            row = unit.row(e.LESSON, lesson)
            if row is None:
                raise NotFound
            return LessonDraft(
                lesson, row["course_id"], row["title"], row["kind"], row["body"] or "", row["minutes"],
                bool(row["preview"]), row["access_level"], row["guest_content"] or "", row["registered_content"] or "",
                row["access_denied_message"] or "", row["transcript"] or "", bool(row["has_lab"]), row["weight"],
            )  # fmt: skip

    def assessment_draft(self, lesson: str) -> AssessmentDraft | None:
        """The quiz of a lesson, or None."""
        with self._work() as unit:
            row = unit.row(e.LESSON, lesson)
            return read_assessments(unit, row["course_id"]).get(lesson) if row else None

    def document(self, course: str) -> CourseDocument:
        """The draft as readers would see it, for preview."""
        with self._work() as unit:
            return from_draft(unit, course)[0]

    # --- editing
    def change_course(self, course: str, **settings: Any) -> None:
        """Change settings of a course; texts are merged, the rest is set."""
        self._change(e.COURSE, course, settings)

    def change_module(self, module: str, **settings: Any) -> None:
        """Change a module."""
        self._change(e.MODULE, module, settings)

    def change_lesson(self, lesson: str, **settings: Any) -> None:
        """Change a lesson's settings (title, kind, minutes, preview, access and its texts, transcript)."""
        self._change(e.LESSON, lesson, settings)

    def change_assessment(self, assessment: str, **settings: Any) -> None:
        """Change a quiz's settings."""
        self._change(e.ASSESSMENT, assessment, settings)

    def change_question(self, question: str, **settings: Any) -> None:
        """Change a question; `options` are (id, text) pairs."""
        if "options" in settings:
            settings["options"] = [{"id": i, "text": text} for i, text in settings["options"]]
        if "correct" in settings:
            settings["correct"] = list(settings["correct"])
        self._change(e.QUESTION, question, settings)

    def _change(self, entity: Entity, row: str, settings: Mapping[str, Any]) -> None:
        with self._work() as unit:
            change(unit, entity, row, settings)

    def edit_lesson(self, lesson: str, *, base: str, text: str) -> None:
        """Replace a lesson's Markdown; `base` is what the editor showed when the edit began."""
        with self._work() as unit:
            unit.emit(ops.edit_text(e.LESSON, lesson, field="body", base=base, text=text))

    def add_module(self, course: str, title: str, *, after: str | None = None, row: str | None = None) -> str:
        """Add a module behind another, or at the end."""
        with self._work() as unit:
            row = row or unit.new_id()
            values = {"course_id": course, "title": title, "place": self._place(unit, t.module, course, after)}
            unit.emit(ops.create(e.MODULE, row, values))
            return row

    def add_lesson(
        self,
        module: str,
        title: str,
        *,
        kind: str = "reading",
        body: str = "",
        after: str | None = None,
        row: str | None = None,
    ) -> str:
        """Add a lesson behind another, or at the end of the module; a quiz gets its settings with it."""
        with self._work() as unit:
            parent = unit.row(e.MODULE, module)
            if parent is None:
                raise NotFound
            row, course = row or unit.new_id(), parent["course_id"]
            place = self._place(unit, t.lesson, module, after)
            values = {"course_id": course, "title": title, "kind": kind, "body": body, "place": place}
            unit.emit(ops.create(e.LESSON, row, values))
            if kind == "quiz":
                self._add_assessment(unit, course, row)
            return row

    def _add_assessment(self, unit: Unit, course: str, lesson: str, **settings: Any) -> str:
        row = e.ASSESSMENT.id_for(lesson)
        unit.emit(ops.create(e.ASSESSMENT, row, {"course_id": course, "lesson_id": lesson, **settings}))
        return row

    def ensure_assessment(self, lesson: str) -> str:
        """The quiz of a lesson, made when there is none."""
        with self._work() as unit:
            row = unit.row(e.LESSON, lesson)
            if row is None:
                raise NotFound
            found = e.ASSESSMENT.id_for(lesson)
            return found if unit.row(e.ASSESSMENT, found) else self._add_assessment(unit, row["course_id"], lesson)

    def add_question(
        self,
        assessment: str,
        text: str,
        *,
        kind: str = "single",
        options: Sequence[str] = (),
        correct: Sequence[int] = (),
        explanation: str = "",
        points: float = 1.0,
        row: str | None = None,
    ) -> str:
        """Add a question at the end; `correct` are positions in `options`."""
        with self._work() as unit:
            quiz = unit.row(e.ASSESSMENT, assessment)
            if quiz is None:
                raise NotFound
            row = row or unit.new_id()
            listed = [{"id": f"o{n}", "text": option} for n, option in enumerate(options, 1)]
            unit.emit(
                ops.create(e.QUESTION, row, {
                    "course_id": quiz["course_id"], "kind": kind, "text": text, "points": points, "options": listed,
                    "correct": [f"o{n + 1}" for n in correct], "explanation": explanation,
                    "place": self._place(unit, t.question, assessment, None),
                })
            )  # fmt: skip
            return row

    def _place(self, unit: Unit, table: Table, parent: str, after: str | None) -> Values:
        """The place behind a sibling (None: at the end), with anchors nearest first."""
        line = [r.id for r in ordered(unit.all(select(table).where(table.c.parent == parent))).get(parent, [])]
        end = line.index(after) + 1 if after in line else len(line)
        return behind(parent, line[:end])

    def move(self, row: str, *, parent: str, after: str | None) -> None:
        """Put a module, lesson or question below `parent`, behind `after` (None: first)."""
        with self._work() as unit:
            entity, table = self._tree(unit, row)
            siblings = ordered(unit.all(select(table).where(table.c.parent == parent, table.c.id != row)))
            line = [r.id for r in siblings.get(parent, [])]
            end = line.index(after) + 1 if after in line else 0
            unit.emit(ops.place(entity, row, parent=parent, after=line[:end][::-1]))

    def _tree(self, unit: Unit, row: str) -> tuple[Entity, Table]:
        for entity, table in TREES.values():
            if unit.all(select(table.c.id).where(table.c.id == row)):
                return entity, table
        raise NotFound

    def trash(self, row: str) -> None:
        """Put a module, lesson or question into the trash for 30 days."""
        with self._work() as unit:
            unit.emit(ops.trash(self._tree(unit, row)[0], row))

    def restore(self, row: str) -> None:
        """Take it out of the trash."""
        with self._work() as unit:
            unit.emit(ops.restore(self._tree(unit, row)[0], row))

    def trashed(self, course: str) -> list[Trashed]:
        """What is in a draft's trash, the latest first."""
        with self._work() as unit:
            out = []
            for kind, (_, table) in TREES.items():
                for row in rows_of(unit, table, course, trashed=True):
                    if row.trashed_at is not None:
                        title = row.text if kind == "question" else row.title
                        out.append(Trashed(row.id, kind, title, row.trashed_at))  # type: ignore[arg-type]
            return sorted(out, key=lambda x: -x.at)

    def duplicate(self, lesson: str) -> str:
        """Copy a lesson with its quiz, behind itself."""
        with self._work() as unit:
            row = unit.row(e.LESSON, lesson)
            if row is None:
                raise NotFound
            copy = unit.new_id()
            place = self._place(unit, t.lesson, row["place"].parent, lesson)
            unit.emit(ops.create(e.LESSON, copy, copied(e.LESSON, row, place=place)))
            copy_contents(unit, lesson, copy, row["course_id"])
            copy_quiz(unit, lesson, copy, row["course_id"])
            return copy

    def clone(self, course: str, *, row: str | None = None, **wish: Any) -> str:
        """Copy a whole course, which the caller leads; returns the new one's id. `wish` are fields of cloning.Wish.

        Raises:
            NotFound. UserError: `invalid_fields` for a title that a course of its family has.
        """
        with self._work() as unit:
            new = row or unit.new_id()
            clone(unit, course, Copy(**wish), new)
            return new

    def add_file(self, course: str, ref: MediaRef) -> None:
        """Note that the course uses a file of the media store."""
        with self._work() as unit:
            unit.emit(file_draft(course, ref))

    # --- import
    def import_document(self, document: CourseDocument, keys: Mapping[str, AnswerKey] | None = None) -> str:
        """Make a draft of a whole document (from a file or folder); returns the new course's id."""
        with self._work() as unit:
            course = unit.new_id()
            self._create(unit, course, settings_of(document))
            unit.emit(*drafts_of(unit, course, document, keys or {}))
            return course

    # --- publishing
    def checklist(self, course: str) -> tuple[Finding, ...]:
        """What stands between the draft and its readers, errors first (CRS-11)."""
        with self._work() as unit:
            return check_draft(unit, course)

    def publish(self, course: str, *, change_note: str = "") -> None:
        """Ask the hub to publish the draft as this device sees it; offline the wish waits in the outbox.

        Raises:
            UserError: `not_ready` while the checklist has errors.
        """
        with self._work() as unit:
            row = course_row(unit, course)
            errors = [f for f in check_draft(unit, course) if f.severity == "error"]
            if errors:
                raise UserError("not_ready", findings=[f.code for f in errors])
            if change_note != (row.change_note or ""):
                unit.emit(ops.change(e.COURSE, course, "change_note", change_note))
            files = unit.all(select(t.course_file.c.sha256).where(t.course_file.c.course_id == course))
            extra = {"cursor": unit.cursor(f"draft/{course}"), "media": [sha for (sha,) in files]}
            unit.emit(ops.act(e.COURSE, course, "publish", expect=row.status, extra=extra))

    def unpublish(self, course: str) -> None:
        """Take a course out of the catalogue; those who learn keep what they have."""
        self._act(course, "unpublish")

    def archive(self, course: str) -> None:
        """Put a course away; `reopen` brings it back as a draft."""
        self._act(course, "archive")

    def reopen(self, course: str) -> None:
        """Bring a course back from the archive."""
        self._act(course, "reopen")

    def _act(self, course: str, verb: str) -> None:
        with self._work() as unit:
            unit.emit(ops.act(e.COURSE, course, verb, expect=course_row(unit, course).status))

    # --- catalogue
    def categories(self) -> list[Category]:
        """The categories that this machine knows, in order; none without a hub."""
        with self._work() as unit:
            return every_category(unit)

    def catalog(self, query: str = "", *, category: str = "", level: str = "", language: str = "") -> list[Card]:
        """Published courses on this machine's copy of the catalogue, filtered; recommended ones first."""
        with self._work() as unit:
            c = t.course_card.c
            wanted = select(t.course_card).where(c.is_published.is_(True))
            for column, value in ((c.category, category), (c.level, level), (c.language, language)):
                wanted = wanted.where(column == value) if value else wanted
            cards = [_card(r) for r in unit.all(wanted.order_by(*_ORDER))]
        words = query.casefold().split()
        return [x for x in cards if all(w in f"{x.title} {x.subtitle} {x.short_description}".casefold() for w in words)]

    def news(self, versions: Mapping[str, str], known: Collection[str], *, most: int) -> tuple[list[Card], list[Card]]:
        """The first of the catalogue that are here in another version, and the newest that nobody here knows."""
        with self._work() as unit:
            c = t.course_card.c
            rows = unit.all(
                select(c.course_id, c.version, c.published_at).where(c.is_published.is_(True)).order_by(*_ORDER)
            )
            others = [r.course_id for r in rows if versions.get(r.course_id, r.version) != r.version][:most]
            late = sorted((r for r in rows if r.course_id not in known), key=lambda r: -(r.published_at or 0))[:most]
            wanted = [*others, *(r.course_id for r in late)]
            cards = {r.course_id: _card(r) for r in unit.all(select(t.course_card).where(c.course_id.in_(wanted)))}
        return [cards[course] for course in others], [cards[r.course_id] for r in late]

    def card(self, course: str) -> Card:
        """The card of a published course; raises NotFound."""
        with self._work() as unit:
            found = unit.all(select(t.course_card).where(t.course_card.c.course_id == course))
            if not found:
                raise NotFound
            return _card(found[0])


_ORDER = (t.course_card.c.is_featured.is_not(True), func.lower(t.course_card.c.title))


def _card(r: Any) -> Card:
    return Card(
        r.course_id, r.title, r.subtitle, r.short_description, r.description, r.category, r.level, r.language,
        tuple(r.authors or ()), tuple(r.objectives or ()), r.price, r.currency, r.modules, r.lessons, r.minutes,
        r.version, r.change_note, r.pack, r.pack_size, r.key_pack, r.media_size, r.published_at, r.enrolled,
        bool(r.is_featured), r.category_id or "", tuple(r.tags or ()), tuple(r.subtitle_languages or ()),
        r.avg_rating or 0.0, r.total_reviews or 0, r.thumbnail or "",
    )  # fmt: skip
