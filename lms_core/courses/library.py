"""All files of an author's courses in one place, with where each is used (RES-10)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, not_, null, or_, select, union_all

from lms_core.courses import tables as t
from lms_core.db.bulk import chunks
from lms_core.ports import BlobStore
from lms_core.unit import Unit, Work

Kind = Literal["image", "video", "audio", "document", "other"]
What = Literal["text", "item", "resource", "caption", "cover"]
PAGE = 50
BEGIN: dict[Kind, tuple[str, ...]] = {
    "image": ("image/",), "video": ("video/",), "audio": ("audio/",),
    "document": (
        "text/", "application/pdf", "application/msword", "application/rtf", "application/epub",
        "application/vnd.openxmlformats", "application/vnd.oasis", "application/vnd.ms-", "application/x-ole-storage",
    ),
}  # fmt: skip
"""How the MIME types of a kind begin; what begins otherwise is `other`."""
_SHOWN = re.compile(r"media:([0-9a-f]{64})")
_NAMED = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LibraryFile:
    """A file of one course or of several; `size` in bytes, `used` counts places, `is_here` tells of its bytes."""

    sha256: str
    name: str
    mime: str
    size: int
    alt: str
    used: int
    is_here: bool

    @property
    def kind(self) -> Kind:
        """What it is by its MIME type."""
        return next((kind for kind, begins in BEGIN.items() if self.mime.startswith(begins)), "other")


@dataclass(frozen=True)
class Use:
    """A place where a file is used: a lesson, or a course whose cover it is (then `lesson_id` is empty)."""

    course_id: str
    course_title: str
    lesson_id: str
    lesson_title: str
    what: What


class LibraryService:
    """The files of all drafts that the caller edits; `media` tells which of them are on this machine."""

    def __init__(self, work: Work, media: BlobStore | None = None) -> None:
        self._work, self._media = work, media

    def files(
        self, *, typed: str = "", kind: Kind | Literal[""] = "", offset: int = 0, limit: int = PAGE
    ) -> tuple[int, list[LibraryFile]]:
        """How many files there are, and some of them by name; `typed` are words of their names and descriptions."""
        c = t.course_file.c
        with self._work() as unit:
            where = [c.course_id.in_(_mine(unit)), *(_kinds(kind) if kind else ()), *map(_has, typed.split())]
            count = unit.all(select(func.count(c.sha256.distinct())).where(*where))[0][0]
            name = func.min(c.name).label("name")
            query = select(
                c.sha256, name, func.min(c.mime).label("mime"), func.max(c.size).label("size"),
                func.max(c.alt).label("alt"),
            ).where(*where).group_by(c.sha256)  # fmt: skip
            rows = unit.all(query.order_by(func.lower(name), c.sha256).offset(offset).limit(limit))
            used = Counter(sha256 for sha256, _ in _uses(unit)) if rows else Counter[str]()
        return count, [
            LibraryFile(r.sha256, r.name, r.mime, r.size, r.alt or "", used[r.sha256], self._is_here(r.sha256))
            for r in rows
        ]

    def uses(self, sha256: str) -> list[Use]:
        """Where a file is used, by course and lesson; what lies in the trash does not count."""
        with self._work() as unit:
            found = [use for name, use in _uses(unit, sha256) if name == sha256]
        return sorted(found, key=lambda use: (use.course_title, use.course_id, use.lesson_title, use.lesson_id))

    def _is_here(self, sha256: str) -> bool:
        return self._media is not None and self._media.has(sha256)


def names_of(work: Work, files: Collection[str]) -> dict[str, str]:
    """What authors call those of the files that courses here name; of several names the first by the alphabet."""
    c, found = t.course_file.c, dict[str, str]()
    with work() as unit:
        for part in chunks(sorted(files)):
            named = select(c.sha256, func.min(c.name).label("name")).where(c.sha256.in_(part), c.name != "")
            found |= {row.sha256: row.name for row in unit.all(named.group_by(c.sha256))}
    return found


def _mine(unit: Unit) -> Select[Any]:
    """Courses that the caller edits."""
    c = t.course_instructor.c
    return select(c.course_id).where(c.user_id == unit.actor.account, c.is_active, c.can_edit_content)


def _kinds(kind: Kind) -> list[ColumnElement[bool]]:
    def begins(each: Kind) -> ColumnElement[bool]:
        return or_(*(t.course_file.c.mime.startswith(begin, autoescape=True) for begin in BEGIN[each]))

    return [not_(begins(each)) for each in BEGIN] if kind == "other" else [begins(kind)]


def _has(word: str) -> ColumnElement[bool]:
    c = t.course_file.c
    return or_(c.name.icontains(word, autoescape=True), c.alt.icontains(word, autoescape=True))


def _uses(unit: Unit, sha256: str = "") -> dict[tuple[str, Use], None]:
    """All uses in one's drafts, each place once, with the file that is used: one statement, one look at each text."""
    about = _places(unit).subquery()
    query = select(about).where(about.c.said.contains(sha256 or "", autoescape=True))
    found: dict[tuple[str, Use], None] = {}
    for row in unit.all(query):
        use = Use(row.course_id, row.course, row.lesson_id or "", row.lesson or "", row.what)
        for name in (_SHOWN if row.what == "text" else _NAMED).findall(row.said):
            found[name, use] = None
    return found


def _places(unit: Unit) -> Any:
    """What may name a file: course, lesson, kind of place and the text that names it; nothing of the trash."""
    k, m, x, i, r = t.course.c, t.module.c, t.lesson.c, t.content_item.c, t.resource.c
    a, q = t.assessment.c, t.question.c
    lessons = t.lesson.join(t.course, k.id == x.course_id).outerjoin(t.module, m.id == x.parent)
    stands = and_(k.id.in_(_mine(unit)), x.trashed_at.is_(None), m.trashed_at.is_(None))
    items, resources = lessons.join(t.content_item, i.parent == x.id), lessons.join(t.resource, r.parent == x.id)
    quizzes = lessons.join(t.assessment, a.lesson_id == x.id).join(t.question, q.parent == a.id)

    def within(source: Any, what: What, said: Any, *where: Any) -> Select[Any]:
        named = (k.id.label("course_id"), k.title.label("course"), x.id.label("lesson_id"), x.title.label("lesson"))
        return select(*named, literal(what).label("what"), said.label("said")).select_from(source).where(stands, *where)

    texts = [
        *(within(lessons, "text", text, text.contains("media:")) for text in (x.body, x.guest_content,
                                                                              x.registered_content)),
        within(items, "text", i.body, i.body.contains("media:"), i.trashed_at.is_(None)),
        *(within(quizzes, "text", text, text.contains("media:"), q.trashed_at.is_(None))
          for text in (q.text, q.explanation)),
    ]  # fmt: skip
    cover = select(
        k.id, k.title, cast(null(), Text), cast(null(), Text), literal("cover"), k.thumbnail
    ).where(k.id.in_(_mine(unit)), k.thumbnail.is_not(None))  # fmt: skip
    return union_all(
        *texts,
        within(items, "item", i.media, i.media != "", i.trashed_at.is_(None)),
        within(items, "caption", cast(i.captions, Text), i.captions.is_not(None), i.trashed_at.is_(None)),
        within(resources, "resource", r.media, r.media != "", r.trashed_at.is_(None)),
        cover,
    )
