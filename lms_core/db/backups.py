"""Keep dated copies of a database, and go back to the newest good one when the file is damaged."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from lms_core.db import restored
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
from lms_core.db.pages import mend
from lms_core.db.upgrade import COPIES, refuse_newer_file
from lms_core.errors import Corrupt, StorageError

DAILY = 7
WEEKLY = 4
FOLDER = "backups"
PENDING = "salvage-pending"
MENDED = "mended"
WORK = ("unsealed", "oplog", "parked", "upload", "open_attempt")
"""Tables whose rows are somebody's work."""
_STAMP = "%Y%m%dT%H%M%SZ"


class Restored(msgspec.Struct, frozen=True):
    """What became of a damaged file: `copied_at` dates what is open now, None if it starts empty.

    `salvaged` holds rows by table as they were in the damaged file, which is kept at `damaged`; `lost` counts those
    that could not be read, None when nobody can tell.
    """

    damaged: Path
    copied_at: datetime | None
    salvaged: dict[str, list[dict[str, Any]]] = msgspec.field(default_factory=dict)
    lost: int | None = None


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
    path: Path,
    key: bytes | None,
    *,
    now: datetime,
    tables: Iterable[str] = (),
    start_empty: bool = False,
    scripts: Path | None = None,
    salt: bytes = b"",
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
        scripts: of the upgrades that this program knows.
        salt: what the damaged file began with when it was last opened.

    Raises:
        Corrupt: `no_good_copy`, if `start_empty` is not set; nothing was moved.
        TooNew: a newer program made the file or the copy; nothing was moved.
    """
    if scripts is not None:
        refuse_newer_file(path, scripts, key)
    copy = newest_good(path, key)
    if copy is None and not start_empty:
        raise Corrupt("no_good_copy", path=str(path))
    if copy and scripts is not None:
        refuse_newer_file(copy[0], scripts, key)
    fresh = path.with_name(path.name + ".restored")
    if copy:
        copy_database(copy[0], fresh, key)
    else:
        remove_database(fresh)
        connect(fresh, key).close()
    aside = _aside(path, now)
    with storage_errors(path):
        if path.exists():
            names = [*(file.parent.name for file in _waiting(path)), aside.name]
            write_durably(path.parent / PENDING, "\n".join(names).encode())
        aside.mkdir(parents=True, exist_ok=True)
        restored.save(path.parent, restored.Restoration(aside, copy and copy[1], salt=salt))
        if path.exists():
            move_database(path, aside)
        fresh.replace(path)
        sync_folder(path.parent)
    return _read(aside / path.name, key, copy, tables=tables, salt=salt)


def _aside(path: Path, now: datetime) -> Path:
    """A new folder; where a restore was interrupted once the file was moved, that one."""
    moved = pending(path)
    if moved is not None and not path.exists():
        return moved.parent
    name, count = f"damaged-{now.astimezone(UTC).strftime(_STAMP)}", 1
    while (aside := path.parent / (name if count == 1 else f"{name}-{count}")).exists():
        count += 1
    return aside


def read_again(path: Path, key: bytes | None, *, tables: Sequence[str]) -> Restored | None:
    """What a restore found whose rows nobody has taken over yet."""
    waiting, last = _waiting(path), restored.load(path.parent)
    if not waiting:
        return None
    copy, salt = newest_good(path, key), last.salt if last else b""
    found = [_read(damaged, key, copy, tables=tables, salt=salt) for damaged in waiting]
    rows = {table: [row for each in found for row in each.salvaged[table]] for table in tables}
    counts = [each.lost for each in found]
    return Restored(waiting[-1], None, rows, None if None in counts else sum(count or 0 for count in counts))


def _read(
    damaged: Path, key: bytes | None, copy: tuple[Path, datetime] | None, *, tables: Iterable[str], salt: bytes
) -> Restored:
    """Rows by table as far as they can be read, with the copy's list of tables where the file lost its own."""
    if not damaged.exists():
        return Restored(damaged, copy and copy[1], {table: [] for table in tables})
    mended = damaged.parent / MENDED
    if key is not None and copy and not mended.exists():
        mend(damaged, copy[0], key, salts=[salt], target=mended)
    source = mended / damaged.name if mended.exists() else damaged
    found = {table: salvage(table, source, key) for table in tables}
    counts = [found[table].lost for table in WORK if table in found]
    lost = None if None in counts else sum(count or 0 for count in counts)
    return Restored(damaged, copy and copy[1], {table: each.rows for table, each in found.items()}, lost)


def pending(path: Path) -> Path | None:
    """The damaged file, the last one, whose rows nobody has taken over yet."""
    return next(reversed(_waiting(path)), None)


def _waiting(path: Path) -> list[Path]:
    """Damaged files whose rows nobody has taken over yet: more than one if a restore came before that."""
    try:
        names = (path.parent / PENDING).read_text("utf-8").split()
    except FileNotFoundError:
        return []
    return [path.parent / name / path.name for name in dict.fromkeys(names)]


def finish_restore(path: Path) -> None:
    """Note that the salvaged rows are in the database now."""
    waiting = _waiting(path)
    (path.parent / PENDING).unlink(missing_ok=True)
    for damaged in waiting:
        shutil.rmtree(damaged.parent / MENDED, ignore_errors=True)
