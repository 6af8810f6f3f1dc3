"""Hints between the processes that share a PostgreSQL database: NOTIFY after a commit, LISTEN everywhere else."""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable, Iterator

import msgspec
import psycopg
from sqlalchemy.engine import URL

from lms_core.db.postgres import ALIVE
from lms_core.sync.hub.hints import MOST_EVENTS, Event, Hint, LocalHints, Told

log = logging.getLogger(__name__)

CHANNEL = "lms_hints"
MOST_BYTES = 7900
"""A notification holds less than 8000 bytes."""

PART, EVENTS = 40, 15
LOOK_S = 1.0
LONGEST_PAUSE_S = 30.0


class _Notice(msgspec.Struct, array_like=True):
    """What travels; `sender` lets a process skip its own."""

    sender: str
    heads: dict[str, int] = {}
    accounts: list[str] = []
    sessions: list[str] = []
    events: list[Event] = []


class PostgresHints:
    """Tell this process at once and the others over the database; one connection listens, one speaks.

    A line that breaks is opened again, ever more slowly; what was said meanwhile is lost, which costs a laptop at most
    one poll period (SYNC.md section 8).
    """

    def __init__(self, url: URL) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._me = os.urandom(8).hex()
        self._here = LocalHints()
        self._waiting = Hint()
        self._turn = threading.Lock()
        self._woken = threading.Event()
        self._ended = threading.Event()
        self.listening = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(work,), name=name)
            for work, name in ((self._listen, "hints-in"), (self._speak, "hints-out"))
        ]

    def start(self) -> None:
        """Open both lines."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Close them."""
        self._ended.set()
        self._woken.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def publish(self, hint: Hint) -> None:
        """Tell everybody; what waits to be said is said together."""
        self._here.publish(hint)
        if hint:
            with self._turn:
                self._waiting = _both(self._waiting, hint)
            self._woken.set()

    def subscribe(self, told: Told) -> Callable[[], None]:
        """Hear of every process."""
        return self._here.subscribe(told)

    # --- lines
    def _keep(self, work: Callable[[psycopg.Connection], None]) -> None:
        pause = 0.1
        while not self._ended.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, connect_timeout=10, **ALIVE) as conn:
                    pause = 0.1
                    work(conn)
            except psycopg.Error as error:
                log.warning("hints between processes: %s", error)
            self.listening.clear()
            self._ended.wait(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _listen(self, conn: psycopg.Connection) -> None:
        conn.execute(f"LISTEN {CHANNEL}")
        self._here.publish(Hint(lost=True))
        self.listening.set()
        while not self._ended.is_set():
            for notice in conn.notifies(timeout=LOOK_S, stop_after=1):
                self._heard(notice.payload)

    def _heard(self, payload: str) -> None:
        if not payload:
            return
        try:
            notice = msgspec.json.decode(payload, type=_Notice)
        except msgspec.MsgspecError:
            log.warning("a hint that nobody understands")
            return
        if notice.sender != self._me:
            accounts, sessions = frozenset(notice.accounts), frozenset(notice.sessions)
            self._here.publish(Hint(notice.heads, accounts, sessions, tuple(notice.events)))

    def _speak(self, conn: psycopg.Connection) -> None:
        while not self._ended.is_set():
            self._woken.wait()
            self._woken.clear()
            with self._turn:
                hint, self._waiting = self._waiting, Hint()
            for payload in payloads(self._me, hint):
                conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
        conn.execute("SELECT pg_notify(%s, '')", (CHANNEL,))  # so that our own listener looks up and ends


def _both(one: Hint, other: Hint) -> Hint:
    heads = one.heads | {s: max(seq, one.heads.get(s, 0)) for s, seq in other.heads.items()}
    events = (*one.events, *other.events)[-MOST_EVENTS:]
    return Hint(heads, one.accounts | other.accounts, one.sessions | other.sessions, events)


def payloads(sender: str, hint: Hint) -> Iterator[str]:
    """A hint in notifications that are short enough."""
    heads, accounts, sessions = list(hint.heads.items()), sorted(hint.accounts), sorted(hint.sessions)
    for at in range(0, max(len(heads), len(accounts), len(sessions)), PART):
        part = slice(at, at + PART)
        notice = _Notice(sender, dict(heads[part]), accounts[part], sessions[part])
        yield from _short(notice)
    for at in range(0, len(hint.events), EVENTS):
        yield from _short(_Notice(sender, events=list(hint.events[at : at + EVENTS])))


def _short(notice: _Notice) -> Iterator[str]:
    payload = msgspec.json.encode(notice).decode()
    if len(payload.encode()) <= MOST_BYTES:
        yield payload
