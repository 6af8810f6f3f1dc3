"""The frame: rail, top bar with breadcrumb, search, sync chip and avatar, and the page one is at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QStackedWidget, QWidget
from shiboken6 import isValid

from desktop_lms.shell.errors import show_error
from desktop_lms.shell.kept import KeptText
from desktop_lms.shell.messages import Messages
from desktop_lms.shell.palette import Palette, Provider
from desktop_lms.shell.places import Command, Place
from desktop_lms.shell.rail import Rail
from desktop_lms.shell.restored import RestoredNotice
from desktop_lms.shell.sync_chip import SyncChip, SyncState
from desktop_lms.shell.unread import Unread
from desktop_lms.store import Store
from desktop_lms.timers import once
from desktop_lms.widgets.feedback import Toast
from desktop_lms.widgets.focus import FocusRing
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Avatar, IconMark, Line, Panel
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import Dressed, current, look
from desktop_lms.words import PRODUCT, tr
from lms_core.errors import LmsError
from lms_core.notifications.model import Notification

WANTED, FRAME = QSize(1280, 800), 32
"""Size of a window where there is room, and height of the frame that a desktop draws around it, in px."""
HISTORY = 100
SWEEP_MS = 120
"""Before a page that was left is destroyed."""
MOST_GONE = 4
"""So many pages that were left may wait for that, however quickly somebody goes on."""
COMPACT_BELOW, FOLD_BELOW = 1000, 500
"""Widths in px, at text of 100 %, below which the rail and the sync chip show their icons alone."""


class SearchButton(Clickable):
    """Looks like a field and opens the palette."""

    def __init__(self) -> None:
        super().__init__(name=tr("Search or type a command"))
        words = Elided(tr("Search or type a command"), "small", "text3")
        self.setLayout(
            row(
                IconMark("search", 16, "text3"),
                (words, 1),
                Label("Ctrl K", "caption", "text3", weight=400),
                gap=8,
                margin=(10, 0, 10, 0),
            )
        )
        self._size()
        look().changed.connect(self._size)

    def _size(self) -> None:
        self.setFixedSize(current().px(272), current().px(36))

    def paintEvent(self, event: Any) -> None:
        from desktop_lms.widgets.surfaces import rounded

        rounded(self.painter(), self.rect(), fill="hover" if self._over else "surface", edge="hairlineStrong", radius=8)


class Crumb(Clickable):
    """A step of the trail, which leads back there; it ends in an ellipsis where there is no room."""

    def __init__(self, words: str) -> None:
        super().__init__(name=words)
        self.setLayout(row(Elided(words, "small", "text2", weight=500), gap=0, margin=(8, 4, 8, 4)))


def opening_size() -> QSize:
    """As large as a window opens: what pages are drawn for, on a small screen as much as it has."""
    if QGuiApplication.platformName() == "offscreen":  # its screen is smaller than any that people have
        return WANTED
    return WANTED.boundedTo(QGuiApplication.primaryScreen().availableGeometry().size() - QSize(0, FRAME))


class Window(Dressed):
    """The app's window. Features come in as places and commands; `go` leads to a route such as `lesson/ID`."""

    went = Signal(str)
    destroying = Signal(QWidget)
    """A page goes for good: whoever would show it again lets go of it now."""
    closing = Signal()

    def __init__(self, *, name: str, places: Sequence[Place] = (), commands: Sequence[Command] = ()) -> None:
        super().__init__()
        self.resize(opening_size())
        self.setMinimumSize(640, 480)
        self._places = {p.name: p for p in places}
        self._commands = list(commands)
        self.provider: Provider | None = None
        self._past: list[str] = []
        self._future: list[str] = []
        self._gone: list[QWidget] = []
        self._sweep = once(self, SWEEP_MS, self._clear_away)
        self.closing.connect(self._clear_all)
        self.route = ""
        self.rail = Rail(self.go)
        self._crumbs = row(gap=6)
        self.search = SearchButton()
        self.chip = SyncChip()
        self.avatar = Clickable(name=tr("Your menu"), radius=18)
        self._face = Avatar(name)
        self.avatar.setLayout(row(self._face, gap=0, margin=2))
        self.stack = QStackedWidget()
        self.stack.setContentsMargins(0, 0, 0, 0)
        self.kept = KeptText()
        self.restored = RestoredNotice()
        self._build()
        self.toast = Toast(self)
        self.ring = FocusRing(self)
        self.search.clicked.connect(self.open_palette)
        self.avatar.clicked.connect(self._open_menu)
        self.chip.clicked.connect(lambda: self.go("syncing"))
        self._keys()
        self.rail.show_places(places)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def _build(self) -> None:
        self._bar = Panel(
            row((boxed(self._crumbs), 1), self.search, self.chip, self.avatar, gap=8, margin=(24, 0, 18, 0))
        )
        self._restyle()
        middle = column(self._bar, Line(), self.restored, (self.stack, 1), self.kept, gap=0)
        self._main = Panel(row(self.rail, (middle, 1), gap=0))
        self.setCentralWidget(self._main)
        look().changed.connect(self._restyle)
        look().changed.connect(self._arrange)

    def _restyle(self) -> None:
        self._bar.setFixedHeight(max(56, current().px(52)))

    def _keys(self) -> None:
        key = partial(shortcut, self)
        key("Ctrl+K", self.open_palette)
        key("Alt+Left", self.back)
        key("Alt+Right", self.forward)
        key("F6", self._next_region)
        key("F1", lambda: self.go("help") if "help" in self._places else self.open_palette())
        for n in range(9):
            key(f"Alt+{n + 1}", lambda n=n: self.go(list(self.rail.items)[n]) if n < len(self.rail.items) else None)
        for command in self._commands:
            if command.key and command.key not in ("Ctrl+K",):
                key(command.key, command.run)

    def _next_region(self) -> None:
        """Move the focus on: rail, bar, page."""
        focus = self.focusWidget()
        page = self.stack.currentWidget()
        if focus is not None and self.rail.isAncestorOf(focus):
            self.search.setFocus(Qt.FocusReason.TabFocusReason)
        elif focus is not None and self._bar.isAncestorOf(focus) and page is not None:
            page.setFocus(Qt.FocusReason.TabFocusReason)
            if not page.hasFocus():
                self.focusNextChild()
        elif self.rail.items:
            next(iter(self.rail.items.values())).setFocus(Qt.FocusReason.TabFocusReason)

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Keep the keyboard on the page when what had it goes away; Qt would give it to the bar or the rail."""
        page = self.stack.currentWidget()
        if page is None or new is None or old is None or not isValid(old) or old.isVisible():
            return
        if page.isAncestorOf(old) and (self._bar.isAncestorOf(new) or self.rail.isAncestorOf(new)):
            page.setFocus()

    # --- where one is
    def go(self, route: str) -> None:
        """Go to a route; a route one is at already is shown anew."""
        if self.route and self.route != route:
            self._past = [*self._past, self.route][-HISTORY:]
            self._future = []
        self._show(route)

    def back(self) -> None:
        """Go back."""
        if self._past:
            self._future.append(self.route)
            self._show(self._past.pop())

    def forward(self) -> None:
        """Go forward again."""
        if self._future:
            self._past.append(self.route)
            self._show(self._future.pop())

    def _show(self, route: str) -> None:
        name, *rest = route.split("/")
        place = self._places.get(name)
        if place is None:
            return
        old = self.stack.currentWidget()
        self.settle()
        page = place.make(tuple(rest))
        self.route = route
        self._gone = [each for each in self._gone if each is not page]  # it is used again
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
            if hasattr(page, "crumbs_changed"):
                page.crumbs_changed.connect(lambda: self._show_crumbs(place, page))
        self.stack.setCurrentWidget(page)
        if old is not None and old is not page and not getattr(old, "can_stay", False):
            self.discard(old)
        self._show_crumbs(place, page)
        self._arrange()
        self.went.emit(route)

    def discard(self, page: QWidget) -> None:
        """Destroy a page that nobody comes back to: soon, and never in the turn in which another comes to stand."""
        self.stack.removeWidget(page)
        if page not in self._gone:
            self._gone.append(page)
        if not self.isVisible():
            self._clear_all()
        elif len(self._gone) > MOST_GONE:
            self._clear_away()
        elif not self._sweep.isActive():  # who goes on and on does not put it off
            self._sweep.start()

    def _clear_away(self) -> None:
        """Destroy the page that was left first; each has a turn of its own."""
        if self._gone:
            self._destroy(self._gone.pop(0))
        if self._gone:
            self._sweep.start()

    def _clear_all(self) -> None:
        """Destroy what was left: nobody looks on."""
        self._sweep.stop()
        while self._gone:
            self._destroy(self._gone.pop())

    def _destroy(self, page: QWidget) -> None:
        self.destroying.emit(page)
        page.deleteLater()

    def _show_crumbs(self, place: Place, page: QWidget) -> None:
        if page is not self.stack.currentWidget():
            return
        trail = list(getattr(page, "crumbs", None) or [(place.title, "")])
        clear(self._crumbs)
        for n, (words, route) in enumerate(trail):
            last = n == len(trail) - 1
            if n:
                self._crumbs.addWidget(IconMark("chevron-right", 14, "text3"))
            if last or not route:
                self._crumbs.addWidget(Elided(words, "small", "text" if last else "text3", weight=500))
            else:
                link = Crumb(words)
                link.clicked.connect(self._come_in)
                link.clicked.connect(lambda r=route: self.go(r))
                self._crumbs.addWidget(link)
        self._crumbs.addStretch(1)
        self.setWindowTitle(f"{trail[-1][0]} – {PRODUCT}" if trail and trail[-1][0] else PRODUCT)

    def _arrange(self) -> None:
        page = self.stack.currentWidget()
        name = self.route.split("/")[0]
        place = self._places.get(name)
        compact = bool(getattr(page, "compact", False)) or self.width() < COMPACT_BELOW * current().scale
        self.rail.show_here((place.section or name) if place else name, compact=compact)
        self.search.setVisible(self.width() >= 760 * current().scale)
        self.chip.fold(self.width() < FOLD_BELOW * current().scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # --- around the page
    def watch(self, store: Store, *, tell: Callable[[], object]) -> None:
        """Say what a restore brought, count what is not read, and `tell` while one is elsewhere, if that is wanted."""
        self.restored.look(store)
        messages = Messages(self.windowIcon(), self)
        messages.clicked.connect(self._come)

        def came(told: Notification) -> None:
            if tell() and not self.isActiveWindow():
                messages.show(told.title, told.message)

        unread = Unread(store, lambda count: self.rail.show_count("inbox", count), came, self)
        self.closing.connect(unread.stop)

    def _come(self) -> None:
        self.go("inbox")
        self.raise_()
        self.activateWindow()

    def show_sync(self, state: SyncState) -> None:
        """Show where sync stands."""
        self.chip.show_state(state)

    def show_places(self, places: Sequence[Place]) -> None:
        """Show the places of another role."""
        self._places = {p.name: p for p in places}
        self.rail.show_places(places)
        self._arrange()

    def show_name(self, name: str) -> None:
        """Show whose window it is."""
        self._face.show_name(name)

    def say(self, text: str, undo: Any = None) -> None:
        """Show a toast."""
        self.toast.say(text, undo, verb=tr("Undo"))

    def show_error(self, error: LmsError) -> None:
        """Say what happened, what is safe and what to do."""
        show_error(self, error)

    def add_commands(self, commands: Sequence[Command]) -> None:
        """Make more commands known."""
        self._commands += commands

    def open_palette(self) -> None:
        """Open the palette."""
        places = [
            Command(tr("Go to {place}", place=p.title), lambda n=p.name: self.go(n), p.icon)
            for p in self._places.values()
            if p.icon and p.name != "settings"  # a command of its own
        ]
        Palette(self, [*places, *self._commands], self.provider).chosen.connect(self._come_in)

    def _come_in(self) -> None:
        """Bring the keyboard into the page: from there it comes to the next one."""
        page, focus = self.stack.currentWidget(), self.focusWidget()
        if page is not None and (focus is None or not page.isAncestorOf(focus)):
            page.setFocus()

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for command in self._commands:
            if "menu" in command.words:
                action = menu.addAction(icon(command.icon, 16), command.title)
                action.triggered.connect(lambda _=False, c=command: c.run())
        menu.exec(self.avatar.mapToGlobal(self.avatar.rect().bottomLeft()))

    def settle(self) -> None:
        """Let the page keep what was typed."""
        page: Any = self.stack.currentWidget()
        if page is not None and hasattr(page, "leave"):
            page.leave()

    def closeEvent(self, event: Any) -> None:
        self.settle()
        self.closing.emit()
        super().closeEvent(event)
