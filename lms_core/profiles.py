"""The people of this laptop: one folder and one encrypted file for each account and server (issue 2, profile store).

profiles/<id>/profile.json   who, and the wrapped key     data.db      everything else, encrypted
              backups/       dated copies, encrypted      damaged-*/   what a restore moved aside
              restored.json  the last restore, until it was told
              open           there while a process has it open, so that an unclean end is seen
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from uuid import UUID

import msgspec
from sqlalchemy import Engine

from lms_core.db import backups, keys, restored
from lms_core.db.copies import copy_database, quick_check, remove_database, sync_file, sync_folder, write_durably
from lms_core.db.engine import connect, storage_errors
from lms_core.db.lock import FileLock
from lms_core.db.pages import salt_of
from lms_core.db.record import DATABASE, SCRIPTS, Folder, FreshFolder, ProfileInfo, Record, info_of
from lms_core.db.seal import Seal
from lms_core.errors import Conflict, Corrupt, LmsError, NotFound, UserError
from lms_core.ports import Clock, NewId, Secrets, new_uuid7

MEDIA = "media"
OUTBOX = (
    "unsealed", "oplog", "parked", "segment", "sync_state", "upload",
    "open_attempt", "installed", "installed_lesson", "known_pack",
)  # fmt: skip
"""Tables whose rows exist on this device alone."""
_KEY, _RECORD = "key", "profile.json"


class OpenProfile:
    """A profile that this process holds: where its files lie, the key, and what may be done with them.

    `unclean` tells that the last process did not end properly; the file was checked then, as it is at the next opening
    after somebody met damage and said so in `suspect`.
    """

    def __init__(self, folder: Folder, key: bytes, *, lock: FileLock, owner: Profiles) -> None:
        self.folder = folder.path
        self.path = folder.database
        self.media, self.shared = folder.path / MEDIA, owner.shared
        self.key = key
        self.unclean = folder.open_mark.exists()
        self.suspect = False
        self._folder, self._lock, self._owner = folder, lock, owner
        self._seal = Seal(folder.path, owner.secrets)

    @property
    def info(self) -> ProfileInfo:
        """What the picker shows of it."""
        return info_of(self._folder.load())

    def check_seal(self, engine: Engine) -> Literal["same", "copied"]:
        """Tell whether the file was copied here from another machine: then take a new replica id and `reseal`."""
        return self._seal.check(engine)

    def reseal(self, engine: Engine) -> None:
        """Make this machine the file's home."""
        self._seal.renew(engine)

    def set_password(self, password: str | None) -> None:
        """Wrap the key by a new password. None takes the password away and keeps the key in the keyring."""
        if password:
            self._folder.change(password=self._wrapped(password))
        else:
            self.remember()
            self._folder.change(password=None)

    def check_password(self, password: str) -> None:
        """Make sure that it is the profile's owner who asks; raises UserError `wrong_password`."""
        slot = self._folder.load().password
        if slot is not None:
            keys.unwrap_with_password(slot, password, owner=self.folder.name)

    def remember(self) -> None:
        """Open without asking from now on: the key goes into the keyring."""
        self._owner.secrets.set(_secret_name(self.folder.name), base64.b64encode(self.key).decode())
        self._folder.change(remembered=True)

    def forget(self) -> None:
        """Sign out: ask for the password next time. The file stays.

        Raises:
            UserError: `password_needed`, for without a password nothing could open it again.
        """
        if not self.info.has_password:
            raise UserError("password_needed")
        self._folder.change(remembered=False)
        self._owner.secrets.delete(_secret_name(self.folder.name))

    def add_recovery(self, secret: bytes) -> None:
        """Let the secret that the hub keeps for this replica open the file, too."""
        self._folder.change(recovery=keys.wrap_with_secret(self.key, secret, owner=self.folder.name))

    def link(self, *, display_name: str, server_url: str | None, account_id: str | None) -> None:
        """Say whose profile this is, once a local one meets its account.

        Raises:
            Conflict: `profile_exists`, if another profile is that account's.
        """
        other = self._owner.find(server_url, account_id) if server_url and account_id else None
        if other and other.id != self.folder.name:
            raise Conflict("profile_exists")
        self._folder.change(display_name=display_name, server_url=server_url, account_id=account_id)

    def detach(self) -> None:
        """Belong to no server any more; whose rows these are stays."""
        self._folder.change(server_url=None, recovery=None)

    def backup_due(self) -> bool:
        """Whether today has no copy yet."""
        return backups.backup_due(self.path, now=self._owner.clock.now())

    def back_up(self) -> Path:
        """Make a dated, verified copy while the file is in use; copies too old are dropped.

        Raises:
            NotFound: the profile was removed meanwhile; nothing of it comes back.
        """
        if not self.path.exists():
            raise NotFound
        try:
            return backups.back_up(self.path, self.key, now=self._owner.clock.now())
        except Corrupt:
            self.suspect = True
            raise

    def pending_salvage(self) -> backups.Restored | None:
        """Rows of a damaged file that a restore found and nobody has taken over yet."""
        return backups.read_again(self.path, self.key, tables=OUTBOX)

    def finish_salvage(self, **found: int | None) -> None:
        """Note that those rows are in the database, and how many were `rescued` and `lost`."""
        restored.change(self.folder, **found)
        backups.finish_restore(self.path)

    def export(self, target: Path, password: str) -> None:
        """Write everything into one encrypted file for another laptop; it exists only once it is whole.

        Raises:
            DiskFull: nothing is left at `target`.
        """
        from lms_core.db.parcel import Header, add_bytes, packing

        copy, part = self.folder / "export.db", target.with_name(target.name + ".part")
        record, parcel_key = self._folder.load(), keys.new_key()
        try:
            with storage_errors(target):
                copy_database(self.path, copy, self.key)
                header = Header(self._wrapped(password, key=parcel_key), record.id, record.display_name)
                with part.open("wb") as file, packing(file, header, parcel_key) as archive:
                    add_bytes(archive, _KEY, self.key)
                    add_bytes(archive, _RECORD, msgspec.json.encode(record))
                    archive.add(copy, DATABASE)
                    for media in sorted(each for each in self.media.rglob("*") if each.is_file()):
                        archive.add(media, f"{MEDIA}/{media.relative_to(self.media).as_posix()}")
                sync_file(part)
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
            remove_database(copy)

    def close(self) -> None:
        """Give the profile back; close engines on it before."""
        if self._lock.is_locked:
            # not when it opens: the record is written four times, and a person waits for the window then
            with suppress(LmsError, OSError):
                self._folder.change(last_opened_at=self._owner.clock.ms())
            if not self.suspect:
                self._folder.open_mark.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wrapped(self, password: str, *, key: bytes | None = None) -> keys.Slot:
        return keys.wrap_with_password(key or self.key, password, owner=self.folder.name, cost=self._owner.cost)


class Profiles:
    """All profiles in a data folder."""

    def __init__(
        self,
        data_dir: Path,
        secrets: Secrets,
        clock: Clock,
        *,
        new_id: NewId = new_uuid7,
        cost: keys.Cost | None = None,
    ) -> None:
        self.root, self.shared = data_dir / "profiles", data_dir / "shared"
        self.secrets, self.clock = secrets, clock
        self.cost = cost or keys.Cost()
        self._new_id = new_id

    def list(self) -> tuple[ProfileInfo, ...]:
        """Every profile, the last opened first."""
        found = []
        for path in self.root.glob("[!.]*"):
            with suppress(NotFound):
                try:
                    found.append(info_of(Folder(path).load()))
                except Corrupt:
                    found.append(ProfileInfo(path.name, path.name, damaged=True))
        return tuple(sorted(found, key=lambda each: (-each.last_opened_at, each.id)))

    def find(self, server_url: str, account_id: str) -> ProfileInfo | None:
        """The profile of an account."""
        return next((p for p in self.list() if (p.server_url, p.account_id) == (server_url, account_id)), None)

    def create(
        self,
        display_name: str,
        *,
        password: str | None = None,
        remember: bool = False,
        server_url: str | None = None,
        account_id: str | None = None,
    ) -> OpenProfile:
        """Make a profile with an empty database and open it. Without a password its key is remembered.

        Raises:
            Conflict: `profile_exists` for this account.
        """
        if server_url and account_id and self.find(server_url, account_id):
            raise Conflict("profile_exists")
        now, key = self.clock.ms(), keys.new_key()
        record = Record(self._new_id(), display_name, now, now, server_url, account_id)
        with closing(FreshFolder(self.root)) as fresh:
            connect(fresh.path / DATABASE, key).close()
            return self._settle(fresh, record, key=key, password=password, remember=remember)

    def open(self, profile_id: str, password: str | None = None) -> OpenProfile:
        """Open with the password, or with the remembered key when none is given.

        Raises:
            UserError: `wrong_password`, `password_needed`, `key_missing` (remembered on another machine).
            Busy: `profile_in_use`.
            Corrupt: the file is damaged; `restore_newest_good` mends it.
        """
        folder = self._folder(profile_id)
        lock = folder.lock()
        try:
            return self._opened(folder, self._key(folder.load(), password), lock=lock)
        except BaseException:
            lock.release()
            raise

    def open_with_recovery(self, profile_id: str, secret: bytes, *, new_password: str | None) -> OpenProfile:
        """Open with the secret from the hub after an online sign-in; set a new password, or without one keep the key.

        Raises:
            UserError: `no_recovery`, if no secret was set, or another one.
        """
        folder = self._folder(profile_id)
        lock = folder.lock()
        try:
            slot = folder.load().recovery
            if slot is None:
                raise UserError("no_recovery")
            opened = self._opened(folder, keys.unwrap_with_secret(slot, secret, owner=profile_id), lock=lock)
            opened.set_password(new_password) if new_password else opened.remember()
        except BaseException:
            lock.release()
            raise
        return opened

    def restore_newest_good(
        self,
        profile_id: str,
        password: str | None = None,
        *,
        tables: Iterable[str] = OUTBOX,
        start_empty: bool = False,
    ) -> backups.Restored:
        """Put the newest good copy in the place of a damaged file and read the outbox out of that one (see backups)."""
        folder = self._folder(profile_id)
        lock = folder.lock()
        try:
            record = folder.load()
            done = backups.restore_newest_good(
                folder.database, self._key(record, password), now=self.clock.now(), tables=tables,
                start_empty=start_empty, scripts=SCRIPTS, salt=record.salt,
            )  # fmt: skip
        finally:
            lock.release()
        folder.open_mark.unlink(missing_ok=True)
        return done

    def remove(self, profile_id: str, *, unsent: Callable[[], int], force: bool = False) -> None:
        """Delete a profile with everything in it.

        `unsent` counts changes that were never sent; with `force` it is not asked.

        Raises:
            UserError: `profile_unsent` with `count`; nothing was deleted.
            Busy: `profile_in_use`.
        """
        if not force and (count := unsent()):
            raise UserError("profile_unsent", count=count)
        folder = self._folder(profile_id)
        folder.lock().release()  # nobody has it; Windows cannot rename a folder while a file in it is open
        gone = self.root / f".gone-{profile_id}"
        with storage_errors(folder.path):
            folder.path.rename(gone)
        for name in (_secret_name(profile_id), f"seal:{profile_id}"):
            self.secrets.delete(name)
        shutil.rmtree(gone, ignore_errors=True)

    def import_(self, source: Path, password: str) -> OpenProfile:
        """Take over a profile that `OpenProfile.export` wrote; the password of that file becomes the profile's.

        Raises:
            UserError: `wrong_password`, `bad_profile_file`; nothing is left behind.
            Conflict: `profile_exists` on this machine already.
        """
        from lms_core.db.parcel import read_header, unpack

        with storage_errors(source), source.open("rb") as file, closing(FreshFolder(self.root)) as fresh:
            header = read_header(file)
            parcel_key = keys.unwrap_with_password(header.slot, password, owner=header.profile_id)
            unpack(file, fresh.path, key=parcel_key, allowed=frozenset({_KEY, _RECORD, DATABASE, MEDIA}))
            try:
                record = Folder(fresh.path).load()
                key = (fresh.path / _KEY).read_bytes()
                UUID(record.id)
                connect(fresh.path / DATABASE, key, readonly=True).close()
            except (OSError, ValueError, Corrupt) as error:
                raise UserError("bad_profile_file") from error
            (fresh.path / _KEY).unlink()
            account = (
                self.find(record.server_url, record.account_id) if record.server_url and record.account_id else None
            )
            if account or (self.root / record.id).exists():
                raise Conflict("profile_exists")
            return self._settle(fresh, record, key=key, password=password, remember=False)

    def _settle(
        self, fresh: FreshFolder, record: Record, *, key: bytes, password: str | None, remember: bool
    ) -> OpenProfile:
        """Give a folder that is whole its name."""
        slot = keys.wrap_with_password(key, password, owner=record.id, cost=self.cost) if password else None
        keep, salt = remember or slot is None, salt_of(fresh.path / DATABASE)
        Folder(fresh.path).save(msgspec.structs.replace(record, password=slot, remembered=keep, salt=salt))
        if keep:
            self.secrets.set(_secret_name(record.id), base64.b64encode(key).decode())
        folder = Folder(self.root / record.id)
        fresh.path.rename(folder.path)
        sync_folder(self.root)
        return self._opened(folder, key, lock=folder.lock())

    def _opened(self, folder: Folder, key: bytes, *, lock: FileLock) -> OpenProfile:
        opened = OpenProfile(folder, key, lock=lock, owner=self)
        if not folder.database.exists() or not folder.database.stat().st_size:
            raise Corrupt(path=str(folder.database))
        with closing(connect(folder.database, key)) as conn:
            if opened.unclean:
                quick_check(conn, folder.database)
        folder.keep_salt()
        write_durably(folder.open_mark, b"")
        return opened

    def _folder(self, profile_id: str) -> Folder:
        folder = Folder(self.root / profile_id)
        try:
            UUID(profile_id)
        except ValueError:
            raise NotFound from None
        if not folder.path.is_dir():
            raise NotFound
        return folder

    def _key(self, record: Record, password: str | None) -> bytes:
        if password is not None and record.password is not None:
            return keys.unwrap_with_password(record.password, password, owner=record.id)
        kept = self.secrets.get(_secret_name(record.id)) if record.remembered else None
        if kept is not None:
            return base64.b64decode(kept)
        raise UserError("key_missing" if record.password is None else "password_needed")


def _secret_name(profile_id: str) -> str:
    return f"profile-key:{profile_id}"
