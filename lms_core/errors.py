"""Every way the product says no, drawn once so that the desktop and the server map classes, not strings.

LmsError
├── UserError          input that a person can mend; `code` names the sentence
├── NotFound           the thing does not exist (or may not be seen)
├── Conflict           somebody else was first
├── Denied             the caller may not do this
├── StorageError
│   ├── DiskFull       nothing was written; what was there is whole
│   ├── Corrupt        the file is damaged
│   ├── TooNew         the file was made by a newer version
│   └── Busy           another process holds the file
└── SyncError
    ├── Offline        the server cannot be reached: a state, not a fault
    ├── AuthExpired    sign in again; local work goes on
    ├── VersionMismatch  one side is too old for the other
    └── ServerError    the server failed or is no server of ours
"""

from __future__ import annotations

from typing import Any

MESSAGES: dict[str, str] = {
    "auth_expired": "Your sign-in has run out. Sign in again; everything on this device is safe.",
    "bad_choice": "“{field}” is not one of the allowed values.",
    "bad_profile_file": "This is not a profile file, or it is damaged.",
    "bad_value": "“{field}” has a value of the wrong kind.",
    "conflict": "Somebody else changed this first.",
    "corrupt": "The file {path} is damaged.",
    "denied": "You do not have the right to do this.",
    "disk_error": "The disk reports an error for {path}. Check the disk; what was saved before is kept.",
    "disk_full": "The disk is full. Nothing was lost; free some space and try again.",
    "file_busy": "The file is in use by another program.",
    "file_unwritable": "The file {path} cannot be opened or written. Check the rights of its folder.",
    "key_missing": "The key of this profile is not on this device. Sign in online to unlock it.",
    "no_good_copy": "No undamaged copy of this profile was found. The damaged file is kept at {path}.",
    "no_recovery": "This profile cannot be unlocked without its password.",
    "not_found": "This does not exist any more, or you may not see it.",
    "offline": "The server cannot be reached. Everything is saved here and will be sent later.",
    "out_of_range": "“{field}” is too short, too long or out of range.",
    "password_needed": "Enter the password of this profile.",
    "profile_in_use": "This profile is open in another window or program. Close it there first.",
    "profile_unfinished": "This profile is incomplete and cannot be opened.",
    "profile_unsent": "This profile holds {count} changes that were never sent. Sync first, or remove it anyway.",
    "server_error": "The server answered with an error ({status}). Everything is saved here.",
    "sqlite_too_old": "The database library is too old ({found}); at least {needed} is needed.",
    "too_new": "This file was made by a newer version of the app. Update the app to open it.",
    "upgrade_failed": "The data could not be brought to the new version. It is unchanged; a copy lies at {path}.",
    "version_mismatch": "The app and the server do not understand each other. Update the older one.",
    "wrong_password": "The password is not right.",
}


class LmsError(Exception):
    """Say what happened by a stable `code` and the values its sentence needs."""

    default_code = "error"

    def __init__(self, code: str | None = None, **values: Any) -> None:
        self.code = code or self.default_code
        self.values = values
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The English sentence of the code with its values filled in."""
        template = MESSAGES.get(self.code, self.code.replace("_", " ").capitalize() + ".")
        try:
            return template.format(**self.values)
        except (KeyError, IndexError):
            return template

    def __str__(self) -> str:
        return self.message


class UserError(LmsError):
    """Refuse input that a person can mend."""

    default_code = "invalid"


class NotFound(LmsError):
    """The thing does not exist, or the caller may not know that it does."""

    default_code = "not_found"


class Conflict(LmsError):
    """The state changed before the caller's change arrived."""

    default_code = "conflict"


class Denied(LmsError):
    """The caller lacks the right."""

    default_code = "denied"


class StorageError(LmsError):
    """The disk or the database file failed."""

    default_code = "storage"


class DiskFull(StorageError):
    """No space left; the transaction was undone as a whole."""

    default_code = "disk_full"


class Corrupt(StorageError):
    """The file is damaged or is no database of ours."""

    default_code = "corrupt"


class TooNew(StorageError):
    """A newer version made the file; it is left untouched."""

    default_code = "too_new"


class Busy(StorageError):
    """Another process or connection holds the file."""

    default_code = "file_busy"


class SyncError(LmsError):
    """An exchange with the hub did not come about."""

    default_code = "sync"


class Offline(SyncError):
    """The hub cannot be reached."""

    default_code = "offline"


class AuthExpired(SyncError):
    """The hub no longer takes the tokens of this device."""

    default_code = "auth_expired"


class VersionMismatch(SyncError):
    """The two programs do not share a protocol version."""

    default_code = "version_mismatch"


class ServerError(SyncError):
    """The other side failed, or it is no hub of ours."""

    default_code = "server_error"
