"""The hub's verdict on ops: pure rules of merging over rows that were loaded beforehand (SYNC.md section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lms_core.errors import Denied, UserError
from lms_core.merge import added, merge_text
from lms_core.ops import NIL, RECOVERED, Op, Version, bound, digest_of
from lms_core.ports import is_v5
from lms_core.schema import Actor, Entity
from lms_core.sync.bench import Bench
from lms_core.sync.checks import UNREADABLE, check_args
from lms_core.sync.hub.lost import Lost, Person, keep, stands, unseen
from lms_core.sync.rows import Cell, HubRow, Over, Writer, among, replacing
from lms_core.sync.sealed import Held, Outcome, Refused, Sealed, alike
from lms_core.sync.wire import Receipt

if TYPE_CHECKING:
    from lms_core.sync.ports import Facts

HUMAN_TEXT = 40
NOBODY = Writer("", "", "")
NOTHING = Cell(None, NIL, 0, "", 0)
LATER = "schema"
"""What ops of a newer schema wait for, as rows wait for their parents."""

BEYOND = frozenset({"bad_choice", "bad_op", "bad_value", "out_of_range", "unknown_field"})
"""What an older program says of ops that a newer one understands."""

KEPT = "conflict"
"""Code of an op whose text found no place, so that a restored hub keeps it once more."""
NOW = object()
"""A value that is the effective time of its op."""
OTHERS = frozenset({"id_reused", "bad_id"})
"""Codes of creates whose row belongs to somebody else: what hangs on it may still come."""


class Judge:
    """Judge the ops of one writer, group by group, over a bench."""

    def __init__(self, bench: Bench, writer: Writer, facts: Facts, *, later: set[str] | None = None) -> None:
        """Judge with `later`, when the writer's program is newer than this one: rows whose creation waits for it."""
        self.bench = bench
        self.later = later
        self.writer = writer
        self.actor = Actor(writer.account, writer.role)
        self.facts = facts
        self.t_eff, self.code, self.there = 0, "", "noop"
        self.first: Version | None = None
        self.over: Over = ()

    def group(self, ops: Sequence[Sealed], times: dict[int, int], refusal: str = "") -> dict[int, Outcome]:
        """Judge ops that stand or fall together.

        `times` are their effective times by number, `refusal` is the code of what stands against them beforehand.
        """
        bench = self.bench
        bench.draft = {}
        out: dict[int, Outcome] = {}
        cause = ops[0].c
        try:
            if refusal:
                raise Refused(refusal)
            for sealed in ops:
                cause = sealed.c
                verdict = self._one(sealed, times[sealed.c])
                self._reach(sealed)
                out[sealed.c] = Outcome(verdict, self.code, self.t_eff, self.first or bench.version, None, self.over)
            bench.keep()
            self.facts.settle(stands=True)
            return out
        except (Refused, UserError, Denied) as refusal:
            if refusal.code not in OTHERS:
                bench.refuse([sealed.op for sealed in ops], self.actor.account)
            return alike(ops, "rejected", refusal.code, cause, times)
        except Held as held:
            if self.later is not None and held.row == LATER:
                self.later.update(s.op.row for s in ops if s.op.kind in ("create", "append"))
            return alike(ops, "held", held.row, cause, times)
        finally:
            bench.draft = {}
            self.facts.settle(stands=False)

    def _one(self, sealed: Sealed, t: int) -> str:
        op, rc = sealed.op, sealed.receipt
        resent = rc is not None and rc.verdict in ("applied", "merged", "noop")
        self.t_eff, self.code = t, ""
        self.first = rc.ver if rc and rc.verdict in ("applied", "merged") else None
        self.over = rc.over if rc else ()
        # what finds its own effect there keeps its verdict, or it would not act at the next restored hub
        self.there = rc.verdict if rc else "noop"
        if rc and not resent:
            raise Refused(rc.code)
        entity = self.bench.schema.find(op.entity)
        if entity is None:
            if self.later is not None:
                raise Held(LATER)
            raise Refused("malformed" if op.kind == UNREADABLE else "unknown_entity")
        try:
            self._shape(entity, op, resent)
        except UserError as error:
            if self.later is not None and error.code in BEYOND:
                raise Held(LATER) from error
            raise
        if op.kind in ("create", "append"):
            self._name(entity, op, resent)
            self._rules(entity, op, resent)
            self._same(entity, op, rc)
            return self._create(entity, sealed, t, resent)
        row = self._need(op.row, resent)
        if row.entity != op.entity:
            raise Refused("wrong_entity")
        self._same(entity, op, rc)
        if rc and rc.verdict == "noop" and (row.gone or op.kind not in ("max", "min")):
            self._kept(entity, row, sealed, rc, t)
            return "noop"
        if row.gone:
            if rc and resent and (op.kind == "delete" or row.had(op, rc.ver, self.facts.known) or stands(row, op)):
                self._kept(entity, row, sealed, rc, t)
                return rc.verdict if self.code or (op.kind == "delete" and row.base == (op.base or NIL)) else "noop"
            raise Refused("gone")
        self._rules(entity, op, resent)
        return self._change(entity, row, sealed, t)

    def _reach(self, sealed: Sealed) -> None:
        """Nobody is given more scopes than laptops can follow; what was given once is given again."""
        op, grants = sealed.op, self.bench.schema[sealed.op.entity].grants
        view = self.bench.view(op.row) if grants and not self.actor.is_hub and not sealed.receipt else None
        if grants and view and not all(self.facts.within_reach(*pair) for pair in grants(view)):
            raise Refused("too_many_scopes")

    def _shape(self, entity: Entity, op: Op, resent: bool) -> None:
        """Whether an op of this kind can be at all; before its row is looked for."""
        if self.actor.is_hub:
            return
        if entity.made_by == "hub" and op.kind in ("create", "append", "delete"):
            raise Refused("reserved_field")
        if not resent:
            check_args(entity, op)

    def _rules(self, entity: Entity, op: Op, resent: bool) -> None:
        """Right, rule and guard; what hangs on a refused row is told so first, for that is the reason."""
        if self.actor.is_hub or resent:
            return
        for row in entity.above(op):
            if row and self.bench.row(row) is None and row in self.bench.refused:
                raise Refused("depends")
        there = self.bench.row(op.row)  # one of another kind says nothing here; making this one is refused for the id
        view = self.bench.view(op.row) if there and there.entity == entity.name else None
        if not entity.may(self.actor, op, view, self.bench.view):
            raise Refused("forbidden")
        entity.check(self.actor, op, view, self.bench.view)
        entity.guard(self.actor, op, view, self.facts)

    def _same(self, entity: Entity, op: Op, rc: Receipt | None) -> None:
        """Ask the right again where a row was made here after the op first came: it may be another's under that id."""
        if rc is None:
            return
        names = entity.above(op) if op.kind in ("create", "append") else (op.row,)
        rows = [row for name in names if name and (row := self.bench.row(name)) and not row.gone]
        later = any(rc.ver < row.made and self.bench.schema[row.entity].made_by != "hub" for row in rows)
        if later and not entity.may(self.actor, op, self.bench.view(op.row), self.bench.view):
            raise Refused("forbidden")

    def _need(self, row: str, resent: bool, otherwise: str = "gone") -> HubRow:
        found = self.bench.row(row)
        if found is None:
            if self.later and row in self.later:
                raise Held(LATER)
            if resent and row not in self.bench.refused:
                raise Held(row)
            raise Refused("depends" if row in self.bench.refused else otherwise)
        return found

    # --- creating
    def _create(self, entity: Entity, sealed: Sealed, t: int, resent: bool) -> str:
        op, bench = sealed.op, self.bench
        if entity.owner and not self.actor.is_hub and op.args.get(entity.owner) != self.actor.account:
            raise Refused("forbidden")
        there, digest = bench.row(op.row), digest_of(op)
        if there is not None:
            if there.entity != entity.name:
                raise Refused("id_reused")
            if entity.key and not there.gone:
                return self._again(entity, op, sealed.c, t)
            if there.digest != digest:
                raise Refused("id_reused")
            return self.there
        for name in entity.refs:
            if op.args.get(name):
                self._need(op.args[name], resent)
        values = entity.flatten(op.args)
        spot = values.pop("place", None) or {"parent": RECOVERED, "after": []}
        made = bench.touch(entity.name, op.row)
        made.digest, ver = digest, self.first or made.ver
        cells, rep, c = made.cells, self.writer.rep, sealed.c
        for name, value in values.items():
            # the first state of a row with a natural key yields to every later verb
            at = 0 if entity.key and name in entity.states else t
            cells[name] = Cell(value, ver, at, rep, c)
        for name, value in zip(entity.stamps, sealed.between, strict=False):
            cells[name] = Cell(value, ver, t, rep, c)
        for name in entity.states.keys() - values.keys():
            self._put(op.row, name, entity.fields[name].default, 0, sealed.c)
        if entity.is_tree:
            self._place(entity, sealed, t, spot["parent"], spot["after"], resent)
        bench.refused.discard(op.row)
        return "applied"

    def _name(self, entity: Entity, op: Op, resent: bool) -> None:
        """Refuse an id that belongs to whoever has the key it follows from."""
        if entity.key:
            right = op.row == entity.id_for(*(str(op.args.get(k)) for k in entity.key))
        else:
            right = resent or self.actor.is_hub or not is_v5(op.row)
        if not right:
            raise Refused("bad_id")

    def _again(self, entity: Entity, op: Op, c: int, t: int) -> str:
        """A create on a row with a natural key that another device made first becomes field ops."""
        acted = False
        for name, value in entity.flatten(op.args).items():
            self.over = ()
            kind = entity.fields[name.partition("/")[0]].kind
            if kind in ("max", "min"):
                acted |= self._bound(entity, op.row, name, value, t, c)
            elif kind == "attr":
                acted |= self._attr(entity, op, c, t, name, value) == "applied"
            elif kind == "text":
                acted |= self._text(entity, op.row, (name, "", value or ""), c, t, None) != "noop"
        return "applied" if acted else "noop"

    # --- changing
    def _change(self, entity: Entity, row: HubRow, sealed: Sealed, t: int) -> str:
        op, c, rc = sealed.op, sealed.c, sealed.receipt
        kind, args = op.kind, op.args
        if kind == "attr":
            return self._attr(entity, op, c, t, args["field"], args["value"])
        if kind in ("max", "min"):
            return "applied" if self._bound(entity, op.row, args["field"], args["value"], t, c) else "noop"
        if kind == "text":
            verdict = self._text(entity, op.row, (args["field"], args["base"], args["text"]), c, t, rc)
            if rc and not self.code:
                self._kept(entity, row, sealed, rc, t)
            return verdict
        if kind == "delete":
            return self._delete(row, op, c)
        name = {"place": "place", "state": args.get("field", "")}.get(kind, "trashed_at")
        cell = row.cells.get(name)
        if rc and cell and (t, self.writer.rep, c) <= (cell.t, cell.rep, cell.c):
            return self.there if t == cell.t else "noop"
        if kind == "place":
            return self._place(entity, sealed, t, args["parent"], args["after"], rc is not None)
        if kind in ("trash", "restore"):
            return self._attr(entity, op, c, t, "trashed_at", NOW if kind == "trash" else None)
        return self._state(entity, row, sealed, t)

    def _put(self, row: str, name: str, value: Any, t: int, c: int, writer: Writer | None = None) -> None:
        found = self.bench.touch("", row)
        at = found.ver if self.first else None
        found.cells[name] = Cell(value, self.first or found.ver, t, (writer or self.writer).rep, c, at, self.over)

    def _attr(self, entity: Entity, op: Op, c: int, t: int, name: str, value: Any) -> str:
        cell = self.bench.cell(op.row, name)
        self.t_eff = t
        if cell is not None:
            own, base = self.writer.wrote(cell, c), op.base or NIL
            told = among(self.over, cell.rep, cell.c)
            if told or own or base >= cell.ver:
                if not told and base > cell.ver and not self.facts.known(base):
                    # what its author had seen was lost with a timeline, and may not have seen this, were it their own
                    self._clash(entity, op.row, name, (cell.value, value), (cell.rep, self.writer.rep), cell.t)
                self.t_eff = t = max(t, cell.t + 1)
                self.over = replacing(cell, own, self.over)
            elif among(cell.over, self.writer.rep, c):  # whoever wrote the value had seen this one
                return "noop"
            elif (t, self.writer.rep, c) <= (cell.t, cell.rep, cell.c):
                self._clash(entity, op.row, name, (value, cell.value), (self.writer.rep, cell.rep), t)
                return self.there if (t, value) == (cell.t, cell.value) else "noop"
            else:
                self._clash(entity, op.row, name, (cell.value, value), (cell.rep, self.writer.rep), cell.t)
        self._put(op.row, name, t if value is NOW else value, t, c)
        return "applied"

    def _bound(self, entity: Entity, row: str, name: str, value: Any, t: int, c: int) -> bool:
        cell = self.bench.cell(row, name)
        kind = entity.fields[name].kind
        if value is None or (cell is not None and bound(kind, cell.value, value) == cell.value):
            return False
        self._put(row, name, value, t, c)
        return True

    def _text(self, entity: Entity, row: str, edit: tuple[str, str, str], c: int, t: int, rc: Receipt | None) -> str:
        name, base, mine = edit
        cell = self.bench.cell(row, name)
        if cell is None or (cell.value or "") == base:
            self._put(row, name, mine, max(t, cell.t + 1 if cell else t), c)
            return "applied"
        if cell.value == mine:
            return self.there
        merged = merge_text(base, mine, cell.value)
        # what it merges with may be newer than the op was
        self.first = max(self.first, cell.ver) if self.first else None
        known = rc is not None and rc.verdict == "applied" and cell.ver <= rc.ver
        writer, number = (self.writer, c) if known else (NOBODY, 0)
        self._put(row, name, merged.text, max(t, cell.t), number, writer)
        if merged.lost:
            self._keep(entity, row, edit, t, merged.lost, cell.rep)
        return "merged"

    def _kept(self, entity: Entity, row: HubRow, sealed: Sealed, rc: Receipt, t: int) -> None:
        """Keep once more what was kept when the op came first or was replaced: somebody may have answered."""
        op, name = sealed.op, sealed.op.args.get("field", "")
        cell, rep = row.cells.get(name, NOTHING), self.writer.rep
        if rc.verdict != "noop" and row.outdone(op, rc.ver, self.facts.known) and not among(cell.over, rep, sealed.c):
            self._clash(entity, op.row, name, (op.args.get("value"), cell.value), (rep, cell.rep), t)
        if rc.code != KEPT:
            return
        if op.kind == "text":
            edit = name, op.args["base"], op.args["text"]
            self._keep(entity, op.row, edit, t, added(*edit[1:]), cell.rep)
        elif rc.verdict == "noop":
            self._replaced(entity, op.row, name, (op.args["value"], cell.value or ""), (self.writer.rep, cell.rep), t)
        elif cell.ver < rc.ver:
            self._clash(entity, op.row, name, (cell.value, op.args["value"]), (cell.rep, self.writer.rep), cell.t)

    def _keep(self, entity: Entity, row: str, edit: tuple[str, str, str], t: int, lost: str, by: str) -> None:
        """Keep paragraphs of an edit that found no place beside what replica `by` wrote."""
        name, before, text = edit
        op = Op(entity.name, row, "text", {"field": name, "base": before, "text": text}, None, t, 0)
        there = self.bench.cell(row, name)
        self._lost(entity, op, (lost, there.value if there else "", before), (self.writer.rep, by))

    def _clash(
        self, entity: Entity, row: str, name: str, texts: tuple[Any, Any], reps: tuple[str, str], t: int
    ) -> None:
        """Of two human texts the lost one is kept."""
        if texts[0] != texts[1] and all(isinstance(x, str) and len(x) > HUMAN_TEXT for x in texts):
            self._replaced(entity, row, name, texts, reps, t)

    def _replaced(
        self, entity: Entity, row: str, name: str, texts: tuple[str, str], reps: tuple[str, str], t: int
    ) -> None:
        """Keep a value that another replaced, under an id of its own whichever of the two comes first."""
        op = Op(entity.name, row, "attr", {"field": name, "value": texts[0]}, None, t, 0)
        self._lost(entity, op, (*texts, ""), reps)

    def _lost(self, entity: Entity, op: Op, texts: tuple[str, str, str], reps: tuple[str, str]) -> None:
        """Keep what found no place, what stands and what was before both; `reps` wrote the first two."""
        author, by = (self._person(rep) for rep in reps)
        self.code = KEPT if author.account == self.writer.account else self.code
        keep(self.bench, entity, Lost(op, op.args["field"], *texts, author, by), at=self.t_eff)

    def _person(self, rep: str) -> Person:
        account = self.writer.account if rep == self.writer.rep else self.facts.account(rep)
        return Person(account, self.facts.name(account) if account else "")

    def _delete(self, row: HubRow, op: Op, c: int) -> str:
        base = op.base or NIL
        here = self.facts.known(base)  # else it was seen on a timeline that a restore has ended
        came = [((here and cell.at) or cell.ver, cell) for cell in row.cells.values()]
        if any(ver > base and not self.writer.wrote(cell, c) for ver, cell in came):
            return "noop"
        gone = self.bench.touch(row.entity, row.id)
        gone.gone, gone.base = True, base
        return "applied"

    def _state(self, entity: Entity, row: HubRow, sealed: Sealed, t: int) -> str:
        op, name, expect = sealed.op, sealed.op.args["field"], sealed.op.args["expect"]
        target = entity.states.get(name, {}).get((expect, op.args["verb"]))
        if target is None:
            raise Refused("bad_transition")
        cell = row.cells.get(name)
        now = cell.value if cell else entity.fields[name].default
        if sealed.receipt is None and now != expect:
            if op.g is not None:
                raise Refused("expectation")
            return "noop"
        self.t_eff = t = max(t, cell.t + 1) if cell else t
        rest = unseen(self.bench, row, op)
        name, target = ("mine", rest) if rest else (name, target)
        if rest != row.value("mine"):
            self._put(op.row, name, target, t, sealed.c)
        return "applied"

    def _place(self, entity: Entity, sealed: Sealed, t: int, parent: str, after: Iterable[str], resent: bool) -> str:
        op, bench = sealed.op, self.bench
        if parent != RECOVERED:
            try:
                above = self._need(parent, resent, "lost")
                if above.entity not in entity.parents:
                    raise Refused("depth")
            except Refused as refusal:
                if refusal.code != "lost":
                    raise
                parent = RECOVERED
        return self._attr(entity, op, sealed.c, t, "place", [parent, bench.spot(parent, op.row, list(after))])
