"""What the rules of one writer's ops may ask the hub, inside the transaction that takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lms_core.ops import Values, Version
from lms_core.schema import HubFacts
from lms_core.sync.bench import Bench
from lms_core.sync.ports import HubTransaction
from lms_core.sync.wire import MOST_SCOPES


class TransactionFacts(HubFacts):
    """What the rules of one writer's ops may ask the hub."""

    def __init__(self, tx: HubTransaction, bench: Bench, replica: str) -> None:
        self._tx = tx
        self._bench = bench
        self._replica = replica
        self._kept: list[tuple[Any, Values]] = []
        self._reach: dict[str, set[str]] = {}
        self._gained: list[tuple[str, str]] = []

    def changed_by_others(self, scope: str, since: int) -> list[str]:
        return self._tx.changed_since(scope, since, self._replica)

    def known(self, version: Version) -> bool:
        return version[0] == self._tx.mark()[0] or self._tx.mark_known(version)

    def account(self, replica: str) -> str:
        card = self._tx.card(replica)
        return card.account if card else ""

    def name(self, account: str) -> str:
        return self._tx.name(account)

    def missing_blobs(self, hashes: Iterable[str]) -> list[str]:
        return self._tx.missing_blobs(hashes)

    def all(self, statement: Any, values: Values | None = None) -> Sequence[Any]:
        return self._tx.query(statement, self._bench.dirty.values(), values)

    def keep(self, table: Any, values: Values) -> None:
        self._kept.append((table, values))

    def within_reach(self, account: str, scope: str) -> bool:
        if account not in self._reach:
            self._reach[account] = self._tx.scopes_of(account)
        reach = self._reach[account]
        if scope in reach:
            return True
        if len(reach) >= MOST_SCOPES:
            return False
        reach.add(scope)
        self._gained.append((account, scope))
        return True

    def settle(self, *, stands: bool) -> None:
        """Write what rules kept for the ops of a group, or forget it and what it would have granted."""
        if not self._gained and not self._kept:
            return
        gained, self._gained = self._gained, []
        for account, scope in () if stands else gained:
            self._reach[account].discard(scope)
        kept, self._kept = self._kept, []
        for table, values in kept if stands else ():
            self._tx.keep(table, values)
