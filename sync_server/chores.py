"""What comes round by itself, or when an administrator asks: the jobs of a hub and how often each is due."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from lms_core.accounts.forgetting import forget_old
from lms_core.db.engine import read
from lms_core.hub import Hub
from lms_core.learning.activity import sweep
from lms_core.media.records import forget_records
from lms_core.notifications.digests import Digests
from lms_core.operation.runs import Runs
from lms_core.ports import FileStore
from sync_server.backups import BACKUP, TRIAL, Backups
from sync_server.config import Settings
from sync_server.database import Database
from sync_server.jobs import Jobs
from sync_server.served import Served

DIGEST_LOOK_S = 900
HOUR_S = 3600.0


def add_jobs(jobs: Jobs, hub: Hub, settings: Settings, served: Served) -> None:
    """Add all of them."""
    jobs.add("forget what is too old", hub.tidy)
    served.filing.add_jobs(jobs)
    jobs.add("figures of the platform", served.platform.snapshot, every_s=HOUR_S)
    jobs.add("forget old sessions", partial(forget_sessions, hub, served.runs, settings))
    jobs.add("old mails", served.sender.queue.sweep)
    jobs.add("old proofs", served.recovery.sweep)
    jobs.add("old invitations", served.invitations.sweep)
    jobs.add("old reports", served.reports.sweep)
    if hub.schema.find("certificate"):
        jobs.add("certificates", served.certificates.sweep, every_s=HOUR_S)
    _add_digests(jobs, hub, settings, served.mailed)
    if backups := served.backups:
        if settings.backup_hours:
            jobs.add(BACKUP, backups.run, every_s=settings.backup_hours * HOUR_S)
        else:
            jobs.offer(BACKUP, lambda _: backups.run())
        jobs.offer(TRIAL, backups.try_out)


def _add_digests(jobs: Jobs, hub: Hub, settings: Settings, mailed: Callable[[], None]) -> None:
    look = partial(read, hub.engine)
    digests = Digests(
        hub.unit, look=look, now_ms=hub.clock.ms, hour=settings.digest_hour, language=settings.language
    )  # fmt: skip

    def send() -> dict[str, int] | None:
        told = digests.run()
        mailed()
        return told

    jobs.add("daily mails", send, every_s=DIGEST_LOOK_S)
    jobs.add("old notifications", digests.sweep)


def forget_sessions(hub: Hub, runs: Runs, settings: Settings) -> dict[str, int]:
    """Forget sessions, tries to sign in, runs, activity and records of uploads that are older than the settings say."""
    if settings.keep_log_days:
        runs.forget(keep_ms=settings.keep_log_days * 86_400_000)
    with hub.unit() as unit:
        days = settings.keep_log_days
        told = {"activity_log": sweep(unit, keep_days=days), "upload_record": forget_records(unit, keep_days=days)}
        return forget_old(unit, keep_log_days=days) | told


def backups_of(data: Path, settings: Settings, database: Database, blobs: FileStore) -> Backups | None:
    """The backups that the settings ask for, if any."""
    if not settings.backup_folder:
        return None
    folder, kept = Path(settings.backup_folder), settings.backups_kept
    return Backups(data, folder, database, blobs, kept, media=settings.backup_media)
