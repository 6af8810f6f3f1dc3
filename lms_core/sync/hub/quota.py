"""How much one account may fill: growth is refused beyond it, everything else passes (SYNC.md section 10)."""

from __future__ import annotations

from collections.abc import Sequence

from lms_core.sync.ports import HubTransaction
from lms_core.sync.sealed import Outcome, Sealed

GROWTH = frozenset({"create", "append", "text", "attr"})


class Room:
    """What is left to an account during one request; a quota of 0 is none."""

    def __init__(self, tx: HubTransaction, account: str, quota: int) -> None:
        self._tx = tx
        self._account = account
        self._quota = quota
        self._before = tx.used(account) if quota else 0
        self._more = self._size = 0

    def refusal(self, group: Sequence[Sealed]) -> str:
        """The code that refuses a group for which there is no room; '' when it fits or was taken once before."""
        if not self._quota:
            return ""
        self._size = sum(len(s.body) for s in group if s.op.kind in GROWTH)
        fits = not self._size or self._before + self._more + self._size <= self._quota
        return "" if fits or any(s.receipt for s in group) else "quota"

    def used(self, group: Sequence[Sealed], outcomes: dict[int, Outcome]) -> dict[int, Outcome]:
        """Count the group that was asked for last, if it was taken; returns its answers."""
        if self._quota and outcomes[group[0].c].verdict in ("applied", "merged"):
            self._more += self._size
        return outcomes

    def keep(self) -> None:
        """Write down what was filled."""
        if self._more:
            self._tx.use(self._account, self._more)
