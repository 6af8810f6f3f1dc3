"""The words that occur on this machine: for what was mistyped, and to complete what is being typed.

The library that measures distances is loaded with the first slip.
"""

from __future__ import annotations

from bisect import bisect_left

from sqlalchemy import Connection

from lms_core.db.engine import fetch
from lms_core.search.tables import VOCABULARY, WORDS

SLICE = 5_000
SHORT, LONG = 4, 8
"""Letters of a word below which nothing is taken for a slip, and from which two slips are."""
CLOSE = 20


class Vocabulary:
    """Folded words with how many documents have them, read in slices; words written since are told by `learn`."""

    def __init__(self) -> None:
        self.is_whole = False
        self._counts: dict[str, int] = {}
        self._sorted: list[str] = []
        self._at = ""

    @staticmethod
    def create(conn: Connection) -> None:
        """Make the view of the index that lists its words."""
        conn.exec_driver_sql(f"CREATE VIRTUAL TABLE IF NOT EXISTS {VOCABULARY} USING fts5vocab('{WORDS.name}', 'row')")

    def read_some(self, conn: Connection) -> bool:
        """Read the next words; False when all are read."""
        sql = f"SELECT term, doc FROM {VOCABULARY} WHERE term > ? AND term < '\ue000' LIMIT {SLICE}"  # noqa: S608
        rows = fetch(conn, sql, (self._at,))
        self._counts.update(rows)
        if len(rows) == SLICE:
            self._at = rows[-1][0]
            return True
        self._sorted = sorted(self._counts)
        self.is_whole = True
        return False

    def forget(self) -> None:
        """Read all words again the next time."""
        self.is_whole, self._at, self._counts = False, "", {}

    def begins(self, start: str) -> list[str]:
        """Words with a beginning, the most common first."""
        at = bisect_left(self._sorted, start)
        found: list[str] = []
        while at < len(self._sorted) and self._sorted[at].startswith(start) and len(found) < SLICE:
            found.append(self._sorted[at])
            at += 1
        return sorted(found, key=lambda word: (-self._counts[word], word))

    def _begun(self, letter: str) -> list[str]:
        """Words that begin with a letter; few who mistype a word begin it wrongly, and all would take too long."""
        return self._sorted[bisect_left(self._sorted, letter) : bisect_left(self._sorted, letter + "\U0010ffff")]

    def knows(self, word: str, *, begins: bool = False) -> bool:
        """Whether a word occurs, or one that begins with it."""
        if word in self._counts:
            return True
        at = bisect_left(self._sorted, word)
        return begins and at < len(self._sorted) and self._sorted[at].startswith(word)

    def closest(self, word: str, *, begins: bool = False) -> str | None:
        """The word that was probably meant, the commonest of the nearest; with `begins` the end may be missing."""
        if len(word) < SHORT or word.isdecimal():
            return None
        slips = 2 if len(word) >= LONG else 1
        near = [w for w in self._sorted if abs(len(w) - len(word)) <= slips]
        found = _nearest(word, near, near, slips)
        if not found and begins:
            longer = [w for w in self._begun(word[0]) if len(w) > len(word)]
            found = _nearest(word, [w[: len(word)] for w in longer], longer, slips)
        return min(found, key=lambda pair: (pair[1], -self._counts[pair[0]], pair[0]))[0] if found else None


def _nearest(word: str, compared: list[str], words: list[str], slips: int) -> list[tuple[str, int]]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    hits = process.extract(word, compared, scorer=OSA.distance, score_cutoff=slips, limit=CLOSE)
    return [(words[at], int(distance)) for _, distance, at in hits]
