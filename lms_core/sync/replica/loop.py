"""When a replica asks its hub: level-triggered, so that nothing waits for an event that was lost (SYNC.md section 5).

Times are monotonic milliseconds that the caller hands in; nothing here looks at a clock or sleeps.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

SOON_MS, AT_ONCE_MS, APART_MS = 1_500, 10, 50
BURST, REFILL_MS = 20, 1_000
FIRST_RETRY_MS, LAST_RETRY_MS = 1_000, 300_000
POLL_MS, QUIET_POLL_MS, SPARING_POLL_MS = (60_000, 120_000), (180_000, 300_000), (300_000, 600_000)
LOOK_MS, ASLEEP_MS, BROKEN_MS = 30_000, 60_000, 5_000

Chance = Callable[[int, int], int]


class Pace:
    """Decides when the next exchange begins: something waits, a feed grew or a poll is due, and the next try is due."""

    def __init__(self, chance: Chance = random.randint) -> None:
        self._chance = chance
        self.busy = self.paused = self.live = self.sparing = False
        self._waits_since: int | None = None
        self._wanted: dict[str, int] = {}
        self._poke_at: int | None = None
        self._poll_at = self._not_before = 0
        self._asked, self._again_at = True, 0
        self._retry = FIRST_RETRY_MS
        self._cursors: Mapping[str, int] | None = None
        self._tokens, self._counted_at, self._begun_at = BURST, 0, -APART_MS
        self._looked: tuple[int, int] | None = None

    # --- what happened
    def waits(self, now: int, count: int) -> None:
        """So many changes wait to be sent now."""
        if not count:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = now

    def poked(self, now: int, scope: str, seq: int, *, jitter: int = 0) -> None:
        """A feed of the hub has grown; ask within `jitter` ms unless its end is here already."""
        if not self._is_here(scope, seq):
            self._wanted[scope] = max(seq, self._wanted.get(scope, 0))
            at = now + self._chance(0, jitter)
            self._poke_at = at if self._poke_at is None else min(at, self._poke_at)

    def told_scopes(self, now: int, heads: Mapping[str, int]) -> None:
        """The hub told where all scopes stand that may be read now."""
        for scope, seq in heads.items():
            self.poked(now, scope, seq)
        if self._cursors is not None and self._cursors.keys() - heads.keys():
            self.ask(now)

    def lined(self, now: int, *, on: bool) -> None:
        """The live line opened: the hub is there; or it broke: see soon why, for it may be the sign-in that ended."""
        self.live = on
        if on:
            self._retry, self._not_before = FIRST_RETRY_MS, min(self._not_before, now + self._chance(0, FIRST_RETRY_MS))
        else:
            self._poll_at = min(self._poll_at, now + self._chance(0, BROKEN_MS))

    def ask(self, now: int) -> None:
        """Somebody wants an exchange now: a person, or a network that came back."""
        self._asked, self._not_before, self._retry = True, now, FIRST_RETRY_MS

    def look(self, now: int, wall: int) -> bool:
        """Compare the clocks with the last look; True when the machine slept in between, then an exchange is due."""
        before, self._looked = self._looked, (now, wall)
        slept = before is not None and max(now - before[0], wall - before[1]) > LOOK_MS + ASLEEP_MS
        if slept:
            self.ask(now)
        return slept

    # --- the exchange
    def begin(self, now: int) -> None:
        """An exchange begins."""
        self.busy, self._asked = True, False
        self._poke_at = self._waits_since = None
        self._wanted.clear()
        self._refill(now)
        self._tokens, self._begun_at = max(0, self._tokens - 1), now

    def done(self, now: int, *, cursors: Mapping[str, int], sent: bool = False, wait: int = 0) -> None:
        """It ended well; `wait`: the hub has much to do and wants to be asked again after so many ms."""
        self.busy, self._retry, self._cursors = False, FIRST_RETRY_MS, dict(cursors)
        # what was poked meanwhile may have come with this very exchange
        if all(self._is_here(scope, seq) for scope, seq in self._wanted.items()):
            self._poke_at = None
        # without a live line: what follows from what was sent (a version, a grade) is there a moment later
        often = SPARING_POLL_MS if self.sparing else QUIET_POLL_MS if self.live else POLL_MS
        period = SOON_MS if sent and not self.live else self._chance(*often)
        self._poll_at = now + period
        self._again_at = now + wait + self._chance(0, wait // 4) if wait else 0

    def failed(self, now: int) -> None:
        """It failed; the next try comes later each time."""
        self.busy, self._asked = False, True
        self._not_before = now + self._retry + self._chance(0, self._retry // 4)
        self._retry = min(self._retry * 2, LAST_RETRY_MS)

    # --- the decision
    def delay(self, now: int) -> int | None:
        """Milliseconds until the next exchange begins; None while one runs or somebody paused them."""
        if self.busy or self.paused:
            return None
        due = now if self._asked else self._poll_at
        if self._again_at:  # what a poke tells of comes with the rest
            due = min(due, self._again_at)
        elif self._poke_at is not None:
            due = min(due, self._poke_at)
        if self._waits_since is not None:
            due = min(due, self._waits_since + (AT_ONCE_MS if self.live and not self.sparing else SOON_MS))
        self._refill(now)
        apart = APART_MS if self._tokens else REFILL_MS
        return max(0, max(due, self._not_before, self._begun_at + apart) - now)

    def _refill(self, now: int) -> None:
        """Writes go out one by one, but somebody who writes on and on sends once a second."""
        fresh = (now - self._counted_at) // REFILL_MS
        self._tokens = min(BURST, self._tokens + fresh)
        self._counted_at += fresh * REFILL_MS

    def _is_here(self, scope: str, seq: int) -> bool:
        return self._cursors is not None and self._cursors.get(scope, -1) >= seq
