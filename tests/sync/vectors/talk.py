"""Vectors of whole exchanges: a laptop and a hub over tables in memory, with everything that chance decides fixed."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from lms_core import ops
from lms_core.accounts.entities import ACCOUNT
from lms_core.entities import SCHEMA
from lms_core.learning.entities import NOTE, PROGRESS
from lms_core.ops import ROOT_CHAIN
from lms_core.sync.bench import Bench
from lms_core.sync.hub.engine import HubEngine
from lms_core.sync.ports import Segment, State
from lms_core.sync.replica.engine import ReplicaEngine
from lms_core.sync.rows import Cell
from lms_core.sync.wire import Reply, Request
from tests.fakes import FakeClock, SeqId
from tests.simulator.hub_store import DictHubStore
from tests.simulator.replica_store import DictReplicaTransaction
from tests.simulator.tables import Tables
from tests.sync.vectors.form import shown

KEY = bytes(range(32))
ADA = "0190a000-0000-7000-8000-00000000ada0"
FIRST, SECOND = "00000000000000a1", "00000000000000b2"


def b64(message: Request | Reply) -> str:
    """The msgpack of a message, not compressed, in base64."""
    return base64.b64encode(msgspec.msgpack.encode(message)).decode()


class Laptop:
    """A replica whose id is given."""

    def __init__(self, replica: str) -> None:
        self.tables = Tables()
        self.engine = ReplicaEngine(SCHEMA, lambda: replica)
        self.tx = DictReplicaTransaction(self.tables)
        self.tx.save_segments([Segment(replica)])
        self.tx.save_state(State(ADA))


class Talk:
    """A hub that knows one account, and what was said to it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ids = SeqId(0x0190A000)
        self.begin()
        self.said: list[dict[str, Any]] = []

    def begin(self) -> None:
        """Begin with an empty hub, which is also what a restored one is: its key stays, its epoch is another."""
        self.store = DictHubStore(SCHEMA)
        self.store.begin_epoch(self.clock.ms())
        self.hub = HubEngine(schema=SCHEMA, store=self.store, clock=self.clock, key=KEY)
        with self.store.write() as tx:
            bench = Bench(SCHEMA, tx, tx.version())
            row = bench.touch(ACCOUNT.name, ADA)
            for name, value in {"email": "ada@school.example", "first_name": "Ada", "role": "student"}.items():
                row.cells[name] = Cell(value, row.ver, self.clock.ms(), "hub", 0)
            bench.keep()
            self.hub.commit(tx, bench)

    def ask(self, why: str, request: Request) -> Reply:
        """Say something to the hub and note both sides of it."""
        self.clock.advance(ms=1000)
        reply = self.hub.exchange(request, ADA)
        self.said.append({
            "why": why,
            "request": {"plain": b64(request), "means": shown(request)},
            "reply": {"plain": b64(reply), "means": shown(reply)},
        })  # fmt: skip
        return reply

    def sync(self, why: str, laptop: Laptop) -> Reply:
        """One exchange of a laptop, which takes the reply in."""
        reply = self.ask(why, laptop.engine.request(laptop.tx))
        laptop.engine.receive(laptop.tx, reply)
        return reply

    def write(self, laptop: Laptop, *drafts: ops.Draft) -> None:
        """Write on a laptop."""
        self.clock.advance(ms=1000)
        for draft in drafts:
            laptop.engine.write(laptop.tx, [draft], t=self.clock.ms())


def exchanges() -> list[dict[str, Any]]:
    """What two devices of one account say to a hub."""
    talk, first, second = Talk(), Laptop(FIRST), Laptop(SECOND)
    talk.sync("the first exchange of a device: it is told its scopes and its account", first)
    note, lesson = talk.ids(), talk.ids()
    progress = PROGRESS.id_for(ADA, lesson)
    text = "One.\n\nTwo."
    talk.write(
        first,
        ops.create(NOTE, note, {"user_id": ADA, "body": text, "created_at": talk.clock.ms()}),
        ops.create(PROGRESS, progress, {"user_id": ADA, "course_id": "c", "lesson_id": lesson, "percent": 40.0}),
        ops.change(PROGRESS, progress, "percent", 60.0),
        ops.change(NOTE, "0190a000-0000-7000-8000-0000000000ff", "colour", "mint"),
    )
    again = first.engine.request(first.tx)
    talk.sync(
        "ops: a note, progress under its natural key, a larger percentage, and an edit of a row that is not", first
    )
    talk.ask(
        "the same request once more, because the reply was lost: nothing acts twice, verdicts are told again", again
    )
    talk.sync("nothing to say and nothing to hear", first)
    talk.sync("a second device of the account: one slice with all rows", second)
    for laptop, body in ((second, "One.\n\nTwo, from the second device."), (first, "One, from the first.\n\nTwo.")):
        talk.write(laptop, ops.edit_text(NOTE, note, field="body", base=text, text=body))
        talk.sync("an edit of one paragraph; the second of them is merged", laptop)
    _strays(talk, first)
    return talk.said


def _strays(talk: Talk, laptop: Laptop) -> None:
    """Requests that do not fit what the hub has."""
    fits = laptop.engine.request(laptop.tx)
    more = msgspec.Raw(ops.seal(ops.Op("note", talk.ids(), "delete", {}, None, talk.clock.ms(), 0)))
    replace = msgspec.structs.replace
    end = fits.last_c
    talk.ask(
        "ops beyond the end of what the hub has: send from hw + 1",
        replace(fits, at=end + 5, last_c=end + 6, ops=[more]),
    )
    talk.ask("another log under the same id", replace(fits, chain=bytes(8)))
    probe = [(0, ROOT_CHAIN), *laptop.tx.chain_at(FIRST, (1, 2)).items(), (3, bytes(8))]
    talk.ask("where the logs part: the last number that agrees and the first that does not", replace(fits, probe=probe))
    assert fits.mark is not None
    ahead = (fits.mark[0], fits.mark[1] + 1000)
    talk.ask("a mark that this hub never gave: it was restored since", replace(fits, mark=ahead))
