"""What must hold at every quiet point (SYNC.md section 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from lms_core.ops import RECOVERED, seal
from lms_core.ports import is_v5
from lms_core.sync.hub.judge import LATER
from lms_core.sync.ports import BaseRow
from lms_core.sync.rows import RowView, doc_of
from tests.simulator.entities import COUNTER_ROW, STAFF, TALK
from tests.simulator.machines import Laptop
from tests.simulator.server import Hub
from tests.simulator.words import brought, words


class Broken(AssertionError):
    """An invariant does not hold."""


class Town(Protocol):
    """What is looked at."""

    hub: Hub
    laptops: list[Laptop]
    written: set[str]
    removed: set[str]
    destroyed: set[str]
    copied: set[bytes]
    granted: dict[tuple[str, str], bool]


def differing(want: Mapping[Any, Any], have: Mapping[Any, Any]) -> list[tuple[Any, Any, Any]]:
    """Where two mappings differ."""
    if want == have:
        return []
    return [(k, want.get(k), have.get(k)) for k in sorted(want.keys() | have.keys()) if want.get(k) != have.get(k)]


def visible(x: Laptop, hub: Hub | None = None) -> None:
    """I2: the screen is fold(base, pending), and what `hub` knows does not flicker."""
    by_row: dict[str, list[Any]] = {}
    overlaying = x.overlaying()
    for op in overlaying:
        by_row.setdefault(op.row, []).append(op)
    if bad := differing(by_row, x.tx.pending(None)):
        raise Broken("I2 overlay", x.name, bad)
    if bad := differing(x.folded(by_row), x.shown):
        raise Broken("I2 visible", x.name, bad)
    if hub is not None:
        _flicker(hub, x, {id(op) for op in overlaying})


def _flicker(hub: Hub, x: Laptop, shown: set[int]) -> None:
    """I2: what the hub has taken stays on the screen until its effect is in base."""
    state, cursors, stale = x.tx.state(), x.tx.cursors(), x.tx.stale()
    if state.mark is not None and not hub.knows(state.mark):
        return  # it was not told yet that its timeline was lost: positions in one say nothing of the other
    for segment in x.tx.segments():
        there, log = hub.tables.data["verdict", segment.rep], x.tables.data["log", segment.rep]
        for c, entry in log.items():
            verdict = there.get(c) if c > segment.floor else None
            if verdict is None or entry.verdict is None or verdict.seen is None or verdict.mac != entry.verdict.mac:
                continue
            scope, seq = verdict.seen
            recalled = entry.verdict.seen is None and (segment.rep, c) in x.tables.data["recalled"]
            if recalled and scope in stale and entry.op.row in x.tx.rows():
                continue  # a hub before this one had forgotten its answer: what it did was here then
            if scope in state.rights and (scope in stale or cursors.get(scope, -1) < seq) and id(entry.op) not in shown:
                raise Broken("I2 flicker", x.name, entry.op)


def hub_words(hub: Hub) -> set[str]:
    """Words that the hub holds; what was settled is before nobody's eyes."""
    found = [
        cell.value
        for row in hub.rows.values()
        for name, cell in row.cells.items()
        if not row.gone and not (row.value("status") == "settled" and name == "mine")
    ]
    return words(found) | brought(hub.held_ops())


def held(x: Laptop) -> set[str]:
    """Words that a laptop could still send."""
    return brought(x.own_ops())


def quiet(town: Town) -> None:
    """Everything that must hold once all have synced."""
    feeds: dict[str, dict[str, BaseRow]] = {}
    for x in town.laptops:
        visible(x)
        _converged(town.hub, x, feeds)
        _answered(town, x)
    _kept(town)
    _whose(town.hub)
    known = town.hub.schema.version
    if late := [w for w in town.hub.tables.data["held"].values() if w.row == LATER and w.writer.schema <= known]:
        raise Broken("I5 waits for a program that is there", late)
    _once(town.hub, town.copied)
    _tree(town.hub)
    _derived(town)


def _feed(hub: Hub, scope: str) -> dict[str, BaseRow]:
    """What the hub shows of a scope."""
    out = {}
    for row in hub.rows.values():
        entity = hub.schema[row.entity]
        scopes = {} if row.gone else entity.scopes(RowView(entity, row))
        if scope in scopes:
            out[row.id] = BaseRow(scope, row.entity, row.ver, doc_of(row, scopes[scope]))
    return out


def _converged(hub: Hub, x: Laptop, feeds: dict[str, dict[str, BaseRow]]) -> None:
    """I1, I6, I9: base is what the hub shows to this account, no more and no less."""
    rights = hub.scopes_of(x.account)
    for scope in sorted(rights):
        if scope not in feeds:
            feeds[scope] = _feed(hub, scope)
        if bad := differing(feeds[scope], x.tables.data["base", scope]):
            raise Broken("I1 diverged", x.name, scope, bad)
        if x.tx.cursors().get(scope, -1) > hub.tables.data["seq"].get(scope, 0):
            raise Broken("I9 cursor ahead", x.name, scope)
    if x.tx.cursors().keys() != rights or x.rights != rights:
        raise Broken("I6 scopes are not the rights", x.name, sorted(x.tx.cursors()), sorted(rights))
    left = {t for t, rows in x.tables.data.items() if isinstance(t, tuple) and t[0] == "base" and rows}
    if any(scope not in rights for _, scope in left) or x.tx.staged():
        raise Broken("I10 rows left over", x.name, left)


def _answered(town: Town, x: Laptop) -> None:
    """I5, I7: a verdict for every op, and what only rises has not fallen."""
    held_back = town.hub.held_bodies()
    waiting = [op for op in x.overlaying() if seal(op) not in held_back]
    if waiting:
        raise Broken("I5 no verdict or never seen", x.name, waiting)
    floor = {s.rep: s.floor for s in x.tx.segments()}
    for rep, c, entry in x.logged():
        op, verdict = entry.op, entry.verdict
        if c > floor[rep] and op.kind in ("max", "min") and verdict and verdict.verdict in ("applied", "noop"):
            value = town.hub.rows[op.row].value(op.args["field"])
            if value is None or (value < op.args["value"] if op.kind == "max" else value > op.args["value"]):
                raise Broken("I7 fell", op, value)
    made = {op.row for op, _, _ in x.parked if op.kind in ("create", "append")}
    for op, code, _ in x.parked:
        if code == "gone" and op.g is None and op.entity == "answer" and op.args["of"] in made:
            raise Broken("I5 depends not told", op)
        if code in ("unknown_entity", "unknown_field") and {op.args.get("field", "body")} <= _fields(x, op.entity):
            raise Broken("I5 refused for being newer", op)
        if code == "exception" and op.args.get("txt") != "poison":
            raise Broken("I5 set aside for a failure that passed", op)


def _whose(hub: Hub) -> None:
    """I6: an id that follows from a key belongs to whoever has the key."""
    cards = hub.tables.data["replica"]
    for row in hub.rows.values():
        entity = hub.schema[row.entity]
        if entity.key and row.id != entity.id_for(*(str(row.value(name)) for name in entity.key)):
            raise Broken("I6 squatted", row)
        if not entity.key and is_v5(row.id) and row.entity != "conflict":
            raise Broken("I6 squatted", row)
        owner = row.cells.get(entity.owner or "")
        if owner and cards[owner.rep].account != owner.value:
            raise Broken("I6 made in the name of another", row)


def _fields(x: Laptop, entity: str) -> set[str]:
    """What a laptop's own program knows."""
    known = x.schema.find(entity)
    return set(known.fields) if known else set()


def _kept(town: Town) -> None:
    """I3, P1: every word is at the hub, parked with its author, or was taken out on purpose."""
    here = hub_words(town.hub).union(*(brought(op for op, _, _ in x.parked) for x in town.laptops))
    if missing := town.written - here - town.removed - town.destroyed:
        raise Broken("I3 lost", sorted(missing))
    for (account, scope), on in town.granted.items():
        if (scope in town.hub.scopes_of(account)) != on:
            raise Broken("P1 right lost", account, scope)


def _once(hub: Hub, copied: set[bytes]) -> None:
    """I4: no op acts twice, no group acts in part."""
    twice = [body for body, n in hub.tables.data["acted"].items() if n > 1 and body not in copied]
    if twice:
        raise Broken("I4 twice", twice)
    for row in hub.rows.values():
        if row.value("txt") in ("poison", "rude"):
            raise Broken("I4 refused and yet there", row.id)


def _tree(hub: Hub) -> None:
    """I8: each draft is a tree; attempts and answers of one group come together."""
    for row in hub.rows.values():
        entity = hub.schema[row.entity]
        if entity.is_tree:
            parent = row.value("place")[0]
            above = hub.rows.get(parent)
            if parent != RECOVERED and (above is None or above.entity not in entity.parents):
                raise Broken("I8 tree", row.id, parent)
        if row.entity == "answer" and row.value("of") not in hub.rows:
            raise Broken("I8 half a group", row.id)
        if row.entity == "attempt" and "answer" + row.id.removeprefix("attempt") not in hub.rows:
            raise Broken("I8 half a group", row.id)


def _derived(town: Town) -> None:
    """I12: derived figures equal a recomputation."""
    want = town.hub.talking()
    row = town.hub.rows.get(COUNTER_ROW)
    have = row.value("n") if row else 0
    if want != have:
        raise Broken("I12 derived", want, have)
    for copy, values in town.hub.roster().items():
        there = town.hub.rows.get(copy)
        found = {n: c.value for n, c in there.cells.items()} if there and not there.gone else None
        if found != values:
            raise Broken("I12 staff copy", copy, values, found)
        if bad := [x.name for x in town.laptops if STAFF in x.rights and x.values(copy) != values]:
            raise Broken("I12 staff copy shown", bad, copy)
    for x in town.laptops:
        shown = x.values(COUNTER_ROW)
        if TALK in x.rights and row is not None and (shown is None or shown["n"] != want):
            raise Broken("I12 shown", x.name, want)
