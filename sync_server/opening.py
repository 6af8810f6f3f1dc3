"""Open a data folder: keys, database, files and the hub over them. The composition root of the server."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import QueuePool

from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.sessions import open_sessions
from lms_core.certificates.issuing import Due
from lms_core.certificates.pictures import read_logo
from lms_core.certificates.service import CertificatesService
from lms_core.certificates.templates import ensure_templates
from lms_core.courses.categories import ensure_default
from lms_core.courses.naming import name_all
from lms_core.db.engine import READ_S, read
from lms_core.errors import StorageError
from lms_core.hub import Hub, load_key
from lms_core.instructors.effects import follow_all
from lms_core.mail.queue import MailQueue
from lms_core.media.store import MediaStore
from lms_core.operation.desk import JobsDesk
from lms_core.operation.mails import MailDesk
from lms_core.operation.runs import Runs
from lms_core.ports import Clock
from lms_core.schema import Schema
from lms_core.sync.hub.desk import SyncDesk
from lms_core.unit import Effect
from sync_server import facts
from sync_server.admission import Admission
from sync_server.checking import CHECK, check
from sync_server.chores import add_jobs, backups_of
from sync_server.config import Settings
from sync_server.database import Database, FileDatabase, database_of
from sync_server.effective import effective
from sync_server.filing import open_filing
from sync_server.jobs import Jobs, Worker
from sync_server.layout import BLOBS, JOURNAL, KEY_NAMES, KEYS, PACKS, RESTORED, RESTORING, SWAPPING
from sync_server.mail import Sender, Writer
from sync_server.metrics import Gauge, Metrics
from sync_server.served import Health, Live, Served
from sync_server.services import services_of
from sync_server.stores import blobs_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """An open data folder."""

    hub: Hub
    served: Served
    projector: Worker
    sender: Sender
    mailer: Worker
    jobs: Jobs
    reporter: Worker


def prepare(data: Path, database: Database | None = None) -> bool:
    """Make the folder and bring the database to the newest layout; returns whether anything was done."""
    database = database or FileDatabase(data)
    data.mkdir(parents=True, exist_ok=True)
    for name in (BLOBS, PACKS, JOURNAL):
        (data / name).mkdir(exist_ok=True)
    there = database.exists()
    if (data / RESTORING / SWAPPING).exists() or ((data / RESTORING).exists() and not there):
        raise StorageError("restore_unfinished")
    if there:
        _check_keys(data)
    for name in KEY_NAMES:
        load_key(data / KEYS, name)
    return database.prepare()


def _check_keys(data: Path) -> None:
    """Refuse to go on with fresh keys over an old database: every token and receipt would be void (SEC-02)."""
    for name in KEY_NAMES:
        if not (data / KEYS / name).exists():
            raise StorageError("hub_key_missing", path=str(data / KEYS / name))


@contextmanager
def open_hub(
    data: Path,
    settings: Settings,
    *,
    schema: Schema,
    effects: Sequence[Effect],
    begin: bool = True,
    sole: bool = True,
    clock: Clock | None = None,
    hasher: PasswordHasher | None = None,
) -> Iterator[Opened]:
    """Open a prepared folder. `begin` starts a new epoch, for a process that serves; `sole`: no other does."""
    with ExitStack() as stack:
        database = database_of(data, settings.database_url)
        engine = database.open(connections=settings.threads + 4).execution_options(**{READ_S: settings.query_seconds})
        stack.callback(engine.dispose)
        due = Due()
        hub = Hub(
            engine, schema=schema, effects=(*effects, due.effect), blobs=blobs_of(data, settings),
            key=load_key(data / KEYS, "receipts.key"), clock=clock, journal=data / JOURNAL,
            quota=settings.account_mb << 20, hints=stack.enter_context(database.hints()),
        )  # fmt: skip
        if begin:
            _begin(data, hub, read_logo(settings.certificate_logo), sole=sole)
        yield _opened(data, hub, settings, hasher, database, due)


def _opened(
    data: Path, hub: Hub, settings: Settings, hasher: PasswordHasher | None, database: Database, due: Due
) -> Opened:
    """The services over a hub and what works behind them."""
    blobs, packs = blobs_of(data, settings), MediaStore(data / PACKS)
    keys = AccountKeys(load_key(data / KEYS, "accounts.key"))
    filing = open_filing(hub, settings, blobs=blobs, packs=packs, secret=keys.bundles)
    metrics, sender = _metrics(hub), _sender(data, hub, settings, keys)
    services = services_of(hub, settings, keys, packs, due, hasher)
    projector = Worker("projecting", partial(_project, hub, services["certificates"]))
    mailer = Worker("sending mails", sender.run, ended=sender.ended)
    runs = Runs(hub.engine, hub.clock.ms)
    jobs = Jobs(runs, database.turn(), hub.clock.ms, look_s=settings.job_seconds)
    served = Served(
        **services,
        **_system(hub, metrics, runs, jobs),
        exchange=_in_turn(hub, settings, metrics), blobs=blobs, packs=packs,
        health=lambda: _health(hub),
        now_ms=hub.clock.ms,
        may_read_pack=filing.rights.may_read_pack,
        may_read_blob=filing.rights.may_read_blob,
        filing=filing,
        backups=backups_of(data, settings, database, blobs),
        effective=partial(effective, settings, data, dict(os.environ)),
        mails=MailDesk(work=hub.unit, queue=sender.queue, mailed=mailer.wake),
        sender=sender,
        wrote=projector.wake,
        mailed=mailer.wake,
        live=Live(hub.store.hints, hub.heads, partial(_open_sessions, hub)),
    )  # fmt: skip
    add_jobs(jobs, hub, settings, served)
    jobs.offer(CHECK, lambda _: check(data, settings, database, lambda: _health(hub).set_aside).as_json())
    reporter = Worker("making reports", served.reports.run, ended=served.reports.ended)
    served = replace(served, reported=reporter.wake)
    return Opened(hub, served, projector, sender, mailer, jobs, reporter)


def _begin(data: Path, hub: Hub, logo: str, *, sole: bool) -> None:
    """What a process that serves a folder does when it starts; the first one puts its files in order."""
    hub.start()
    if hub.schema.find("category"):
        with hub.unit() as unit:
            name_all(unit)
            ensure_default(unit)
            follow_all(unit)
    if hub.schema.find("certificate_template"):
        with hub.unit() as unit:
            ensure_templates(unit, logo)
    _note_restore(data)
    for name in (BLOBS, PACKS) if sole else ():
        MediaStore(data / name).sweep()


def _project(hub: Hub, certificates: CertificatesService) -> None:
    """What follows from writes, and the certificates that were earned by them."""
    hub.project()
    if certificates.issue_due():
        hub.project()


def _sender(data: Path, hub: Hub, settings: Settings, keys: AccountKeys) -> Sender:
    queue = MailQueue(work=hub.unit, look=partial(read, hub.engine), now_ms=hub.clock.ms)
    return Sender(queue, Writer(settings, keys), settings, data)


def _in_turn(hub: Hub, settings: Settings, metrics: Metrics) -> Callable[[str, bytes], bytes]:
    """The exchange of a hub to which many laptops may come back at once."""
    admission = Admission(settings.backfills_at_once, hub.clock.monotonic_ms)
    return partial(hub.exchange, admission=admission, moved=metrics.moved)


def _system(hub: Hub, metrics: Metrics, runs: Runs, jobs: Jobs) -> dict[str, Any]:
    """What tells of the server itself."""
    look = {"status": partial(facts.status, hub.engine), "stats": partial(facts.stats, hub.engine)}
    desk = JobsDesk(work=hub.unit, runs=runs, plan=lambda: jobs.plan, wake=jobs.wake)
    sync = SyncDesk(work=hub.unit, look=partial(read, hub.engine), now_ms=hub.clock.ms, again=hub.projection.retry)
    return {"metrics": metrics, "runs": runs, "jobs": desk, "sync": sync, **look}


def _metrics(hub: Hub) -> Metrics:
    """The figures of this process, with what is measured at its database."""
    metrics, pool = Metrics(), hub.engine.pool
    metrics.measure(
        Gauge("lms_database_bytes", "Size of the database.", partial(facts.size, hub.engine)),
        Gauge("lms_set_aside", "Rows and changes that a rule failed for.", lambda: _health(hub).set_aside),
    )
    if isinstance(pool, QueuePool):
        used = "Connections of the pool in use."
        metrics.measure(Gauge("lms_database_connections", used, lambda: float(pool.checkedout())))
    return metrics


def _open_sessions(hub: Hub, names: Collection[str]) -> set[str]:
    with read(hub.engine) as conn:
        return open_sessions(conn, names, now=hub.clock.ms())


def _health(hub: Hub) -> Health:
    with hub.store.read() as snapshot:
        epoch, commit = snapshot.mark()
    troubles = hub.troubles()
    return Health(epoch, commit, troubles.rows + troubles.ops)


def _note_restore(data: Path) -> None:
    """A start begins a new epoch anyway, by which laptops notice the restore and send again what is lacking."""
    marker = data / RESTORED
    if marker.exists():
        log.warning("first start after a restore: %s", marker.read_text(encoding="utf-8"))
        marker.unlink()
