"""What a person feels of search: letter by letter, rare and common words and slips, while the library grows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bench.figure import Context, Figure, figure, percentile
from bench.laptop import local_workspace, write_notes
from bench.library import Size, grown
from bench.words import words
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.search.model import Question
from lms_core.session import Sessions
from lms_core.workspace import Workspace

NAMES = ("learn.search_p95_ms",)
COURSES, LESSONS, NOTES = 40, 500, 20_000
SIZES = (10, COURSES)
"""Courses after which it is measured; notes grow with them."""
TYPED = 120
"""Queries of each kind, each asked letter by letter."""


def run(context: Context) -> list[Figure]:
    """Fill a profile and type into its search, after a fourth of the library and with all of it."""
    chance = random.Random(5)
    lexicon = words(chance, 1_200_000)

    def text(count: int) -> str:
        at = chance.randrange(len(lexicon) - count)
        return " ".join(lexicon[at : at + count])

    with local_workspace(context.folder / "search") as workspace:
        taken: dict[int, dict[str, list[float]]] = {}
        for course in range(COURSES):
            _install(workspace, course, text)
            if course + 1 in SIZES:
                write_notes(workspace, [text(16) for _ in range(NOTES * (course + 1) // COURSES)])
                while workspace.search.catch_up(1) or workspace.search.warm_up():
                    pass
                taken[course + 1] = _asked(workspace, lexicon, chance)
    later, much = _grown(chance)
    all_, few = taken[COURSES], taken[SIZES[0]]
    spent = [ms for each in all_.values() for ms in each]
    parts = ", ".join(f"{kind} {percentile(each, 95):.0f}" for kind, each in all_.items())
    fourth = percentile([ms for each in few.values() for ms in each], 95)
    note = f"p95 by kind: {parts}; with a fourth of them {fourth:.0f} ms; worst {max(spent):.0f} ms"
    note += f"; {later:.0f} ms with {much.lessons:,} short lessons and {much.notes:,} notes"
    size = f"{COURSES * LESSONS:,} lessons + {NOTES:,} notes"
    value = percentile(spent, 95)
    return [figure(NAMES[0], value, unit="ms", better="lower", bar=20, size=size, note=note)]


def _grown(chance: random.Random) -> tuple[float, Size]:
    """The same with ten times as much."""
    folder, size = grown()
    sessions = Sessions(folder)
    workspace = sessions.unlock(sessions.list()[0].id)
    try:
        while workspace.search.warm_up():
            pass
        spent = _asked(workspace, words(random.Random(7), 200_000), chance)
    finally:
        workspace.close()
    return percentile([ms for each in spent.values() for ms in each], 95), size


def _install(workspace: Workspace, course: int, text: Callable[[int], str]) -> None:
    lessons = tuple(LessonDoc(f"{course}-{n}", text(4), body=text(60)) for n in range(LESSONS))
    body = build_pack(CourseDocument(f"c{course}", "1", text(3), modules=(ModuleDoc("m", "m", lessons=lessons),)))
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)


def _asked(workspace: Workspace, lexicon: list[str], chance: random.Random) -> dict[str, list[float]]:
    """Milliseconds of each letter typed, by kind of query."""
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
