"""A record of each file that somebody brings to the hub: its name, how far it is, why it was refused (RES-12)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update

from lms_core.accounts.model import Caller
from lms_core.db.bulk import upsert
from lms_core.errors import NotFound
from lms_core.media.duration import Read, duration_of
from lms_core.media.kinds import LOOKED_AT, kind_of
from lms_core.media.tables import upload_record
from lms_core.media.uploads import Records, Status, Upload
from lms_core.permissions import is_admin
from lms_core.unit import Unit, Work

DAY_MS = 86_400_000
LONGEST_NAME = 255


class Metadata(Struct, frozen=True, kw_only=True):
    """What the bytes of a file tell: its size, media type ("" for none that courses carry), seconds if it plays."""

    size: int
    mime_type: str
    duration_seconds: float | None


class UploadRecord(Struct, frozen=True, kw_only=True):
    """What became of an upload, which has the same id; times in ms, `processing_error` the code of why it failed."""

    id: str
    account: str
    original_filename: str
    content_hash: str
    processing_status: Status
    processing_error: str
    processing_metadata: Metadata | None
    created_at: int
    updated_at: int


@dataclass(frozen=True)
class UploadRecords(Records):
    """Write and show the records: people see their own, administrators all."""

    look: Callable[[], AbstractContextManager[Connection]]
    work: Work

    def begin(self, upload: Upload, filename: str) -> None:
        """Begin the record of an upload, or begin it anew; of the name the last part is kept, 255 characters."""
        last = filename.replace("\\", "/").rpartition("/")[2]
        said = "".join(letter for letter in last if letter.isprintable())[:LONGEST_NAME]
        with self.work() as unit:
            row = {
                "id": upload.id, "account": upload.account, "original_filename": said, "content_hash": upload.sha256,
                "processing_status": "pending", "processing_error": "", "processing_metadata": "null",
                "created_at": upload.created_at, "updated_at": unit.now_ms,
            }  # fmt: skip
            change = upsert(unit.conn, upload_record).values(row)
            _write(unit, change.on_conflict_do_update(index_elements=["id"], set_=row))

    def tell(self, upload: Upload, read: Read) -> None:
        """Keep what the bytes of a whole file tell; it is `processing`."""
        kind, seconds = kind_of(read(0, LOOKED_AT)), duration_of(read, upload.size)
        told = Metadata(size=upload.size, mime_type=kind, duration_seconds=seconds)
        self._set(upload, processing_status="processing", processing_metadata=msgspec.json.encode(told).decode())

    def turn(self, upload: Upload, status: Status, error: str = "") -> None:
        """Keep how far it is; `error` is the code of why it failed."""
        self._set(upload, processing_status=status, processing_error=error)

    def _set(self, upload: Upload, **values: str) -> None:
        with self.work() as unit:
            which = update(upload_record).where(upload_record.c.id == upload.id)
            _write(unit, which.values(values | {"updated_at": unit.now_ms}))

    def page(
        self, caller: Caller, *, status: Status | None, content_hash: str | None, offset: int, most: int
    ) -> tuple[int, list[UploadRecord]]:
        """How many records the caller may see, and some of them, the newest first."""
        c = upload_record.c
        seen = [] if is_admin(caller) else [c.account == caller.account]
        seen += [] if status is None else [c.processing_status == status]
        seen += [] if content_hash is None else [c.content_hash == content_hash]
        with self.look() as conn:
            count = conn.scalar(select(func.count()).select_from(upload_record).where(*seen)) or 0
            newest = select(upload_record).where(*seen).order_by(c.created_at.desc(), c.id.desc())
            return count, [_record(row) for row in conn.execute(newest.offset(offset).limit(most))]

    def one(self, caller: Caller, name: str) -> UploadRecord:
        """A record; raises NotFound also for somebody else's."""
        with self.look() as conn:
            row = conn.execute(select(upload_record).where(upload_record.c.id == name)).first()
        if row is None or not (is_admin(caller) or row.account == caller.account):
            raise NotFound
        return _record(row)


def forget_records(unit: Unit, *, keep_days: int) -> int:
    """Forget records that are older, with 0 none; returns how many."""
    if not keep_days:
        return 0
    old = upload_record.c.created_at < unit.now_ms - keep_days * DAY_MS
    gone = int(unit.all(select(func.count()).select_from(upload_record).where(old))[0][0])
    _write(unit, delete(upload_record).where(old))
    return gone


def _write(unit: Unit, statement: Any) -> None:
    unit.local(statement.execution_options(journal=False))


def _record(row: Any) -> UploadRecord:
    told = msgspec.json.decode(row.processing_metadata, type=Metadata | None)
    return UploadRecord(**(dict(row._mapping) | {"processing_metadata": told}))
