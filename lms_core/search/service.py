"""Search over everything on this machine that its person may read: courses, lessons and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, delete, select

from lms_core.content.model import CourseDocument
from lms_core.content.text import plain_text
from lms_core.courses.tables import course_card, installed
from lms_core.db.bulk import among, chunks, put
from lms_core.db.fts import Query, parse, snippet
from lms_core.learning.activity import Activity
from lms_core.learning.tables import note
from lms_core.search.tables import KIND, WORDS, search_doc, search_later
from lms_core.unit import Unit, Work

Kind = Literal["course", "lesson", "note"]
KINDS: frozenset[Kind] = frozenset({"course", "lesson", "note"})
NOTE_TITLE = 80
BULK = 1000


class Found(msgspec.Struct, frozen=True):
    """A hit: where it leads, and an excerpt as (text, marked) parts."""

    kind: Kind
    title: str
    course_id: str | None
    lesson_id: str | None
    key: str
    course_title: str
    excerpt: tuple[tuple[str, bool], ...]


class SearchService:
    """The index of a replica and questions to it."""

    def __init__(self, work: Work, activity: Activity | None = None) -> None:
        self._work = work
        self._activity = activity

    @staticmethod
    def prepare(conn: Connection, *, fresh: bool) -> None:
        """Make the index; `fresh` empties it, for its documents were dropped."""
        WORDS.create(conn)
        if fresh:
            WORDS.clear(conn)

    # --- asking
    def find(self, typed: str, *, limit: int = 30, kinds: Iterable[Kind] = ()) -> list[Found]:
        """The best hits for what was typed, best first; the last word may be a beginning."""
        query = parse(typed)
        if query is None:
            return []
        if self._activity is not None:
            self._activity.note("search")
        asked = _of_kind(query, frozenset(kinds))
        while self.catch_up():
            pass
        with self._work() as unit:
            hits = WORDS.search(unit.conn, asked, limit=limit)
            ids = [hit.rowid for hit in hits]
            docs = {
                r.id: r for part in chunks(ids) for r in unit.all(select(search_doc).where(search_doc.c.id.in_(part)))
            }
            titles = {r.course_id: r.title for r in unit.all(select(installed.c.course_id, installed.c.title))}
        rows = [docs[i] for i in ids if i in docs]
        return [
            Found(r.kind, r.title, r.course_id, r.lesson_id, r.key.partition(":")[2], titles.get(r.course_id, ""),
                  tuple(snippet(r.body, query)))
            for r in rows
        ]  # fmt: skip

    # --- keeping up
    def follow(self, unit: Unit, shown: Mapping[str, set[str]]) -> None:
        """Bring changed notes and cards into the index, in the same transaction; the many of a large sync later."""
        changed = {name: shown[name] for name in ("note", "course_card") if shown.get(name)}
        if sum(map(len, changed.values())) > BULK:
            later = [{"row": row, "entity": name} for name, rows in changed.items() for row in rows]
            put(unit.conn, search_later, later, ["row"])
        elif changed:
            self._follow(unit, changed)

    def catch_up(self) -> bool:
        """Index some of the rows that a large sync left for later; False when none are left."""
        with self._work() as unit:
            rows = unit.all(select(search_later).limit(BULK))
            changed: dict[str, set[str]] = {}
            for r in rows:
                changed.setdefault(r.entity, set()).add(r.row)
            self._follow(unit, changed)
            for part in chunks([r.row for r in rows]):
                unit.local(delete(search_later).where(search_later.c.row.in_(part)))
        return len(rows) == BULK

    def _follow(self, unit: Unit, shown: Mapping[str, set[str]]) -> None:
        for part in chunks(shown.get("note", set())):
            rows = {r.id: r for r in unit.all(select(note).where(note.c.id.in_(part)))}
            self._put(
                unit, [_note(rows[i]) for i in part if i in rows], gone=[f"note:{i}" for i in part if i not in rows]
            )
        for part in chunks(shown.get("course_card", set())):
            rows = {r.id: r for r in unit.all(select(course_card).where(course_card.c.id.in_(part)))}
            gone = [f"course:{i}" for i in part if i not in rows]
            self._put(unit, [_card(rows[i]) for i in part if i in rows], gone=gone)

    def index_course(self, unit: Unit, course: str, document: CourseDocument | None) -> None:
        """Index the lessons of an installed course, or forget them."""
        c = search_doc.c
        old = [r.key for r in unit.all(select(c.key).where(c.course_id == course, c.kind == "lesson"))]
        docs = []
        for lesson in document.lessons() if document else ():
            body = lesson.body
            if lesson.assessment:
                body += "\n\n" + "\n\n".join(q.text for q in lesson.assessment.questions)
            docs.append(_doc("lesson", lesson.id, course, lesson=lesson.id, title=lesson.title, body=plain_text(body)))
        fresh = {d["key"] for d in docs}
        self._put(unit, docs, gone=[key for key in old if key not in fresh])

    def _put(self, unit: Unit, docs: list[dict[str, Any]], *, gone: Iterable[str] = ()) -> None:
        c = search_doc.c
        keys = [d["key"] for d in docs]
        ids = [i for (i,) in among(unit.conn, "SELECT id FROM search_doc WHERE key", [*gone, *keys])]
        for part in chunks(ids):
            unit.local(delete(search_doc).where(c.id.in_(part)))
        WORDS.delete(unit.conn, ids)
        put(unit.conn, search_doc, docs, ["key"])
        rows = among(unit.conn, "SELECT id, title, body, kind FROM search_doc WHERE key", keys)
        WORDS.put(unit.conn, [(at, title, body, KIND.format(kind)) for at, title, body, kind in rows])


def _of_kind(query: Query, kinds: frozenset[Kind]) -> Query:
    """Narrow a query. Nearly all documents are lessons, so leaving the others out costs less than naming them."""
    if not kinds:
        return query
    leave_out = "lesson" in kinds
    named = sorted(KINDS - kinds if leave_out else kinds)
    if not named:
        return query
    listed = " OR ".join(f'"{KIND.format(kind)}"' for kind in named)
    return msgspec.structs.replace(
        query, match=f"({query.match}) {'NOT' if leave_out else 'AND'} {{kind}} : ({listed})"
    )


def _doc(kind: Kind, key: str, course: str | None, *, lesson: str | None, title: str, body: str) -> dict[str, Any]:
    return {
        "key": f"{kind}:{key}",
        "kind": kind,
        "course_id": course,
        "lesson_id": lesson,
        "title": title,
        "body": body,
    }


def _note(r: Any) -> dict[str, Any]:
    body = plain_text("\n".join(x for x in (r.quote, r.body) if x))
    title = plain_text(r.body or r.quote or "")[:NOTE_TITLE]
    return _doc("note", r.id, r.course_id, lesson=r.lesson_id, title=title, body=body)


def _card(r: Any) -> dict[str, Any]:
    body = plain_text(
        "\n".join(x for x in (r.subtitle, r.short_description, r.description, *(r.objectives or ())) if x)
    )
    return _doc("course", r.id, r.course_id, lesson=None, title=r.title, body=body)
