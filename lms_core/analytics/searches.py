"""What people search for (SRC-07): popular words, those that find nothing, how often a hit is opened, and how fast.

Nobody is named, and words that only few people typed are not told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from lms_core.analytics.charts import Chart, chart
from lms_core.learning.tables import search_log

LEAST_PEOPLE = 3
"""So many must have searched for words before they are told."""
MOST_ROWS, MOST_TERMS = 100_000, 15


@dataclass
class _Term:
    people: set[str] = field(default_factory=set)
    count: int = 0
    opened: int = 0
    empty: int = 0


def searched(conn: Connection, since: int) -> dict[str, Chart]:
    """Charts of the searches since a moment, the newest MOST_ROWS of them.

    Returns:
        `searches`: the most typed words, how often, and how often a hit was opened. `empty_searches`: words that found
        nothing. `search_figures`: `searches`, `opened` and `empty` in percent, `p50_ms` and `p95_ms`.
    """
    c = search_log.c
    query = select(c.user_id, c.query, c.result_count, c.clicked, c.duration_ms).where(c.occurred_at >= since)
    terms: dict[str, _Term] = {}
    spent: list[int] = []
    for r in conn.execute(query.order_by(c.occurred_at.desc()).limit(MOST_ROWS)):
        term = terms.setdefault(r.query.casefold(), _Term())
        term.people.add(r.user_id)
        term.count += 1
        term.opened += bool(r.clicked)
        term.empty += not r.result_count
        spent.append(r.duration_ms or 0)
    if not spent:
        return {}
    told = {words: term for words, term in terms.items() if len(term.people) >= LEAST_PEOPLE}
    often = sorted(told, key=lambda words: (-told[words].count, words))[:MOST_TERMS]
    empty = sorted((w for w in told if told[w].empty), key=lambda words: (-told[words].empty, words))[:MOST_TERMS]
    return {
        "searches": chart("bar", often, count=[told[w].count for w in often], opened=[told[w].opened for w in often]),
        "empty_searches": chart("bar", empty, count=[told[w].empty for w in empty]),
        "search_figures": chart("bar", list(_FIGURES), value=_figures(list(terms.values()), sorted(spent))),
    }


_FIGURES = ("searches", "opened", "empty", "p50_ms", "p95_ms")


def _figures(terms: list[_Term], spent: list[int]) -> list[float]:
    count = len(spent)
    opened, empty = sum(term.opened for term in terms), sum(term.empty for term in terms)
    shares = [round(100 * part / count, 1) for part in (opened, empty)]
    return [float(count), *shares, float(spent[count // 2]), float(spent[min(count - 1, count * 95 // 100)])]
