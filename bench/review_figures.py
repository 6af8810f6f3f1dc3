"""How long the cards of a day take to be found among twenty thousand, and a rating until it is durable."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from lms_core.db.rows import show
from lms_core.ports import SystemClock
from lms_core.profiles import Profiles
from lms_core.review.deck import refresh
from lms_core.review.entities import CARD, CARD_REVIEW
from lms_core.workspace import Workspace
from tests.fakes import MemorySecrets

NAMES = ("review.due_ms", "review.count_ms", "review.rate_ms")
CARDS, TIMES, DAY_MS = 20_000, 40, 86_400_000


def run(context: Context) -> list[Figure]:
    """Fill a profile with cards, each reviewed twice, and ask what is due."""
    with tempfile.TemporaryDirectory(dir=context.folder) as folder:
        workspace = _filled(Path(folder))
        review, cards = workspace.review, f"{CARDS:,} cards"
        due = review.queue(UTC, limit=100)
        spent = (
            _median(lambda n: review.queue(UTC, limit=100)),
            _median(lambda n: review.due_count(UTC)),
            _median(lambda n: review.rate(due[n % len(due)].id, 3)),
        )
        workspace.close()
    bars = (10.0, 10.0, 50.0)
    said = ("the next hundred of the day", "how many wait, and how long they take", "with its commit")
    return [
        figure(name, value, unit="ms", better="lower", bar=bar, size=cards, note=note)
        for name, value, bar, note in zip(NAMES, spent, bars, said, strict=True)
    ]


def _median(act: Callable[[int], object]) -> float:
    spent = []
    for n in range(TIMES):
        began = time.perf_counter()
        act(n)
        spent.append((time.perf_counter() - began) * 1000)
    return percentile(spent, 50)


def _filled(folder: Path) -> Workspace:
    secrets = MemorySecrets()
    workspace = Workspace(Profiles(folder, secrets, SystemClock()).create("Ada"), secrets=secrets)
    me, now = workspace.account, workspace.clock.ms()
    cards = {CARD.id_for(me, "own", str(n)): n for n in range(CARDS)}
    with workspace.work() as unit:
        made = {"user_id": me, "origin": "own", "created_at": now, "asks": "Question", "answers": "Answer"}
        show(unit.conn, CARD, {card: {**made, "source_key": str(n)} for card, n in cards.items()})
        log = {"user_id": me, "rating": 3}
        for ago in (0, 1):
            show(unit.conn, CARD_REVIEW, {
                unit.new_id(): {**log, "card_id": card, "reviewed_at": now - (41 - ago * (n % 40)) * DAY_MS}
                for card, n in cards.items()
            })  # fmt: skip
        refresh(unit, cards.keys())
    workspace.review.change_settings(reviews_a_day=10_000)
    return workspace
