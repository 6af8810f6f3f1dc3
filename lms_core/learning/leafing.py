"""Where highlights of a document stand in its pages now: on the page they were on, else on another, else nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lms_core.learning.anchors import LEAST_FUZZY, REACH, Anchor, Page, context

MOST_PAGES, MOST_LETTERS = 2_000, 1_000_000
"""Pages of a document that are looked at, those near the old ones first, and letters of each of them."""


class Passage(NamedTuple):
    """The words of a highlight, and the page (from 0) that they were on."""

    page: int
    anchor: Anchor


class Leaf(NamedTuple):
    """Where they are now: a page, where in its text, and so many letters of the next page where they go on there."""

    page: int
    start: int
    end: int
    more: int = 0


Told = tuple[Passage, Leaf | None]
_Rank = tuple[bool, int, int]


def leaf_through(read: Callable[[int], str], count: int, passages: Sequence[Passage]) -> Iterator[list[Told]]:
    """Find highlights in a document of so many pages, whose words `read` gives, a page in each step.

    Each step tells those that are settled, None for one that is nowhere; of a document that is longer than MOST_PAGES
    nothing is told of those. Old words win over changed ones, then more of the context, then the nearer page.
    """
    best: dict[Passage, tuple[_Rank, Leaf]] = {}
    unsettled = set(passages)

    def look(page: int, some: set[Passage], ahead: int = 0) -> list[Told]:
        said = read(page)[:MOST_LETTERS]
        text = Page(f"{said}\n{read(page + 1)[:ahead]}" if ahead and page + 1 < count else said)
        settled: list[Told] = []
        for passage in some:
            found = text.find(passage.anchor)
            if found is None or found.start >= len(said):  # the next page has it
                continue
            agreed, known = text.agreement(found, passage.anchor), context(passage.anchor)
            far = abs(page - passage.page)
            rank = found.how != "changed", agreed, -far
            leaf = Leaf(page, found.start, min(found.end, len(said)), max(0, found.end - len(said) - 1))
            if passage not in best or rank > best[passage][0]:
                best[passage] = rank, leaf
            if rank[0] and agreed == known and (not far or known >= LEAST_FUZZY):
                settled.append((passage, leaf))
        unsettled.difference_update(passage for passage, _ in settled)
        return settled

    old = sorted({passage.page for passage in passages if 0 <= passage.page < count})
    for page in old:
        yield look(page, {passage for passage in unsettled if passage.page == page})
    ahead = max((len(passage.anchor.quote) for passage in unsettled), default=0) + REACH
    near = sorted(range(count), key=lambda page: min((abs(page - p.page) for p in unsettled), default=0))[:MOST_PAGES]
    for page in near:
        if unsettled:
            yield look(page, set(unsettled), ahead)
    left = [(passage, best[passage][1] if passage in best else None) for passage in unsettled]
    yield [told for told in left if told[1] is not None or count <= MOST_PAGES]
