"""Bring the work of a local profile under an account: the same ops in the account's name (EXPERIENCE.md, first run)."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import insert, select

from lms_core.entities import LOCAL, SCHEMA
from lms_core.ops import Op, seal, unseal
from lms_core.schema import Schema
from lms_core.sync import tables as t
from lms_core.workspace import Workspace


def carry_over(source: Workspace, target: Workspace) -> int:
    """Queue what a local profile wrote in the account's profile, with its files and courses; returns how many ops.

    Doing it again after a crash changes nothing: rows keep ids that follow from the old ones, and the hub knows a
    create that it has taken. What the account may not do comes back as refused and can be exported.
    """
    _files(source, target)
    with source.work() as unit:
        sealed = [unseal(body) for (body,) in unit.all(select(t.oplog.c.body).order_by(t.oplog.c.rep, t.oplog.c.c))]
        ops = [*sealed, *(op for _, op in unit.tx.unsealed())]
        uploads = [sha for (sha,) in unit.all(select(t.upload.c.sha256))]
        tables = [(table, [dict(r) for r in _all(unit, table)]) for meta in LOCAL for table in meta.sorted_tables]
    ops = renamed(SCHEMA, ops, source.account, target.account)
    with target.work() as unit:
        known = {bytes(body) for (body,) in unit.all(select(t.unsealed.c.body))}
        known |= {bytes(body) for (body,) in unit.all(select(t.oplog.c.body))}
        fresh = [op for op in ops if seal(op) not in known]
        for op in fresh:
            unit.tx.put_unsealed(None, op)
        unit.engine.refold(unit.tx, {op.row for op in fresh})
        target.sync.offer_in(unit, uploads)
        there = {c.course_id for c in target.installed.installed()}
        for table, rows in tables:
            if rows:
                unit.local(insert(table).prefix_with("OR IGNORE"), rows)
        for course in target.installed.installed():
            if course.course_id not in there:
                target.follow_course(unit, course.course_id, target.installed.document(course.course_id))
    return len(fresh)


def renamed(schema: Schema, ops: list[Op], old: str, new: str) -> list[Op]:
    """The same ops with another author; rows whose id follows from the author get the id they would have had."""
    names = {old: new}
    done = []
    for op in ops:
        args = _replace(op.args, names)
        entity = schema.find(op.entity)
        if entity is not None and entity.key and op.kind in ("create", "append"):
            names[op.row] = entity.id_for(*(str(args.get(k)) for k in entity.key))
        done.append(msgspec.structs.replace(op, row=names.get(op.row, op.row), args=_replace(args, names)))
    return done


def _replace(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_replace(v, names) for v in value]
    if isinstance(value, dict):
        return {k: _replace(v, names) for k, v in value.items()}
    return value


def _all(unit: Any, table: Any) -> Any:
    return unit.conn.execute(select(table)).mappings()


def _files(source: Workspace, target: Workspace) -> None:
    for name in source.media:
        if not target.media.borrow(name):
            target.media.put(source.media.read(name))
