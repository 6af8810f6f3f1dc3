"""What goes wrong in the simulated school."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.simulator import invariants
from tests.simulator.entities import DRAFT, STAFF, TALK
from tests.simulator.machines import Laptop
from tests.simulator.tables import PowerLoss, Tables
from tests.simulator.versions import newer

if TYPE_CHECKING:
    from tests.simulator.world import World

KINDS = (
    "keep", "keep", "bring_back", "bring_back", "clone", "hub_backup", "hub_backup", "hub_restore", "restart", "grant",
    "revoke", "jump", "late", "late", "late", "project", "power", "hub_jump",
    "rot", "rot", "years", "forget", "upgrade", "upgrade", "hub_upgrade",
)  # fmt: skip


class Faults:
    """One fault at a time, at a random machine."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kinds = [kind for kind in KINDS if world.rng.random() < 0.75] or ["restart"]
        """What can go wrong in this school: not everything can everywhere."""
        self.backups: dict[str, Tables] = {}
        self.hub_backup: Tables | None = None

    def happen(self) -> None:
        """Let something go wrong."""
        rng = self.world.rng
        x, kind = rng.choice(self.world.laptops), rng.choice(self.kinds)
        self.world.log("FAULT", kind, x.name)
        getattr(self, f"_{kind}")(x)

    def _keep(self, x: Laptop) -> None:
        self.backups[x.name] = x.tables.copy()

    def _bring_back(self, x: Laptop) -> None:
        """Restore a laptop from its backup, while a reply is on its way to the one that is gone."""
        world = self.world
        if x.name not in self.backups:
            return
        before = invariants.held(x)
        world.act(x)
        world.serve(x.request(limit=2, ops=9), x.account)
        ghost = world.serve(x.request(limit=9, ops=9), x.account)
        before |= invariants.held(x)
        y = x.twin(x.name, self.backups[x.name])
        world.laptops[world.laptops.index(x)] = y
        world.copies(y)
        world.act(y)
        y.request(limit=1, ops=1)
        y.receive(ghost)
        invariants.visible(y)
        world.late_replies = [(y if z is x else z, reply) for z, reply in world.late_replies]
        here = invariants.hub_words(world.hub).union(*(invariants.held(z) for z in world.laptops))
        world.destroyed |= before - here

    def _clone(self, x: Laptop) -> None:
        if len(self.world.laptops) < 6:
            self.world.copies(x)
            self.world.laptops.append(x.twin(f"{x.name}c{len(self.world.laptops)}"))

    def _hub_backup(self, x: Laptop) -> None:
        self.hub_backup = self.world.hub.backup()

    def _hub_restore(self, x: Laptop) -> None:
        if self.hub_backup is not None and self.world.rng.random() < 0.6:
            self.world.restore_hub(self.hub_backup)

    def _restart(self, x: Laptop) -> None:
        self.world.hub.start()
        x.restart()

    def _power(self, x: Laptop) -> None:
        """Power fails at the hub or at a laptop in the middle of a transaction, or right after it."""
        world = self.world
        world.act(x)
        reply = world.serve(x.request(limit=9, ops=9), x.account)
        if world.rng.random() < 0.5:
            world.act(x)
            request = x.request(limit=9, ops=9)
            self._dark(world.hub.tables, lambda: world.serve(request, x.account))
            world.hub.start()
        else:
            self._dark(x.tables, lambda: x.receive(reply))
            x.restart()
            while x.fold_some():
                pass
            invariants.visible(x)

    def _dark(self, tables: Tables, work: Callable[[], object]) -> None:
        """Do work during which the power fails: the transaction that it strikes is lost whole, and no other."""
        there = tables.rows()
        tables.fuse, tables.blow = self.world.rng.randint(0, 12), PowerLoss()
        try:
            work()
            there = tables.rows()
            tables.power_loss()
        except PowerLoss:
            pass
        if tables.rows() != there:
            raise invariants.Broken("I3 a power loss took or left what it must not")
        tables.on()

    def _grant(self, x: Laptop) -> None:
        self.world.grant(x.account, self.world.rng.choice((DRAFT, TALK, STAFF)), True)

    def _revoke(self, x: Laptop) -> None:
        self.world.grant(x.account, self.world.rng.choice((DRAFT, TALK, STAFF)), False)

    def _upgrade(self, x: Laptop) -> None:
        """Somebody installs the next version of the app."""
        if self.world.skewed:
            x.use(newer(x.schema))
            invariants.visible(x)

    def _hub_upgrade(self, x: Laptop) -> None:
        """The next version of the server begins; what laptops were ahead with is judged."""
        if self.world.skewed:
            self.world.hub.use(newer(self.world.hub.schema))

    def _jump(self, x: Laptop) -> None:
        from tests.simulator.world import SKEWS

        x.skew = self.world.rng.choice(SKEWS)

    def _hub_jump(self, x: Laptop) -> None:
        """Somebody sets the clock of the hub."""
        self.world.hub.skew = self.world.rng.choice((0, 5_000, -5_000, 3_600_000))

    def _rot(self, x: Laptop) -> None:
        """A page of the file is damaged: rows are gone, or stand where there was none."""
        rng, data = self.world.rng, x.tables.data
        if x.tables.mirror:
            return
        held = sorted(s for s in x.tx.cursors() if data["base", s] and s not in x.tx.stale())
        if held:
            self.world.rotten = True
            scope = rng.choice(held)
            row = rng.choice(sorted(data["base", scope]))
            x.rot(row, scope, becomes=f"{row}:rot" if rng.random() < 0.3 else None)
            invariants.visible(x)

    def _years(self, x: Laptop) -> None:
        """Everybody is away for long; then the hub forgets what is too old, and laptops do."""
        self.world.now += self.world.rng.choice((91, 401)) * 86_400_000
        # of rows that left a scope while it was half staged only the daily comparison tells
        self.world.rotten |= any(y.tx.staged() for y in self.world.laptops)
        self._forgotten()
        for y in self.world.laptops:
            if self.world.rng.random() < 0.7:
                self._let_go(y)

    def _forget(self, x: Laptop) -> None:
        """Old answers and old ops are let go."""
        self._forgotten()
        self._let_go(x)

    def _let_go(self, x: Laptop) -> None:
        """A laptop forgets old ops once it has heard that the hub has them."""
        self.world.sync(x, flaky=False)
        x.forget()

    def _forgotten(self) -> None:
        """The hub forgets; what a clone from before that sends again may act once more, as it did the first time."""
        self.world.hub.compact()
        self.world.copied.update(entry.body for y in self.world.laptops for _, _, entry in y.logged())

    def _late(self, x: Laptop) -> None:
        """A request or a reply arrives long after it was sent."""
        world, rng = self.world, self.world.rng
        if world.late_requests and rng.random() < 0.5:
            request, account = world.late_requests.pop(rng.randrange(len(world.late_requests)))
            owners = [z for z in world.laptops if any(s.rep == request.replica for s in z.tx.segments())]
            world.late_replies.append(((owners or [x])[0], world.serve(request, account)))
        elif world.late_replies:
            y, reply = world.late_replies.pop(rng.randrange(len(world.late_replies)))
            world.log("late reply", y.name, y.receive(reply), reply)
            invariants.visible(y)

    def _project(self, x: Laptop) -> None:
        """The projector runs again over what it has seen already."""
        for row in list(self.world.hub.rows.values()):
            self.world.hub.tables.put("dirty", row.id, row.entity)
        self.world.hub.project()
