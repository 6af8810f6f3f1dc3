"""Search over everything on this machine that its person may read: courses, lessons and files, notes and bookmarks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log10
from sys import intern
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from lms_core.choices import choice
from lms_core.db.bulk import among, put
from lms_core.db.engine import fetch
from lms_core.db.fts import CANDIDATES, Hit, Query, fold, parse, snippet
from lms_core.learning.activity import Activity
from lms_core.search.index import Index
from lms_core.search.model import FACETS, KINDS, Answer, Counts, Found, Kind, Question, Suggestion, token
from lms_core.search.tables import WORDS
from lms_core.search.vocabulary import Vocabulary
from lms_core.unit import Unit, Work

FEW = 3
"""Hits up to which a slip of the finger is looked for."""
COUNTED = 20_000
STALE = 2_000
"""Documents written after which the words are read again."""
PAST, MOST_PAST = "searches", 50
YEAR_MS = 365 * 86_400_000
DRAFT = 0.2
"""What a question of a draft counts beside what there is to learn."""


_Value = tuple[str, str]
"""A facet and one of its values."""


class _Row(NamedTuple):
    """What decides the order of a hit."""

    id: int
    kind: str
    course: str | None
    at: int
    title: str


_WEIGHED = "SELECT id, kind, course_id, at, title FROM search_doc WHERE id"
_SHOWN = "SELECT id, kind, course_id, lesson_id, key, title, place, body FROM search_doc WHERE id"
_LIKED = "SELECT course_id, enrolled, avg_rating FROM course_card WHERE course_id"
_GROUPED = "SELECT id, facets FROM search_group WHERE id"
_TITLED = tuple(f"SELECT course_id, title FROM {table} WHERE course_id" for table in ("course_card", "installed"))  # noqa: S608


class SearchService:
    """The index of a replica and questions to it."""

    def __init__(self, work: Work, activity: Activity | None = None) -> None:
        self._work, self._activity = work, activity
        self.index = Index()
        self._words, self._read_at = Vocabulary(), 0
        self._groups: dict[int, tuple[_Value, ...]] = {}
        """Values of facets that occur together, which never change, as far as they were counted."""

    @staticmethod
    def prepare(conn: Connection, *, fresh: bool) -> None:
        """Make the index; `fresh` empties it, for its documents were dropped."""
        Index.prepare(conn, fresh=fresh)

    # --- asking
    def find(self, typed: str, *, limit: int = 30, kinds: Iterable[Kind] = ()) -> list[Found]:
        """The best hits for what was typed, once everything is indexed; the last word may be a beginning."""
        while self.catch_up():
            pass
        wanted: dict[str, tuple[str, ...]] = {"kind": tuple(kinds)} if kinds else {}
        return list(self.ask(Question(typed, wanted, limit=limit)).hits)

    def ask(self, question: Question) -> Answer:
        """Answer with what is indexed by now, and with what was meant where next to nothing is found (SRC-03)."""
        query = parse(question.typed)
        if query is None:
            return Answer()
        began = time.perf_counter()
        with self._work() as unit:
            hits = self._found(unit, question, query)
            meant = self._meant(unit, query) if len(hits) <= FEW else ""
            corrected = not hits and bool(meant)
            if corrected and (other := parse(meant)):
                hits = self._found(unit, question, msgspec.structs.replace(other, begins=query.begins))
            answer = Answer(tuple(hits), meant, corrected, self.index.waiting(unit))
        if self._activity is not None:
            self._activity.note("search")
            ms = round((time.perf_counter() - began) * 1000)
            filters = {facet: ", ".join(values)[:200] for facet, values in question.wanted.items()}
            self._activity.note_search(question.typed, filters, count=0 if corrected else len(hits), ms=ms)
        return answer

    def led_to(self, found: Found) -> None:
        """Tell the log of searches which hit of the last one somebody chose (SRC-07)."""
        if self._activity is not None:
            self._activity.note_click(found.kind, found.course_id)

    def _found(self, unit: Unit, question: Question, query: Query) -> list[Found]:
        hits = WORDS.search(unit.conn, _narrowed(query, question.wanted))
        best = [each.id for each in _ordered(unit, hits, query, question)[: question.limit]]
        rows = {row[0]: row[1:] for row in among(unit.conn, _SHOWN, best)}
        titles = _titles(unit, {rows[i][1] for i in best if rows[i][1]})
        return [
            Found(kind, title, course, lesson, key.partition(":")[2], titles.get(course, ""),
                  tuple(snippet(body, query)), place)
            for kind, course, lesson, key, title, place, body in map(rows.__getitem__, best)
        ]  # fmt: skip

    def _meant(self, unit: Unit, query: Query) -> str:
        """The words typed with those that occur nowhere replaced by the nearest that do; empty if there are none."""
        while self._read_words(unit):
            pass
        words = []
        for at, term in enumerate(query.terms):
            begins = query.begins and at == len(query.terms) - 1
            known = self._words.knows(term, begins=begins)
            words.append(term if known else self._words.closest(term, begins=begins) or term)
        return " ".join(words) if words != list(query.terms) else ""

    def count(self, question: Question) -> Counts:
        """How many fit, in all and of each facet (SRC-02); slower than `ask`, for when typing pauses."""
        query = parse(question.typed)
        if query is None:
            return Counts()
        newest = f"SELECT rowid FROM {WORDS.name} WHERE {WORDS.name} MATCH ? ORDER BY rowid DESC LIMIT {COUNTED}"  # noqa: S608
        sql = f"SELECT f.grp, count(*) FROM ({newest}) AS w JOIN search_facet AS f ON f.id = w.rowid GROUP BY f.grp"  # noqa: S608
        with self._work() as unit:
            sizes = dict(fetch(unit.conn, sql, (WORDS.spelt(unit.conn, query).match,)))
            if new := sizes.keys() - self._groups.keys():
                self._groups |= {i: _values(facets) for i, facets in among(unit.conn, _GROUPED, new)}
        return _counted(sizes, self._groups, question.wanted)

    def titles(self, courses: Iterable[str]) -> dict[str, str]:
        """Titles of courses by id, as far as they are known here."""
        with self._work() as unit:
            return {course: title for course, title in _titles(unit, set(courses)).items() if course}

    # --- suggesting
    def suggest(self, typed: str, *, limit: int = 8) -> list[Suggestion]:
        """What may be meant by a beginning: own earlier searches, titles, words that occur here (SRC-04)."""
        start = " ".join(typed.split())
        with self._work() as unit:
            past = [s for s in self._past(unit) if fold(s).startswith(fold(start))]
            found = [Suggestion(text, "past") for text in past[: limit // 2 if start else limit]]
            query = parse(typed)
            if query is not None:
                titled = msgspec.structs.replace(query, wanted=f"{{title}} : ({query.wanted})")
                rows = _ordered(unit, WORDS.search(unit.conn, titled), query, Question(typed))
                found += [Suggestion(r.title, "title") for r in rows if r.title and r.kind != "note"]
        if start and not typed.endswith(" ") and self._words.is_whole:
            before, _, last = start.rpartition(" ")
            words = self._words.begins(fold(last))[:limit] if len(last) > 1 else []
            found += [Suggestion(f"{before} {word}".strip(), "word") for word in words]
        return _once(found, but=start)[:limit]

    def past(self) -> list[str]:
        """What was searched for on this device, the last first."""
        with self._work() as unit:
            return self._past(unit)

    def _past(self, unit: Unit) -> list[str]:
        rows = unit.all(select(choice.c.value).where(choice.c.name == PAST))
        return list(rows[0].value) if rows else []

    def remember(self, typed: str) -> None:
        """Keep on this device that somebody searched for this; it is never sent."""
        text = " ".join(typed.split())[:200]
        if len(text) > 1:
            with self._work() as unit:
                kept = [text, *(each for each in self._past(unit) if fold(each) != fold(text))][:MOST_PAST]
                put(unit.conn, choice, [{"name": PAST, "value": kept}], ["name"])

    def forget_past(self) -> None:
        """Forget what was searched for on this device."""
        with self._work() as unit:
            put(unit.conn, choice, [{"name": PAST, "value": []}], ["name"])

    # --- keeping up
    def catch_up(self, seconds: float = 0.0) -> bool:
        """Index some of the rows that wait, or as many as `seconds` allow; False when none are left."""
        until = time.monotonic() + seconds
        while True:
            with self._work() as unit:
                more = self.index.catch_up(unit)
            if not more or time.monotonic() >= until:
                return more

    def unread(self) -> dict[str, str]:
        """Files of installed courses whose words were not read yet: SHA-256 and kind, `page` or `video`."""
        with self._work() as unit:
            return self.index.unread(unit)

    def read(self, sha256: str, texts: Iterable[tuple[int, str]]) -> None:
        """Keep the words of a file, by page or second; they are indexed as the rest that waits."""
        with self._work() as unit:
            self.index.read(unit, sha256, texts)

    def warm_up(self) -> bool:
        """Read some of the words that occur here, so that the first slip of the finger costs nothing (PRF-08)."""
        with self._work() as unit:
            return self._read_words(unit)

    def _read_words(self, unit: Unit) -> bool:
        if self.index.written - self._read_at > STALE:
            self._words.forget()
        if self._words.is_whole:
            return False
        self._read_at = self.index.written
        return self._words.read_some(unit.conn)


def _narrowed(query: Query, wanted: dict[str, tuple[str, ...]]) -> Query:
    """Narrow a query. Nearly all documents are lessons, so leaving the other kinds out costs less than naming them."""
    rest = query.rest
    for facet, values in wanted.items():
        leave_out = facet == "kind" and "lesson" in values
        named = [kind for kind in KINDS if kind not in values] if leave_out else list(values)
        if named:
            listed = " OR ".join(f'"{token(facet, value)}"' for value in named)
            rest += f" {'NOT' if leave_out else 'AND'} {{facets}} : ({listed})"
    return msgspec.structs.replace(query, rest=rest)


def _ordered(unit: Unit, hits: Sequence[Hit], query: Query, question: Question) -> list[_Row]:
    """The rows of hits: by relevance times popularity, notes of late a little higher (SRC-04), or as wanted."""
    rows = [_Row(*row) for row in among(unit.conn, _WEIGHED, [hit.rowid for hit in hits])]
    if question.sort == "newest":
        return sorted(rows, key=lambda r: (-r.at, -r.id))
    if question.sort == "title":
        return sorted(rows, key=lambda r: (r.title.casefold(), r.id))
    liked = _popularity(unit, {r.course for r in rows if r.course})
    scores = _relevance(hits)

    def rank(r: _Row) -> float:
        late = 1 + 0.3 * max(0.0, 1 - (unit.now_ms - r.at) / YEAR_MS) if r.kind == "note" else 1.0
        own = DRAFT if r.kind == "question" else 1.0
        return -scores[r.id] * liked.get(r.course or "", 1.0) * late * own * _titled(r.title, query)

    return sorted(rows, key=lambda r: (rank(r), -r.id))


def _relevance(hits: Sequence[Hit]) -> dict[int, float]:
    """Relevance above zero: of few hits what bm25 says, of many their place."""
    if len(hits) >= CANDIDATES:
        return {hit.rowid: 1 / (1 + hit.score / CANDIDATES) for hit in hits}
    return {hit.rowid: max(-hit.score, 1e-9) for hit in hits}


def _titled(title: str, query: Query) -> float:
    """A title that is what was typed, or begins so, comes first."""
    folded = fold(title)
    asked = " ".join(query.terms)
    return 2.0 if folded == asked else 1.5 if folded.startswith(asked) else 1.2 if asked in folded else 1.0


def _popularity(unit: Unit, courses: set[str]) -> dict[str, float]:
    """From 1 to about 2 by how many learn a course and how they rate it."""
    return {
        course: 1 + 0.15 * log10(1 + (enrolled or 0)) + 0.1 * max(0.0, (rating or 0) - 3)
        for course, enrolled, rating in among(unit.conn, _LIKED, courses)
    }


def _titles(unit: Unit, courses: set[str]) -> dict[str | None, str]:
    return {course: title for sql in _TITLED for course, title in among(unit.conn, sql, courses)}


def _values(facets: str) -> tuple[_Value, ...]:
    return tuple(
        (intern(facet), intern(value)) for facet, each in msgspec.json.decode(facets).items() for value in each
    )


def _counted(
    sizes: dict[int, int], groups: dict[int, tuple[_Value, ...]], wanted: dict[str, tuple[str, ...]]
) -> Counts:
    total, found = 0, Counter[_Value]()
    asked = {facet: {(facet, value) for value in taken} for facet, taken in wanted.items() if taken}
    for group, size in sizes.items():
        has = groups[group]
        missed = [facet for facet, taken in asked.items() if taken.isdisjoint(has)]
        total += size if not missed else 0
        for each in has if len(missed) < 2 else ():
            if not missed or missed[0] == each[0]:
                found[each] += size
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    values: dict[str, list[tuple[str, int]]] = {facet: [] for facet in FACETS}
    for (facet, value), size in ordered:
        values[facet].append((value, size))
    return Counts(total, {facet: tuple(told) for facet, told in values.items()}, sum(sizes.values()) >= COUNTED)


def _once(found: list[Suggestion], *, but: str) -> list[Suggestion]:
    kept: dict[str, Suggestion] = {}
    for each in found:
        kept.setdefault(fold(each.text), each)
    kept.pop(fold(but), None)
    return list(kept.values())
