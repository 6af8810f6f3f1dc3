"""Rows as the hub keeps them: every field with the version, time and writer of its last change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from lms_core.ops import NIL, Op, Place, Values, Version
from lms_core.schema import Entity, Scopes
from lms_core.sync.wire import Doc

Over = tuple[tuple[str, int], ...]
MOST_OVER = 4


class Cell(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One field: value, version, effective time, and the replica and op number of its last change.

    `at` is the version at which a value that was sent again came to this timeline; `over` are the changes, each by
    replica and op number, that its author had seen and replaced.
    """

    value: Any
    ver: Version
    t: int
    rep: str
    c: int
    at: Version | None = None
    over: Over = ()


def replacing(cell: Cell, own: bool, over: Over) -> Over:
    """What a value replaces that goes on from a cell: another's value and what that had replaced."""
    seen = cell.over if own else ((cell.rep, cell.c), *cell.over)
    return tuple(dict.fromkeys((*over, *seen)))[:MOST_OVER]


def among(over: Over, rep: str, c: int) -> bool:
    """Whether a change, or a later one by the same replica, is among those that were seen and replaced."""
    return any(rep == by and c <= upto for by, upto in over)


class Writer(NamedTuple):
    """The replica an op came from, with its program's schema.

    `lineage` are ids that count as the same writer up to an op number.
    """

    rep: str
    account: str
    role: str
    lineage: tuple[tuple[str, int], ...] = ()
    schema: int = 0

    def wrote(self, cell: Cell, c: int) -> bool:
        """Whether the cell's value is an earlier write of this writer."""
        return (cell.rep == self.rep and cell.c < c) or any(
            cell.rep == rep and cell.c <= end for rep, end in self.lineage
        )


class HubRow(msgspec.Struct):
    """The canonical row. `digest` identifies the create that made it, `base` is what its deleter had seen."""

    entity: str
    id: str
    cells: dict[str, Cell] = msgspec.field(default_factory=dict)
    ver: Version = NIL
    gone: bool = False
    base: Version = NIL
    digest: bytes = b""

    def copy(self) -> HubRow:
        """A copy whose cells can be changed."""
        return HubRow(
            self.entity,
            self.id,
            dict(self.cells),
            self.ver,
            self.gone,
            self.base,
            self.digest,
        )

    @property
    def made(self) -> Version:
        """The version that it began with."""
        return min((cell.ver for cell in self.cells.values()), default=self.ver)

    def had(self, op: Op, ver: Version, known: Callable[[Version], bool]) -> bool:
        """Whether a field's change was there when the row was deleted, or its deleter had seen it on a lost timeline.

        A field of just this version tells that it came again after a restore; `known` tells whether a version lies on
        the present timeline.
        """
        cell = self.cells.get(op.args.get("field", op.kind))
        again = cell is not None and (cell.ver == ver or self.outdone(op, ver, known))
        return known(ver) or again or (ver <= self.base and not known(self.base))

    def outdone(self, op: Op, ver: Version, known: Callable[[Version], bool]) -> bool:
        """Whether a later change of the field, of a lost timeline, came again; a text goes on in later ones."""
        cell = self.cells.get(op.args.get("field", op.kind))
        return op.kind != "text" and cell is not None and ver < cell.ver and not known(cell.ver)

    def value(self, name: str) -> Any:
        """The value of a field, None when it has none."""
        cell = self.cells.get(name)
        return cell.value if cell else None


class Changed(msgspec.Struct, frozen=True):
    """A row that a transaction changed, its plain values, and which scopes see what of it."""

    entity: Entity
    row: HubRow
    values: Values
    scopes: Scopes


class RowView(Mapping[str, Any]):
    """A hub row as rules see it: values by name, and its id."""

    __slots__ = ("_entity", "_row")

    def __init__(self, entity: Entity, row: HubRow) -> None:
        self._entity = entity
        self._row = row

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self._row.id
        if name in self._entity.maps:
            return values_of(self._entity, self._row)[name]
        cell = self._row.cells.get(name)
        if cell is not None:
            return cell.value
        return self._entity.fields[name].default

    def __iter__(self) -> Iterator[str]:
        return iter(("id", *self._entity.fields))

    def __len__(self) -> int:
        return 1 + len(self._entity.fields)


def values_of(entity: Entity, row: HubRow) -> Values:
    """Plain values of a row, with maps put together and its place as a `Place`."""
    values = {name: cell.value for name, cell in row.cells.items()}
    return with_place(entity, entity.assemble(values)) if entity.maps or entity.is_tree else values


def with_place(entity: Entity, values: Values) -> Values:
    """Turn a place as it is stored into a `Place`."""
    if entity.is_tree and "place" in values and not isinstance(values["place"], Place):
        parent, pos = values["place"]
        values["place"] = Place(parent, pos)
    return values


def doc_of(row: HubRow, only: frozenset[str] | None) -> Doc:
    """The row as a scope sees it that may read the fields `only` (None: all)."""
    cells = row.cells.items() if only is None else [(n, c) for n, c in row.cells.items() if n.partition("/")[0] in only]
    ver = row.ver
    return Doc({n: c.value for n, c in cells}, {n: c.ver for n, c in cells if c.ver != ver})
