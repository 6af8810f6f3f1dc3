"""The one door of a laptop's core: one open profile with its replica, its files and every service over them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Engine, select

from lms_core import entities
from lms_core.assessment.model import OpenAttempt, Paper
from lms_core.changes import Changes
from lms_core.content.pack import is_key_pack
from lms_core.courses.model import Installed
from lms_core.db import restored
from lms_core.db.engine import fetch, open_sqlite, write
from lms_core.db.fts import SIGNS
from lms_core.db.record import SCRIPTS
from lms_core.db.restored import Restoration
from lms_core.db.rows import VISIBLE
from lms_core.db.upgrade import upgrade
from lms_core.db.visible import ensure_visible
from lms_core.errors import Corrupt, Offline, UserError
from lms_core.media.fetching import fetch as fetch_file
from lms_core.media.fetching import forget_parts
from lms_core.media.profile import ProfileMedia
from lms_core.ports import Clock, NewId, Secrets, SystemClock, new_replica_id, new_uuid7
from lms_core.profiles import OpenProfile
from lms_core.salvaging import take_over
from lms_core.schema import Actor
from lms_core.search.model import FACETS
from lms_core.search.service import SearchService
from lms_core.services import Services
from lms_core.sync.ports import Segment, State
from lms_core.sync.replica.client import Step
from lms_core.sync.replica.engine import ReplicaEngine
from lms_core.sync.replica.store import SqlReplicaTransaction
from lms_core.sync.replica.transport import Transport
from lms_core.sync.replica.unit import ReplicaUnit

if TYPE_CHECKING:
    from lms_core.downloads.service import DownloadsService
    from lms_core.downloads.storage import StorageService
    from lms_core.formats.markdown_folder import ImportPlan
    from lms_core.formats.report import Progress
    from lms_core.notifications.service import InboxService
    from lms_core.sync.replica.bundles import ByFile


class Person(msgspec.Struct, frozen=True):
    """Whose workspace this is. A local profile has no server; its work can be linked to an account later."""

    account: str
    name: str
    email: str = ""
    role: str = "student"
    server_url: str | None = None


class Workspace(Services):
    """An open profile. Used by one thread at a time; `on_changes` is told what each committed write touched."""

    def __init__(
        self,
        profile: OpenProfile,
        *,
        secrets: Secrets,
        clock: Clock | None = None,
        new_id: NewId = new_uuid7,
        on_changes: Callable[[Changes], None] | None = None,
    ) -> None:
        self.profile = profile
        self._secrets = secrets
        self.clock = clock or SystemClock()
        self.new_id = new_id
        self.on_changes = on_changes
        self._open = threading.local()
        self._engine = ReplicaEngine(entities.SCHEMA)
        info = profile.info
        self.account = info.account_id or profile.folder.name
        self.transport = (
            Transport(info.server_url, secrets=secrets, name=f"tokens:{info.id}") if info.server_url else None
        )
        self.engine = self._prepare()
        self.media = ProfileMedia(profile.media, key=profile.key, shared=profile.shared)
        super().__init__(
            self.work, media=self.media, clock=self.clock, account=self.account, server=info.server_url or "",
            pack=self._pack, keep=self._keep_own,
        )  # fmt: skip
        self._recover()

    def close(self) -> None:
        """Close the file and give the profile back."""
        self.activity.flush(self.work)
        if self.transport:
            self.transport.close()
        self.engine.dispose()
        self.profile.close()

    # --- opening
    def _prepare(self) -> Engine:
        """Upgrade the file, make typed tables anew when their shape changed, and settle who this replica is."""
        upgrade(self.profile.path, SCRIPTS, self.profile.key)
        engine = open_sqlite(self.profile.path, self.profile.key)
        with write(engine) as conn:
            tx = SqlReplicaTransaction(conn, self.clock)
            if not tx.segments():
                tx.save_segments([Segment(new_replica_id())])
                tx.save_state(State(self.account))
            self._fresh = ensure_visible(conn, VISIBLE, salt=" ".join([str(entities.SCHEMA.version), *FACETS, SIGNS]))
            SearchService.prepare(conn, fresh=self._fresh)
            if self._fresh:
                tx.fold_later(tx.rows() | set(tx.pending(None)))
        if self.profile.check_seal(engine) == "copied":
            with write(engine) as conn:
                tx = SqlReplicaTransaction(conn, self.clock)
                segments = tx.segments()
                self._engine.fork(tx, segments, len(segments) - 1, segments[-1].length)
            self.profile.reseal(engine)
        return engine

    def _recover(self) -> None:
        """Finish what a crash or a restore interrupted."""
        while self.sync.fold_some():
            pass
        for folder in (self._incoming, *self.media.stages):
            forget_parts(folder, self.clock.ms())
        if self._fresh:
            with self.work() as unit:
                self.search.index.put_all(unit)
                for course in self.installed.installed():
                    self.reckon_course(unit, course.course_id, self.installed.document(course.course_id))
        found = self.profile.pending_salvage()
        if found is not None:
            self.profile.finish_salvage(rescued=take_over(self, found.salvaged), lost=found.lost)

    # --- units of work
    @contextmanager
    def work(self) -> Iterator[ReplicaUnit]:
        """A unit of work; inside another one it joins it."""
        outer = getattr(self._open, "unit", None)
        if outer is not None:
            yield outer
            return
        with self._noticing(), write(self.engine) as conn:
            tx = SqlReplicaTransaction(conn, self.clock)
            unit = ReplicaUnit(
                tx=tx, engine=self._engine, actor=self._actor(conn), clock=self.clock, new_id=self.new_id
            )
            self._open.unit = unit
            try:
                yield unit
                if unit.wrote:
                    self.activity.ride(unit)
                changes = unit.follow(self._effects)
                self.search.index.follow(unit, unit.tx.shown)
            finally:
                self._open.unit = None
        if changes and self.on_changes:
            self.on_changes(changes)

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except Corrupt:
            self.profile.suspect = True
            raise

    def _actor(self, conn: Any) -> Actor:
        found = fetch(conn, "SELECT role FROM account WHERE id = ?", (self.account,))
        role = found[0][0] if found else None
        # a local profile may author: the hub decides when it is linked
        return Actor(self.account, role or ("student" if self.transport else "instructor"))

    @property
    def person(self) -> Person:
        """Whose workspace this is, as the hub last told."""
        info = self.profile.info
        table = VISIBLE.tables["account"]
        with self.work() as unit:
            rows = unit.all(select(table).where(table.c.id == self.account))
            role = unit.actor.role
        if not rows:
            return Person(self.account, info.display_name, role=role, server_url=info.server_url)
        row = rows[0]
        name = f"{row.first_name} {row.last_name}".strip()
        return Person(self.account, name or info.display_name, row.email, role, info.server_url)

    @cached_property
    def inbox(self) -> InboxService:
        """What the person was told."""
        from lms_core.notifications.service import InboxService

        return InboxService(self.work, look=self.work, me=self.account, now_ms=self.clock.ms)

    @cached_property
    def downloads(self) -> DownloadsService:
        """What is kept of each course on this machine."""
        from lms_core.downloads.service import DownloadsService

        return DownloadsService(self.work, self.installed, self.media, self.activity)

    @cached_property
    def storage(self) -> StorageService:
        """What takes how much of the disk."""
        from lms_core.downloads.storage import StorageService

        return StorageService(
            self.work, self.installed, self.media, self.downloads, folder=self.profile.folder,
            states=self.learning.my_courses, to_send=self.sync.files_to_send,
        )  # fmt: skip

    # --- what takes several services
    def _keep_own(self, unit: Any, data: bytes) -> str:
        name = self.media.put(data)
        self.sync.offer_in(unit, [name])
        return name

    def import_plan(self, plan: ImportPlan, progress: Progress | None = None) -> str:
        """Store an import's files and make its draft; the hub gets the files with the next sync."""
        plan.store(self.media, progress)
        with self.work() as unit:
            self.sync.offer_in(unit, list(plan.files))
            return self.courses.import_document(plan.document, plan.keys)

    def add_quiz(self, course: str, path: Path) -> str:
        """Add a quiz from a YAML file (docs/formats.md) at the end of a draft; returns its lesson.

        Raises:
            UserError: `quiz_unreadable` with the reason.
        """
        from lms_core.formats.quizfile import add_quiz

        with self.work():
            return add_quiz(self.courses, course, path)

    def install(self, course: str, progress: Callable[[int, int], bool] | None = None) -> Installed:
        """Install a course with its pictures; ones that cannot be fetched now come with `fetch_files` later."""
        here = self.installed.install(course)
        self.activity.note("download", course=course)
        with suppress(Offline):
            self.fetch_files(course, progress)
        return here

    def fetch_files(self, course: str, progress: Callable[[int, int], bool] | None = None) -> None:
        """Bring the files of an installed course that the person may have; `progress` is told files done and all."""
        files = self.downloads.allowed(self.installed.document(course)).media
        missing = [m.sha256 for m in files if not self.media.borrow(m.sha256)]
        for done, name in enumerate(missing):
            if progress and not progress(done, len(missing)):
                return
            self.fetch_blob(name)

    def missing_files(self) -> list[str]:
        """Files of installed courses that the person may have and that are not on this machine."""
        here = (self.installed.document(c.course_id) for c in self.installed.installed())
        documents = map(self.downloads.allowed, here)
        return [m.sha256 for d in documents for m in d.media if not self.media.has(m.sha256)]

    # --- network
    def register_device(self) -> tuple[str, dict[str, Any]]:
        """Make this device known at the hub; returns its replica id and the hub's answer."""
        import platform
        from importlib.metadata import version

        with self.work() as unit:
            replica = unit.tx.segments()[-1].rep
        answer = self.online().register_replica(
            replica,
            public_key=self.by_file.device.public_key(),
            name=platform.node()[:200],
            platform=platform.system(),
            app_version=version("desktop-lms"),
        )
        self.by_file.device.met(replica, answer["bundle_key"])
        return replica, answer

    def online(self) -> Transport:
        """The line to the hub; raises Offline for a local profile."""
        if self.transport is None:
            raise Offline("local_profile")
        return self.transport

    def synchronize(self, progress: Callable[[Step], bool] | None = None) -> Step:
        """Exchange with the hub until both agree, on the calling thread."""
        return self.sync.run(self.online(), progress)

    @cached_property
    def by_file(self) -> ByFile:
        """Sync without a line."""
        from lms_core.sync.replica.bundles import ByFile, Device

        device = Device(self._secrets, self.profile.info.id)
        return ByFile(self.work, sync=self.sync, media=self.media, device=device, keep_pack=self._keep_pack)

    def send_by_file(self, path: Path) -> int:
        """Write what waits into a file for the hub, to be carried there; returns how many changes are in it."""
        self.online()
        return self.by_file.send(path, courses=[c.course_id for c in self.installed.installed()])

    def receive_file(self, path: Path) -> Step:
        """Take in the file that the hub answered with."""
        return self.by_file.receive(path)

    def carry(self, path: Path, out: Path) -> None:
        """Bring somebody's file to the hub and its answer into `out`; safe on any thread."""
        self.online().carry(path, out)

    def fetch_exam(self, assessment: str) -> Paper:
        """Start an exam at the hub; safe on any thread. Raises Offline, UserError `no_attempts_left`."""
        try:
            return msgspec.convert(self.online().start_exam(assessment), Paper)
        except Offline as error:
            raise Offline("exam_needs_network") from error

    def start_quiz(self, lesson: str) -> OpenAttempt:
        """Begin an attempt, or go on with the one that is open; an exam asks the hub for its questions.

        Raises:
            Offline: an exam starts only while the hub can be reached.
        """
        try:
            return self.assessment.start(lesson)
        except UserError as error:
            if error.code != "exam_needs_network":
                raise
        return self.assessment.begin(self.fetch_exam(self.assessment.assessment(lesson).id))

    @property
    def _incoming(self) -> Path:
        return self.profile.folder / "incoming"

    def fetch_pack(self, sha256: str, progress: Callable[[int, int], bool] | None = None) -> None:
        """Bring a pack into the file store; safe on another thread than the one that works with the file."""
        if self.media.has(sha256):
            return
        fetch_file(self._incoming, sha256, lambda part: self.online().pack(sha256, part, progress), self._keep_pack)

    def _keep_pack(self, part: Path, sha256: str) -> None:
        """Take a version in, shared with the other profiles; answer keys are each profile's own."""
        keys = is_key_pack(part.read_bytes())
        (self.media.adopt_own if keys else self.media.adopt)(part, sha256)

    def fetch_blob(self, sha256: str, progress: Callable[[int, int], bool] | None = None) -> None:
        """Bring a media file of a course into the file store, going on where an earlier try ended."""
        if self.media.borrow(sha256):
            return
        fetch_file(self._incoming, sha256, lambda part: self.online().blob(sha256, part, progress), self.media.adopt)

    def _pack(self, sha256: str) -> bytes:
        self.fetch_pack(sha256)
        return self.media.read(sha256)

    # --- what belongs to the person
    def export_data(self, path: Path) -> None:
        """Write all of the person's data that is on this machine into a zip (docs/formats.md); needs no network."""
        from lms_core.exporting import write_export

        write_export(
            path, self.work(), self.account, blobs=self.media, may=lambda unit, name: True, now_ms=self.clock.ms()
        )

    # --- safety
    def restored(self, untold: str = "") -> Restoration | None:
        """The last restore while the old file is kept; with `untold` only if that program has not said it yet."""
        last = restored.load(self.profile.folder)
        return last if last and untold not in last.told else None

    def told_restored(self, program: str) -> None:
        """Note that a program has said it."""
        last = restored.load(self.profile.folder)
        if last is not None:
            restored.change(self.profile.folder, told=(*last.told, program))

    def back_up(self) -> Path | None:
        """Make today's copy if there is none yet."""
        return self.profile.back_up() if self.profile.backup_due() else None
