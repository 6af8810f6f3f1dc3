"""What of courses, files and rows can be found: plain texts with where they stand, without a database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from textwrap import shorten
from typing import Any

import msgspec
from msgspec.structs import replace

from lms_core.content.model import CourseDocument, LessonDoc, QuestionDoc
from lms_core.content.serving import Served
from lms_core.content.text import plain_text
from lms_core.search.model import MEMO, Kind

NOTE_TITLE = 80
MOST_BODY = 200_000
"""Characters of a text that are indexed."""
_MEDIA = re.compile(r"media:([0-9a-f]{64})")
Values = dict[str, tuple[str, ...]]
Texts = Mapping[str, list[tuple[int, str]]]
"""Words of files by SHA-256: (page or second, text)."""


class Doc(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be found; `facets` are values of facets."""

    key: str
    kind: Kind
    course_id: str | None = None
    lesson_id: str | None = None
    title: str
    body: str = ""
    place: str = ""
    at: int = 0
    facets: Values = {}


def of_course(
    document: CourseDocument, served: Callable[[LessonDoc], Served], texts: Texts, *, premium: bool = False
) -> Iterator[Doc]:
    """Everything of an installed course that its reader is served (SRC-05), with `premium` also what asks for more."""
    facets = facets_of(document, document.course_id, document.tags)
    for lesson in document.lessons():
        mine = replace(lesson, resources=tuple(each for each in lesson.resources if premium or not each.premium))
        yield from _of_lesson(document.course_id, mine, served(lesson), texts, facets)


def _of_lesson(course: str, lesson: LessonDoc, served: Served, texts: Texts, facets: Values) -> Iterator[Doc]:
    def doc(kind: Kind, key: str, title: str, body: str, place: str = "", **more: tuple[str, ...]) -> Doc:
        return Doc(key=f"{kind}:{key}", kind=kind, course_id=course, lesson_id=lesson.id, title=title,
                   body=body[:MOST_BODY], place=place, facets={**facets, "kind": (kind,), **more})  # fmt: skip

    yield doc("lesson", lesson.id, lesson.title, plain_text("\n\n".join(_words_of(lesson, served))))
    if not served.is_full:
        return
    for kind, sha256, title in files_of(lesson):
        for place, body in texts.get(sha256, ()):
            if body:
                yield doc(kind, f"{lesson.id}:{sha256}:{place}", title or lesson.title, body, str(place))
    for resource in lesson.resources:
        about = f"{resource.description}\n\n{resource.kind.replace('_', ' ')} {resource.url}"
        yield doc("resource", resource.id, resource.title, plain_text(about), resource.kind, type=(resource.kind,))


def _words_of(lesson: LessonDoc, served: Served) -> Iterator[str]:
    yield served.body or ""
    if not served.is_full:
        return
    yield lesson.transcript
    for item in lesson.items:
        yield item.title
        yield item.body
    if lesson.assessment:
        yield from (question.text for question in lesson.assessment.questions)


def files_of(lesson: LessonDoc) -> Iterator[tuple[Kind, str, str]]:
    """Files of a lesson with words: as what they are found, SHA-256 and title."""
    seen = set()
    for item in lesson.items:
        yield from (("video", caption.media, item.title) for caption in item.captions if caption.media)
        if item.kind == "pdf" and item.media:
            seen.add(item.media)
            yield "page", item.media, item.title
    yield from (("page", sha256, "") for sha256 in dict.fromkeys(_MEDIA.findall(lesson.body)) if sha256 not in seen)


def facets_of(source: Any, course: str | None, tags: Iterable[str] = ()) -> Values:
    """Values of the facets of whatever belongs to a course; `source` is its document or card."""
    named = {name: getattr(source, name, "") for name in ("category", "level", "language")}
    found: Values = {name: (value,) for name, value in named.items() if value}
    if course:
        found["course"] = (course,)
    if tags:
        found["tag"] = tuple(sorted(set(tags)))
    return found


def _titled(text: str) -> str:
    """The beginning of a text, as long as a title may be; where words are left out an ellipsis says so."""
    if len(text) <= NOTE_TITLE:
        return text
    short = shorten(text, NOTE_TITLE, placeholder="…")
    return short if len(short) > 1 else text[: NOTE_TITLE - 1] + "…"


def of_note(r: Any, facets: Values) -> Doc:
    """A note by its text, or what it quotes."""
    body = plain_text("\n".join(x for x in (r.quote, r.body) if x))
    tags = tuple(sorted({*facets.get("tag", ()), *(r.tags or ())}))
    return Doc(
        key=f"note:{r.id}", kind="note", course_id=r.course_id, lesson_id=r.lesson_id,
        title=_titled(plain_text(r.body or r.quote or "")), body=" ".join([body, *(r.tags or ())]),
        at=r.edited_at or r.created_at or 0, facets={**facets, "kind": ("note",), **({"tag": tags} if tags else {})},
    )  # fmt: skip


def of_memo(r: Any, facets: Values) -> Doc:
    """The memo of a lesson as it was typed, from the row of its progress; its place is `memo`."""
    return Doc(
        key=f"memo:{r.id}", kind="note", course_id=r.course_id, lesson_id=r.lesson_id,
        title=_titled(" ".join(r.notes.split())), body=r.notes, place=MEMO, at=r.opened_at or 0,
        facets={**facets, "kind": ("note",)},
    )  # fmt: skip


def of_bookmark(r: Any, facets: Values) -> Doc:
    """A bookmark by its words."""
    return Doc(
        key=f"bookmark:{r.id}", kind="bookmark", course_id=r.course_id, lesson_id=r.lesson_id, title=r.title or "",
        place=r.anchor or "", at=r.created_at or 0, facets={**facets, "kind": ("bookmark",)},
    )  # fmt: skip


def of_question(r: Any, facets: Values) -> Doc:
    """A question of an own draft by its words, answers and explanation."""
    answers = (str(each.get("text", "")) for each in r.options or () if isinstance(each, dict))
    body = plain_text("\n\n".join([r.text or "", *answers, r.explanation or ""]))
    return Doc(
        key=f"question:{r.id}", kind="question", course_id=r.course_id, lesson_id=r.lesson_id,
        title=_titled(plain_text(r.text or "")), body=body, facets={**facets, "kind": ("question",)},
    )  # fmt: skip


def of_answer(r: Any, question: QuestionDoc, facets: Values) -> Doc:
    """What one answered to a question, by the words of both."""
    chosen = [option.text for option in question.options if option.id in (r.response or ())]
    return Doc(
        key=f"answer:{r.lesson_id}:{r.question_id}", kind="answer", course_id=r.course_id, lesson_id=r.lesson_id,
        title=_titled(plain_text(question.text)), body=plain_text("\n\n".join([question.text, *chosen])),
        at=r.submitted_at, facets={**facets, "kind": ("answer",)},
    )  # fmt: skip


def of_memory(r: Any, facets: Values) -> Doc:
    """A card to review, by its two sides and tags."""
    front, back = plain_text(r.front or r.asks or ""), plain_text(r.back or r.answers or "")
    tags = tuple(sorted({*facets.get("tag", ()), *(r.tags or ())}))
    return Doc(
        key=f"card:{r.id}", kind="card", course_id=r.course_id, lesson_id=r.lesson_id, title=_titled(front),
        body="\n".join([front, back, *(r.tags or ())]), at=r.created_at or 0,
        facets={**facets, "kind": ("card",), **({"tag": tags} if tags else {})},
    )  # fmt: skip


def of_card(r: Any) -> Doc:
    """A course by its card."""
    tags = tuple(r.tags or ())
    says = (r.subtitle, r.short_description, r.description, *(r.objectives or ()), *(r.authors or ()), *tags)
    return Doc(
        key=f"course:{r.id}", kind="course", course_id=r.course_id, title=r.title,
        body=plain_text("\n".join(filter(None, says)))[:MOST_BODY], at=r.published_at or 0,
        facets={**facets_of(r, r.course_id, tags), "kind": ("course",)},
    )  # fmt: skip
