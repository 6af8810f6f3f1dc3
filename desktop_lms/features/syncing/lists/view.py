"""The list beside: how sync stands, what needs you, what waits, the last runs, and what was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_lms.features.syncing.board import Board, Run, Waiting
from desktop_lms.features.syncing.phrases import (
    ICONS,
    cost_words,
    deed_words,
    run_words,
    thing_words,
    time_words,
)
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import IconMark, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.words import clock_words, counted, dotted, sentence, tr
from lms_core.errors import Offline, VersionMismatch

SHOWN, RUNS, SETTLED = 6, 5, 5


class Lists:
    """Builds the list from what the model knows; long parts are shown whole when asked for."""

    def __init__(self, model: SyncModel, *, ask_sign_in: Callable[[], None], again: Callable[[], None]) -> None:
        self._model, self._ask_sign_in, self._again = model, ask_sign_in, again
        self._whole: set[str] = set()

    def items(self, board: Board) -> list[Item]:
        """Everything from top to bottom."""
        items: list[Item] = [self._head(), 4, self._line(board)]
        if board.clock_off_ms:
            text = tr("Nothing is lost by it. Set date and time in the system, so that deadlines are right.")
            items += [12, Banner(clock_words(board.clock_off_ms), text, tone="warning", icon="clock")]
        items.append(24)
        if board.needs_you:
            items += [title(tr("Needs you"), str(board.needs_you)), 8, *self._needs(board), 24]
        items += [*self._waiting(board), 28, *self._elsewhere(board), *self._runs(board), *self._settled(board)]
        return items

    # --- how it stands
    def _head(self) -> Item:
        control = self._model.control
        if not control.linked:
            return row((Label(tr("Sync"), "display"), 1))
        pause = Button(tr("Go on") if control.paused else tr("Pause"), "ghost", small=True)
        pause.clicked.connect(self._model.toggle_pause)
        now = Button(tr("Sync now"), icon="refresh-cw", small=True)
        now.clicked.connect(self._model.sync_now)
        return row((Label(tr("Sync"), "display"), 1), pause, now, gap=4)

    def _line(self, board: Board) -> QWidget:
        icon, words = self._state(board)
        ask = None
        if self._model.signed_out:
            ask = Button(tr("Sign in"), "primary")
            ask.clicked.connect(self._ask_sign_in)
        said = row(boxed(column(2, IconMark(icon, 16), "~", gap=0)), (Label(words, "small", "text2", wrap=True), 1))
        return boxed(column(said, row(ask, "~") if ask else None, gap=8))

    def _state(self, board: Board) -> tuple[str, str]:
        control, trouble = self._model.control, self._model.control.trouble
        if not control.linked:
            return "hard-drive", tr("Saved on this device. Sign in to a server to sync.")
        if self._model.signed_out:
            if trouble is not None and trouble.code == "device_revoked":
                return "key-round", sentence(trouble)
            return "key-round", tr("Signed out. Everything is saved here; sign in to send it.")
        if control.paused:
            return "clock", tr("Paused. Everything is saved here.")
        if isinstance(trouble, Offline) and control.networked:
            return "cloud-off", tr("The server does not answer. Everything is saved here and goes out later.")
        if isinstance(trouble, Offline):
            return "cloud-off", tr("Offline. Everything is saved here and goes out later.")
        if isinstance(trouble, VersionMismatch):
            return "refresh-cw", sentence(trouble)
        if trouble is not None:
            return "cloud-off", tr("The server has trouble. Everything is saved here; it is tried again by itself.")
        last = board.last_synced_at
        if last is None:
            return "cloud-check", tr("Online · not synced yet")
        return "cloud-check", tr("Online · last run {time}", time=time_words(last))

    # --- what needs a decision
    def _needs(self, board: Board) -> list[Item]:
        rows: list[Item] = []
        for each in board.conflicts:
            words = tr("Changed twice: {what}", what=thing_words(each.item.entity))
            rows.append(self._pick(each.item.id, each.title or words, words, "copy"))
        for item in board.refused:
            words = tr("Sent back: {what}", what=deed_words(item.entity, item.deed))
            rows.append(self._pick(item.key, item.title or words, words, "circle-alert"))
        return listed(*rows)

    def _pick(self, key: str, name: str, detail: str, icon: str) -> ListRow:
        made = ListRow(name, detail, lead=Tile(icon, "warning"))
        made.select(key == self._model.chosen)
        made.clicked.connect(lambda: self._model.choose(key))
        return made

    def _elsewhere(self, board: Board) -> list[Item]:
        if not board.elsewhere:
            return []
        rows = [
            self._pick(each.item.id, each.title, tr("Another author decides: two texts of one paragraph"), "users")
            for each in board.elsewhere
        ]
        return [title(tr("With others"), str(len(rows))), 4, *listed(*rows), 28]

    # --- what waits
    def _waiting(self, board: Board) -> list[Item]:
        if not board.waiting:
            linked = self._model.control.linked
            words = tr("Nothing waits: everything you did is at the server.") if linked else tr("Nothing yet.")
            return [title(tr("Waiting to send")), 4, Label(words, "small", "text2", wrap=True)]
        size = counted("1 change · {size}", "{count} changes · {size}", board.changes, size=size_of(board.size))
        shown, more = self._part("waiting", board.waiting, SHOWN)
        rows: list[Item] = [self._waits(w) for w in shown]
        return [title(tr("Waiting to send"), size), 4, *listed(*rows), row("~", more) if more else None]

    def _waits(self, item: Waiting) -> QWidget:
        control = self._model.control
        when, icon = tr("Next run"), "clock"
        if item.entity == "file" and control.metered:
            when, icon = tr("On a free line"), "wifi-off"
        elif control.paused:
            when = tr("Paused")
        deed = deed_words(item.entity, item.deed)
        detail = dotted(deed if item.title else "", size_of(item.size))
        end = row(IconMark(icon, 14), Label(when, "small", "text2"), gap=6)
        lead = Tile(ICONS.get(item.entity, "pencil"), "neutral")
        return ListRow(item.title or deed, detail, *((boxed(end),) if control.linked else ()), lead=lead)

    # --- what was
    def _runs(self, board: Board) -> list[Item]:
        if not board.runs:
            return []
        runs, more = self._part("runs", board.runs, RUNS)
        return [section(tr("Last runs"), *(run_row(r) for r in runs), more=more)]

    def _part(self, name: str, items: tuple[Any, ...], most: int) -> tuple[tuple[Any, ...], Button | None]:
        """The first of many, with a button for all."""
        if len(items) <= most or name in self._whole:
            return items, None
        more = Button(tr("All {count}", count=len(items)), "link", small=True)
        more.clicked.connect(lambda: (self._whole.add(name), self._again()))
        return items[:most], more

    def _settled(self, board: Board) -> list[Item]:
        rows: list[Item] = []
        for item, name in board.settled[:SETTLED]:
            back = Button(tr("Undo"), "link", small=True, name=tr("Undo the choice for {title}", title=name))
            back.clicked.connect(lambda _=False, key=item.id: self._model.reopen(key))
            words = Elided(name or thing_words(item.entity), "small")
            mark = IconMark("circle-check", 16, "success")
            rows.append(boxed(row(mark, (words, 1), Label(time_words(item.at), "small", "text3"), back, gap=10,
                                  margin=(0, 2, 0, 2))))  # fmt: skip
        if not rows:
            return []
        note = Label(tr("A choice can be taken back for 30 days."), "caption", "text3", wrap=True, weight=400)
        return [24, section(tr("Decided"), *rows, note)]


def title(words: str, end: str = "") -> QWidget:
    """The head of a part of the list."""
    return boxed(row(Label(words, "strong"), "~", Label(end, "small", "text3")))


def run_row(run: Run) -> QWidget:
    """One run: how it ended, when, and what it cost."""
    words, good = run_words(run)
    mark = IconMark("circle-check" if good else "circle-alert", 16, "success" if good else "warning")
    cost = cost_words(run)
    said = column(Label(words, "small", wrap=True), Label(cost, "caption", "text3") if cost else None, gap=0)
    return boxed(row(mark, (said, 1), Label(time_words(run.at), "small", "text3"), gap=10, margin=(0, 5, 0, 5)))
