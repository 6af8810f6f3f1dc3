"""How fast the catalogue answers while many people browse it."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path

import httpx

from bench.figure import Context, Figure, figure, percentile
from bench.server import running
from bench.storm import settle
from lms_core.courses.entities import CATEGORY, COURSE_CARD
from lms_core.entities import SCHEMA
from sync_server.config import Settings
from sync_server.opening import open_hub

P95 = "hub.catalogue_p95_ms"
NAMES = (P95,)
COURSES, ACCOUNTS, FULL_ACCOUNTS = 1_000, 1_000, 10_000
RATE, SECONDS = 200, 10
QUERIES = (
    "", "page=7", "ordering=-published_date", "search=tides", "category=science", "level=beginner&ordering=-price",
    "price_max=0", "language=fr&page_size=50",
)  # fmt: skip


def run(context: Context) -> list[Figure]:
    """Ask for pages of a catalogue, 200 times a second, each as somebody who is signed in."""
    accounts = FULL_ACCOUNTS if context.full else ACCOUNTS
    tokens = [f"Bearer {person.token}" for person in settle(context.folder / "hub", accounts, 0)]
    _courses(context.folder / "hub")
    with running(context.folder) as hub:
        took = asyncio.run(_browse(hub.url, tokens))
    size = f"{COURSES:,} courses, {accounts:,} accounts"
    note = f"{RATE} requests/s for {SECONDS} s over real connections; p50 {percentile(took, 50):.1f} ms"
    return [figure(P95, percentile(took, 95), unit="ms", better="lower", bar=20, size=size, note=note)]


def _courses(data: Path) -> None:
    with open_hub(data, Settings(), schema=SCHEMA, effects=(), begin=False) as opened, opened.hub.unit() as unit:
        unit.derive(CATEGORY, "science", {"name": "Science", "slug": "science"})
        for n in range(COURSES):
            unit.derive(COURSE_CARD, COURSE_CARD.id_for(f"course {n}"), {
                "course_id": f"course {n}", "slug": f"course-{n}", "title": f"Course {n} of {COURSES}",
                "subtitle": "Between the tides" if n % 9 == 0 else "", "description": "About it. " * 200,
                "category": "Science", "category_id": "science" if n % 4 == 0 else "", "price": float(n % 20),
                "level": "beginner" if n % 3 == 0 else "advanced", "language": "fr" if n % 5 == 0 else "en",
                "is_published": True, "published_at": 1_767_600_000_000 + n, "version": "1.0",
            })  # fmt: skip


async def _browse(url: str, tokens: list[str]) -> list[float]:
    """Milliseconds from when each request was due until its answer was there."""
    took: list[float] = []
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=30, limits=httpx.Limits(max_connections=64)) as http:
        ask = partial(_ask, http, tokens, took)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for n in range(RATE * SECONDS):
                due = began + n / RATE
                await asyncio.sleep(max(0, due - time.perf_counter()))
                group.create_task(ask(n, due))
    return took[RATE:]  # the first second opens connections


async def _ask(http: httpx.AsyncClient, tokens: list[str], took: list[float], n: int, due: float) -> None:
    headers = {"Authorization": tokens[n % len(tokens)], "Accept-Encoding": "gzip"}
    answer = await http.get(f"/courses?{QUERIES[n % len(QUERIES)]}", headers=headers)
    answer.raise_for_status()
    took.append((time.perf_counter() - due) * 1000)
