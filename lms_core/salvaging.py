"""What a damaged file still told of this device's work comes back into the copy that took its place."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from lms_core import entities
from lms_core.db.rows import VISIBLE
from lms_core.errors import LmsError
from lms_core.ops import unseal
from lms_core.sync import tables as t

if TYPE_CHECKING:
    from lms_core.workspace import Workspace


def take_over(workspace: Workspace, salvaged: dict[str, list[dict[str, Any]]]) -> int:
    """Queue again what a damaged file still told of unsent work; ops that the hub has taken are skipped there.

    Returns:
        How many the database did not have.
    """
    rescued = 0
    with workspace.work() as unit:
        known = {bytes(body) for (body,) in unit.all(select(t.oplog.c.body))}
        known |= {bytes(body) for (body,) in unit.all(select(t.unsealed.c.body))}
        fresh = [row for row in salvaged.get("oplog", []) if row.get("verdict") is None]
        for row in [*fresh, *salvaged.get("unsealed", [])]:
            body = row.get("body")
            if isinstance(body, bytes) and body not in known:
                with suppress(ValueError, LmsError):
                    op = unseal(body)
                    unit.tx.put_unsealed(None, op)
                    unit.engine.refold(unit.tx, {op.row})
                    rescued += 1
    _take_over_local(workspace, salvaged)
    return rescued


def _take_over_local(workspace: Workspace, salvaged: dict[str, list[dict[str, Any]]]) -> None:
    """Bring back what only this device has: installed courses, open answers, files to be sent, refused work."""
    for row in salvaged.get("installed", []):
        pack, keys = str(row.get("pack")), str(row.get("key_pack") or "")
        if workspace.media.has(pack):
            with suppress(LmsError):
                workspace.installed.install_pack(pack, workspace.media.read(pack), key_pack=keys)
    with workspace.work() as unit:
        for table in (*(table for meta in entities.LOCAL for table in meta.sorted_tables), t.upload, t.parked):
            names = [c.name for c in table.columns]
            rows = [row for row in salvaged.get(table.name, []) if set(names) <= row.keys()]
            if rows and table.name not in ("installed", "installed_lesson"):
                places = ", ".join("?" for _ in names)
                line = f"INSERT OR REPLACE INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
                unit.conn.exec_driver_sql(line, [tuple(row[name] for name in names) for row in rows])
        # what was handed in since the copy is open no more
        open_attempt, attempt = entities.LOCAL[1].tables["open_attempt"], VISIBLE.tables["attempt"]
        unit.local(delete(open_attempt).where(open_attempt.c.id.in_(select(attempt.c.id))))
