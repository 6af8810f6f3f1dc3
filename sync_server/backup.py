"""One file with everything the server holds, made while it runs, and the way back.

A tar with a manifest of SHA-256 first; the database in it is one moment, copied and read through.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, NamedTuple

from lms_core.db.copies import sync_file, sync_folder
from lms_core.db.engine import storage_errors
from lms_core.errors import Corrupt, UserError
from lms_core.media.store import MediaStore
from lms_core.ports import FileStore
from sync_server.config import FILE as SETTINGS_FILE
from sync_server.database import DATABASE, DUMP, Database, FileDatabase
from sync_server.layout import BLOBS, KEYS, PACKS, RESTORING, SWAPPING, mark_restored

MANIFEST = "manifest.json"
FORMAT = "desktop-lms-server-backup"
REPLACED = "before-restore"


@dataclass(frozen=True)
class Report:
    """What a backup or restore moved."""

    path: str
    files: int
    bytes: int
    at: str


class _Part(NamedTuple):
    """Something that goes into a backup: its bytes, and how to read them."""

    size: int
    open: Callable[[], BinaryIO]


def back_up(
    data: Path,
    folder: Path,
    *,
    now: datetime,
    media: bool = True,
    database: Database | None = None,
    blobs: FileStore | None = None,
) -> Report:
    """Write `hub-<time>.tar` into a folder. It has its name only once it is whole and was read back.

    Raises:
        UserError: `no_hub`. DiskFull, Corrupt: nothing is left behind.
    """
    database = database or FileDatabase(data)
    if not database.exists():
        raise UserError("no_hub", path=data)
    folder.mkdir(parents=True, exist_ok=True)
    while (target := folder / f"hub-{now:%Y%m%dT%H%M%SZ}.tar").exists():
        now += timedelta(seconds=1)  # an earlier one of the same second stays
    part = target.with_name(target.name + ".part")
    try:
        with storage_errors(target), TemporaryDirectory(dir=folder, prefix=".hub-") as scratch:
            copy = Path(scratch) / database.name
            # files are added before they are named in the database, so the later listing holds all that the copy names
            database.copy(copy)
            found = {database.name: _file(copy)} | dict(_rest(data))
            if media:
                found |= _stored(BLOBS, blobs or MediaStore(data / BLOBS))
            part.touch(mode=0o600)
            _pack(part, found, at=now.isoformat())
        report = _proved(part)
        sync_file(part)
        part.replace(target)
        sync_folder(folder)
    finally:
        part.unlink(missing_ok=True)
    return Report(str(target), report.files, target.stat().st_size, report.at)


def _rest(data: Path) -> Iterator[tuple[str, _Part]]:
    for path in sorted((data / KEYS).glob("*.key")):
        yield f"{KEYS}/{path.name}", _file(path)
    if (data / SETTINGS_FILE).exists():
        yield SETTINGS_FILE, _file(data / SETTINGS_FILE)
    yield from _stored(PACKS, MediaStore(data / PACKS)).items()


def _file(path: Path) -> _Part:
    return _Part(path.stat().st_size, lambda: path.open("rb"))


def _stored(folder: str, store: FileStore) -> dict[str, _Part]:
    return {f"{folder}/{name}": _Part(store.size(name), partial(store.open, name)) for name in store}


def _pack(part: Path, found: dict[str, _Part], *, at: str) -> None:
    sums = {name: _sum(each) for name, each in found.items()}
    manifest = json.dumps({"format": FORMAT, "version": 1, "at": at, "files": sums}).encode()
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as tar:
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(manifest)
        tar.addfile(head, BytesIO(manifest))
        for name, each in found.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = each.size, 0o600
            with each.open() as file:
                tar.addfile(entry, file)


def _sum(part: _Part) -> str:
    with part.open() as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def restore(
    data: Path, backup: Path, *, now: datetime, database: Database | None = None, blobs: FileStore | None = None
) -> Report:
    """Put a backup in place of a stopped server's data, which is kept aside in `before-restore/`.

    Raises:
        UserError: `no_backup`; nothing was touched.
    """
    report = _proved(backup)
    database = database or FileDatabase(data)
    fresh = data / RESTORING
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        with storage_errors(data):
            _unpack(backup, fresh)
            if not (fresh / database.name).exists():  # of the other kind of database
                raise UserError("no_backup", path=backup)
            aside = data / REPLACED / f"{now:%Y%m%dT%H%M%SZ}"
            aside.mkdir(parents=True)
            (fresh / SWAPPING).touch()
            try:
                database.replace(fresh / database.name, aside)
            except Corrupt as error:
                raise UserError("no_backup", path=backup) from error
            _swap(data, fresh, aside=aside, blobs=blobs or MediaStore(data / BLOBS))
            mark_restored(data, backup=backup.name, at=report.at)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return report


def _swap(data: Path, fresh: Path, *, aside: Path, blobs: FileStore) -> None:
    """Move the old parts away and the new ones in; media are only added, for their names are their content."""
    if (data / KEYS).exists():
        (data / KEYS).replace(aside / KEYS)
    for name in (KEYS, SETTINGS_FILE):
        source = fresh / name
        if source.exists() and not (name == SETTINGS_FILE and (data / name).exists()):
            source.replace(data / name)
    (data / KEYS).chmod(0o700)
    stores: dict[str, FileStore] = {PACKS: MediaStore(data / PACKS), BLOBS: blobs}
    for folder, store in stores.items():
        for path in sorted((fresh / folder).glob("*")):
            store.adopt(path, path.name)
    sync_folder(data)


def _proved(backup: Path) -> Report:
    """Read a backup through and compare every sum. Raises UserError `no_backup`."""
    try:
        with tarfile.open(backup, "r:") as tar:
            manifest = _manifest(tar)
            wanted: dict[str, str] = dict(manifest["files"])
            if not {DATABASE, DUMP} & wanted.keys():
                raise UserError("no_backup", path=backup)
            count = 0
            for entry in tar:
                if entry.offset == 0:  # the manifest itself
                    continue
                if not entry.isreg() or wanted.pop(entry.name, None) != _sum_in(tar, entry):
                    raise UserError("no_backup", path=backup)
                count += 1
            if wanted or not count:
                raise UserError("no_backup", path=backup)
            return Report(str(backup), count, backup.stat().st_size, str(manifest["at"]))
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise UserError("no_backup", path=backup) from error


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    first = tar.next()
    file = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    manifest = json.load(file) if file else None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or manifest.get("version") != 1:
        raise ValueError(MANIFEST)
    return manifest


def _sum_in(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    file = tar.extractfile(entry)
    if file is None or not _is_ours(entry.name):
        raise ValueError(entry.name)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _is_ours(name: str) -> bool:
    head, _, rest = name.partition("/")
    plain = all(c.isalnum() or c in "._-" for c in rest.replace("/", "")) and ".." not in name
    return name in (DATABASE, DUMP, SETTINGS_FILE) or (head in (KEYS, PACKS, BLOBS) and plain and bool(rest))


def unpack_database(backup: Path, folder: Path, name: str) -> Path:
    """Read a backup through and take its database out of it. Raises UserError `no_backup`."""
    _proved(backup)
    _unpack(backup, folder, only=name)
    if not (folder / name).exists():
        raise UserError("no_backup", path=backup)
    return folder / name


def _unpack(backup: Path, fresh: Path, *, only: str = "") -> None:
    with tarfile.open(backup, "r:") as tar:
        for entry in tar:
            file = tar.extractfile(entry)
            if entry.name == MANIFEST or file is None or not _is_ours(entry.name) or only not in ("", entry.name):
                continue
            target = fresh / entry.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                shutil.copyfileobj(file, out)
            target.chmod(0o600)
            sync_file(target)


def summary(report: Report) -> dict[str, Any]:
    """The report for `--json`."""
    return asdict(report)
