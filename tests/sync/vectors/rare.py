"""Vectors of answers that a laptop rarely gets: a program too old, what the hub has forgotten, damage, a restored hub."""

from __future__ import annotations

from typing import Any

import msgspec

from lms_core import ops
from lms_core.entities import SCHEMA
from lms_core.learning.entities import NOTE
from lms_core.schema import Schema
from lms_core.sync.hub.compaction import DAY_MS, compact
from lms_core.sync.sums import sums_of
from tests.sync.vectors.talk import ADA, FIRST, SECOND, Laptop, Talk

ACCOUNT = f"account/{ADA}"
replace = msgspec.structs.replace


def rare() -> list[dict[str, Any]]:
    """Both sides of each exchange; those of one story follow each other."""
    return [*_old_program(), *_forgotten(), *_damage(), *_restored()]


def _note(talk: Talk, laptop: Laptop) -> str:
    note = talk.ids()
    talk.write(laptop, ops.create(NOTE, note, {"user_id": ADA, "body": "One."}))
    return note


def _paint(talk: Talk, laptop: Laptop, note: str, colour: str) -> None:
    talk.write(laptop, ops.change(NOTE, note, "colour", colour))


def _old_program() -> list[dict[str, Any]]:
    talk, laptop = Talk(), Laptop(FIRST)
    talk.hub.schema = Schema(SCHEMA.entities.values(), version=SCHEMA.version + 1, oldest=SCHEMA.version + 1)
    _note(talk, laptop)
    talk.sync("upgrade: the program is too old to be told rows; what it sent is taken", laptop)
    return talk.said


def _forgotten() -> list[dict[str, Any]]:
    talk, first, second = Talk(), Laptop(FIRST), Laptop(SECOND)
    note = _note(talk, first)
    for laptop in (first, second):
        talk.sync("", laptop)
    for colour in ("mint", "rose"):
        _paint(talk, first, note, colour)
        talk.sync("", first)
    talk.write(first, ops.delete(NOTE, note))
    talk.sync("", first)
    talk.clock.advance(ms=401 * DAY_MS)
    compact(talk.store, talk.clock.ms())
    talk.said = []
    again = first.engine.request(first.tx)
    talk.ask(
        "forgotten: verdicts of 401 days ago, asked for once more; the last of the log is kept", replace(again, have=0)
    )
    talk.sync("expired: a cursor below what the hub remembers of deletions", second)
    talk.sync("the scope is asked for anew, with -1: what is not in it goes", second)
    return talk.said


def _damage() -> list[dict[str, Any]]:
    talk, laptop = Talk(), Laptop(FIRST)
    note = _note(talk, laptop)
    talk.sync("", laptop)
    talk.sync("", laptop)
    talk.said = []
    lacking = sums_of([(row, each.ver) for row, each in talk.store.rows.items() if row != note])
    audit = laptop.engine.request(laptop.tx, audit={ACCOUNT: lacking.values})
    told = talk.ask("audit: the replica's sums lack a note; the hub names the bucket, as a bit", audit)
    heal = replace(laptop.engine.request(laptop.tx), heal={ACCOUNT: (told.differ[ACCOUNT], 0)})
    talk.ask("heal: the rows of this bucket above position 0, in a slice that moves no cursor", heal)
    talk.store.begin_epoch(talk.clock.ms())
    talk.sync("the hub was started anew: another epoch, but the mark is of a listed one; the reply says so", laptop)
    return talk.said


def _restored() -> list[dict[str, Any]]:
    talk, first, second = Talk(), Laptop(FIRST), Laptop(SECOND)
    note = _note(talk, first)
    for laptop in (first, second):
        talk.sync("", laptop)
    _paint(talk, second, note, "mint")
    talk.sync("", second)
    talk.said = []
    talk.begin()
    talk.sync("reset: a hub that was restored to before everything; its epoch is another", second)
    talk.sync("held: an edit sent again with its receipt, of a row that is not back yet", second)
    talk.sync("reset, told to the device that made the row", first)
    talk.sync("the row is sent again; what was held for it is judged with it", first)
    talk.sync("the verdict of what was held, told to its replica", second)
    return talk.said
