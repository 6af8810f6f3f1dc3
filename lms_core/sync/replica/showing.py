"""A row as all its scopes together show it, and which version of it an edit has before its eyes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lms_core.ops import NIL, Draft, Op, Values, Version
from lms_core.schema import Entity
from lms_core.sync.ports import BaseRow
from lms_core.sync.rows import with_place


def base_of(draft: Draft, shown: Sequence[BaseRow], pending: Iterable[Op] = ()) -> Version | None:
    """The version that the author of a draft saw: of its field, or of the row; None for a row that is not there.

    Nobody deletes what `pending` edits hide: of such a row only the version is seen that they were made on.
    """
    if not shown:
        return None
    if draft.kind in ("attr", "state", "trash", "restore"):
        name = draft.args.get("field", "trashed_at")
        return max((b.doc.vers.get(name, b.ver) for b in shown if name in b.doc.values), default=NIL)
    if draft.kind == "place":
        return max(b.doc.vers.get("place", b.ver) for b in shown)
    if draft.kind == "delete":
        return min([*(b.ver for b in shown), *_hiding(shown, pending)])
    return max(b.ver for b in shown)


def _hiding(shown: Sequence[BaseRow], pending: Iterable[Op]) -> Iterator[Version]:
    """The versions that edits of values were made on which now cover something newer."""
    for op in pending:
        name, base = op.args.get("field", ""), op.base or NIL
        if op.kind in ("attr", "text"):
            here = (b.doc.vers.get(name, b.ver) for b in shown if name in b.doc.values)
            yield from (base for ver in here if ver > base)


def seen(entity: Entity, docs: Sequence[BaseRow]) -> Values | None:
    """A row as all its scopes together show it: of each field the newest."""
    if not docs:
        return None
    if len(docs) == 1:
        return with_place(entity, entity.assemble(docs[0].doc.values))
    newest: dict[str, Version] = {}
    flat: Values = {}
    for base in docs:
        for name, value in base.doc.values.items():
            ver = base.doc.vers.get(name, base.ver)
            if name not in newest or newest[name] < ver:
                newest[name], flat[name] = ver, value
    return with_place(entity, entity.assemble(flat))
