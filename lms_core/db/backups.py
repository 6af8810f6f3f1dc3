"""Keep dated copies of a database, and go back to the newest good one when the file is damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from lms_core.db.copies import (
    copy_database,
    move_database,
    remove_database,
    salvage,
    sync_folder,
    verify,
    write_durably,
)
from lms_core.db.engine import connect, storage_errors
from lms_core.db.upgrade import COPIES
from lms_core.errors import Corrupt, StorageError

DAILY = 7
WEEKLY = 4
FOLDER = "backups"
PENDING = "salvage-pending"
_STAMP = "%Y%m%dT%H%M%SZ"


class Restored(msgspec.Struct, frozen=True):
    """What became of a damaged file: `copied_at` dates what is open now, None if it starts empty.

    `salvaged` holds rows by table as they were in the damaged file, which is kept at `damaged`.
    """

    damaged: Path
    copied_at: datetime | None
    salvaged: dict[str, list[dict[str, Any]]] = msgspec.field(default_factory=dict)


def back_up(path: Path, key: bytes | None, *, now: datetime) -> Path:
    """Copy the database into `backups/` beside it while it is in use, and drop copies that are too old.

    Raises:
        DiskFull: older copies and the file are untouched.
        Corrupt: the file cannot be read through; older copies stay.
    """
    folder = path.parent / FOLDER
    target = folder / f"{now.astimezone(UTC).strftime(_STAMP)}{path.suffix}"
    copy_database(path, target, key)
    for old in to_drop(dict(_dated(folder, path.suffix)), newest=target):
        remove_database(old)
    return target


def backup_due(path: Path, *, now: datetime) -> bool:
    """Whether no copy was made on this day (UTC)."""
    return all(at.date() != now.astimezone(UTC).date() for _, at in _dated(path.parent / FOLDER, path.suffix))


def to_drop(copies: dict[Path, datetime], *, newest: Path) -> set[Path]:
    """Those that are not the last of one of the last 7 days or 4 weeks that have copies."""
    days: dict[Any, Path] = {}
    weeks: dict[Any, Path] = {}
    for path, at in sorted(copies.items(), key=lambda item: item[1]):
        days[at.date()] = path
        weeks[at.isocalendar()[:2]] = path
    kept = {days[day] for day in sorted(days)[-DAILY:]} | {weeks[week] for week in sorted(weeks)[-WEEKLY:]}
    return set(copies) - kept - {newest}


def _dated(folder: Path, suffix: str) -> Iterator[tuple[Path, datetime]]:
    for file in folder.glob(f"*{suffix}"):
        try:
            yield file, datetime.strptime(file.name[:16], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue


def newest_good(path: Path, key: bytes | None) -> tuple[Path, datetime] | None:
    """The newest dated copy, or copy from before an upgrade, that can be read through."""
    copies = dict(_dated(path.parent / FOLDER, path.suffix))
    for file in (path.parent / COPIES).glob(f"*-{path.name}"):
        copies[file] = datetime.strptime(file.name[:15] + "Z", _STAMP).replace(tzinfo=UTC)
    for file in sorted(copies, key=lambda each: copies[each], reverse=True):
        try:
            verify(file, key)
        except StorageError:
            continue
        return file, copies[file]
    return None


def restore_newest_good(
    path: Path, key: bytes | None, *, now: datetime, tables: Iterable[str] = (), start_empty: bool = False
) -> Restored:
    """Put the newest good copy in the place of a damaged file, which is moved aside and never deleted.

    Until `finish_restore` is called `pending` names the file moved aside, so a crash before the salvaged rows are
    written loses nothing: they can be read again from there.

    Args:
        path: the damaged file; nobody may have it open.
        key: as for `open_sqlite`.
        now: dates the folder for the damaged file.
        tables: whose rows are wanted from the damaged file.
        start_empty: go on with an empty file when no copy is good.

    Raises:
        Corrupt: `no_good_copy`, if `start_empty` is not set; nothing was moved.
    """
    copy = newest_good(path, key)
    if copy is None and not start_empty:
        raise Corrupt("no_good_copy", path=str(path))
    fresh = path.with_name(path.name + ".restored")
    if copy:
        copy_database(copy[0], fresh, key)
    else:
        remove_database(fresh)
        connect(fresh, key).close()
    aside = path.parent / f"damaged-{now.astimezone(UTC).strftime(_STAMP)}"
    with storage_errors(path):
        if path.exists():
            write_durably(path.parent / PENDING, aside.name.encode())
            move_database(path, aside)
        fresh.replace(path)
        sync_folder(path.parent)
    return Restored(aside / path.name, copy and copy[1], salvage_tables(aside / path.name, key, tables=tables))


def salvage_tables(damaged: Path, key: bytes | None, *, tables: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Rows by table as far as they can be read."""
    return {table: salvage(table, damaged, key) if damaged.exists() else [] for table in tables}


def pending(path: Path) -> Path | None:
    """The damaged file whose rows nobody has taken over yet."""
    try:
        return path.parent / (path.parent / PENDING).read_text("utf-8") / path.name
    except FileNotFoundError:
        return None


def finish_restore(path: Path) -> None:
    """Note that the salvaged rows are in the database now."""
    (path.parent / PENDING).unlink(missing_ok=True)
