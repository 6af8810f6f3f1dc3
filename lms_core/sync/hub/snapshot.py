"""What the hub's database shows of one moment, to whoever pulls."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, select

from lms_core.db.bulk import chunks, direct
from lms_core.ops import Version
from lms_core.sync import tables as t
from lms_core.sync.hub import statements as say
from lms_core.sync.ports import Feed
from lms_core.sync.sums import Sums
from lms_core.sync.wire import Verdict

_verdict = msgspec.msgpack.Decoder(Verdict).decode


def state_of(conn: Connection) -> dict[str, int]:
    """Epoch, commit number, hub time and what else the hub counts."""
    return dict(direct(conn, say.STATE, {}))


def live_scopes(conn: Connection, account: str) -> set[str]:
    """Scopes that an account may read: its own, the catalogue, and what rows grant it."""
    granted = direct(conn, say.GRANTED, {"account": account})
    return {f"account/{account}", "catalog"} | {scope for (scope,) in granted}


class SqlHubSnapshot:
    """One read snapshot (implements HubSnapshot)."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    def mark(self) -> Version:
        values = state_of(self.conn)
        return values["epoch"], values["commit"]

    def scopes_of(self, account: str) -> set[str]:
        return live_scopes(self.conn, account)

    def verdicts(self, account: str, replica: str, above: int, limit: int) -> list[Verdict]:
        asked = {"account": account, "replica": replica, "above": above, "most": limit}
        return [_verdict(body) for (body,) in direct(self.conn, say.VERDICTS, asked)]

    def feeds(self, scopes: Collection[str]) -> dict[str, Feed]:
        out: dict[str, Feed] = {}
        found = select(t.scope.c.name, t.scope.c.seq, t.scope.c.min_seq, t.scope.c.sums)
        for part in chunks(scopes):
            for name, seq, floor, sums in self.conn.execute(found.where(t.scope.c.name.in_(part))):
                out[name] = Feed(seq, floor, tuple(Sums.read(sums).values) if sums else ())
        return out

    def entries(self, scope: str, above: int, limit: int) -> list[tuple[int, bytes]]:
        return list(direct(self.conn, say.ENTRIES, {"name": scope, "above": above, "most": limit}))
