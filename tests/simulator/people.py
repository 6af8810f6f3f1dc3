"""What the people of the simulated school do on their laptops."""

from __future__ import annotations

import random
from typing import Any, Protocol

from lms_core import ops
from lms_core.ops import Draft, Values, arrange
from lms_core.sync.entities import CONFLICT
from tests.simulator.entities import (
    ANSWER,
    ATTEMPT,
    COUNTER,
    COUNTER_ROW,
    COURSE_ROW,
    DRAFT,
    ENROLMENT,
    LESSON,
    NOTE,
    POST,
    PROGRESS,
    ROSTER,
    SCHEMA,
    SECTION,
    STEPS,
    TALK,
)
from tests.simulator.machines import Laptop

BEGIN = ("note", "post", "section", "lesson", "progress", "enrol", "group")
GO_ON = (
    "text", "text", "attr", "attr", "summary", "tag", "share", "more", "place", "place", "trash", "state", "state",
    "delete", "edit_delete", "reuse", "poison", "rude", "reserved", "settle", "settle", "squat", "mood", "mood", "essay",
)  # fmt: skip
OWNED = frozenset({"note", "essay", "progress", "enrolment", "attempt", "answer"})


class Ledger(Protocol):
    """Where people's words are counted."""

    rng: random.Random

    def number(self) -> int:
        """A number that was never used."""

    def word(self) -> str:
        """A word that was never written."""

    def erased(self, value: Any) -> None:
        """Note words that somebody took out on purpose."""


class People:
    """Random hands on keyboards."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.rng = ledger.rng
        self.off = {kind for kind in sorted({*GO_ON}) if self.rng.random() < 0.15}
        """What nobody in this school ever does: less of one thing is more of another."""

    def act(self, laptop: Laptop, kind: str = "") -> None:
        """Do one thing, if it is possible there."""
        kind = kind or self.rng.choice(BEGIN if self.rng.random() < 0.35 else GO_ON)
        if kind in self.off:
            return
        drafts = getattr(self, f"_{kind}")(laptop)
        group = f"g{self.ledger.number()}" if len(drafts) > 1 else None
        if drafts:
            laptop.write(*drafts, group=group)

    def pick(self, laptop: Laptop, *entities: str) -> str | None:
        """One of the rows on the screen that this person may change."""
        rows = sorted(
            row
            for row, (entity, values) in laptop.shown.items()
            if entity in entities and (entity not in OWNED or values.get("account_id") == laptop.account)
        )
        if not rows:
            return None
        # everybody works on the same things most of the time
        return rows[0] if self.rng.random() < 0.4 else self.rng.choice(rows)

    def id(self, kind: str, laptop: Laptop) -> str:
        """A fresh row id."""
        return f"{kind}:{laptop.account}:{self.ledger.number()}"

    # --- beginning
    def _note(self, x: Laptop) -> list[Draft]:
        values = {"account_id": x.account, "body": self.ledger.word(), "star": 0, "shared": self.rng.randint(0, 1)}
        return [ops.create(NOTE, self.id("note", x), values)]

    def _post(self, x: Laptop, txt: str = "") -> list[Draft]:
        if TALK not in x.rights:
            return []
        values = {"txt": txt or self.ledger.word(), "re": self.pick(x, "post")}
        return [ops.create(POST, self.id("post", x), values)]

    def _section(self, x: Laptop) -> list[Draft]:
        if COURSE_ROW not in x.shown:
            return []
        spot = {"parent": COURSE_ROW, "after": self.anchors(x, COURSE_ROW)}
        return [ops.create(SECTION, self.id("section", x), {"title": self.title(), "place": spot})]

    def _lesson(self, x: Laptop) -> list[Draft]:
        above = self.pick(x, "section")
        if above is None:
            return []
        spot = {"parent": above, "after": self.anchors(x, above)}
        values = {"title": self.title(), "body": self.ledger.word(), "place": spot}
        return [ops.create(LESSON, self.id("lesson", x), values)]

    def _progress(self, x: Laptop) -> list[Draft]:
        row = PROGRESS.id_for(x.account, "0")
        if row in x.shown:
            return []
        pct = self.rng.randint(0, 100)
        values = {
            "account_id": x.account,
            "lesson_id": "0",
            "pct": pct,
            "first": 100 + pct,
            "flag": self.ledger.number(),
        }
        return [ops.create(PROGRESS, row, values)]

    def _enrol(self, x: Laptop) -> list[Draft]:
        row = ENROLMENT.id_for(x.account, "0")
        values = {"account_id": x.account, "course_id": "0", "status": "none"}
        return [] if row in x.shown else [ops.create(ENROLMENT, row, values)]

    def _group(self, x: Laptop) -> list[Draft]:
        attempt = self.id("attempt", x)
        mine = {"account_id": x.account}
        drafts = [ops.create(ATTEMPT, attempt, {**mine, "txt": self.ledger.word()})]
        if self.rng.random() < 0.7:
            drafts += self._state(x)
        answer = {**mine, "txt": self.ledger.word(), "of": attempt}
        drafts.append(ops.create(ANSWER, "answer" + attempt.removeprefix("attempt"), answer))
        group = f"g{self.ledger.number()}"
        x.write(*drafts, group=group)
        return [ops.create(ANSWER, self.id("answer", x), {**answer, "txt": self.ledger.word()})]

    # --- going on
    def _text(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note", "lesson", "essay")
        if row is None:
            return []
        base = x.shown[row][1].get("body") or ""
        parts = base.split("\n\n") if base else []
        at, how = self.rng.randint(0, len(parts)), self.rng.random()
        if how < 0.5 or at == len(parts):
            parts.insert(at, self.ledger.word())
        elif how < 0.85:
            parts[at] += " " + self.ledger.word()
        else:
            self.ledger.erased(parts.pop(at))
        return [self.edit(x, row, base, "\n\n".join(parts))]

    def edit(self, x: Laptop, row: str, base: str, text: str) -> Draft:
        """Replace a body."""
        return ops.edit_text(x.schema[x.shown[row][0]], row, field="body", base=base, text=text)

    def _attr(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "section", "lesson", "note", "progress")
        return [self.retitle(x, row)] if row else []

    def retitle(self, x: Laptop, row: str) -> Draft:
        """Give the simple field of a row a value that was never used."""
        entity = SCHEMA[x.shown[row][0]]
        return ops.change(
            entity, row, plain_field(entity.name), self.title() if "title" in entity.fields else self.ledger.number()
        )

    def title(self) -> str:
        """A short text that nobody else gives."""
        return f"t{self.ledger.number()}"

    def _summary(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note", "lesson")
        if row is None:
            return []
        entity, values = x.shown[row]
        self.ledger.erased(values.get("summary"))
        return [
            ops.change(
                SCHEMA[entity], row, "summary", f"A text that people would miss if it were lost: {self.ledger.word()}"
            )
        ]

    def _tag(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note")
        return [ops.change(NOTE, row, f"tags/{self.rng.choice('ab')}", self.ledger.number())] if row else []

    def _share(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note")
        return [ops.change(NOTE, row, "shared", self.rng.randint(0, 1))] if row else []

    def _more(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "progress")
        field = self.rng.choice(("pct", "first"))
        return [ops.change(PROGRESS, row, field, self.rng.randint(0, 200))] if row else []

    def _place(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "section", "lesson")
        if row is None:
            return []
        parent = COURSE_ROW if x.shown[row][0] == "section" else self.pick(x, "section")
        if self.rng.random() < 0.06:
            parent = self.pick(x, "lesson", "section")
        return [self.move(x, row, parent, self.anchors(x, parent, row))] if parent else []

    def move(self, x: Laptop, row: str, parent: str, after: list[str]) -> Draft:
        """Put a row elsewhere."""
        return ops.place(SCHEMA[x.shown[row][0]], row, parent=parent, after=after)

    def anchors(self, x: Laptop, parent: str, but: str = "") -> list[str]:
        """Preceding siblings of a random spot, nearest first."""
        order = [row for row in arrange(x.places().get(parent, {})) if row != but]
        return order[: self.rng.randint(0, len(order))][::-1][: ops.MAX_ANCHORS]

    def _trash(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "section", "lesson")
        if row is None:
            return []
        entity, values = x.shown[row]
        return [(ops.restore if values.get("trashed_at") else ops.trash)(SCHEMA[entity], row)]

    def _state(self, x: Laptop) -> list[Draft]:
        found = [(row, values) for row, (entity, values) in sorted(x.shown.items()) if entity == "enrolment"]
        self.rng.shuffle(found)
        for row, values in found:
            now = values["status"]
            verbs = [verb for state, verb in STEPS if state == now and self._may_step(x, verb, values)]
            if verbs:
                return [ops.act(ENROLMENT, row, self.rng.choice(verbs), expect=now)]
        return []

    def _may_step(self, x: Laptop, verb: str, values: Values) -> bool:
        return DRAFT in x.rights if verb == "approve" else values["account_id"] == x.account

    def _delete(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note") if self.rng.random() < 0.5 else None
        if row is None:
            return []
        self.ledger.erased(x.shown[row][1])
        return [ops.delete(NOTE, row)]

    def _edit_delete(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note")
        if row is None:
            return []
        base = x.shown[row][1]["body"]
        x.write(self.edit(x, row, base, f"{base}\n\n{self.ledger.word()}".strip()))
        if self.rng.random() < 0.4:
            self.ledger.erased(x.shown[row][1])
            x.write(ops.delete(NOTE, row))
        return []

    def _settle(self, x: Laptop) -> list[Draft]:
        """Look at a text that found no place, and say that it is settled."""
        mine = f"account/{x.account}"
        open_ = sorted(
            row
            for row, (entity, values) in x.shown.items()
            if entity == "conflict" and values["status"] == "open" and mine in values["audience"]
        )
        if not open_:
            return []
        row = self.rng.choice(open_)
        self.ledger.erased(x.shown[row][1]["mine"])
        return [ops.act(CONFLICT, row, "settle", expect="open", extra={"seen": x.shown[row][1]["mine"]})]

    # --- what only newer programs can do
    def _mood(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "note") if "mood" in x.schema["note"].fields else None
        return [ops.change(x.schema["note"], row, "mood", self.ledger.number())] if row else []

    def _essay(self, x: Laptop) -> list[Draft]:
        if x.schema.find("essay") is None:
            return []
        values = {"account_id": x.account, "body": self.ledger.word(), "star": 0, "shared": self.rng.randint(0, 1)}
        return [ops.create(x.schema["essay"], self.id("essay", x), values)]

    # --- what the hub refuses
    def _squat(self, x: Laptop) -> list[Draft]:
        """Take an id that follows from somebody else's key, before he does."""
        other = "a1" if x.account == "a0" else "a0"
        row = self.rng.choice((ENROLMENT, PROGRESS)).id_for(other, "0")
        mine = {"account_id": x.account}
        course, lesson = {"course_id": "0", "status": "none"}, {"lesson_id": "0", "pct": 1, "first": 1, "flag": 1}
        return [self.rng.choice((
            ops.create(ENROLMENT, ENROLMENT.id_for(other, "0"), {**mine, **course}),
            ops.create(PROGRESS, PROGRESS.id_for(other, "0"), {"account_id": other, **lesson}),
            ops.create(NOTE, row, {**mine, "body": "", "star": 0, "shared": 0}),
            ops.create(NOTE, ROSTER.id_for(other), {**mine, "body": "", "star": 0, "shared": 0}),
        ))]  # fmt: skip

    def _reuse(self, x: Laptop) -> list[Draft]:
        row = self.pick(x, "post")
        return [ops.create(POST, row, {"txt": self.ledger.word(), "re": None})] if row else []

    def _poison(self, x: Laptop) -> list[Draft]:
        return self._post(x, "poison") if self.rng.random() < 0.3 else []

    def _rude(self, x: Laptop) -> list[Draft]:
        return self._post(x, "rude") if self.rng.random() < 0.5 else []

    def _reserved(self, x: Laptop) -> list[Draft]:
        copy = ROSTER.id_for(x.account)
        if copy in x.shown and self.rng.random() < 0.5:
            return [Draft(ROSTER.name, copy, "attr", {"field": "pct", "value": 100})]
        return [Draft(COUNTER.name, COUNTER_ROW, "attr", {"field": "n", "value": 99})] if COUNTER_ROW in x.shown else []


def plain_field(entity: str) -> str:
    """The field that `attr` edits change."""
    return {"note": "star", "progress": "flag"}.get(entity, "title")
