"""How a domain declares its entities: field by field which kind changes it, who sees it, who may write it.

The sync engine, the visible tables and the checks are all driven by these declarations (SYNC.md section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from math import isfinite
from typing import Any, Literal, Protocol

import msgspec

from lms_core.changes import Topic
from lms_core.errors import UserError
from lms_core.ops import Op, Place, Values
from lms_core.ports import v5_id

Merge = Literal["const", "attr", "max", "min", "text", "place", "state", "hub"]
Machine = Mapping[tuple[str, str], str]
Row = Mapping[str, Any]
Scopes = Mapping[str, frozenset[str] | None]

PERCENT, PRICE, MINUTES, TITLE = (0, 100), (0, 10_000), (0, 10_080), (3, 160)
"""Least and most of what forms, imports, the interface and the rows ask alike (API-16): a week has 10,080 minutes."""
PART_TITLE = (1, 255)
"""Letters of the title of a module, lesson or assessment (LES-01); one is enough where a course numbers them."""
QUALITY = 20
"""Most letters of how sharp a video is said to be."""
MAX_TEXT = 256 * 1024
MAX_ITEM = 4_000
MAX_NUMBER = (1 << 63) - 1
SCALARS = (str, int, float, bool, type(None))


class Field(msgspec.Struct, frozen=True):
    """One field: the merge kind, its JSON type, default and limits (`most` is a length or a value).

    A text counts for `least` without the white space around it, a number has at most `decimals`. `items` is the type of
    a list's items; the values of a map are scalars.
    """

    kind: Merge
    type: type | tuple[type, ...] = str
    default: Any = None
    least: float | None = None
    most: float | None = None
    choices: frozenset[str] | None = None
    required: bool = False
    items: Any = str
    decimals: int | None = None

    def check(self, name: str, value: Any) -> None:
        """Raise UserError when the value does not fit."""
        if value is None and not self.required:
            return
        if value.__class__ is str and self.type is str and self.least is None and self.choices is None:
            self._check_size(name, value)  # most fields are text
            return
        types = self.type if isinstance(self.type, tuple) else (self.type,)
        if float in types:
            types = (*types, int)
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise UserError("bad_value", field=name)
        if isinstance(value, float) and not isfinite(value):
            raise UserError("bad_value", field=name)
        self._check_size(name, value)
        if self.decimals is not None and isinstance(value, float) and round(value, self.decimals) != value:
            raise UserError("bad_value", field=name)
        if isinstance(value, list) and not all(isinstance(x, self.items) and _small(x) for x in value):
            raise UserError("bad_value", field=name)
        for key, entry in value.items() if isinstance(value, dict) else ():
            self.check_entry(f"{name}/{key}", entry)
        if self.choices is not None and value not in self.choices:
            raise UserError("bad_choice", field=name)

    def check_entry(self, name: str, value: Any) -> None:
        """Raise UserError when one value of a map does not fit."""
        if not isinstance(value, SCALARS) or not _small(value) or len(name) > MAX_ITEM:
            raise UserError("bad_value", field=name)

    def _check_size(self, name: str, value: Any) -> None:
        sized = isinstance(value, str | list | dict)
        size = len(value) if sized else value or 0
        most = self.most if self.most is not None else MAX_TEXT if sized else MAX_NUMBER
        if not sized and size < -MAX_NUMBER:
            raise UserError("out_of_range", field=name, least=-MAX_NUMBER, most=most)
        counted = len(value.strip()) if isinstance(value, str) else size
        if (self.least is not None and counted < self.least) or size > most:
            raise UserError("out_of_range", field=name, least=self.least, most=most)


def _storable(value: float) -> bool:
    """Whether a number is one that databases and JSON know."""
    return abs(value) <= MAX_NUMBER if isinstance(value, int) else isfinite(value)


def _small(value: Any) -> bool:
    """Whether an item of a list or a value of a map is no longer than such things are."""
    if isinstance(value, int | float):
        return _storable(value)
    if isinstance(value, dict):
        return len(value) <= MAX_ITEM and all(isinstance(x, SCALARS) and _small(x) for x in value.values())
    return not isinstance(value, str) or len(value) <= MAX_ITEM


class Actor(msgspec.Struct, frozen=True):
    """Who writes: an account with its role; `hub` for what the hub itself derives."""

    account: str
    role: str = "student"

    @property
    def is_hub(self) -> bool:
        """Whether the hub itself writes."""
        return self.account == "hub"


Lookup = Callable[[str], Row | None]
"""Find a row by id among those that `needs` named; None when it does not exist."""


class HubFacts(Protocol):
    """What only the hub can know when it judges an op."""

    def changed_by_others(self, scope: str, since: int) -> list[str]:
        """Rows of the scope above a cursor whose last change came from another replica than the op's."""

    def missing_blobs(self, hashes: Iterable[str]) -> list[str]:
        """Those of the files that the hub does not hold."""

    def all(self, statement: Any, values: Values | None = None) -> Sequence[Any]:
        """Rows of a SELECT over visible tables, with what the ops before this one made of them."""

    def keep(self, table: Any, values: Values) -> None:
        """Put a row into a table of the hub's own, if this op stands."""


def nobody(actor: Actor, op: Op, row: Row | None, find: Lookup) -> bool:
    """Only the hub writes this entity."""
    return False


def no_guard(actor: Actor, op: Op, row: Row | None, facts: HubFacts) -> None:
    """Nothing that only the hub could know."""


def no_check(actor: Actor, op: Op, row: Row | None, find: Lookup) -> None:
    """Nothing beyond the declared field limits."""


class Entity(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One kind of row.

    `scopes(row)` maps each scope that sees the row to the fields it sees (None: all); it looks at the row alone.
    `grants(row)` names (account, scope) memberships that follow from the row. `needs(op, row, actor)` names the ids
    that `may` and `check` look up. `may` decides the right,
    `check` raises UserError for what rules forbid, `guard`
    does so at the hub alone.
    `live(row, changed)` names what a commit that changed these fields tells open lines: (scope, type, data) (RT-04).
    `refs` are fields whose row must exist; `key` are the fields of a natural key whose v5 id is the row id;
    `owner` is the field that must hold the writer's account; `stamps` are two fields that the hub fills in a new row:
    the proved last contact of its author before it was written, and its arrival, in ms.
    """

    name: str
    topic: Topic
    fields: Mapping[str, Field]
    scopes: Callable[[Row], Scopes]
    made_by: Literal["create", "append", "hub"] = "create"
    may: Callable[[Actor, Op, Row | None, Lookup], bool] = nobody
    check: Callable[[Actor, Op, Row | None, Lookup], None] = no_check
    guard: Callable[[Actor, Op, Row | None, HubFacts], None] = no_guard
    needs: Callable[[Op, Row | None, Actor], Iterable[str]] = lambda op, row, actor: ()
    grants: Callable[[Row], Iterable[tuple[str, str]]] | None = None
    live: Callable[[Row, frozenset[str]], Iterable[tuple[str, str, Values]]] | None = None
    key: tuple[str, ...] = ()
    owner: str | None = None
    refs: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    parents: frozenset[str] = frozenset()
    states: Mapping[str, Machine] = msgspec.field(default_factory=dict)
    deletable: bool = False

    def id_for(self, *key: str) -> str:
        """The v5 id of the row with this natural key, in the order of `key`."""
        return v5_id(self.name, *key)

    def above(self, op: Op) -> Iterable[str | None]:
        """Rows on which the op's row hangs, as far as the op names them."""
        if not self.refs and not self.is_tree:
            return ()
        return *map(op.args.get, self.refs), (op.args.get("place") or {}).get("parent")

    @cached_property
    def maps(self) -> frozenset[str]:
        """Fields that merge key by key; their cells are named `field/key`."""
        return frozenset(n for n, f in self.fields.items() if f.kind == "attr" and f.type is dict)

    @cached_property
    def defaults(self) -> tuple[Any, ...]:
        """What all fields but the place hold when nothing is said."""
        return tuple(self.fields[name].default for name in self.spots)

    @cached_property
    def spots(self) -> dict[str, int]:
        """Where each field but the place stands in a row whose first value is the id."""
        return {name: at for at, name in enumerate((n for n in self.fields if n != "place"), 1)}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Fields that every new row must have."""
        return tuple(n for n, f in self.fields.items() if f.required)

    def flatten(self, values: Row) -> Values:
        """Split maps into one entry a key, as the hub keeps them."""
        if not self.maps:
            return dict(values)
        flat = {n: v for n, v in values.items() if n not in self.maps}
        for name in self.maps & values.keys():
            flat.update({f"{name}/{key}": v for key, v in (values[name] or {}).items()})
        return flat

    def assemble(self, flat: Row) -> Values:
        """Put maps together again."""
        if not self.maps:
            return dict(flat)
        values: Values = {name: {} for name in self.maps}
        for name, value in flat.items():
            head, _, key = name.partition("/")
            if key:
                values[head][key] = value
            else:
                values[name] = value
        return values

    @cached_property
    def is_tree(self) -> bool:
        """Whether rows have a place among siblings and a trash."""
        return "place" in self.fields

    def made(self, values: Values) -> Values:
        """What a create says of each field: what was given, and the first states."""
        return {name: self.fields[name].default for name in self.states} | self.flatten(values)

    def initial(self, values: Values, turn: int = 0) -> Values:
        """Field values of a fresh row, as the hub will show them."""
        row = self.assemble(self.made(values))
        if self.is_tree:
            spot = values.get("place") or {"parent": "", "after": []}
            row["place"] = Place(spot["parent"], None, tuple(spot["after"]), turn)
        return row


class Schema:
    """All entities of the product, by name. Programs of a `version` before `oldest` cannot read its rows."""

    def __init__(self, entities: Iterable[Entity], version: int = 1, *, oldest: int = 1) -> None:
        self.entities = {e.name: e for e in entities}
        self.version = version
        self.oldest = oldest

    def __getitem__(self, name: str) -> Entity:
        return self.entities[name]

    def find(self, name: str) -> Entity | None:
        """The entity, or None for one this program does not know."""
        return self.entities.get(name)
