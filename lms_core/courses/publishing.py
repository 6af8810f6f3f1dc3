"""The hub's part of publishing: an accepted wish becomes an immutable pack and a card in the catalogue (SYNC.md 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text, delete, insert, select

from lms_core.content.files import named_in
from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, LessonDoc
from lms_core.content.pack import build_key_pack, build_pack, read_key_pack, read_pack
from lms_core.content.text import lesson_minutes
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.categories import category_of, every_category
from lms_core.courses.cloning import FIRST
from lms_core.courses.drafts import course_row, from_draft
from lms_core.courses.plan import CoursePlan, plan_of
from lms_core.db.bulk import put
from lms_core.db.rows import VISIBLE
from lms_core.ops import Values
from lms_core.ports import BlobStore
from lms_core.schema import HubFacts
from lms_core.unit import Effect, Reader, Unit

Published = Callable[[Unit, Values], None]

KEPT = 32
"""Versions that stay unpacked."""

HUB_LOCAL = MetaData()
"""Tables that only the hub has; migrations make them."""

answer_key = Table(
    "answer_key",
    HUB_LOCAL,
    Column("pack", Text, primary_key=True),
    Column("course_id", Text, nullable=False, index=True),
    Column("published_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""All answer keys of a version. They never leave the hub; practice keys also travel as a pack of their own."""


exam_paper = Table(
    "exam_paper",
    HUB_LOCAL,
    Column("pack", Text, primary_key=True),
    Column("assessment_id", Text, primary_key=True),
    Column("course_id", Text, nullable=False),
    Column("lesson_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""The exams of a version with their questions, which no pack holds: a learner gets them at the start."""

frozen_draft = Table(
    "frozen_draft", HUB_LOCAL, Column("course_id", Text, primary_key=True), Column("body", LargeBinary, nullable=False)
)
"""A draft as it stood when its publication was judged, until the version is built."""


def nothing(unit: Unit, card: Values) -> None:
    """What follows from a version where nobody is to be told."""


class _Frozen(msgspec.Struct):
    """Document, keys and card facts of a version to be; the number comes when it is built."""

    document: CourseDocument
    keys: dict[str, AnswerKey]
    card: Values


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Frozen).decode


def freeze(facts: HubFacts, course: str) -> None:
    """Keep the draft as it stands at this op: what is typed after it belongs to the next version (SYNC.md 7)."""
    facts.keep(frozen_draft, {"course_id": course, "body": _encode(_as_it_is(facts, course))})


def _as_it_is(reader: Reader, course: str) -> _Frozen:
    """The draft with those of its files that something names: what an author took out again goes to nobody."""
    row, (document, keys) = course_row(reader, course), from_draft(reader, course)
    used = named_in(replace(document, media=()), keys, row.thumbnail or "")
    document = replace(document, media=tuple(media for media in document.media if media.sha256 in used))
    return _Frozen(document, keys, _card(reader, row, document))


def publishing(packs: BlobStore, published: Published = nothing) -> Effect:
    """Build the pack and the card of every course whose publication state changed, at the hub.

    `published` is the event: it is called in the same unit of work with the card of each new version.
    """

    def run(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        for course in sorted(changed["course"]):
            card = _follow(unit, packs, course)
            if card:
                published(unit, card)

    return Effect(frozenset({"course"}), run)


def _follow(unit: Unit, packs: BlobStore, course: str) -> Values | None:
    """Bring the card of a course up to date; returns it when a version was published."""
    row = course_row(unit, course)
    card = e.COURSE_CARD.id_for(course)
    old = unit.row(e.COURSE_CARD, card)
    stamp = unit.stamp_of(course, "status")
    frozen = unit.all(select(frozen_draft.c.body).where(frozen_draft.c.course_id == course))
    if frozen:
        unit.local(delete(frozen_draft).where(frozen_draft.c.course_id == course))
    if row.status != "published":
        if old and old["is_published"]:
            unit.derive(e.COURSE_CARD, card, {**_plain(old), "is_published": False, "source": stamp})
        return None
    if old and old["source"] == stamp:
        return None
    version = f"{_number(old) + 1}.0" if old else row.first_version or FIRST
    # the hub itself publishes, and a restored one takes wishes again, without asking the rule that froze it
    kept = _decode(frozen[0].body) if frozen else _as_it_is(unit, course)
    document, papers = _withheld(replace(kept.document, version=version))
    keys = {name: replace(key, version=version) for name, key in kept.keys.items()}
    body = build_pack(document)
    practice = {q.id: keys[q.id] for q in _quizzes(document) if q.mode == "practice" and q.id in keys}
    pack = packs.put(body)
    key_pack = packs.put(build_key_pack(practice)) if practice else ""
    unit.local(insert(answer_key).prefix_with("OR REPLACE", dialect="sqlite"), [
        {"pack": pack, "course_id": course, "published_at": unit.now_ms, "body": build_key_pack(keys)}
    ])  # fmt: skip
    put(unit.conn, exam_paper, [
        {"pack": pack, "assessment_id": q.id, "course_id": course, "lesson_id": lesson, "body": _encode(q)}
        for lesson, q in papers.items()
    ], ["pack", "assessment_id"])  # fmt: skip
    facts = {"pack": pack, "pack_size": len(body), "key_pack": key_pack, "version": version, "source": stamp}
    made = {**kept.card, "published_at": unit.now_ms, **facts}
    unit.derive(e.COURSE_CARD, card, made)
    return made


def _withheld(document: CourseDocument) -> tuple[CourseDocument, dict[str, AssessmentDoc]]:
    """The document as learners get it, and by lesson the exams whose questions it lacks."""
    papers = {x.id: x.assessment for x in document.lessons() if x.assessment and x.assessment.mode == "exam"}

    def shown(lesson: LessonDoc) -> LessonDoc:
        quiz = papers.get(lesson.id)
        return replace(lesson, assessment=replace(quiz, questions=(), withheld=len(quiz.questions))) if quiz else lesson

    modules = tuple(replace(m, lessons=tuple(map(shown, m.lessons))) for m in document.modules)
    return replace(document, modules=modules), papers


def read_paper(body: bytes) -> AssessmentDoc:
    """An exam with its questions."""
    return msgspec.msgpack.decode(body, type=AssessmentDoc)


def _number(card: Values | None) -> int:
    return int(str(card["version"]).partition(".")[0] or 0) if card else 0


def _plain(card: Values) -> Values:
    return {name: value for name, value in card.items() if name != "id"}


def _quizzes(document: CourseDocument) -> list[Any]:
    return [x.assessment for x in document.lessons() if x.assessment]


def _card(unit: Reader, row: Any, document: CourseDocument) -> Values:
    people = unit.all(select(t.course_instructor).where(t.course_instructor.c.course_id == row.id))
    account = VISIBLE.tables["account"]
    ids = [p.user_id for p in people if p.is_active]
    query: Any = select(account).where(account.c.id.in_(ids))
    names = [f"{r.first_name} {r.last_name}".strip() for r in unit.all(query)]
    lessons, category = document.lessons(), category_of(every_category(unit), row.category)
    return {
        "course_id": row.id, "title": row.title, "subtitle": row.subtitle, "short_description": row.short_description,
        "description": row.description or "", "category": document.category,
        "category_id": category.id if category else "", "level": row.level, "language": row.language,
        "authors": list(row.authors or ()) or names, "instructors": names, "objectives": list(document.objectives),
        "price": row.price, "currency": row.currency, "modules": len(document.modules), "lessons": len(lessons),
        "minutes": sum(lesson_minutes(x) for x in lessons), "change_note": row.change_note or "",
        "media_size": sum(m.size for m in document.media), "is_published": True,
        "has_certificate": bool(row.has_certificate), "certificate_template": row.certificate_template,
        "tags": list(document.tags), "subtitle_languages": list(row.subtitle_languages or ()),
        "prerequisites": [
            {"course_id": p.course_id, "title": p.title, "mandatory": p.mandatory} for p in document.prerequisites
        ],
        "progress_method": document.progress_method, "progress_weights": document.progress_weights,
        "sequential_access": document.sequential, "thumbnail": row.thumbnail or "",
    }  # fmt: skip


class Documents:
    """Published versions, unpacked; the last ones stay at hand."""

    def __init__(self, packs: BlobStore) -> None:
        self._packs = packs
        self._kept: dict[str, CourseDocument] = {}

    def __call__(self, pack: str) -> CourseDocument | None:
        """A version, or None where its file is gone."""
        if pack not in self._kept:
            if not self._packs.has(pack):
                return None
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[pack] = read_pack(self._packs.read(pack))
        return self._kept[pack]


def hub_quiz(packs: BlobStore, unit: Unit, pack: str, assessment: str) -> tuple[Any, AnswerKey] | None:
    """A quiz of a published version with its key, for grading at the hub."""
    rows = unit.all(select(answer_key.c.body).where(answer_key.c.pack == pack))
    if not rows or not packs.has(pack):
        return None
    key = read_key_pack(rows[0].body).get(assessment)
    papers = select(exam_paper.c.body).where(exam_paper.c.pack == pack, exam_paper.c.assessment_id == assessment)
    if paper := unit.all(papers):
        return (read_paper(paper[0].body), key) if key else None
    quiz = next((q for q in _quizzes(read_pack(packs.read(pack))) if q.id == assessment), None)
    return (quiz, key) if quiz and key else None


def published_plans(packs: BlobStore) -> Callable[[Reader, str], CoursePlan]:
    """Tell the plan of a course's published version; without lessons when there is none."""
    kept: dict[str, tuple[str, CoursePlan]] = {}

    def plan(unit: Reader, course: str) -> CoursePlan:
        found = unit.all(select(t.course_card.c.pack).where(t.course_card.c.course_id == course))
        pack = found[0].pack if found else ""
        if not pack or not packs.has(pack):
            return CoursePlan()
        if kept.get(course, ("",))[0] != pack:
            kept[course] = (pack, plan_of(read_pack(packs.read(pack))))
        return kept[course][1]

    return plan
