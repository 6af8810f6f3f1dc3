"""A row as all its scopes together show it, and which version of it an edit has before its eyes."""

from __future__ import annotations

from collections.abc import Sequence

from lms_core.ops import NIL, Draft, Values, Version
from lms_core.schema import Entity
from lms_core.sync.ports import BaseRow
from lms_core.sync.rows import with_place


def base_of(draft: Draft, shown: Sequence[BaseRow]) -> Version | None:
    """The version that the author of a draft saw: of its field, or of the row; None for a row that is not there."""
    if not shown:
        return None
    if draft.kind in ("attr", "state", "trash", "restore"):
        name = draft.args.get("field", "trashed_at")
        return max((b.doc.vers.get(name, b.ver) for b in shown if name in b.doc.values), default=NIL)
    if draft.kind == "place":
        return max(b.doc.vers.get("place", b.ver) for b in shown)
    return (min if draft.kind == "delete" else max)(b.ver for b in shown)


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
