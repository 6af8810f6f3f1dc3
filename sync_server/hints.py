"""Who listens on this process and what each is told: hints, never data (SYNC.md section 8).

A slow line holds up nobody and grows nowhere: a newer hint takes the place of an older one that still waits.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from lms_core.accounts.model import Caller
from lms_core.errors import LmsError
from lms_core.sync.hub.hints import Event, Hint
from sync_server.lanes import Lanes
from sync_server.routes.bodies import moment
from sync_server.served import Live
from sync_server.topics import MOST, scopes_of

log = logging.getLogger(__name__)

MOST_OF_ACCOUNT = 16
CROWD, GATHER_S = 100, 2.0
SPREAD_MS, WIDEST_MS = 10, 120_000
SWEEP_S = 30.0
SESSION_ENDED, TOO_MANY, LATER = (4401, "token_invalid"), (4409, "too_many_lines"), (1013, "server_error")

Send = Callable[[Any], Awaitable[None]]


def jitter(listeners: int) -> int:
    """Over how many ms listeners are to spread what they ask, so that a hundred of them come a second."""
    return 0 if listeners <= SPREAD_MS else min(WIDEST_MS, listeners * SPREAD_MS)


class Ear:
    """One live connection: what it may hear, and what waits to be said to it."""

    __slots__ = ("_said", "_sending", "_waits", "account", "over", "scopes", "session", "topics", "wanted")

    def __init__(self, caller: Caller, said: Send) -> None:
        self.account, self.session = caller.account, caller.session
        self.scopes: frozenset[str] = frozenset()
        self.topics: frozenset[str] | None = None
        self.wanted: frozenset[str] = frozenset()
        self.over = False
        self._said = said
        self._waits: dict[str, str] = {}
        self._sending: asyncio.Task[None] | None = None

    def say(self, key: str, text: str) -> None:
        """Say something soon, in the place of what still waits under the same key."""
        if self.over:
            return
        self._waits[key] = text
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        try:
            while self._waits and not self.over:
                key = next(iter(self._waits))
                await self._said({"type": "websocket.send", "bytes": None, "text": self._waits.pop(key)})
        except Exception:  # noqa: BLE001 - the line is gone, which its reader notices by itself
            self.over = True
        finally:
            self._sending = None

    def hang_up(self, why: tuple[int, str]) -> None:
        """Say nothing more and close the line."""
        if not self.over:
            self.over = True
            self._waits.clear()
            self._sending = asyncio.create_task(self._close(*why))

    async def _close(self, code: int, reason: str) -> None:
        with suppress(Exception):
            await self._said({"type": "websocket.close", "code": code, "reason": reason})

    def choose(self, topics: frozenset[str] | None) -> dict[str, list[str]]:
        """Listen to these topics alone, None: to everything; returns the scopes behind each."""
        self.topics = topics
        chosen = {topic: scopes_of(topic, self.account, self.scopes) for topic in topics or ()}
        self.wanted = self.scopes if topics is None else frozenset().union(*chosen.values())
        return {topic: sorted(scopes) for topic, scopes in chosen.items()}


class Switchboard:
    """All live connections of this process. Everything but `told` belongs to the event loop."""

    def __init__(self, live: Live, lanes: Lanes, now_ms: Callable[[], int], *, most: int) -> None:
        self._live, self._lanes, self._now_ms, self._most = live, lanes, now_ms, most
        self._by_scope: dict[str, set[Ear]] = {}
        self._by_account: dict[str, dict[Ear, None]] = {}
        self._by_session: dict[str, set[Ear]] = {}
        self.count = 0
        self._turn = threading.Lock()
        self._heard: list[Hint] = []
        self._crowded: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- begin and end
    async def start(self) -> None:
        """Listen to hints."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = self._live.hints.subscribe(self.told)
        self._task(self._sweep())

    async def stop(self) -> None:
        """Listen no more."""
        self._unsubscribe()
        for task in tuple(self._tasks):
            task.cancel()

    def _task(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def full(self) -> bool:
        """Whether another line is one too many."""
        return bool(self._most) and self.count >= self._most

    def join(self, caller: Caller, said: Send) -> Ear:
        """Tell a new line where its scopes stand, and from then on when they grow."""
        ear = Ear(caller, said)
        mine = self._by_account.setdefault(ear.account, {})
        if len(mine) >= MOST_OF_ACCOUNT:
            next(iter(mine)).hang_up(TOO_MANY)
        mine[ear] = None
        self._by_session.setdefault(ear.session, set()).add(ear)
        self.count += 1
        self._task(self._settle(ear))
        return ear

    def leave(self, ear: Ear) -> None:
        """Forget a line that is closed."""
        ear.over = True
        self.count -= 1
        self._index(ear, frozenset())
        for index, key in ((self._by_account, ear.account), (self._by_session, ear.session)):
            mine: Any = index[key]
            mine.pop(ear) if isinstance(mine, dict) else mine.discard(ear)
            if not mine:
                del index[key]

    # --- what a line says
    def hear(self, ear: Ear, text: str) -> None:
        """Take in a message of a client; one that nobody understands is passed over."""
        try:
            said = msgspec.json.decode(text, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        data = said.get("data")
        topics = data.get("topics") if isinstance(data, dict) else None
        if said.get("type") != "subscribe" or not isinstance(topics, list | None):
            return
        chosen = None if topics is None else frozenset(t for t in topics[:MOST] if isinstance(t, str))
        found = ear.choose(chosen)
        refused = sorted(topic for topic, scopes in found.items() if not scopes)
        ear.say("subscribed", self._message("subscribed", topics=found, refused=refused))

    # --- what is said
    def told(self, hint: Hint) -> None:
        """Take a hint from any thread."""
        with self._turn:
            first = not self._heard
            self._heard.append(hint)
        if first:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._dispatch)

    def _dispatch(self) -> None:
        with self._turn:
            heard, self._heard = self._heard, []
        heads: dict[str, int] = {}
        for hint in heard:
            for event in hint.events:
                self._happened(event)
            for scope, seq in hint.heads.items():
                heads[scope] = max(seq, heads.get(scope, 0))
            for ear in self._of(self._by_session, hint.sessions):
                ear.hang_up(SESSION_ENDED)
            for ear in self._of(self._by_account, hint.accounts):
                self._task(self._settle(ear))
        for scope, seq in heads.items():
            ears = self._by_scope.get(scope, ())
            if len(ears) > CROWD:
                if not self._crowded:
                    self._loop.call_later(GATHER_S, lambda: self._task(self._tell_crowds()))
                self._crowded[scope] = seq
            elif ears:
                self._poke(ears, scope, self._poke_text(scope, seq, len(ears)))

    def _of(self, index: Any, keys: Collection[str]) -> list[Ear]:
        return [ear for key in keys for ear in index.get(key, ())]

    def _happened(self, event: Event) -> None:
        """Tell an event to who may read its scope; one of the same row that still waits is out of date."""
        ears = [ear for ear in self._by_scope.get(event.scope, ()) if event.scope in ear.wanted]
        if not ears:
            return
        key = " ".join((event.type, *(str(v) for name, v in event.data.items() if name.endswith("_id"))))
        text = self._message(event.type, **event.data)
        for ear in ears[:CROWD]:
            ear.say(key, text)
        if len(ears) > CROWD:
            self._task(self._say(ears[CROWD:], key, text))

    async def _say(self, ears: Sequence[Ear], key: str, text: str) -> None:
        for start in range(0, len(ears), CROWD):
            for ear in ears[start : start + CROWD]:
                ear.say(key, text)
            await asyncio.sleep(0)

    async def _tell_crowds(self) -> None:
        """Poke many without holding up others: a hundred, then whoever waits, then the next hundred."""
        crowded, self._crowded = self._crowded, {}
        for scope, seq in crowded.items():
            ears = list(self._by_scope.get(scope, ()))
            text = self._poke_text(scope, seq, len(ears))
            await self._say([ear for ear in ears if scope in ear.wanted], scope, text)

    def _poke(self, ears: Iterable[Ear], scope: str, text: str) -> None:
        for ear in ears:
            if scope in ear.wanted:
                ear.say(scope, text)

    def _poke_text(self, scope: str, seq: int, listeners: int) -> str:
        return self._message("poke", scope=scope, seq=seq, jitter=jitter(listeners))

    def _message(self, kind: str, **data: Any) -> str:
        said = {"type": kind, "timestamp": moment(self._now_ms()), "data": data}
        return msgspec.json.encode(said).decode()

    # --- rights
    async def _settle(self, ear: Ear) -> None:
        """Bring a line's scopes up to date, then say where they stand; once more if they changed meanwhile."""
        try:
            while not ear.over:
                heads = await self._lanes.run(self._look, ear)
                if heads is None:
                    ear.hang_up(SESSION_ENDED)
                elif heads.keys() == ear.scopes:
                    ear.say("scopes", self._message("scopes", scopes={s: heads[s] for s in heads if s in ear.wanted}))
                    return
                else:
                    self._index(ear, frozenset(heads))
        except LmsError as error:
            log.warning("a live line is closed: %s", error.code)
            ear.hang_up(LATER)

    def _look(self, ear: Ear) -> dict[str, int] | None:
        return self._live.heads(ear.account) if self._live.open_sessions([ear.session]) else None

    def _index(self, ear: Ear, scopes: frozenset[str]) -> None:
        if ear.over:
            scopes = frozenset()
        for scope in ear.scopes - scopes:
            ears = self._by_scope[scope]
            ears.discard(ear)
            if not ears:
                del self._by_scope[scope]
        for scope in scopes - ear.scopes:
            self._by_scope.setdefault(scope, set()).add(ear)
        ear.scopes = scopes
        ear.choose(ear.topics)

    async def _sweep(self) -> None:
        """Close the lines of sessions that ran out or were ended by another process."""
        while True:
            await asyncio.sleep(SWEEP_S)
            names = tuple(self._by_session)
            try:
                still = await self._lanes.run(self._live.open_sessions, names)
            except LmsError as error:
                log.warning("sessions of live lines cannot be looked up: %s", error.code)
                continue
            for ear in self._of(self._by_session, set(names) - still):
                ear.hang_up(SESSION_ENDED)
