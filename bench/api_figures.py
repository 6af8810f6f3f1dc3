"""The interface under a school district: 10,000 accounts, 1,000 courses, hundreds of requests a second."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from bench.caller import Person
from bench.district import District, course_id, enrollment_id, fill, lesson_id, module_id
from bench.figure import Context, Figure, figure, percentile
from bench.load import Ask, Done, Job, send
from bench.process import Watch
from bench.server import PASSWORD, Hub

CATALOG, SIGN_IN, ERRORS, GROWTH = NAMES = (
    "api.catalog_p95_ms", "api.signin_blocks_p95_ms", "api.mixed_errors", "api.rss_growth_pct"
)  # fmt: skip
COURSES, ACCOUNTS, TIMES = 1_000, 10_000, 10
RATE, SECONDS, WARM_S = 200, 15, 3
MIXED_RATE, MIXED_S, MIXED_WARM_S = 500, 60, 35
VISIT = 10
SIGNING = 4
QUERIES = (
    "", "page=7", "ordering=-published_date", "search=tides", "category=science", "level=beginner&ordering=-price",
    "price_max=0", "language=fr&page_size=50",
)  # fmt: skip
READS: dict[str, tuple[int, Callable[[Person, int, int], str]]] = {
    "catalogue": (3, lambda person, course, n: f"/courses?{QUERIES[n % len(QUERIES)]}"),
    "course": (1, lambda person, course, n: f"/courses/{course_id(course)}"),
    "modules": (1, lambda person, course, n: f"/modules?course={course_id(course)}"),
    "lessons": (1, lambda person, course, n: f"/lessons?module={module_id(course, 1)}"),
    "lesson": (1, lambda person, course, n: f"/lessons/{lesson_id(course, 0, 1)}"),
    "enrolments": (1, lambda person, course, n: "/enrollments"),
    "progress": (1, lambda person, course, n: f"/enrollments/{enrollment_id(person, course)}/progress"),
    "notes": (1, lambda person, course, n: "/notes"),
    "categories": (1, lambda person, course, n: "/categories"),
    "me": (1, lambda person, course, n: "/users/me"),
}
"""What a mixed read is, how often among the others, and its path."""


@dataclass(frozen=True)
class Served:
    """A district and the processes that serve it."""

    district: District
    hubs: list[Hub]

    @property
    def urls(self) -> list[str]:
        """Where they listen."""
        return [hub.url for hub in self.hubs]


def run(context: Context, *, processes: int = 1) -> list[Figure]:
    """Take the figures of a whole district; of the catalogue also in smaller ones and in one ten times as large."""
    figures: list[Figure] = []
    with _serving(context, 1, processes) as served:
        if CATALOG in context.names:
            figures.append(_catalog(served, _grown(context, processes)))
        if SIGN_IN in context.names:
            figures.append(_signing(served))
        if context.names & {ERRORS, GROWTH}:
            figures += _mixed(served)
    return figures


@contextmanager
def _serving(context: Context, times: float, processes: int) -> Iterator[Served]:
    """So many times the courses and accounts, served."""
    here = context.folder / str(times)
    here.mkdir()
    courses, accounts = int(COURSES * times), int(ACCOUNTS * times)
    district = fill(here / "hub", courses=courses, accounts=accounts, database=context.database)
    with ExitStack() as stack:
        hubs = [Hub(here, context.database, name=f"url{n}") for n in range(processes)]
        for hub in hubs:
            hub.start()
            stack.callback(hub.stop)
        yield Served(district, hubs)


def _visits(district: District, rate: int, seconds: float) -> Iterator[tuple[int, int]]:
    """Who asks, and the how manieth request it is: so many people at once, one request a second, ten requests each."""
    for n in range(int(rate * seconds)):
        again, slot = divmod(n, rate)
        visit = (again + slot) // VISIT
        yield (slot + visit * rate) % len(district.people), n


# --- the catalogue
def _pages(district: District, seconds: float) -> list[Ask]:
    return [
        Ask("catalogue", f"/courses?{QUERIES[n % len(QUERIES)]}", district.people[who].token)
        for who, n in _visits(district, RATE, seconds)
    ]


def _browsed(served: Served, *beside: Job) -> list[Done]:
    return send(Job(served.urls, _pages(served.district, WARM_S + SECONDS), RATE, WARM_S), *beside)


def _catalog(served: Served, grown: str) -> Figure:
    watches = [Watch(hub.pid) for hub in served.hubs]
    done = _right(_browsed(served)[0])
    cpu = 1000 * sum(watch.cpu_s for watch in watches) / (RATE * (WARM_S + SECONDS))
    ms = done.ms["catalogue"]
    note = f"p50 {percentile(ms, 50):.1f}, p99 {percentile(ms, 99):.1f} ms; server {cpu:.2f} ms of processor a request"
    return figure(
        CATALOG, percentile(ms, 95), unit="ms", better="lower", bar=20, size=_size(),
        note=f"{_how(served)}, {RATE} requests/s for {SECONDS} s, {note}; {grown}",
    )  # fmt: skip


def _grown(context: Context, processes: int) -> str:
    """What other sizes take; a database that is given holds one size alone."""
    if context.database:
        return "one size alone"
    said = []
    for times in (0.25, 0.5, TIMES):
        with _serving(context, times, processes) as served:
            ms = _right(_browsed(served)[0]).ms["catalogue"]
        said.append(f"{percentile(ms, 95):.1f} with {int(COURSES * times):,} and {int(ACCOUNTS * times):,}")
    return ", ".join(said)


# --- sign-ins
def _signing(served: Served) -> Figure:
    """Pages of the catalogue while others sign in, each line again as soon as it is answered."""
    wishes = ({"email": f"person{n}@bench.example", "password": PASSWORD} for n in range(100 * SECONDS))
    asks = [Ask("sign-in", "/auth/login", body=json.dumps(wish).encode()) for wish in wishes]
    ends = WARM_S + SECONDS
    done, signed = _browsed(served, Job(served.urls, asks, 0, lines=SIGNING, seconds=ends))
    ms, count = _right(done).ms["catalogue"], len(asks) - _right(signed).left
    if count < SIGNING or not signed.left:
        raise RuntimeError(f"{count} sign-ins, which does not last the whole time")
    note = f"{_how(served)}, {RATE} pages of the catalogue a second beside {SIGNING} callers who sign in all the time"
    note += f" ({count / ends:.1f} sign-ins/s); p50 {percentile(ms, 50):.1f}, p99 {percentile(ms, 99):.1f} ms"
    return figure(SIGN_IN, percentile(ms, 95), unit="ms", better="lower", bar=50, size=_size(), note=note)


# --- everything
def _mix(district: District, seconds: float) -> list[Ask]:
    chance = random.Random(5)
    kinds = [kind for kind, (often, _) in READS.items() for _ in range(often)]
    asks = []
    for who, n in _visits(district, MIXED_RATE, seconds):
        person, kind = district.people[who], chance.choice(kinds)
        path = READS[kind][1](person, chance.choice(district.joined(who)), n)
        asks.append(Ask(kind, path, person.token))
    return asks


def _mixed(served: Served) -> list[Figure]:
    """Reads of all kinds; how many were not answered as they should be, and by how much the server grew meanwhile."""
    watches = [Watch(hub.pid) for hub in served.hubs]
    send(Job(served.urls, _mix(served.district, MIXED_WARM_S), MIXED_RATE))
    before = [watch.now_mb for watch in watches]
    busy = sum(watch.cpu_s for watch in watches)
    (done,) = send(Job(served.urls, _mix(served.district, MIXED_S), MIXED_RATE))
    busy = sum(watch.cpu_s for watch in watches) - busy
    after = [watch.now_mb for watch in watches]
    every = [ms for many in done.ms.values() for ms in many]
    how = f"{_how(served)}, {MIXED_RATE} requests/s for {MIXED_S} s after {MIXED_WARM_S} s"
    slowest = max(done.ms, key=lambda kind: percentile(done.ms[kind], 95))
    note = (
        f"{how}: {', '.join(READS)}; p50 {percentile(every, 50):.1f}, p95 {percentile(every, 95):.1f}, p99 "
        f"{percentile(every, 99):.1f} ms, slowest {slowest} with a p95 of {percentile(done.ms[slowest], 95):.1f} ms; "
        f"server {1000 * busy / len(every):.2f} ms of processor a request; caller late by "
        f"{percentile(done.late_ms, 99):.1f} ms at p99"
    )
    if done.wrong:
        note += f"; {done.wrong}"
    growth = max(100 * (now - then) / then for now, then in zip(after, before, strict=True))
    memory = f"{how}; from {_mb(before)} to {_mb(after)} MB"
    return [
        figure(ERRORS, sum(done.wrong.values()), unit="errors", better="lower", bar=0, size=_size(), note=note),
        figure(GROWTH, growth, unit="%", better="lower", bar=5, size=_size(), note=memory),
    ]


def _right(done: Done) -> Done:
    if done.wrong:
        raise RuntimeError(f"not answered as it should be: {done.wrong}")
    return done


def _how(served: Served) -> str:
    many = f"{len(served.hubs)} processes, " if len(served.hubs) > 1 else ""
    return f"{many}each person one request a second and {VISIT} in all, kept connections, due by the clock"


def _size() -> str:
    return f"{COURSES:,} courses, {ACCOUNTS:,} accounts"


def _mb(each: Sequence[Any]) -> str:
    return " and ".join(f"{mb:.0f}" for mb in each)
