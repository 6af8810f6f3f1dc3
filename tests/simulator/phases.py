"""Stretches of a history that aim at one promise each: causality, wrong clocks, racing replies, healing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lms_core import ops
from lms_core.ops import Draft, arrange
from tests.simulator.entities import COUNTER, COUNTER_ROW, DRAFT, NOTE, TALK
from tests.simulator.invariants import Broken, differing
from tests.simulator.machines import Laptop
from tests.simulator.people import plain_field

if TYPE_CHECKING:
    from tests.simulator.world import World

PLAIN = ("section", "lesson", "note", "progress")


class Phases:
    """Targeted stretches over a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng

    def skew(self) -> int:
        """Some clock."""
        from tests.simulator.world import SKEWS

        return self.rng.choice(SKEWS)

    def causal(self) -> None:
        """I11: an edit that had seen another, or is a later one of the same person, wins whatever the clocks say."""
        for _ in range(self.rng.randint(1, 3)):
            x = self.rng.choice(self.world.laptops)
            self.world.sync(x, flaky=False)
            self.world.sync(x, flaky=False)
            x.skew = self.skew()
            row = self.world.people.pick(x, *PLAIN)
            if row is not None:
                self._edit_on(x, row)

    def _edit_on(self, x: Laptop, row: str) -> None:
        world, rng, people = self.world, self.rng, self.world.people
        entity, parent = x.shown[row][0], None
        for _ in range(rng.randint(1, 3)):
            world.now += 3
            x.write(people.retitle(x, row))
            if entity == "lesson" and (found := people.pick(x, "section")):
                parent = found
                x.write(people.move(x, row, parent, []))
            if rng.random() < 0.6:
                x.request()  # sealed, and the request is lost
            if rng.random() < 0.4:
                world.serve(x.request(), x.account)  # the reply is lost
                if rng.random() < 0.3:
                    self._ghost(x)
            x.skew = self.skew()
        want = (x.values(row) or {}).get(plain_field(entity))
        world.sync(x, flaky=False)
        there = world.hub.rows.get(row)
        if there is None:  # its create waits for a parent that is gone for good
            return
        if there.value(plain_field(entity)) != want:
            raise Broken("I11 own later edit lost", x.name, row, want, there)
        if parent is not None:
            order = arrange(x.places().get(parent, {}))
            if order[:1] != [row] or there.value("place")[0] != parent:
                raise Broken("I11 move lost", x.name, row, parent, order)

    def _ghost(self, x: Laptop) -> None:
        """A clone speaks once under the shared id and is never seen again."""
        self.world.copies(x)
        y = x.twin(f"{x.name}g{self.world.number()}")
        y.write(Draft(COUNTER.name, COUNTER_ROW, "attr", {"field": "n", "value": self.world.number()}))
        self.world.serve(y.request(), y.account)

    def clocks(self) -> None:
        """P5: a wrong clock does not beat an edit that is later by the hub's time."""
        x, y = self.rng.sample(self.world.laptops, 2)
        self.world.hub.skew = 0
        told = [self.world.hub.time(), *(z.tx.state().lo for z in self.world.laptops)]
        right = max(told) <= self.world.now  # a hub that was ahead once has no time for what is behind
        both = [
            row
            for row, (entity, values) in sorted(x.shown.items())
            if right
            and row in y.shown
            and entity in PLAIN
            and (entity in ("section", "lesson") or self._owned(x, y, values))
            and self._timely(row)
        ]
        if both:
            self._rivals(x, y, self.rng.choice(both))
        mine = self.world.people.pick(x, "note")
        if mine is not None:
            self._edit_and_delete(x, mine)

    def _timely(self, row: str) -> bool:
        """Whether nothing in a row is of a time that a hub was ahead of, and has lost with a timeline."""
        there = self.world.hub.rows.get(row)
        return there is None or max(cell.t for cell in there.cells.values()) <= self.world.now

    def _owned(self, x: Laptop, y: Laptop, values: dict[str, Any]) -> bool:
        return bool(values.get("account_id") == x.account == y.account)

    def _rivals(self, x: Laptop, y: Laptop, row: str) -> None:
        world, people = self.world, self.world.people
        early = self.rng.random() < 0.5
        x.skew, y.skew = (0, self.skew()) if early else (self.skew(), 0)
        x.write(people.retitle(x, row))
        world.now += 10
        world.sync(y if early else x, flaky=False)  # early: the last contact of y is after the edit of x
        world.now += 10
        y.write(people.retitle(y, row))
        field = plain_field(y.shown[row][0])
        want = y.shown[row][1][field]
        world.sync(y, flaky=False)
        world.sync(x, flaky=False)
        if world.hub.rows[row].value(field) != want:
            raise Broken("P5 wrong clock won", row, early, x.skew, y.skew)

    def _edit_and_delete(self, x: Laptop, row: str) -> None:
        world = self.world
        world.sync(x, flaky=False)
        if row not in x.shown:
            return
        world.erased(x.shown[row][1])
        x.write(world.people.retitle(x, row))
        x.write(ops.delete(NOTE, row))
        world.sync(x, flaky=False)
        if not world.hub.rows[row].gone:
            raise Broken("I11 own delete refused", row)

    def race(self) -> None:
        """A reply brings a text between two keystrokes on the same row."""
        world, rng = self.world, self.rng
        x, y = rng.sample(world.laptops, 2)
        world.sync(x, flaky=False)
        world.sync(y, flaky=False)
        both = [
            row
            for row, (entity, values) in sorted(x.shown.items())
            if row in y.shown and (entity == "lesson" or (entity == "note" and self._owned(x, y, values)))
        ]
        if not both:
            return
        row = rng.choice(both)
        self._type(y, row, before=True)
        world.sync(y, flaky=False)
        world.now += 1
        request = x.request()
        self._type(x, row)
        x.receive(world.serve(request, x.account))
        self._type(x, row)

    def _type(self, x: Laptop, row: str, *, before: bool = False) -> None:
        if row in x.shown:
            entity, values = x.shown[row]
            base, word = values.get("body") or "", self.world.word()
            text = "\n\n".join(filter(None, (word, base) if before else (base, word)))
            x.write(ops.edit_text(x.schema[entity], row, field="body", base=base, text=text))

    def heal(self) -> None:
        """P1: a hub restored to a backup younger than every laptop's log comes back to what it was."""
        world, rng = self.world, self.rng
        backup = world.hub.backup()
        for _ in range(rng.randint(5, 25)):
            world.now += rng.randint(1, 400)
            x = rng.choice(world.laptops)
            if rng.random() < 0.6:
                world.act(x)
            else:
                world.sync(x, flaky=False)
            if rng.random() < 0.04:
                world.grant(rng.choice(("a0", "a1")), rng.choice((DRAFT, TALK)), rng.random() < 0.5)
            if rng.random() < 0.1:
                x.skew = self.skew()
            if rng.random() < 0.03:
                world.sync(x, flaky=False)
                self._ghost(x)
        world.quiet()
        if rng.random() < 0.5:
            self.causal()
            world.quiet()
        before, parked, held = self._content(), self._parked(), world.hub.held_bodies()
        world.log("HEAL")
        world.restore_hub(backup)
        world.quiet()
        if bad := differing(before, self._content()):
            raise Broken("P1 hub not healed", bad)
        if new := self._parked() - parked:
            raise Broken("P1 acknowledged op parked by the healing", new)
        if waiting := world.hub.held_bodies() - held:
            raise Broken("P1 acknowledged op held by the healing", waiting)

    def _content(self) -> dict[str, Any]:
        """What people would notice, besides texts and orders that may merge otherwise."""
        out: dict[str, Any] = {}
        for row in self.world.hub.rows.values():
            if row.entity in ("conflict", "counter"):
                continue
            values = {n: c.value for n, c in row.cells.items() if n not in ("body", "place")}
            place = row.value("place")
            out[row.id] = None if row.gone else (values, place[0] if place else None)
        return out

    def _parked(self) -> set[tuple[Any, ...]]:
        return {(op.entity, op.row, op.kind, str(op.args), op.t) for x in self.world.laptops for op, _, _ in x.parked}
