"""The settings of a hub, and what a check of it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lms_core.rest.jobs import Job

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting; of a secret `value` is None and `is_set` says whether there is one.

    `source` is default, file, environment or command line; `after_restart`: its source holds another value by now.
    """

    name: str
    help: str
    value: bool | int | str | list[str] | None
    is_set: bool
    secret: bool
    source: str
    after_restart: bool


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `state` is ok, warning or fault."""

    name: str
    state: str
    said: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """The job that looks, and what it found at last, faults first; `at` in ISO 8601, None when it never looked."""

    job: Job
    at: str | None
    ok: bool
    findings: list[Finding]


class ServerApi:
    """Settings and check, for administrators. Raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def settings(self) -> list[Setting]:
        """All settings (OPS-05)."""
        return msgspec.convert(self._line.ask("GET", "/system/settings"), list[Setting])

    def last_check(self) -> Check:
        """What the last check found (OPS-06)."""
        return msgspec.convert(self._line.ask("GET", "/system/check"), Check)

    def check(self) -> None:
        """Look now. Raises Conflict `job_busy`."""
        self._line.ask("POST", "/system/check")
