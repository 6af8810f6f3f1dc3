"""The composition root of the desktop app: the only place that builds objects."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop_lms.ahead import load_ahead
from desktop_lms.crashes import Crash, Running
from desktop_lms.downloads import Downloads
from desktop_lms.leaving import lock, quit_when_left
from desktop_lms.logs import read_faults, start_logging
from desktop_lms.platform.outside import empty_copies, remove_left
from desktop_lms.preferences import LOOKS, Preferences
from desktop_lms.roaming import Roaming
from desktop_lms.rubbish import collect_at_rest
from desktop_lms.shell.example import open_example, open_sample
from desktop_lms.shell.pages import Context, places
from desktop_lms.shell.places import Command
from desktop_lms.shell.searching import Indexing, PaletteSearch
from desktop_lms.shell.stall import StallWatch
from desktop_lms.shell.standing import keep_standing, show_standing
from desktop_lms.shell.sync_loop import SyncLoop
from desktop_lms.shell.window import Window, opening_size
from desktop_lms.store import Errands, Store
from desktop_lms.timers import once
from desktop_lms.widgets.player.habits import habits
from desktop_lms.widgets.theme import Dressed, Theme, use
from desktop_lms.words import PRODUCT, RIGHT_TO_LEFT, speak, tr
from lms_core.changes import Topic
from lms_core.errors import LmsError
from lms_core.permissions import is_instructor_or_admin
from lms_core.session import Sessions
from lms_core.workspace import Person, Workspace

if TYPE_CHECKING:
    from desktop_lms.features.quiz.deadline import Deadlines
    from desktop_lms.features.settings.viewmodel import Account

log = logging.getLogger(__name__)
FOLDER = "desktop-lms"
SETTLED_MS = 250


class App(QObject):
    """The running app: the door while nobody is in, then one window over one workspace."""

    opened = Signal()

    def __init__(self, qt: QApplication, data: Path) -> None:
        super().__init__()
        self.qt, self.data = qt, data
        self.sessions = Sessions(data)
        self.preferences = Preferences(data, self)
        self.preferences.changed.connect(lambda name: name in LOOKS and self.restyle())
        habits().keep_in(self.preferences)
        self.errands = Errands(self)
        self.door: Dressed | None = None
        self.window: Window | None = None
        self.store: Store | None = None
        self.loop: SyncLoop | None = None
        self.deadlines: Deadlines | None = None
        self._settling = once(self, SETTLED_MS, self._settle)
        self.running: Running | None = None
        self.watch = StallWatch(self) if os.environ.get("LMS_STALL") == "1" else None
        self._purpose, self._who = "learn", Person("", "")
        self.context: Context | None = None
        self.restyle()

    def restyle(self) -> None:
        """Bring the chosen look and language into force."""
        language = self.sessions.language = self.preferences.language
        speak(language)
        use(self.qt, Theme(self.preferences.mode, self.preferences.scale, language in RIGHT_TO_LEFT))
        if self.context is not None and self.context.language != language:
            self._show_window()

    # --- the door
    def start(self, profile: str | None = None) -> None:
        """Open the last profile when it needs no password, else show the door."""
        known = self.sessions.list()
        wanted = next((p for p in known if profile in (None, p.id, p.display_name)), None)
        if wanted is not None and wanted.remembered and (profile or len(known) == 1):
            try:
                self.enter(self.sessions.unlock(wanted.id))
            except LmsError as error:
                log.warning("cannot open %s: %s", wanted.id, error.code)
            else:
                return
        self.show_door()

    def show_door(self) -> None:
        """Show who lives here, or the first run."""
        from desktop_lms.features.welcome.view import WelcomePage
        from desktop_lms.features.welcome.viewmodel import Look, WelcomeModel

        look = Look(self.preferences.language, self.preferences.scale, self.preferences.get("theme"))
        model = WelcomeModel(self.sessions, self.errands, demo=self._demo_workspace, look=look)
        model.look_changed.connect(self._on_look)
        model.opened.connect(self._on_opened)
        self.door = Dressed()
        self.door.resize(opening_size())
        page = WelcomePage(model)
        model.setParent(page)
        self.door.setCentralWidget(page)
        self.door.show()

    def _on_look(self, look: Any) -> None:
        for name, value in (("language", look.language), ("text_scale", look.scale), ("theme", look.scheme)):
            self.preferences.set(name, value)

    def _demo_workspace(self) -> Workspace:
        workspace = self.sessions.start_local(tr("Demo"))
        open_sample(workspace)
        return workspace

    def _on_opened(self, workspace: Workspace, purpose: str) -> None:
        self._purpose = purpose
        self.enter(workspace)

    # --- inside
    def enter(self, workspace: Workspace) -> None:
        """Open the window over a workspace."""
        self._who = workspace.person
        workspace.activity.note("login")
        self.store = Store(workspace, self)
        self.loop = SyncLoop(self.store, self)
        self.context = Context(
            store=self.store,
            preferences=self.preferences,
            loop=self.loop,
            downloads=Downloads(self.store, self, metered=lambda: bool(self.loop and self.loop.sparing)),
            sign_out=self.leave,
            part=self.part,
            link=self.link,
        )
        self.loop.stirred.connect(self.context.downloads.wake)
        self.store.changed.connect(lambda told: Topic.ACCOUNT in told.topics and self._look_who())
        if self.door is not None:
            self.door.close()
            self.door.deleteLater()
            self.door = None
        self._show_window()
        self._settling.start()
        self.opened.emit()

    def _show_window(self) -> None:
        """Show the window in the present language, in the place of one that spoke another."""
        context, before = self.context, self.window
        if context is None:
            return
        context.language = self.preferences.language
        context.open_example = self._open_example if is_instructor_or_admin(self._who) else None
        window = Window(name=self._who.name, places=places(context, self._who), commands=self._commands())
        self.window = context.window = window
        window.provider = PaletteSearch(context.store, window)
        context.loop.state_changed.connect(window.show_sync)
        window.show_sync(context.loop.state)
        context.store.failed.connect(window.show_error)
        window.closing.connect(self._on_closing)
        if before is not None:
            keep_standing(before, self.preferences)
            before.closing.disconnect(self._on_closing)
        window.watch(context.store, tell=lambda: self.preferences.get("messages"))
        show_standing(window, self.preferences)
        purpose = self._purpose if self._purpose == "begin" or self._purpose in window.rail.items else "today"
        window.go(before.route if before is not None else purpose)
        if before is not None:
            before.close()
            before.deleteLater()

    def _look_who(self) -> None:
        """The role comes with the first sync of a new device; its places come at once."""

        def show(person: Person) -> None:
            if self.window is None or self.context is None or person.role == self._who.role:
                return
            self._who = person
            self.context.open_example = self._open_example if is_instructor_or_admin(person) else None
            self.window.show_places(places(self.context, person))
            if self._purpose == "teach" and self.window.route == "today":
                self.window.go("teach" if "teach" in self.window.rail.items else "today")

        if self.store is not None:
            self.store.run(self.store, lambda w: w.person, show)

    def _settle(self) -> None:
        """Begin what can wait until the first page stands."""
        if self.store is not None and self.loop is not None:
            self.loop.start()
            self.store.findChild(Roaming) or Roaming(self.store, self.preferences, alone=len(self.sessions.list()) == 1)
            self._begin_deadlines(self.store)
            Indexing(self.store).go_on()
            self.store.pool(self, load_ahead, lambda _: self.context and self.context.build_ahead())
            self.store.run(self, lambda w: w.back_up())
            self.store.pool(self, remove_left, lambda _: None)
        if self.running is not None and self.running.crash is not None:
            self._report(self.running.crash)
            self.running.crash = None

    def _report(self, crash: Crash | None = None) -> None:
        """Say what happened to the last run, or let somebody tell of a problem."""
        from desktop_lms.shell.recovery import ask_recovery

        if self.window is not None:
            ask_recovery(self.window, crash, crash.faults if crash else tuple(read_faults(self.data)))

    def _begin_deadlines(self, store: Store) -> None:
        """Hand in quizzes whose time runs out, also those that ran out while the app was closed (ATT-05)."""
        from desktop_lms.features.quiz.deadline import Deadlines

        if self.deadlines is None:
            self.deadlines = Deadlines(store, self)
            self.deadlines.start()

    def _commands(self) -> list[Command]:
        def theme(name: str) -> Any:
            return lambda: self.preferences.set("theme", name)

        def go(route: str) -> Any:
            return lambda: self.window.go(route) if self.window else None

        example = Command(tr("Open the sample course"), self._open_example, "book-open", words=("example",))
        files = Command(tr("Go to {place}", place=tr("Files")), go("library"), "folder-open")
        return [
            Command(tr("Sync now"), lambda: self.loop.sync_now() if self.loop else None, "refresh-cw", "Ctrl+Shift+S"),
            Command(tr("Settings"), go("settings"), "settings", words=("menu",)),
            Command(tr("What waits to be sent"), go("syncing"), "cloud-upload", words=("menu", "sync")),
            Command(tr("Light theme"), theme("light"), "sun", words=("theme",)),
            Command(tr("Dark theme"), theme("dark"), "moon", words=("theme",)),
            Command(tr("High contrast"), theme("contrast"), "contrast", words=("theme",)),
            Command(tr("Larger text"), lambda: self.preferences.resize(1), "zoom-in", "Ctrl++"),
            Command(tr("Smaller text"), lambda: self.preferences.resize(-1), "type", "Ctrl+-"),
            *([files, example] if is_instructor_or_admin(self._who) else []),
            Command(tr("Switch person"), lambda: self.leave(sign_out=False), "users", words=("menu", "lock")),
            Command(tr("Report a problem"), self._report, "circle-help", words=("menu", "log")),
            Command(tr("Sign out"), self.leave, "log-out", words=("menu",)),
        ]

    def _open_example(self) -> None:
        if self.store is not None and self.window is not None:
            open_example(self.store, self.window)

    def link(self, account: Account, names: tuple[str, str], fail: Callable[[LmsError], None]) -> None:
        """Bring a local profile under an account and open the window over that one."""
        store = self._halt()
        if store is None:
            return

        def work(local: Workspace) -> Workspace:
            url, email, password = account.url, account.email, account.password
            if account.is_new:
                first, _, last = " ".join(names).strip().partition(" ")
                name = {"first_name": first, "last_name": last or first}
                self.sessions.register(url, email=email, password=password, code=account.code, **name)
            return self.sessions.link(local, url, email, password)

        def done(workspace: Workspace) -> None:
            self._close_window()
            self.enter(workspace)

        def failed(error: LmsError) -> None:
            self._settle()
            fail(error)

        store.run(self, work, done, failed)

    # --- leaving
    def _halt(self) -> Store | None:
        """Begin nothing new and keep what was typed; returns the store that is left."""
        if self.store is None or self.loop is None or self.window is None:
            return None
        self._settling.stop()
        self.loop.stop()
        self.window.settle()
        return self.store

    def _close_window(self) -> None:
        store, window = self.store, self.window
        if self.deadlines is not None:
            self.deadlines.stop()
        self.store = self.window = self.loop = self.context = self.deadlines = None
        if store is not None and window is not None:
            store.close()
            window.close()
            window.deleteLater()
        empty_copies()

    def leave(self, *, sign_out: bool = True) -> None:
        """Go back to the door, the profile locked: what was not sent stays there and is sent after the next sign-in.

        Without `sign_out` the server still knows this device, so that another person may have it for a while.
        """
        self._leave(lambda workspace: lock(workspace, sign_out=sign_out))

    def part(self, keep: bool) -> None:
        """Go back to the door once the account is deleted; its profile goes, or is kept for this device alone."""
        gone = self.store.workspace.profile.info.id if self.store is not None else ""
        if keep:
            self._leave(self.sessions.keep_local)
        else:
            self._leave(lambda _: None, lambda: self.sessions.remove(gone, force=True))

    def _leave(self, work: Callable[[Workspace], None], then: Callable[[], None] = lambda: None) -> None:
        store = self._halt()
        if store is None:
            return

        def done(_: None) -> None:
            self._close_window()
            then()
            self.show_door()

        def failed(error: LmsError) -> None:
            self._settle()
            store.failed.emit(error)

        store.run(self, work, done, failed)

    def _on_closing(self) -> None:
        if self.store is not None:
            self.qt.quit()

    def close(self) -> None:
        """Finish what was begun and close the file."""
        self._settling.stop()
        if self.loop is not None:
            self.loop.stop()
        if self.deadlines is not None:
            self.deadlines.stop()
        if self.window is not None:
            self.window.close()
        if self.store is not None:
            self.store.close()
        self.errands.close()
        if self.watch is not None:
            self.watch.close()
        empty_copies()


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="desktop-lms", description="Learn and author courses without a network.")
    parser.add_argument("--data-dir", type=Path, default=user_data_path(FOLDER), help="where profiles lie")
    parser.add_argument("--profile", help="id or name of the profile to open")
    parser.add_argument("--demo", action="store_true", help="start a server here with demo accounts and sign in")
    parser.add_argument("--tour", type=Path, metavar="FOLDER", help="walk through the demo and leave pictures")
    parser.add_argument("--demo-sync", type=Path, metavar="FOLDER", help="two windows that sync, with pictures of it")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the app; returns the exit status."""
    given = _arguments(arguments)
    tour: Path | None = given.tour
    if given.demo and tour is None and not _has_screen():
        tour = Path("build/tour")
    if tour is not None or (given.demo_sync and not _has_screen()):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    start_logging(given.data_dir)
    qt: Any = QApplication.instance() or QApplication(["desktop-lms"])
    qt.setApplicationName(PRODUCT)
    qt.setQuitOnLastWindowClosed(False)
    QTimer.singleShot(2 * SETTLED_MS, lambda: collect_at_rest(qt))
    if given.demo_sync:
        from desktop_lms.sync_demo import run

        return run(qt, given.demo_sync)
    if given.demo or tour is not None:
        from desktop_lms.demo import run_demo

        return run_demo(qt, given.data_dir, tour)
    app = App(qt, given.data_dir)
    app.running = Running(given.data_dir)
    try:
        app.start(given.profile)
        quit_when_left(qt)
        return qt.exec()
    finally:
        app.close()
        app.running.end()


def _has_screen() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
