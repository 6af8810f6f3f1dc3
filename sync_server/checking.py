"""What `lms-server check` looks at: settings, secrets, certificate, disk, database, files. Nothing is changed.

Each finding is a sentence for the operator; a fault makes the whole check fail, a warning does not.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from lms_core.certificates.pictures import read_logo
from lms_core.db.upgrade import newest_revision
from lms_core.errors import LmsError, UserError
from lms_core.media.store import MediaStore
from sync_server.config import Settings, exposed
from sync_server.database import MIGRATIONS, Database
from sync_server.layout import BLOBS, KEY_NAMES, KEYS, PACKS
from sync_server.stores import blobs_of
from sync_server.tls import expires_at

CHECK = "check"
MOST_TOLD, MOST_SAID = 40, 300
SOON = timedelta(days=21)
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `state` fault: the server does not work, or not for long."""

    name: str
    state: Literal["ok", "warning", "fault"]
    said: str


@dataclass(frozen=True)
class Checked:
    """All findings, how many files were read and how many rows wait for the operator."""

    findings: list[Finding]
    files: int = 0
    set_aside: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is at fault."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """What is."""
        return [each.said for each in self.findings if each.state == "fault"]

    @property
    def sorted(self) -> list[Finding]:
        """The findings, faults first."""
        order = ("fault", "warning", "ok")
        return sorted(self.findings, key=lambda each: order.index(each.state))

    def told(self) -> str:
        """The same for people."""
        return "\n".join(f"{each.state:8}{each.said}" for each in self.sorted)

    def as_json(self) -> dict[str, Any]:
        """The same for programs, the first forty."""
        told = [asdict(each) | {"said": each.said[:MOST_SAID]} for each in self.sorted[:MOST_TOLD]]
        return {"ok": self.ok, "files": self.files, "findings": told}


def wrong_settings(errors: list[Any]) -> Checked:
    """The check of settings that cannot be used; nothing else can be looked at with them."""
    return Checked([Finding("settings", "fault", error.message) for error in errors])


def check(data: Path, settings: Settings, database: Database, set_aside: Callable[[], int]) -> Checked:
    """Look at a server's parts; `set_aside` opens the database and counts what a rule failed for."""
    findings = [
        Finding("settings", "ok", "Every setting is known and has a value of its kind."),
        *_secrets(data),
        *_tls(settings),
        *_logo(settings),
        _disk(data, settings),
        *_mail(settings),
        *_registration(settings),
        _backups(settings),
    ]
    found = _database(data, database)
    findings.append(found)
    waiting = 0
    if found.state == "ok" and not any(each.name == "secrets" and each.state == "fault" for each in findings):
        waiting = set_aside()
    if waiting:
        said = f"{waiting} rows and changes are set aside because a rule failed; `lms-server retry` takes them up."
        findings.append(Finding("set_aside", "warning", said))
    files, damaged = _files(data, settings)
    return Checked([*findings, *damaged], files, waiting)


def _secrets(data: Path) -> Iterator[Finding]:
    keys = [data / KEYS / name for name in KEY_NAMES]
    wrong = [LmsError("hub_key_missing", path=path).message for path in keys if not path.exists()]
    wrong += [
        f"Others on this computer can read {path}: chmod 600." for path in keys if path.exists() and exposed(path)
    ]
    yield from (Finding("secrets", "fault", said) for said in wrong)
    if not wrong:
        yield Finding("secrets", "ok", "The server's keys are there, and its user alone can read them.")


def _tls(settings: Settings) -> Iterator[Finding]:
    if not settings.tls_certificate:
        return
    try:
        ends = expires_at(settings)
    except LmsError as error:
        yield Finding("tls", "fault", error.message)
        return
    left = ends - datetime.now(UTC)
    said = f"The certificate is valid until {ends:%Y-%m-%d}."
    if left <= timedelta():
        yield Finding("tls", "fault", f"The certificate ran out on {ends:%Y-%m-%d}.")
    else:
        yield Finding("tls", "warning" if left < SOON else "ok", said)


def _logo(settings: Settings) -> Iterator[Finding]:
    """Whether the picture of certificates can be used, where one is set."""
    if not settings.certificate_logo:
        return
    try:
        read_logo(settings.certificate_logo)
    except LmsError as error:
        yield Finding("logo", "fault", error.message)
    else:
        yield Finding("logo", "ok", "The logo of certificates can be used.")


def _disk(data: Path, settings: Settings) -> Finding:
    free = shutil.disk_usage(data).free >> 20
    said = f"{free} MB are free on the disk of {data}; files are refused below {settings.keep_free_mb} MB."
    low = free < 2 * settings.keep_free_mb
    return Finding("disk", "fault" if free < settings.keep_free_mb else "warning" if low else "ok", said)


def _database(data: Path, database: Database) -> Finding:
    newest = newest_revision(MIGRATIONS)
    try:
        if not database.exists():
            raise UserError("no_hub", path=data)
        found = database.revision()
        if found != newest:
            said = f"The database has layout {found}, this program {newest}; `lms-server migrate` brings it up to date."
            return Finding("database", "warning", said)
        database.check()
    except LmsError as error:
        return Finding("database", "fault", error.message)
    return Finding("database", "ok", f"The database could be read through; its layout is {found}.")


def _files(data: Path, settings: Settings) -> tuple[int, list[Finding]]:
    """Read every file of the data folder; a store of its own is asked for what it has."""
    files, found = 0, []
    own: list[str] = [PACKS] if settings.blob_url else [PACKS, BLOBS]
    for folder in own:
        store = MediaStore(data / folder)
        files += sum(1 for _ in store)
        found += [Finding("files", "fault", f"{folder}: {name} is damaged.") for name in store.damaged()]
    found = found or [Finding("files", "ok", f"{files} files could be read through.")]
    if settings.blob_url:
        try:
            count = sum(1 for _ in blobs_of(data, settings))
            found.append(Finding("store", "ok", f"The store of files answers; it has {count} files."))
            files += count
        except LmsError as error:
            found.append(Finding("store", "fault", error.message))
    return files, found


def _backups(settings: Settings) -> Finding:
    if not settings.backup_folder or not settings.backup_hours:
        return Finding("backups", "warning", "No backups come round by themselves: set backup_folder, on another disk.")
    found = Path(settings.backup_folder)
    if found.exists() and not os.access(found, os.W_OK):
        return Finding("backups", "fault", f"Backups cannot be written to {found}.")
    return Finding("backups", "ok", f"Every {settings.backup_hours} hours a backup is put into {found}.")


def _registration(settings: Settings) -> Iterator[Finding]:
    """Whether those who are let in by invitation alone get a mail with a way in."""
    if settings.registration == "open":
        return
    lacking = [name for name in ("smtp_host", "public_url") if not getattr(settings, name)]
    said = "Nobody makes an account without a code; invitations go out by mail, with a link to this server."
    if lacking:
        said = f"Nobody makes an account without a code, but invitations are mailed with a link only with {lacking[0]}."
    yield Finding("registration", "warning" if lacking else "ok", said)


def _mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server can be reached, where one is set."""
    host, port = settings.smtp_host, settings.smtp_port
    if not host:
        return
    try:
        socket.create_connection((host, port), PATIENCE_S).close()
    except OSError as error:
        yield Finding("mail", "fault", f"The mail server {host}:{port} cannot be reached: {error.strerror or error}.")
    else:
        yield Finding("mail", "ok", f"The mail server {host}:{port} answers.")
