"""What a person feels of search: letter by letter, rare and common words and slips, while the library grows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from bench.library import Size, grown, library
from bench.words import words
from lms_core.search.model import Question
from lms_core.session import Sessions
from lms_core.workspace import Workspace

NAMES = ("learn.search_p95_ms",)
QUARTER = Size(courses=50, lessons=5_000, notes=5_000)
TYPED = 120
"""Queries of each kind, each asked letter by letter."""


def run(context: Context) -> list[Figure]:
    """Type into the search of somebody with a fourth of the library, with all of it, and with ten times as much."""
    chance, size = random.Random(5), Size()
    few = _typed(library(context.folder / "fourth", QUARTER, password=None), chance)
    taken = _typed(library(context.folder / "search", size, password=None), chance)
    folder, much = grown()
    many = _typed(folder, chance)
    parts = ", ".join(f"{kind} {percentile(each, 95):.0f}" for kind, each in taken.items())
    worst = max(ms for each in taken.values() for ms in each)
    note = f"p95 by kind: {parts}; worst {worst:.0f} ms; with a fourth of it {_p95(few):.0f} ms"
    note += f"; {_p95(many):.0f} ms with {much.lessons:,} short lessons and {much.notes:,} notes"
    return [figure(NAMES[0], _p95(taken), unit="ms", better="lower", bar=20, size=str(size), note=note)]


def _p95(taken: dict[str, list[float]]) -> float:
    return percentile([ms for each in taken.values() for ms in each], 95)


def _typed(folder: Path, chance: random.Random) -> dict[str, list[float]]:
    """Milliseconds of each letter typed into the search of a profile, by kind of query."""
    sessions = Sessions(folder)
    workspace = sessions.unlock(sessions.list()[0].id)
    try:
        while workspace.search.warm_up():
            pass
        return _asked(workspace, words(random.Random(7), 200_000), chance)  # as the library was written
    finally:
        workspace.close()


def _asked(workspace: Workspace, lexicon: list[str], chance: random.Random) -> dict[str, list[float]]:
    common = lexicon[:2000]
    makers: dict[str, Callable[[], str]] = {
        "one word": lambda: chance.choice(common),
        "two words": lambda: f"{chance.choice(common)} {chance.choice(lexicon)}",
        "a slip": lambda: _slipped(chance.choice([w for w in common if len(w) > 4]), chance),
    }
    found: dict[str, list[float]] = {}
    for kind, make in makers.items():
        spent = found.setdefault(kind, [])
        for _ in range(TYPED):
            typed = make()
            for end in range(2, len(typed) + 1):
                began = time.perf_counter()
                workspace.search.ask(Question(typed[:end]))
                spent.append((time.perf_counter() - began) * 1000)
    return found


def _slipped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
