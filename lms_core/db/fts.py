"""Full-text search over many short documents that stays fast for words which nearly every document has.

Ranking needs how common each word is, which alone costs 10 ms in 100,000 documents, and every match ranked 100 ms. So
only few matches are ranked; of many the titles come first and then the newest, and another word typed makes them few.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from lms_core.db.engine import executemany, fetch

CANDIDATES = 200
MAX_TEXT = 400
MAX_TERMS = 12
PREFIXES = (2, 3)
"""Letters of beginnings that the index keeps as it keeps words."""
SPELT = 64
"""Words with one beginning up to which each is looked up by itself."""
NEAR = 400
"""Characters around a hit."""
PLACES = 8
_PART = re.compile(r'(-?)"([^"]*)"?|(\S+)')
SIGNS = "\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
"""Emoji: no letters to FTS5, which would leave them out; each stands in the index as a word of its own."""
_SIGN = re.compile(f"[{SIGNS}]")
_WORD = re.compile(rf"\w+|[{SIGNS}]")


class Hit(msgspec.Struct, frozen=True):
    """A found document; a smaller score is better."""

    rowid: int
    score: float


class Query(msgspec.Struct, frozen=True):
    """What a person typed, safe for FTS5. `terms` are the folded words to mark; the last may be a beginning.

    `wanted` must occur; `rest` narrows it, words that must not occur and whatever else the caller adds. `open` is how
    a word that stands alone and may be a beginning is written in `wanted`.
    """

    wanted: str
    terms: tuple[str, ...]
    begins: bool = False
    rest: str = ""
    open: str = ""

    @property
    def match(self) -> str:
        """The whole expression."""
        return f"({self.wanted}) {self.rest}".rstrip()


class FullText(msgspec.Struct, frozen=True):
    """A contentless FTS5 index: it finds rowids and keeps no text. The first column is the title."""

    name: str
    columns: tuple[str, ...]
    weights: tuple[float, ...]

    def create(self, conn: Connection) -> None:
        """Make the index if it is missing: letters without accents, fast beginnings of two and three letters."""
        conn.exec_driver_sql(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {self.name} USING fts5({', '.join(self.columns)}, content='', "
            f"contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='{' '.join(map(str, PREFIXES))}')"
        )
        conn.exec_driver_sql(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {self.name}_terms USING fts5vocab('{self.name}', 'instance')"
        )

    def put(self, conn: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Add or replace documents: tuples of rowid and the text of each column."""
        marks = ", ".join("?" * (len(self.columns) + 1))
        names = ", ".join(("rowid", *self.columns))
        told = ((rowid, *map(_spelled, texts)) for rowid, *texts in rows)
        executemany(conn, f"INSERT OR REPLACE INTO {self.name} ({names}) VALUES ({marks})", told)  # noqa: S608

    def delete(self, conn: Connection, rowids: Iterable[int]) -> None:
        """Remove documents; unknown rowids are no error."""
        executemany(conn, f"DELETE FROM {self.name} WHERE rowid = ?", ((rowid,) for rowid in rowids))  # noqa: S608

    def clear(self, conn: Connection) -> None:
        """Remove all documents."""
        conn.exec_driver_sql(f"INSERT INTO {self.name} ({self.name}) VALUES ('delete-all')")  # noqa: S608

    def search(self, conn: Connection, query: Query) -> list[Hit]:
        """The best documents, best first, at most twice CANDIDATES.

        Of many matches those with the words in the title come first and then the newest; their scores are places.
        """
        query = self.spelt(conn, query)
        match = query.match
        found = self._rowids(conn, match)
        if not found or len(found) < CANDIDATES:
            rank = f"bm25({self.name}, {', '.join(str(float(weight)) for weight in self.weights)})"
            sql = f"SELECT {rank}, rowid FROM {self.name} WHERE {self.name} MATCH ? LIMIT {CANDIDATES}"  # noqa: S608
            scored = fetch(conn, sql, (match,)) if found else []
            return [Hit(-rowid, score) for score, rowid in sorted((score, -rowid) for score, rowid in scored)]
        titled = self._rowids(conn, f"{{{self.columns[0]}}} : ({query.wanted}) {query.rest}")
        return [Hit(rowid, float(place)) for place, rowid in enumerate(dict.fromkeys([*titled, *found]))]

    def spelt(self, conn: Connection, query: Query) -> Query:
        """Write a beginning as its words: they are read as far as needed, what begins so is merged as a whole."""
        start = query.terms[-1] if query.open else ""
        if len(start) <= max(PREFIXES) or not all(map(_folds_alike, query.open)):
            return query
        words = self.begun(conn, start, limit=SPELT + 1)
        if not 0 < len(words) <= SPELT:
            return query
        each = " OR ".join(f'"{word}"' for word in words)
        return msgspec.structs.replace(query, wanted=query.wanted.replace(query.open, f"({each})"), open="")

    def begun(self, conn: Connection, start: str, *, limit: int) -> list[str]:
        """The first words of the index, in order, that begin so; each costs one look, however often it occurs."""
        first, after = (
            f"SELECT (SELECT term FROM {self.name}_terms WHERE term >= {at} LIMIT 1)"  # noqa: S608
            for at in ("?1", "word.term || char(1)")
        )
        each = f"{first} UNION ALL {after} FROM word WHERE word.term < ?2"
        sql = f"WITH RECURSIVE word(term) AS ({each}) SELECT term FROM word WHERE term < ?2 LIMIT ?3"  # noqa: S608
        return [term for (term,) in fetch(conn, sql, (start, start + "\U0010ffff", limit))]

    def _rowids(self, conn: Connection, match: str) -> list[int]:
        sql = f"SELECT rowid FROM {self.name} WHERE {self.name} MATCH ? ORDER BY rowid DESC LIMIT {CANDIDATES}"  # noqa: S608
        return [rowid for (rowid,) in fetch(conn, sql, (match,))]


def parse(typed: str) -> Query | None:
    """Read what a person typed: all words must occur, "quoted words" in that order, -word must not.

    The last word counts as a beginning while it is being typed (nothing follows it). None if no word is left.
    """
    typed = unicodedata.normalize("NFC", typed.replace("\0", " "))[:MAX_TEXT]
    wanted: list[str] = []
    unwanted: list[str] = []
    terms: list[str] = []
    begins, alone = False, ""
    for found in list(_PART.finditer(typed))[:MAX_TERMS]:
        minus, quoted, bare = found.groups()
        minus = minus or ("-" if bare and bare.startswith("-") else "")
        words = _WORD.findall(quoted if bare is None else bare)
        if not words:
            continue
        open_end = found.end() == len(typed) and (bare is not None or not found.group().endswith('"'))
        begins = open_end and not minus and _prefix_pays(words[-1])
        term = f'"{_spelled(" ".join(words))}"' + ("*" if begins else "")
        alone = term if begins and len(words) == 1 else ""
        (unwanted if minus else wanted).append(term)
        if not minus:
            terms += [fold(word) for word in words]
    if not wanted:
        return None
    return Query(" AND ".join(wanted), tuple(terms), begins, " ".join(f"NOT {term}" for term in unwanted), alone)


def _spelled(text: str) -> str:
    """Write emoji as words, with a letter that nobody can type."""
    return text if text.isascii() else _SIGN.sub(lambda sign: f" \ue001{ord(sign[0]):x} ", text)


def _prefix_pays(word: str) -> bool:
    """One Latin letter begins half the dictionary; one Chinese character is a word."""
    return len(word) > 1 or word > "\u02ff"


def fold(word: str) -> str:
    """Letters as the index sees them: no case, no accents."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))


def _folds_alike(letter: str) -> bool:
    """Whether the index folds a letter as `fold` does."""
    folded = fold(letter)
    return folded == letter or (letter <= "\u017f" and len(folded) == 1)


def snippet(body: str, query: Query, *, words: int = 24) -> list[tuple[str, bool]]:
    """Cut the part of a text that shows most of the query; of a long text only the surroundings of hits are read.

    Returns:
        Pieces of the text in order, each with whether it is a word that was looked for.
    """
    begin, end = _surroundings(body, query)
    spans = [found.span() for found in _WORD.finditer(body, begin, end)]
    hits = [position for position, (a, b) in enumerate(spans) if _wanted(body[a:b], query)]
    start = max(0, _densest(hits, words=words) - 3)
    shown = spans[start : start + words]
    if not shown:
        return []
    pieces: list[tuple[str, bool]] = [("… ", False)] if start or begin else []
    at = shown[0][0]
    for position, (a, b) in enumerate(shown, start):
        if position in hits:
            pieces += [(body[at:a], False), (body[a:b], True)]
            at = b
    more = start + words < len(spans) or end < len(body)
    pieces.append((body[at : shown[-1][1]] + (" …" if more else ""), False))
    return [piece for piece in pieces if piece[0]]


def _surroundings(body: str, query: Query) -> tuple[int, int]:
    """Where to look: all of a short text, else around the place where most of the words stand near each other."""
    if len(body) <= 2 * NEAR:
        return 0, len(body)
    text = fold(body) if not body.isascii() else body.lower()
    if len(text) != len(body):  # letters with accents of their own; places would be wrong
        text = body.lower() if len(body.lower()) == len(body) else body
    places = []
    for term in query.terms:
        at = text.find(term)
        for _ in range(PLACES):
            if at < 0:
                break
            places.append((at, term))
            at = text.find(term, at + NEAR // 4)
    near = [(len({term for at, term in places if a <= at < a + NEAR}), -a) for a, _ in places]
    middle = -max(near, default=(0, 0))[1]
    begin = body.rfind(" ", 0, max(0, middle - NEAR)) + 1 if middle > NEAR else 0
    return begin, min(len(body), middle + 2 * NEAR)


def _wanted(word: str, query: Query) -> bool:
    folded = fold(word)
    return folded in query.terms or (query.begins and folded.startswith(query.terms[-1]))


def _densest(hits: list[int], *, words: int) -> int:
    """The first hit of the window that holds most hits."""
    best, most, end = 0, 0, 0
    for index, first in enumerate(hits):
        while end < len(hits) and hits[end] < first + words - 3:
            end += 1
        if end - index > most:
            best, most = first, end - index
    return best
