"""What the engines ask of their stores. A store is SQL in the product and a dictionary in the simulator."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from lms_core.ops import ROOT_CHAIN, Op, Values, Version
from lms_core.schema import Entity, HubFacts
from lms_core.sync.bench import Source
from lms_core.sync.rows import Changed, HubRow, Writer
from lms_core.sync.sums import Sums
from lms_core.sync.wire import Doc, Entry, Receipt, Verdict

if TYPE_CHECKING:
    from lms_core.sync.sealed import Sealed

T = TypeVar("T")
Turned = tuple[str, int, str]  # an op: replica, number and row
Odd = tuple[Verdict, Op, Receipt | None]  # the receipt of an earlier answer


class Card(NamedTuple):
    """What the hub knows of a replica: its account, the highest op number taken, and the chain there.

    `heard` is the hub time of the last sync that it has proved to have completed: it holds all verdicts until then.
    """

    account: str
    hw: int = 0
    chain: bytes = ROOT_CHAIN
    heard: int = 0


class Feed(NamedTuple):
    """Where a scope's feed ends, below which position deletions were forgotten, and its sums by bucket if known."""

    seq: int = 0
    floor: int = 0
    sums: tuple[int, ...] = ()


class Waiting(NamedTuple):
    """A group that waits for a row."""

    row: str
    writer: Writer
    ops: list[Sealed]
    times: dict[int, int]


class Facts(HubFacts, Protocol):
    """What rules may ask, with what they keep for ops that stand."""

    def settle(self, *, stands: bool) -> None:
        """The group was judged: write what was kept, or forget it."""

    def known(self, version: Version) -> bool:
        """Whether a version lies on the hub's timeline, not on one that a restore has ended."""

    def account(self, replica: str) -> str:
        """Whose replica it is, '' for none that is known."""

    def name(self, account: str) -> str:
        """What people call the owner of an account, '' for none that is known."""

    def within_reach(self, account: str, scope: str) -> bool:
        """Whether an account reads the scope or may read one more; it is counted if the group stands."""


class Admission(Protocol):
    """Decides whether many rows may be told now, for a hub to which many laptops come back at once."""

    def turn(self, replica: str, rows: int) -> AbstractContextManager[int]:
        """Hold a place while so many rows are told; yields 0, or the ms after which to ask again."""


class HubTransaction(Source, Protocol):
    """One write transaction of the hub's store; everything in it becomes durable together."""

    def tick(self, now: int) -> int:
        """Hub time: never before any earlier one, persisted."""

    def version(self) -> Version:
        """The version that this transaction's writes carry, above every version of a row that it changes."""

    def mark(self) -> Version:
        """(epoch, commit) as the transaction began."""

    def mark_known(self, mark: Version) -> bool:
        """Whether the mark lies on this hub's timeline."""

    def card(self, replica: str) -> Card | None:
        """The replica, when it has spoken before."""

    def chain_at(self, replica: str, numbers: Collection[int]) -> dict[int, bytes]:
        """Chain values of a replica's log by op number, 0 included."""

    def role(self, account: str) -> str:
        """The account's role."""

    def name(self, account: str) -> str:
        """The name of the account's owner."""

    def scopes_of(self, account: str) -> set[str]:
        """Live scopes that the account may read."""

    def places(self, rows: Collection[str]) -> dict[str, dict[str, bool]]:
        """For rows that are in feeds: scope -> whether the row is in it now (False: it left)."""

    def advance(self, scope: str, by: int, sums: Sums) -> int:
        """Take `by` positions of the scope's feed and add to its sums; returns the first position."""

    def publish(self, rows: Sequence[Changed]) -> None:
        """Store rows, their visible columns and what they grant; mark them for the projector."""

    def feed(self, entries: Mapping[str, list[tuple[int, str, bytes, bool]]]) -> None:
        """Store (seq, row, wire bytes, present) per scope."""

    def log(self, replica: str, card: Card, entries: Sequence[tuple[int, bytes, Verdict]]) -> None:
        """Store how far a replica's log goes, and chain and verdict of each op."""

    def answer(self, replica: str, verdict: Verdict) -> None:
        """Replace the verdict of an op that was held."""

    def refuse(self, rows: Collection[str], again: Collection[str]) -> None:
        """Remember rows whose create was refused, and forget those that exist by now."""

    def hold(self, replica: str, waiting: Waiting) -> None:
        """Keep a group until its row arrives."""

    def held_rows(self, replica: str) -> set[str]:
        """Rows that held groups of the replica would create."""

    def used(self, account: str) -> int:
        """Bytes that an account has filled."""

    def use(self, account: str, size: int) -> None:
        """Count bytes that an account fills."""

    def forget_left(self, before: int, limit: int) -> int:
        """Forget, oldest first, that rows left scopes before a time; returns how many entries went."""

    def forget_log(self, before: int, limit: int) -> int:
        """Forget chain and verdict of ops taken before a time, but for each replica's last; returns how many went."""

    def release(self, rows: Collection[str]) -> list[Waiting]:
        """Take the groups that wait for these rows."""

    def changed_since(self, scope: str, since: int, but: str) -> list[str]:
        """Rows of the scope above a cursor whose last change came from another replica than `but`."""

    def missing_blobs(self, hashes: Iterable[str]) -> list[str]:
        """Those of the files that the hub does not hold."""

    def keep(self, table: Any, values: Values) -> None:
        """Put a row into a table of the hub's own."""

    def query(self, statement: Any, changed: Iterable[HubRow], values: Values | None = None) -> Sequence[Any]:
        """Rows of a SELECT over visible columns, with rows that this transaction has changed so far."""

    def quarantine(self, replica: str, ops: Sequence[Sealed], error: str) -> None:
        """Keep ops that made the program fail, for the operator."""


class HubSnapshot(Protocol):
    """One read snapshot of the hub's store."""

    def mark(self) -> Version:
        """(epoch, commit) of the snapshot."""

    def scopes_of(self, account: str) -> set[str]:
        """Live scopes that the account may read."""

    def verdicts(self, account: str, replica: str, above: int, limit: int) -> list[Verdict]:
        """Verdicts of a replica's ops above a number, in order."""

    def feeds(self, scopes: Collection[str]) -> dict[str, Feed]:
        """The feeds that are not empty."""

    def entries(self, scope: str, above: int, limit: int) -> list[tuple[int, bytes]]:
        """Feed entries above a position in order, at most `limit`."""


class HubStore(Protocol):
    """Where the hub keeps everything."""

    def begin_epoch(self, now: int, *, above: int = 0) -> Version:
        """Begin an epoch later than all before it, than `now` and than `above`; returns the mark it begins with."""

    def write(self) -> AbstractContextManager[HubTransaction]:
        """Begin a write transaction; leaving it without an error makes it durable."""

    def transact(self, work: Callable[[Any], T], *, account: str, ops: int = 1) -> T:
        """Do an account's work in a write transaction, durable when this returns; it may be begun anew."""

    def read(self) -> AbstractContextManager[HubSnapshot]:
        """Begin a read snapshot."""


@dataclass
class Segment:
    """The log under one replica id.

    `hw` is what the hub last told; `dirty`: must be offered; up to `floor` ops were forgotten.
    """

    rep: str
    length: int = 0
    chain: bytes = ROOT_CHAIN
    hw: int = 0
    dirty: bool = True
    floor: int = 0

    @property
    def offered(self) -> bool:
        """Whether the hub must still be asked about this old id."""
        return self.dirty and self.floor < self.length


@dataclass
class State:
    """What a replica knows of the hub: where it stands in time, what it may read, when staging began there."""

    account: str
    mark: Version | None = None
    lo: int = 0
    rights: set[str] = field(default_factory=set)
    staged_at: int = 0


class LogOp(NamedTuple):
    """An op of the log with the hub's answer on its present timeline, and the receipt of the first answer."""

    c: int
    body: bytes
    verdict: Verdict | None
    receipt: Receipt | None


class BaseRow(NamedTuple):
    """A row as one scope of the hub shows it."""

    scope: str
    entity: str
    ver: Version
    doc: Doc


class Healing(NamedTuple):
    """Buckets of a scope, as bits, that are fetched anew, and up to which position of its feed they have come."""

    buckets: int
    pos: int


class ReplicaTransaction(Protocol):
    """One write transaction of a replica's file."""

    def state(self) -> State:
        """What is known of the hub."""

    def save_state(self, state: State) -> None:
        """Store it."""

    def segments(self) -> list[Segment]:
        """All ids this replica ever had, oldest first."""

    def save_segments(self, segments: Sequence[Segment]) -> None:
        """Store them, in this order."""

    # log
    def append(self, rep: str, ops: Sequence[tuple[int, str, bytes, bytes, Receipt | None]]) -> None:
        """Add sealed ops: number, row, bytes, chain value, and a receipt when they moved here from another id."""

    def cut(self, rep: str, above: int) -> list[LogOp]:
        """Take the ops above a number out of the log."""

    def ops(self, rep: str, above: int, limit: int) -> list[LogOp]:
        """Ops above a number in order, at most `limit`."""

    def chain_at(self, rep: str, numbers: Collection[int]) -> dict[int, bytes]:
        """Chain values by op number."""

    def have(self, rep: str) -> int:
        """The last op up to which every op has a verdict."""

    def clear_verdicts(self, rep: str, above: int, *, seen: bool = False) -> list[str]:
        """Forget verdicts that the hub has lost, and with `seen` all that name a place in a feed.

        The ops are pending again. Returns their rows.
        """

    def answer(
        self, rep: str, verdicts: Sequence[Verdict], now: int, *, passed: Mapping[str, int], rights: Collection[str]
    ) -> tuple[set[Turned], list[Odd]]:
        """Store verdicts of ops that have none yet; returns those that overlay no more and those not simply taken."""

    def forget_ops(self, before: int, most: int) -> None:
        """Forget ops answered before a time, and more of the oldest while all are over `most` bytes.

        What waits, still shows, or is the last of its id stays, with all after it.
        """

    def settle(self, passed: Mapping[str, int], rights: Collection[str]) -> set[Turned]:
        """Let answered ops overlay while their `seen` scope is readable and above its cursor in `passed`.

        Returns those for which that changed.
        """

    # waiting ops
    def unsealed(self, row: str = "") -> list[tuple[int, Op]]:
        """Ops that have no number yet, of one row or of all, with their keys, oldest first."""

    def unsealed_count(self) -> int:
        """How many ops wait to be sealed."""

    def waiting(self, limit: int) -> list[tuple[int, str, bytes]]:
        """The oldest of them, at most `limit`: key, row, and the bytes to be sealed."""

    def put_unsealed(self, key: int | None, op: Op) -> None:
        """Add an op, or replace the one with this key."""

    def drop_unsealed(self, upto: int) -> None:
        """Forget those up to a key; they are in the log now."""

    def pending(self, rows: Collection[str] | None) -> dict[str, list[Op]]:
        """Ops that overlay, in order, by row; None means all rows."""

    def park(self, op: Op, code: str, cause: str) -> None:
        """Keep a refused op for its author; the same op again is not kept twice."""

    # base
    def base(self, rows: Collection[str]) -> dict[str, list[BaseRow]]:
        """What the hub shows of these rows, by scope."""

    def cursors(self) -> dict[str, int]:
        """Position in each scope held."""

    def stale(self) -> set[str]:
        """Scopes of a lost timeline."""

    def set_scope(self, scope: str, cursor: int, stale: bool) -> None:
        """Store where a scope stands."""

    def staged(self) -> dict[str, int]:
        """Scopes that arrive in slices, and how far they are."""

    def stage(self, scope: str, cursor: int, entries: Sequence[Entry]) -> None:
        """Add a slice to the stage."""

    def promote(self, scope: str, *, fresh: bool) -> list[str]:
        """Bring what was staged for a scope into base, into an empty one when `fresh`; returns the rows touched."""

    def drop_stage(self, scopes: Collection[str] | None = None) -> None:
        """Forget staged slices."""

    def put_base(self, scope: str, entries: Iterable[Entry], *, fresh: bool) -> list[str]:
        """Apply entries to a scope, to an empty one when `fresh`; returns the rows touched."""

    def drop_scope(self, scope: str) -> list[str]:
        """Purge a scope; returns its rows."""

    def versions(self, scope: str, after: str, limit: int) -> list[tuple[str, Version]]:
        """Rows of a scope above an id in order, at most `limit`, with their versions."""

    def healing(self) -> dict[str, Healing]:
        """Scopes some of whose rows are fetched anew."""

    def heal(self, scope: str, healing: Healing | None, entries: Sequence[Entry] = ()) -> None:
        """Store how far that is and add to what has come; None forgets all of it."""

    def healed(self, scope: str) -> list[str]:
        """Put what has come in place of the rows of those buckets; returns the rows touched."""

    def rows_in(self, scope: str, rows: Collection[str]) -> set[str]:
        """Those of the rows that are in the scope; with '' in any."""

    def remember_time(self, now: int, receipt: bytes) -> None:
        """Keep the hub's receipt for a `lo`."""

    def times(self, lows: Collection[int]) -> dict[int, bytes]:
        """Receipts of these `lo` values."""

    def fold_later(self, rows: Collection[str]) -> None:
        """Note rows whose visible form must be recomputed."""

    def take_later(self, limit: int) -> list[str]:
        """Take some of the noted rows."""

    def show(self, entity: Entity, rows: Mapping[str, Values | None]) -> None:
        """Store visible rows; None hides one."""
