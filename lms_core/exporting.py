"""All that is kept of one account, as a zip for its owner: JSON by kind of row, and the files (docs/formats.md).

A laptop makes it without a network from what lies on it, the hub from all that it has; both have one form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from sqlalchemy import Connection, Select, Table, select

from lms_core.accounts import tables as a
from lms_core.accounts.audit import Action, By, note
from lms_core.accounts.model import Caller, Origin
from lms_core.accounts.people import WorkAs
from lms_core.accounts.reading import rows_of
from lms_core.courses.tables import course
from lms_core.db.engine import storage_errors
from lms_core.db.rows import VISIBLE
from lms_core.entities import SCHEMA
from lms_core.learning.file_rights import FileRule
from lms_core.media.tables import upload_record
from lms_core.ports import BlobStore
from lms_core.schema import Actor
from lms_core.unit import Unit

FORMAT, VERSION = "desktop-lms account", 1
PIECE = 1 << 20
INNER = frozenset({"pos", "after", "turn"})
"""Columns of tables that say how siblings are arranged here, and nothing about the person."""
FILES = {
    "profile": "profile_picture",
    "instructor_profile": "signature_image",
    "course": "thumbnail",
    "course_file": "sha256",
}
"""Fields that name files."""

S = TypeVar("S", Unit, Connection)


def selections(who: str) -> Iterator[tuple[str, Select[Any]]]:
    """By kind, the rows that belong to an account: its own, and the drafts of the courses that it made."""
    made = select(course.c.id).where(course.c.created_by == who)
    for name in SCHEMA.entities:
        table = VISIBLE.tables.get(name)
        if table is None:
            continue
        shown = [column for column in table.c if column.name not in INNER]
        if name == "account":
            yield name, select(*shown).where(table.c.id == who)
        elif name == "course":
            yield name, select(*shown).where(table.c.created_by == who)
        elif name == "conflict":
            yield name, select(*shown).where(table.c.account_id == who)
        elif "user_id" in table.c:
            yield name, select(*shown).where(table.c.user_id == who)
        elif "course_id" in table.c and name not in ("course_card", "cohort_course"):
            yield name, select(*shown).where(table.c.course_id.in_(made))


def _known_at_hub(who: str) -> Iterator[tuple[str, Select[Any]]]:
    """What the hub alone keeps of an account, without secrets."""
    secret = {"recovery", "public_key", "turn"}

    def of(table: Table) -> Select[Any]:
        return select(*(column for column in table.c if column.name not in secret))

    yield "session", of(a.session).where(a.session.c.account == who)
    yield "login_log", of(a.login_log).where(a.login_log.c.account == who)
    yield "upload_record", of(upload_record).where(upload_record.c.account == who)
    yield "device", of(a.device).where(a.device.c.account == who)
    yield "identity", of(a.identity).where(a.identity.c.account == who)
    yield "audit", of(a.audit).where(a.audit.c.actor == who)


def write_export(
    out: Path,
    source: AbstractContextManager[S],
    who: str,
    *,
    blobs: BlobStore,
    may: Callable[[S, str], bool],
    now_ms: int,
    more: Iterable[tuple[str, Select[Any]]] = (),
) -> None:
    """Write the zip; `may` says whether the account may have a file that its rows name.

    Raises:
        StorageError: the disk is full or cannot be written; nothing is left at `out`.
    """
    counts: dict[str, int] = {}
    named: dict[str, bool] = {}
    part = out.with_name(f"{out.name}.part")
    try:
        with storage_errors(part), ZipFile(part, "w", ZIP_DEFLATED) as zipped:
            with source as opened:
                for name, query in (*selections(who), *more):
                    rows = [dict(row._mapping) for row in rows_of(opened, query)]
                    counts[name] = len(rows)
                    zipped.writestr(f"rows/{name}.json", _json(rows))
                    for sha256 in _named(name, rows):
                        named.setdefault(sha256, may(opened, sha256))
            files = [_add_file(zipped, blobs, name) for name, allowed in named.items() if allowed and blobs.has(name)]
            about = {"format": FORMAT, "version": VERSION, "account": who, "made_at": now_ms, "rows": counts}
            zipped.writestr("about.json", _json(about | {"files": files}))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _named(kind: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    field = FILES.get(kind)
    return (row[field] for row in rows if row[field]) if field else iter(())


def _add_file(zipped: ZipFile, blobs: BlobStore, name: str) -> dict[str, Any]:
    size = blobs.size(name)
    with zipped.open(f"files/{name}", "w", force_zip64=True) as file:
        for start in range(0, size, PIECE):
            file.write(blobs.read(name, start, min(PIECE, size - start)))
    return {"sha256": name, "size": size}


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


class ExportService:
    """Exports at the hub; `look` reads, `work` notes that one was made."""

    def __init__(
        self, *, work: WorkAs, look: Callable[[], AbstractContextManager[Connection]], blobs: BlobStore, rule: FileRule
    ) -> None:
        self._work, self._look, self._blobs, self._rule = work, look, blobs, rule

    def make(self, caller: Caller, out: Path, *, origin: Origin) -> None:
        """Write all that the hub has of the caller."""
        who = caller.account
        with self._work(Actor(who, caller.role)) as unit:
            note(unit, By.of(caller, origin), Action.ACCOUNT_EXPORTED, entity="account", row=who)
            now_ms = unit.now_ms
        write_export(
            out, self._look(), who, blobs=self._blobs, may=lambda conn, name: self._rule.may_read(conn, who, name),
            now_ms=now_ms, more=_known_at_hub(who),
        )  # fmt: skip
