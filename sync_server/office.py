"""What administrators see of a server and have it do: jobs, backups, a check, mails, sync and settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lms_core.db.engine import read
from lms_core.hub import Hub
from lms_core.operation.desk import JobsDesk
from lms_core.operation.mails import MailDesk
from lms_core.operation.runs import Runs
from lms_core.ports import FileStore
from lms_core.sync.hub.desk import SyncDesk
from sync_server import facts
from sync_server.backups import BACKUP, TRIAL, Backups
from sync_server.checking import CHECK, check
from sync_server.config import Settings
from sync_server.database import Database
from sync_server.effective import effective
from sync_server.jobs import Jobs
from sync_server.mail import Sender


def jobs_of(hub: Hub, settings: Settings, database: Database) -> Jobs:
    """The jobs of a hub, still without any."""
    return Jobs(Runs(hub.engine, hub.clock.ms), database.turn(), hub.clock.ms, look_s=settings.job_seconds)


def office_of(
    data: Path, hub: Hub, settings: Settings, *, jobs: Jobs, sender: Sender, mailed: Callable[[], object]
) -> dict[str, Any]:
    """What the routes of administrators need."""
    look = partial(read, hub.engine)
    return {
        "runs": jobs.runs,
        "jobs": JobsDesk(work=hub.unit, runs=jobs.runs, plan=lambda: jobs.plan, wake=jobs.wake),
        "sync": SyncDesk(work=hub.unit, look=look, now_ms=hub.clock.ms, again=hub.projection.retry),
        "mails": MailDesk(work=hub.unit, queue=sender.queue, mailed=mailed),
        "sender": sender,
        "effective": partial(effective, settings, data, dict(os.environ)),
        "status": partial(facts.status, hub.engine),
        "stats": partial(facts.stats, hub.engine),
    }


def add_office_jobs(
    jobs: Jobs, data: Path, hub: Hub, settings: Settings, *, database: Database, blobs: FileStore
) -> Backups | None:
    """Backups, when the settings ask for them, and a check whenever somebody asks; returns the backups."""
    jobs.offer(CHECK, lambda _: check(data, settings, database, lambda: sum(_waiting(hub))).as_json())
    if not settings.backup_folder:
        return None
    folder, kept = Path(settings.backup_folder), settings.backups_kept
    backups = Backups(data, folder, database, blobs, kept, media=settings.backup_media)
    if settings.backup_hours:
        jobs.add(BACKUP, backups.run, every_s=settings.backup_hours * 3600)
    else:
        jobs.offer(BACKUP, lambda _: backups.run())
    jobs.offer(TRIAL, backups.try_out)
    return backups


def _waiting(hub: Hub) -> tuple[int, int]:
    troubles = hub.troubles()
    return troubles.rows, troubles.ops
