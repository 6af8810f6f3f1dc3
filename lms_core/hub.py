"""The one door of the server's core: accounts, exchange, files and what follows from writes, over one data folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from lms_core.db.bulk import chunks
from lms_core.db.engine import read
from lms_core.db.rows import VISIBLE, show
from lms_core.db.visible import ensure_visible
from lms_core.ports import BlobStore, Clock, NewId, SystemClock, new_uuid7
from lms_core.schema import Actor, Schema
from lms_core.sync import tables as t
from lms_core.sync.hub.compaction import compact
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.hub.hints import Hints
from lms_core.sync.hub.journal import Journal, JournalledUnit, replay
from lms_core.sync.hub.order import Order
from lms_core.sync.hub.projector import Projection, Troubles, troubles
from lms_core.sync.hub.store import SqlHubStore
from lms_core.sync.hub.trash import empty_trash
from lms_core.sync.hub.unit import HubUnit
from lms_core.sync.hub.upkeep import count_sums, count_usage
from lms_core.sync.ports import Admission
from lms_core.sync.rows import values_of
from lms_core.sync.wire import pack, unpack_request
from lms_core.unit import Effect

log = logging.getLogger(__name__)

HUB = Actor("hub", "admin")


class Hub:
    """The hub over an open, upgraded database."""

    def __init__(
        self,
        engine: Engine,
        *,
        schema: Schema,
        effects: Sequence[Effect],
        blobs: BlobStore,
        key: bytes,
        clock: Clock | None = None,
        new_id: NewId = new_uuid7,
        journal: Path | None = None,
        hints: Hints | None = None,
        quota: int = 0,
    ) -> None:
        self.engine = engine
        self.schema = schema
        self.blobs = blobs
        self.clock = clock or SystemClock()
        self.new_id = new_id
        watched = frozenset[str]().union(*(effect.entities for effect in effects))
        self.store = SqlHubStore(engine, schema, blobs, watched=watched, hints=hints)
        self.exchanges = HubEngine(schema=schema, store=self.store, clock=self.clock, key=key, quota=quota)
        self.order = Order()
        self.journal = Journal(journal)
        self.projection = Projection(self._own, effects, self.store.projecting)

    def start(self) -> None:
        """Begin a new epoch and bring the typed tables up to date; each process that serves does."""
        with self.store.alone() as conn:
            refold = ensure_visible(conn, VISIBLE)
            count_sums(conn)
        self.store.begin_epoch(self.clock.ms())
        if refold:
            self._refold()
        self._replay()
        self.exchanges.resume()

    def tidy(self) -> None:
        """Empty the trash, forget what is too old, and count what accounts fill; once a day."""
        with self._own() as unit:
            empty_trash(unit, unit.now_ms)
        compact(self.store, self.clock.ms())
        with self.store.alone() as conn:
            count_usage(conn)

    def _replay(self) -> None:
        """After a restore: bring back what the hub itself had written since the backup (SYNC.md section 2)."""
        with self._own() as unit:
            missing = self.journal.records(int(unit.tx.start.get("journal", 0)))
        for record in missing:
            with self._own() as unit:
                replay(unit, record)
        if missing:
            log.warning("%d writes since the backup came back from the journal", len(missing))

    def _refold(self) -> None:
        """Fill the typed tables from the rows after an upgrade."""
        with self.store.write() as tx:
            ids = [row for (row,) in tx.conn.execute(select(t.hub_row.c.id).where(t.hub_row.c.gone.is_(False)))]
            for part in chunks(ids):
                by_entity: dict[str, dict[str, object]] = {}
                for row in tx.rows(part).values():
                    entity = self.schema.find(row.entity)
                    if entity:
                        by_entity.setdefault(row.entity, {})[row.id] = values_of(entity, row)
                for name, rows in by_entity.items():
                    show(tx.conn, self.schema[name], rows)  # type: ignore[arg-type]

    # --- exchange
    def exchange(
        self,
        account: str,
        body: bytes,
        *,
        admission: Admission | None = None,
        moved: Callable[[int, int], None] | None = None,
    ) -> bytes:
        """Answer a request (SYNC.md section 5). Raises UserError for a malformed one, Denied for a foreign replica.

        `moved` is told how many ops came and how many rows are told.
        """
        request = unpack_request(body)
        reply = self.order.answer(request.replica, lambda: self.exchanges.exchange(request, account, admission))
        if moved:
            moved(len(request.ops), sum(len(piece.entries) for piece in reply.slices))
        return pack(reply)

    def heads(self, account: str) -> dict[str, int]:
        """Where every scope that an account may read stands now."""
        with self.store.read() as snapshot:
            scopes = snapshot.scopes_of(account)
            return dict.fromkeys(scopes, 0) | {scope: feed.seq for scope, feed in snapshot.feeds(scopes).items()}

    # --- writes of the hub itself
    @contextmanager
    def unit(self, actor: Actor | None = None) -> Iterator[HubUnit]:
        """A unit of work at the hub, in the name of an account or of the hub itself; the journal keeps it."""
        key = b""
        try:
            with self.store.write() as tx:
                unit = JournalledUnit(tx=tx, engine=self.exchanges, actor=actor or HUB, new_id=self.new_id)
                yield unit
                unit.finish()
                key = self.journal.note(unit)
        except BaseException:
            if key:
                self.journal.void(key, self.clock.ms())
            raise

    @contextmanager
    def _own(self) -> Iterator[HubUnit]:
        """A unit that needs no journal: what it writes follows from rows."""
        with self.store.write() as tx:
            unit = HubUnit(tx=tx, engine=self.exchanges, actor=HUB, new_id=self.new_id)
            yield unit
            unit.finish()

    # --- what follows
    def project(self) -> int:
        """Run what follows from changed rows until nothing is left; returns how many rows were looked at."""
        return self.projection.run()

    def troubles(self) -> Troubles:
        """What waits for the operator."""
        with read(self.engine) as conn:
            return troubles(conn)


def load_key(folder: Path, name: str = "receipts.key") -> bytes:
    """The hub's own secret, made at its first start and readable by its user alone."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(32))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return path.read_bytes()
