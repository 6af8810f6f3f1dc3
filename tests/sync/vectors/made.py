"""The files of vectors and what makes each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lms_core import ops
from lms_core.entities import SCHEMA
from lms_core.merge import merge_text
from lms_core.ops import ROOT_CHAIN, Draft, Op, fold, next_chain, seal
from lms_core.ports import NAMESPACE
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.sums import Sums, bucket_of, differing, sums_of
from lms_core.sync.wire import Receipt
from tests.sync.vectors.carried import carried
from tests.sync.vectors.forks import forked
from tests.sync.vectors.form import shown
from tests.sync.vectors.rare import rare
from tests.sync.vectors.rules import judged
from tests.sync.vectors.talk import ADA, KEY, SECOND, Talk, exchanges

NOTE_ID, MODULE_ID = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"
T = 1_767_600_000_000

OPS = (
    Op("note", NOTE_ID, "create", {"user_id": ADA, "body": "Ünïcödé, 語, 🙂", "start": None}, None, T, 0),
    Op("note", NOTE_ID, "attr", {"field": "tags", "value": ["a", "b"]}, (T, 4), T + 1, T - 5),
    Op("note", NOTE_ID, "text", {"field": "body", "text": "b", "base": "a"}, (0, 0), -1, 0),
    Op("module", MODULE_ID, "place", {"parent": "recovered", "after": [NOTE_ID]}, (T, 5), 1 << 60, 0, "group"),
    Op("module", MODULE_ID, "trash", {}, None, T, 0, "group"),
)


def log() -> dict[str, Any]:
    """Ops, their bytes and the chain over them."""
    chain, entries = ROOT_CHAIN, []
    for c, op in enumerate(OPS, 1):
        body = seal(op)
        chain = next_chain(chain, body)
        entries.append({"c": c, "means": shown(op), "bytes": body.hex(), "chain": chain.hex()})
    return {"root": ROOT_CHAIN.hex(), "log": entries}


def receipts() -> dict[str, Any]:
    """What the hub seals: facts in msgpack under a keyed blake2b of 8 bytes."""
    hub: HubEngine = Talk().hub
    body = seal(OPS[0])
    receipt = Receipt(T, "applied", "", (T, 4), b"", ((SECOND, 3),), T)
    sealed = msgspec.structs.replace(receipt, mac=hub._seal(ADA, body, receipt, T))
    return {
        "key": KEY.hex(),
        "of_an_op": {
            "account": ADA, "op": body.hex(), "digest": "blake2b of the op's bytes, 8 bytes",
            "receipt": shown(sealed), "bytes": msgspec.msgpack.encode(sealed).hex(),
        },
        "of_a_time": {"account": ADA, "now": T, "receipt": hub.stamp(ADA, T).hex()},
    }  # fmt: skip


def ids() -> dict[str, Any]:
    """Ids of rows with a natural key."""
    keys = {
        "enrollment": (ADA, "course-1"), "progress": (ADA, "lesson-1"), "course_card": ("course-1",),
    }  # fmt: skip
    made = [{"entity": name, "key": list(key), "id": SCHEMA[name].id_for(*key)} for name, key in keys.items()]
    return {"namespace": str(NAMESPACE), "joined_by": "\x1f", "ids": made}


TEXTS = (
    ("One.\n\nTwo.", "One.\n\nTwo!", "One!\n\nTwo."),
    ("One.\n\nTwo.", "One, mine.\n\nTwo.", "One, theirs.\n\nTwo."),
    ("One.\n\nTwo.", "One.\n\nMine.\n\nTwo.", "One.\n\nTheirs.\n\nTwo."),
    ("One.\n\nTwo.", "Two.", "One.\n\nTwo, longer."),
    ("One.\n\nTwo.\n", "One.\n\nTwo.\n\nThree.\n", "Zero.\n\nOne.\n\nTwo.\n"),
    ("```\na\n\nb\n```\n\nEnd.", "```\na\n\nB\n```\n\nEnd.", "```\na\n\nb\n```\n\nThe end."),
    ("", "Mine.", "Theirs."),
    ("One.", "One.", "Two."),
)


def texts() -> list[dict[str, str]]:
    """Three-way merges of texts; `lost` is what found no place and becomes a conflict."""
    return [
        {"base": base, "mine": mine, "hub": hub, "text": merged.text, "lost": merged.lost}
        for base, mine, hub in TEXTS
        for merged in (merge_text(base, mine, hub),)
    ]


def folds() -> list[dict[str, Any]]:
    """What a device shows: ops that wait over the row as the hub last told it."""
    base = {"user_id": ADA, "body": "One.", "colour": "rose"}
    colour = Draft("note", NOTE_ID, "attr", {"field": "colour", "value": "mint"})
    cases = {
        "nothing waits": (base, ()),
        "an edit over the base": (base, (colour,)),
        "of two edits the later": (base, (colour, Draft("note", NOTE_ID, "attr", {"field": "colour", "value": ""}))),
        "a row that the hub does not have yet": (None, (ops.create(SCHEMA["note"], NOTE_ID, base), colour)),
        "an edit of a row that is not there": (None, (colour,)),
        "deleted": (base, (ops.delete(SCHEMA["note"], NOTE_ID),)),
    }
    return [
        {
            "why": why,
            "base": row,
            "ops": [shown(op) for op in waiting],
            "shows": shown(fold(SCHEMA["note"], row, waiting)),
        }
        for why, (row, drafts) in cases.items()
        for waiting in ([Op(d.entity, d.row, d.kind, d.args, None, T, 0) for d in drafts],)
    ]


def sums() -> dict[str, Any]:
    """Sums of a scope by bucket as rows come, change and go, and which buckets differ from another side's."""
    scope, steps = Sums(), []
    ids = (NOTE_ID, MODULE_ID, ADA)
    changes = [(row, None, (T, n)) for n, row in enumerate(ids, 1)] + [(NOTE_ID, (T, 1), (T, 9)), (ADA, (T, 3), None)]
    for row, old, new in changes:
        scope.change(row, old, new)
        steps.append(
            {"row": row, "bucket": bucket_of(row), "old": shown(old), "new": shown(new), "sums": scope.values[:]}
        )
    lacking = sums_of([(NOTE_ID, (T, 9))])
    return {"steps": steps, "theirs": lacking.values, "differ": differing(scope.values, lacking.values)}


def answers() -> dict[str, Any]:
    """Every kind of answer that a hub gives."""
    return {"receipt_key": KEY.hex(), "account": ADA, "exchanges": [*exchanges(), *rare()]}


FILES: dict[str, Callable[[], Any]] = {
    "bundle.json": carried,
    "exchanges.json": answers,
    "folds.json": folds,
    "forks.json": forked,
    "ids.json": ids,
    "log.json": log,
    "receipts.json": receipts,
    "sums.json": sums,
    "rules.json": judged,
    "texts.json": texts,
}
