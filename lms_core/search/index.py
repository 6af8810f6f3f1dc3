"""The index of a replica: kept up in the transaction that changes a row, or a part at a time behind a large sync."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import Connection, case, delete, func, insert, select

from lms_core.assessment import tables as at
from lms_core.content.model import CourseDocument, LessonDoc
from lms_core.content.serving import REGISTERED, Served, serve
from lms_core.courses import tables as ct
from lms_core.db.bulk import among, chunks, put
from lms_core.errors import NotFound
from lms_core.learning import tables as lt
from lms_core.learning.joining import gets_premium
from lms_core.permissions import LEARNING
from lms_core.review import tables as rt
from lms_core.search import documents as d
from lms_core.search import tables as t
from lms_core.search.model import FACETS, token
from lms_core.search.vocabulary import Vocabulary
from lms_core.unit import Unit

BULK = 1000
AT_ONCE = 200
"""Courses and rows that one part of catching up takes."""
COURSE = "course"
OF_COURSE = ("lesson", "video", "page", "resource", "answer")
"""Kinds that are found while their course is here."""
_ROWS: dict[str, tuple[Any, str]] = {
    "note": (lt.note, "note"), "bookmark": (lt.bookmark, "bookmark"), "course_card": (ct.course_card, "course"),
    "question": (ct.question, "question"), "card": (rt.card, "card"), "progress": (lt.progress, "memo"),
}  # fmt: skip
_order = msgspec.json.Encoder(order="sorted").encode


class Index:
    """Documents in, documents out. `document` opens an installed course, raising NotFound where it is not here."""

    def __init__(self) -> None:
        self.document: Callable[[str], CourseDocument] = _nothing
        self.written = 0
        """How many documents were written since the profile was opened."""

    @staticmethod
    def prepare(conn: Connection, *, fresh: bool) -> None:
        """Make the index; `fresh` makes it anew, for its documents were dropped."""
        if fresh:
            for name in (t.VOCABULARY, t.WORDS.name):
                conn.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        t.WORDS.create(conn)
        Vocabulary.create(conn)

    # --- keeping up
    def follow(self, unit: Unit, shown: Mapping[str, set[str]]) -> None:
        """Bring changed rows into the index, in the same transaction; the many of a large sync later."""
        changed = {name: shown[name] for name in _ROWS if shown.get(name)}
        if opened := changed.pop("progress", None):
            changed["progress"] = _noted(unit, opened)
        if sum(map(len, changed.values())) > BULK:
            _put_off(unit, ((row, name) for name, rows in changed.items() for row in rows))
        elif changed:
            self._take(unit, changed)
        self._reread(unit, shown.get("enrollment", ()))
        self._answered(unit, shown.get("answer", set()))

    def waiting(self, unit: Unit) -> int:
        """How many rows are not indexed yet."""
        return int(unit.conn.exec_driver_sql("SELECT count(*) FROM search_later").scalar() or 0)

    def catch_up(self, unit: Unit) -> bool:
        """Index some of the rows that were left for later; False when none are left."""
        rows = unit.all(select(t.search_later).limit(AT_ONCE))
        changed: dict[str, set[str]] = {}
        for r in rows:
            changed.setdefault(r.entity, set()).add(r.row)
        courses = list(changed.pop(COURSE, ()))
        for course in courses[:1]:
            self._course(unit, course)
        self._take(unit, changed)
        done = [r.row for r in rows if r.entity != COURSE or r.row in courses[:1]]
        for part in chunks(done):
            unit.local(delete(t.search_later).where(t.search_later.c.row.in_(part)))
        return len(rows) == AT_ONCE or len(courses) > 1

    def _take(self, unit: Unit, changed: Mapping[str, set[str]]) -> None:
        for name, (table, prefix) in _ROWS.items():
            for part in chunks(changed.get(name, set())):
                rows = {r.id: r for r in unit.all(_rows_of(table).where(table.c.id.in_(part)))}
                self._put(
                    unit, _made(unit, name, list(rows.values())), gone=[f"{prefix}:{i}" for i in part if i not in rows]
                )

    def _reread(self, unit: Unit, enrolments: Iterable[str]) -> None:
        """Have the installed courses of some enrolments indexed again later: what is served of them may change."""
        c = lt.enrollment.c
        for part in chunks(list(enrolments)):
            _later(unit, unit.all(select(c.course_id).where(c.id.in_(part), c.course_id.in_(_HERE))))

    def _answered(self, unit: Unit, answers: set[str]) -> None:
        """Index what was answered in courses that are here; the many of a large sync with their courses, later."""
        given, taken, lessons = at.answer.c, at.attempt.c, dict[str, set[str]]()
        for part in chunks(answers):
            query = select(taken.course_id, taken.lesson_id).join(at.answer, given.attempt_id == taken.id)
            for r in unit.all(query.where(given.id.in_(part), taken.course_id.in_(_HERE)).distinct()):
                lessons.setdefault(r.course_id, set()).add(r.lesson_id)
        if len(answers) > BULK:
            _put_off(unit, ((course, COURSE) for course in lessons))
            return
        for course, some in lessons.items():
            with suppress(NotFound):
                self._put(unit, _answers(unit, self.document(course), some))

    def put_all(self, unit: Unit) -> None:
        """Have all installed courses indexed later."""
        _later(unit, unit.all(_HERE))

    # --- courses
    def _course(self, unit: Unit, course: str) -> None:
        try:
            document: CourseDocument | None = self.document(course)
        except NotFound:
            document = None
        self.put_course(unit, course, document)

    def put_course(self, unit: Unit, course: str, document: CourseDocument | None) -> None:
        """Index what an installed course has for its reader, or forget it."""
        c = t.search_doc.c
        mine = select(c.key).where(c.course_id == course, c.kind.in_(OF_COURSE))
        old = [r.key for r in unit.all(mine)]
        docs: list[d.Doc] = []
        unit.local(delete(t.search_file).where(t.search_file.c.course_id == course))
        if document:
            files = {sha: kind for lesson in document.lessons() for kind, sha, _ in d.files_of(lesson)}
            named = [{"sha256": sha, "course_id": course, "kind": kind} for sha, kind in files.items()]
            put(unit.conn, t.search_file, named, ["sha256", "course_id"])
            texts = _texts(unit, set(files))
            found = d.of_course(document, _reader(unit, course), texts, premium=gets_premium(unit, course))
            docs = [*found, *_answers(unit, document)]
        fresh = {doc.key for doc in docs}
        self._put(unit, docs, gone=[key for key in old if key not in fresh])

    # --- files
    def unread(self, unit: Unit) -> dict[str, str]:
        """Files of installed courses whose words were not read yet: SHA-256 and kind, `page` or `video`."""
        c = t.search_file.c
        read = select(t.search_text.c.sha256).where(t.search_text.c.sha256 == c.sha256).exists()
        return {r.sha256: r.kind for r in unit.all(select(c.sha256, c.kind).where(~read).order_by(c.sha256))}

    def read(self, unit: Unit, sha256: str, texts: Iterable[tuple[int, str]]) -> None:
        """Keep the words of a file, by page or second, and index the courses that use it later."""
        rows = [{"sha256": sha256, "place": at, "body": body} for at, body in texts]
        put(unit.conn, t.search_text, rows or [{"sha256": sha256, "place": -1, "body": ""}], ["sha256", "place"])
        _later(unit, unit.all(select(t.search_file.c.course_id).where(t.search_file.c.sha256 == sha256)))

    # --- writing
    def _put(self, unit: Unit, docs: list[d.Doc], *, gone: Iterable[str] = ()) -> None:
        self.written += len(docs)
        keys = [doc.key for doc in docs]
        ids = [i for (i,) in among(unit.conn, "SELECT id FROM search_doc WHERE key", [*gone, *keys])]
        for part in chunks(ids):
            unit.local(delete(t.search_doc).where(t.search_doc.c.id.in_(part)))
            unit.local(delete(t.search_facet).where(t.search_facet.c.id.in_(part)))
        t.WORDS.delete(unit.conn, ids)
        put(unit.conn, t.search_doc, [_row(doc) for doc in docs], ["key"])
        at = dict(among(unit.conn, "SELECT key, id FROM search_doc WHERE key", keys))
        groups = _groups(unit, {_facets(doc) for doc in docs})
        facets = [{"id": at[doc.key], "grp": groups[_facets(doc)]} for doc in docs]
        put(unit.conn, t.search_facet, facets, ["id"])
        t.WORDS.put(unit.conn, [(at[doc.key], doc.title, doc.body, _tokens(doc)) for doc in docs])


_HERE = select(ct.installed.c.course_id)
_HAS_MEMO = func.trim(func.coalesce(lt.progress.c.notes, ""), " \t\r\n") != ""


def _nothing(course: str) -> CourseDocument:
    raise NotFound


def _made(unit: Unit, name: str, rows: list[Any]) -> list[d.Doc]:
    if name == "course_card":
        return [d.of_card(r) for r in rows if r.is_published]
    make = {
        "note": d.of_note,
        "progress": d.of_memo,
        "bookmark": d.of_bookmark,
        "question": d.of_question,
        "card": d.of_memory,
    }[name]
    if name != "question":
        rows = [r for r in rows if r.user_id == unit.actor.account]  # what others share stands beside its lesson
    cards = _cards(unit, {r.course_id for r in rows if r.course_id})
    return [make(r, cards.get(r.course_id) or d.facets_of(None, r.course_id)) for r in rows]


def _answers(unit: Unit, document: CourseDocument, lessons: Iterable[str] | None = None) -> list[d.Doc]:
    """What this machine's person answered last to each question that the course still asks in the open."""
    given, taken, course = at.answer.c, at.attempt.c, document.course_id
    query = select(given.question_id, given.response, taken.course_id, taken.lesson_id, taken.submitted_at)
    query = query.join(at.attempt, given.attempt_id == taken.id).order_by(taken.submitted_at)
    query = query.where(taken.course_id == course, taken.user_id == unit.actor.account)
    query = query if lessons is None else query.where(taken.lesson_id.in_(list(lessons)))
    asked = {x.id: {q.id: q for q in x.assessment.questions} for x in document.lessons() if x.assessment}
    facets = d.facets_of(document, course, document.tags)
    last = {(r.lesson_id, r.question_id): r for r in unit.all(query)}
    return [
        d.of_answer(r, asked[lesson][question], facets)
        for (lesson, question), r in last.items()
        if question in asked.get(lesson, ())
    ]


def _noted(unit: Unit, opened: set[str]) -> set[str]:
    """Leave out lessons whose memo stands in the index as it is, and those without: few that are read have one."""
    c, same = lt.progress.c, set[str]()
    indexed = select(t.search_doc.c.body).where(t.search_doc.c.key == "memo:" + c.id).scalar_subquery()
    memo = case((_HAS_MEMO, c.notes))
    for part in chunks(opened):
        same |= {r.id for r in unit.all(select(c.id).where(c.id.in_(part), memo.is_not_distinct_from(indexed)))}
    return opened - same


def _rows_of(table: Any) -> Any:
    """All of a row; of a question also its lesson, and none that is in the trash; progress only with a memo."""
    if table is rt.card:
        return select(table).where(table.c.removed.is_not(True))
    if table is lt.progress:
        return select(table).where(_HAS_MEMO)
    if table is not ct.question:
        return select(table)
    above = ct.assessment.c
    found = select(table, above.lesson_id).join(ct.assessment, above.id == table.c.parent)
    return found.where(table.c.trashed_at.is_(None))


def _cards(unit: Unit, courses: set[str]) -> dict[str, d.Values]:
    c, found = ct.course_card.c, {}
    for part in chunks(courses):
        query = select(c.course_id, c.category, c.level, c.language, c.tags).where(c.course_id.in_(part))
        found.update({r.course_id: d.facets_of(r, r.course_id, r.tags or ()) for r in unit.all(query)})
    return found


def _reader(unit: Unit, course: str) -> Callable[[LessonDoc], Served]:
    """What this machine's person is served of a course: all of it, unless they do not learn it any more (LES-09).

    The hub gives a pack to nobody else than those who read the course, so that no enrolment says nothing.
    """
    c = lt.enrollment.c
    states = [
        r.status for r in unit.all(select(c.status).where(c.course_id == course, c.user_id == unit.actor.account))
    ]
    enrolled = not states or not LEARNING.isdisjoint(states)
    return lambda lesson: serve(lesson, REGISTERED, enrolled=enrolled)


def _texts(unit: Unit, files: set[str]) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    sql = "SELECT sha256, place, body FROM search_text WHERE sha256"
    for sha256, place, body in among(unit.conn, sql, list(files)) if files else ():
        found.setdefault(sha256, []).append((place, body))
    return found


def _later(unit: Unit, courses: Iterable[Any]) -> None:
    _put_off(unit, ((r.course_id, COURSE) for r in courses))


def _put_off(unit: Unit, rows: Iterable[tuple[str, str]]) -> None:
    put(unit.conn, t.search_later, [{"row": row, "entity": name} for row, name in rows], ["row", "entity"])


def _row(doc: d.Doc) -> dict[str, Any]:
    row = msgspec.structs.asdict(doc)
    del row["facets"]
    return row


def _facets(doc: d.Doc) -> str:
    return _order(doc.facets).decode()


def _tokens(doc: d.Doc) -> str:
    return " ".join(token(facet, value) for facet in FACETS for value in doc.facets.get(facet, ()))


def _groups(unit: Unit, facets: set[str]) -> dict[str, int]:
    sql = "SELECT facets, id FROM search_group WHERE facets"
    there = dict(among(unit.conn, sql, list(facets)))
    if new := facets - there.keys():
        unit.local(insert(t.search_group), [{"facets": each} for each in sorted(new)])
        there |= dict(among(unit.conn, sql, list(new)))
    return there
