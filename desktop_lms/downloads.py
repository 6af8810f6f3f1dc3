"""Courses on their way to this machine, for every screen: the core's queue driven by the app's pool.

What was chosen lies in the file of the profile, so that it goes on after a crash; what is in the way is a state that
screens show, and goes away by itself when it can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.covers import Covers
from desktop_lms.store import Report, Store
from lms_core.changes import Changes, Topic
from lms_core.downloads.plan import Choice, Transfer
from lms_core.downloads.queue import Progress, Queue
from lms_core.downloads.service import Kept
from lms_core.errors import DiskFull, LmsError
from lms_core.workspace import Workspace

State = Literal["", "waiting", "running", "paused", "metered", "offline", "full", "signed_out"]
PAUSED, MAKE_ROOM, AUTO_UPDATE = "downloads_paused", "downloads_make_room", "downloads_auto_update"
"""Choices of the person: nothing comes at all, room is made without asking, new versions come without asking."""


class Downloads(QObject):
    """What is being fetched. A course can be read as soon as its text is here."""

    changed = Signal(str)
    """How far a course is, or its state."""
    moved = Signal()
    """Anything of the whole: speed, state, switches."""
    failed = Signal(str, object)
    """Something that a person asked for does not come now, and why."""
    arrived = Signal(str)
    """A file is here now, by its SHA-256."""
    _came = Signal(object)

    def __init__(
        self, store: Store, parent: QObject | None = None, *, metered: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(parent)
        self._store, self._metered = store, metered
        self.covers = Covers(store, self)
        self._queue = Queue(self._bring, free=lambda: store.workspace.storage.free())
        self._looking: set[str] = set()
        self._active: set[str] = set()
        self._asked: set[str] = set()
        self._urgent: dict[str, set[str]] = {}
        self._resting: dict[str, Progress] = {}
        self.auto_update = self.make_room = False
        self._working = self._begun = False
        self._came.connect(self._on_came)
        store.changed.connect(self._on_changed)

    # --- what is told
    def progress(self, course: str) -> Progress | None:
        """How far a course is; None when nothing of it is on its way."""
        return self._queue.progress(course) or (Progress() if course in self._looking else None)

    def state(self, course: str) -> State:
        """What a course waits for; "" when nothing of it is to come."""
        if course in self._resting:
            return "paused"
        if self._queue.progress(course) is None:
            return "waiting" if course in self._looking else ""
        if self._queue.paused:
            return "paused"
        found = self._queue.state()
        return found if found != "idle" else "waiting"

    def rest(self, course: str) -> Progress:
        """How far a course was when it was paused."""
        return self._resting.get(course, Progress())

    @property
    def courses(self) -> tuple[str, ...]:
        """Courses of which something is to come, paused ones last."""
        return (*self._queue.courses(), *(c for c in self._resting if c not in self._queue.courses()))

    @property
    def paused(self) -> bool:
        """Whether a person stopped all of it."""
        return self._queue.paused

    @property
    def metered(self) -> bool:
        """Whether files are held because every byte costs."""
        return self._metered()

    @property
    def speed(self) -> float:
        """Bytes a second, 0 while nobody can say."""
        return self._queue.speed()

    @property
    def seconds_left(self) -> int | None:
        """How long the rest takes; None while nobody can say."""
        return self._queue.seconds_left()

    @property
    def trouble(self) -> LmsError | None:
        """Why nothing comes at all."""
        return self._queue.trouble

    def is_wanted(self, course: str, sha256: str) -> bool:
        """Whether somebody asked for a file that is to come."""
        return sha256 in self._urgent.get(course, ())

    def share(self, sha256: str) -> float | None:
        """How much of a file is here, 0 to 1, while it comes."""
        return self._queue.share(sha256)

    def refusal(self, sha256: str) -> LmsError | None:
        """Why a file cannot be had."""
        return self._queue.refused.get(sha256)

    # --- what a person says
    def fetch(self, course: str, *, media: bool = True) -> None:
        """Fetch the newest version; an update keeps what was chosen, else everything comes, or the text alone."""

        def choose(workspace: Workspace) -> None:
            here, kept = workspace.installed.find(course), workspace.downloads.find(course)
            card = workspace.courses.card(course)
            newer = here is not None and card.pack != here.pack
            choice = kept.choice if kept and newer else Choice("all" if media else "text")
            workspace.downloads.choose(course, choice, update=True)

        self._begin(course, choose)

    def keep(self, course: str, choice: Choice) -> None:
        """Keep so much of a course; what is more than that goes, what is less comes."""

        def choose(workspace: Workspace) -> None:
            if workspace.installed.find(course) is not None:
                workspace.storage.narrow(course, choice)
            workspace.downloads.choose(course, choice)

        self._begin(course, choose)

    def want(self, course: str, *files: str) -> None:
        """Fetch files that somebody looks for, before all others and also where every byte costs."""
        self._urgent.setdefault(course, set()).update(files)
        self._queue.forgive()
        self._look(course)

    def pause(self, course: str, on: bool) -> None:
        """Let a course wait until somebody says otherwise, or go on from where it was."""
        if on:
            self._resting[course] = self.progress(course) or Progress()
            self._queue.drop(course)
        else:
            self._resting.pop(course, None)
            self._queue.forgive()
        self._store.run(self, lambda w: w.downloads.pause(course, on), lambda _: None if on else self._look(course))
        self._tell(course)

    def pause_all(self, on: bool) -> None:
        """Let everything wait, or go on."""
        self._queue.paused = on
        self._store.run(self, lambda workspace: workspace.choices.set(PAUSED, on))
        self.wake()

    def set_auto_update(self, on: bool) -> None:
        """Let new versions come without asking."""
        self.auto_update = on
        self._store.run(self, lambda workspace: workspace.choices.set(AUTO_UPDATE, on))
        self._update_all()

    def set_make_room(self, on: bool) -> None:
        """Let media of completed courses go without asking when the disk is full."""
        self.make_room = on
        self._store.run(self, lambda workspace: workspace.choices.set(MAKE_ROOM, on))
        self.wake()

    def cancel(self, course: str) -> None:
        """Stop; what has arrived is kept and used the next time."""
        self._queue.drop(course)
        self._looking.discard(course)
        self._active.discard(course)
        self._resting.pop(course, None)
        self._urgent.pop(course, None)
        self._store.run(self, lambda workspace: workspace.downloads.forget(course))
        self._tell(course)

    # --- by itself
    def _start(self) -> None:
        """Go on with what was on its way when the app ended, and look for what nothing uses any more."""

        def read(workspace: Workspace) -> tuple[list[Kept], bool, bool, bool]:
            get = workspace.choices.get
            kept = workspace.downloads.kept()
            workspace.storage.sweep()
            return kept, get(PAUSED, False), get(MAKE_ROOM, False), get(AUTO_UPDATE, False)

        self._store.run(self, read, self._on_read)

    def _on_read(self, found: tuple[list[Kept], bool, bool, bool]) -> None:
        kept, self._queue.paused, self.make_room, self.auto_update = found
        self._resting = {each.course: Progress() for each in kept if each.paused}
        for each in kept:
            if not each.paused:
                self._look(each.course)
        self._update_all()

    def wake(self, _: object = None) -> None:
        """Try again what was in the way: there may be a line, room, or a network that does not cost.

        The first time, what was on its way when the app ended goes on.
        """
        if not self._begun:
            self._begun = True
            self._start()
        self._queue.metered = self._metered()
        if self._queue.courses():
            self._queue.forgive()
            self._work()
        self.moved.emit()

    def _on_changed(self, changes: Changes) -> None:
        if Topic.ASSESSMENT in changes.topics:  # an update may have waited for the end of a quiz
            self._store.run(self, lambda workspace: workspace.downloads.kept(), self._on_kept)
        if Topic.COURSES in changes.topics:
            self._update_all()

    def _on_kept(self, kept: list[Kept]) -> None:
        for each in kept:
            if each.pack and not each.paused and each.course not in self.courses:
                self._look(each.course)

    def _update_all(self) -> None:
        if not self.auto_update or self._metered():
            return

        def update(workspace: Workspace) -> list[str]:
            found = workspace.downloads.outdated()
            for kept in found:
                workspace.downloads.choose(kept.course, kept.choice, update=True)
            return [kept.course for kept in found]

        self._store.run(self, update, lambda found: [self._look(course) for course in found])

    # --- underneath
    def _begin(self, course: str, choose: Callable[[Workspace], None]) -> None:
        self._asked.add(course)
        self._resting.pop(course, None)
        self._queue.forgive()
        self._looking.add(course)
        self._store.run(self, choose, lambda _: self._look(course), lambda error: self._end(course, error))
        self._tell(course)

    def _look(self, course: str) -> None:
        """Ask the core for the next step of a course."""
        self._looking.add(course)
        urgent = frozenset(self._urgent.get(course, ()))
        self._store.run(
            self, lambda workspace: workspace.downloads.advance(course, urgent),
            lambda files: self._on_step(course, files), lambda error: self._end(course, error),
        )  # fmt: skip

    def _on_step(self, course: str, files: tuple[Transfer, ...]) -> None:
        if course not in self._looking or course in self._resting:
            return
        self._looking.discard(course)
        self._queue.put(course, files)
        self._active.add(course)
        if self._queue.progress(course) is None:
            self._active.discard(course)
            refused = [self._queue.refused[each.sha256] for each in files if each.sha256 in self._queue.refused]
            self._end(course, refused[0] if refused else None)
            return
        self._tell(course)
        self._work()

    def _work(self) -> None:
        if self._working:
            return
        self._working = True
        self._queue.metered = self._metered()

        def work(workspace: Workspace, report: Report) -> None:
            while (transfer := self._queue.run(lambda: report(0, 0, ""))) is not None:
                self._came.emit(transfer)
                if transfer.kind == "text" or transfer.course not in self._queue.courses():
                    return

        task = self._store.task(self, work, self._on_worked, self._on_bug)
        task.progressed.connect(self._on_moved)
        task.ended.connect(task.deleteLater)

    def _bring(self, transfer: Transfer, progress: Callable[[int, int], bool]) -> None:
        workspace = self._store.workspace
        (workspace.fetch_pack if transfer.kind == "text" else workspace.fetch_blob)(transfer.sha256, progress)

    def _on_came(self, transfer: Transfer) -> None:
        self._urgent.get(transfer.course, set()).discard(transfer.sha256)
        self.arrived.emit(transfer.sha256)

    def _on_moved(self, *_: object) -> None:
        for course in self._queue.courses():
            self.changed.emit(course)
        self.moved.emit()

    def _on_worked(self, _: object) -> None:
        self._working = False
        trouble = self._queue.trouble
        if trouble is not None:
            self._on_trouble(trouble)
        elif self._queue.state() == "running" and not self._queue.paused:
            self._work()
        for course in self._active - set(self._queue.courses()):
            self._active.discard(course)
            if course not in self._resting:
                self._look(course)
        self._on_moved()

    def _on_bug(self, error: LmsError) -> None:
        self._working = False
        self._store.failed.emit(error)

    def _on_trouble(self, trouble: LmsError) -> None:
        if isinstance(trouble, DiskFull) and self.make_room:
            self._store.run(self, lambda w: w.storage.make_room(w.storage.free()), self._on_room)
        for course in self._queue.courses():
            if course in self._asked:
                self._asked.discard(course)
                self.failed.emit(course, trouble)

    def _on_room(self, freed: int) -> None:
        if freed:
            self.wake()

    def _end(self, course: str, error: LmsError | None) -> None:
        self._looking.discard(course)
        if error is None:
            self._urgent.pop(course, None)
        self._tell(course)
        self._store.changed.emit(Changes(frozenset({Topic.MEDIA})))
        if error is not None:
            self.failed.emit(course, error)

    def _tell(self, course: str) -> None:
        self.changed.emit(course)
        self.moved.emit()
