"""Sync: what waits, what needs a decision, how the last exchanges went; and two texts beside each other."""

from __future__ import annotations

import html
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QLabel, QWidget

from desktop_lms.features.syncing.viewmodel import Board, Refused, Run, SyncModel, Waiting
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet, empty_state
from desktop_lms.widgets.inputs import Field, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Chip, IconMark, Line, Panel, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, language, sentence, tr
from lms_core.sync.conflicts import Choice, OpenConflict

SIDE = 372
NARROW = 900
CARDS = 720
SHOWN, RUNS = 30, 5
ICONS = {
    "course": "book-open", "module": "folder", "lesson": "file-text", "assessment": "list-checks",
    "question": "file-question", "note": "notebook-pen", "progress": "check", "study_session": "clock",
    "attempt": "clipboard-check", "answer": "clipboard-check", "file": "image", "enrollment": "graduation-cap",
    "account": "user",
}  # fmt: skip


class Say(Protocol):
    """Shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Say it."""


def thing_words(entity: str) -> str:
    """What kind of thing it is."""
    said = {
        "course": tr("Course"), "module": tr("Module"), "lesson": tr("Lesson"), "assessment": tr("Quiz settings"),
        "question": tr("Question"), "course_file": tr("Files of a course"), "course_instructor": tr("Instructor"),
        "enrollment": tr("Enrolment"), "progress": tr("Progress"), "study_session": tr("Study time"),
        "note": tr("Note"),
        "bookmark": tr("Bookmarks"), "attempt": tr("Quiz attempt"), "answer": tr("Quiz answers"), "file": tr("File"),
        "account": tr("Your profile"), "conflict": tr("A decision"),
    }  # fmt: skip
    return said.get(entity, tr("Change"))


def size_words(size: int) -> str:
    """Bytes as people say them."""
    return QLocale(language()).formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def time_words(ms: int) -> str:
    """The time today, else the day with the time."""
    at, locale = QDateTime.fromMSecsSinceEpoch(ms), QLocale(language())
    today = at.date() == QDateTime.currentDateTime().date()
    return locale.toString(at, "HH:mm" if today else "ddd d MMM, HH:mm")


class SyncPage(QWidget):
    """The page; `go` follows a route."""

    compact = True

    def __init__(self, model: SyncModel, *, go: Callable[[str], None], say: Say) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self.setAccessibleName(tr("Sync"))
        self._list, self._detail = Page(pad=24, top=24), Page(pad=32, top=24)
        self._side = Panel(row(self._list), fill="canvas", edge="end")
        self._box = row(self._side, (self._detail, 1), gap=0)
        self.setLayout(self._box)
        self._shown: object = None
        self._cards: QBoxLayout | None = None
        self._whole = False
        model.changed.connect(self._show)
        model.settled.connect(self._on_settled)
        model.exported.connect(lambda path: say(tr("Written to {path}", path=path)))
        look().changed.connect(self._show_again)
        model.refresh()
        self._show_again()

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _show(self) -> None:
        model, board = self._model, self._model.board
        if board is None:
            words = sentence(model.error) if model.error else tr("Reading what waits…")
            self._list.show_items(Label(words, "body", "text2", wrap=True), "~")
            return
        state = (board, model.chosen, model.control.paused, model.control.online, model.error)
        if state != self._shown:
            self._shown = state
            self._list.show_items(*self._lists(board), "~")
            self._detail.show_items(*self._details(), "~")
        self._arrange()

    # --- the lists
    def _lists(self, board: Board) -> list[Item]:
        control = self._model.control
        pause = Button(tr("Go on") if control.paused else tr("Pause"), "ghost", small=True)
        pause.clicked.connect(self._model.toggle_pause)
        now = Button(tr("Sync now"), icon="refresh-cw", small=True)
        now.clicked.connect(self._model.sync_now)
        head = row((Label(tr("Sync"), "display"), 1), *((pause, now) if control.linked else ()), gap=4)
        items: list[Item] = [head, 4, self._line(board), 24]
        if board.needs_you:
            items += [self._title(tr("Needs you"), str(board.needs_you)), 8, *self._needs(board), 24]
        waiting = f"{board.changes} · {size_words(board.size)}" if board.waiting else ""
        items += [self._title(tr("Waiting to send"), waiting), 4]
        if board.waiting:
            rows = [self._waiting(w) for w in board.waiting[:SHOWN]]
            items += listed(*rows)
            if len(board.waiting) > SHOWN:
                items.append(Label(tr("and {count} more", count=len(board.waiting) - SHOWN), "small", "text3"))
        else:
            at_server = tr("Nothing waits: everything you did is at the server.")
            items.append(Label(at_server if control.linked else tr("Nothing yet."), "small", "text2", wrap=True))
        return [*items, 28, *self._runs(board)]

    def _line(self, board: Board) -> QWidget:
        control = self._model.control
        if not control.linked:
            icon, words = "hard-drive", tr("Saved on this device. Sign in to a server to sync.")
        elif control.paused:
            icon, words = "clock", tr("Paused. Everything is saved here.")
        elif not control.online:
            icon, words = "cloud-off", tr("Offline. Everything is saved here and goes out later.")
        else:
            last = board.last_synced_at
            icon = "cloud-check"
            words = tr("Online · last run {time}", time=time_words(last)) if last else tr("Online · not synced yet")
        ask = None
        if board.signed_out:
            icon, words = "key-round", tr("Signed out. Everything is saved here; sign in to send it.")
            ask = Button(tr("Sign in"), "primary")
            ask.clicked.connect(self.ask_sign_in)
        said = row(IconMark(icon, 16), (Label(words, "small", "text2", wrap=True), 1), gap=8)
        return boxed(column(said, row(ask, "~") if ask else None, gap=8))

    def ask_sign_in(self) -> None:
        """Ask for the password at the server."""
        board = self._model.board
        email, password = Field(), Field(secret=True)
        email.show_text(board.email if board else "")
        leave, go = Button(tr("Cancel")), Button(tr("Sign in"), "primary")
        sheet = Sheet(
            self.window(), tr("Sign in again"), labelled(tr("E-mail address"), email),
            labelled(tr("Password"), password), buttons=(leave, go),
        )  # fmt: skip

        def sign_in() -> None:
            sheet.close_sheet()
            self._model.sign_in(email.text(), password.text())

        leave.clicked.connect(sheet.close_sheet)
        go.clicked.connect(sign_in)
        password.returnPressed.connect(sign_in)
        (password if email.text() else email).setFocus()

    def _title(self, words: str, end: str) -> QWidget:
        return boxed(row(Label(words, "strong"), "~", Label(end, "small", "text3")))

    def _needs(self, board: Board) -> list[Item]:
        items: list[Item] = []
        for conflict, title in board.conflicts:
            row_ = ListRow(tr("Changed twice: {what}", what=thing_words(conflict.entity)), title,
                           lead=Tile("copy", "warning"))  # fmt: skip
            items.append(self._pick(row_, conflict.id))
        for item in board.refused:
            row_ = ListRow(tr("Sent back: {what}", what=thing_words(item.entity)), item.title,
                           lead=Tile("circle-alert", "warning"))  # fmt: skip
            items.append(self._pick(row_, item.key))
        return listed(*items)

    def _pick(self, made: ListRow, key: str) -> ListRow:
        made.select(key == self._model.chosen)
        made.clicked.connect(lambda: self._model.choose(key))
        return made

    def _waiting(self, item: Waiting) -> QWidget:
        changes = counted("1 change", "{count} changes", item.changes)
        lead = Tile(ICONS.get(item.entity, "pencil"), "neutral")
        end = Label(tr("Next run"), "small", "text2")
        detail = " · ".join((thing_words(item.entity) if item.title else changes, size_words(item.size)))
        return ListRow(item.title or thing_words(item.entity), detail, end, lead=lead)

    def _runs(self, board: Board) -> list[Item]:
        if not board.runs:
            return []
        more = None
        if len(board.runs) > RUNS and not self._whole:
            more = Button(tr("All {count}", count=len(board.runs)), "link", small=True)
            more.clicked.connect(self._show_whole)
        runs = board.runs if self._whole else board.runs[:RUNS]
        return [section(tr("Last runs"), *(self._run(r) for r in runs), more=more)]

    def _show_whole(self) -> None:
        self._whole = True
        self._show_again()

    def _run(self, run: Run) -> QWidget:
        good = run.result in ("ok", "reset", "late")
        parts = [tr("sent {count}", count=run.sent)] if run.sent else []
        parts += [tr("received {count}", count=run.received)] if run.received else []
        words = ", ".join(parts) or tr("nothing new")
        words = words[:1].upper() + words[1:] if good else tr("Began again: {words}", words=words)
        mark = IconMark("circle-check" if good else "circle-alert", 16, "success" if good else "warning")
        return boxed(row(mark, (Label(words, "small"), 1), Label(time_words(run.at), "small", "text3"), gap=10,
                         margin=(0, 5, 0, 5)))  # fmt: skip

    # --- the chosen item
    def _details(self) -> list[Item]:
        self._cards = None
        fault: list[Item] = []
        if self._model.error:
            fault = [
                Banner(tr("That did not work"), sentence(self._model.error), tone="danger", icon="circle-alert"),
                16,
            ]
        if self._model.conflict:
            return [*fault, *self._conflict(*self._model.conflict)]
        if self._model.refusal:
            return [*fault, *self._refusal(self._model.refusal)]
        text = tr("When two people change the same paragraph, or the server sends something back, it waits here.")
        return [*fault, empty_state("circle-check", tr("Nothing needs you"), text)]

    def _refusal(self, item: Refused) -> list[Item]:
        again = Button(tr("Try again"), "primary", "refresh-cw")
        again.clicked.connect(lambda: self._model.try_again(item.key))
        keep = Button(tr("Save as a file…"), icon="download")
        keep.clicked.connect(lambda: self._export(item))
        keep.setEnabled(bool(item.text))
        drop = Button(tr("Discard…"), "danger", "trash-2")
        drop.clicked.connect(lambda: self._ask_discard(item))
        title = tr("The server sent this back: {title}", title=item.title or thing_words(item.entity))
        words = Label(item.text or tr("It holds no text."), "read", wrap=True)
        return [
            row(Chip(tr("Needs you"), "warning", "circle-alert"), Label(time_words(item.at), "small", "text2"), "~"), 8,
            Label(title, "title", wrap=True), 16,
            Banner(item.reason or tr("The server did not take it."), tr("Nothing is lost: what you did is kept here."),
                   icon="shield"), 20,
            Card(column(words, margin=20)), 20, row(again, keep, drop, "~", gap=8),
        ]  # fmt: skip

    def _export(self, item: Refused) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save as a file"), f"{item.title or 'text'}.txt")
        if path:
            self._model.export(item.key, Path(path))

    def _ask_discard(self, item: Refused) -> None:
        leave, drop = Button(tr("Keep it")), Button(tr("Discard"), "danger")
        text = Label(
            tr("Your change is removed from this device. The server never had it."), "body", "text2", wrap=True
        )
        sheet = Sheet(self.window(), tr("Discard this change?"), text, buttons=(drop, leave))
        leave.clicked.connect(sheet.close_sheet)

        def go() -> None:
            sheet.close_sheet()
            self._model.discard(item.key)

        drop.clicked.connect(go)

    def _conflict(self, item: OpenConflict, title: str) -> list[Item]:
        mine, theirs = self._model.result_of("mine"), item.current
        result = Paper(name=tr("Result"), lines=10)
        result.show_text(self._model.result_of("both"))
        use = Button(tr("Use this result"), "primary")
        use.clicked.connect(lambda: self._model.settle(result.toPlainText()))
        author = tr("You") if item.own else tr("A co-author")
        title_mine, seen = tr("Yours") if item.own else tr("Set aside"), tr("What everybody sees now")
        left = self._side_card(title_mine, author, theirs, mine, tr("Keep mine"), "mine")
        right = self._side_card(tr("Theirs"), seen, mine, theirs, tr("Keep theirs"), "theirs")
        cards = row((left, 1), (right, 1), (self._result_card(result, use), 1), gap=16)
        self._cards = cards
        self._arrange_cards()
        both = Button(tr("Keep both"), icon="copy")
        both.clicked.connect(lambda: self._model.settle(self._model.result_of("both")))
        safe = tr("Until you decide everybody sees their text, and yours waits here. You can undo your choice.")
        return [
            row(Chip(tr("Needs you"), "warning", "circle-alert"), Label(title, "small", "text2"), "~"), 8,
            Label(tr("Two people changed the same text"), "title", wrap=True), 16,
            Banner(tr("Nothing is lost"), safe, icon="shield"), 20, boxed(cards), 16, row(both, "~"),
        ]  # fmt: skip

    def _side_card(self, title: str, who: str, before: str, after: str, verb: str, choice: Choice) -> QWidget:
        keep = Button(verb)
        keep.clicked.connect(lambda: self._model.settle(self._model.result_of(choice)))
        text, added, removed = differences(before, after)
        shown = QLabel(text)
        shown.setWordWrap(True)
        shown.setFont(current().font("read"))
        shown.setTextFormat(Qt.TextFormat.RichText)
        shown.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        shown.setAccessibleName(after)
        counts = tr("{removed} removed −, {added} added +", removed=removed, added=added)
        return Card(
            column(Label(title, "heading"), Label(who, "small", "text2"), 4, Line(), 8, (shown, 1), 8,
                   Label(counts, "caption", "text2"), keep, gap=4, margin=16)
        )  # fmt: skip

    def _result_card(self, result: Paper, use: Button) -> QWidget:
        card = Card(
            column(Label(tr("Result"), "heading"), Label(tr("Edit freely"), "small", "text2"), 4, Line(), 8,
                   (result, 1), 8, use, gap=4, margin=16)
        )  # fmt: skip
        card.select(True)
        return card

    def _on_settled(self, title: str) -> None:
        self._say(tr("Settled: {title}", title=title), self._model.undo)

    # --- room
    def _arrange_cards(self) -> None:
        if self._cards is not None:
            narrow = self.width() - SIDE < CARDS * current().scale
            self._cards.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _arrange(self) -> None:
        self._arrange_cards()
        stacked = self.width() < NARROW * current().scale
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self._box.setDirection(way)
        wide = 16_777_215 if stacked else min(current().px(SIDE), self.width() // 2)
        self._side.setMinimumWidth(0 if stacked else wide)
        self._side.setMaximumWidth(wide)
        busy = bool(self._model.board and self._model.board.needs_you)
        self._detail.setVisible(not stacked or busy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def differences(before: str, after: str) -> tuple[str, int, int]:
    """`after` as rich text with what was added underlined and what was removed struck out, and how much of each."""
    theme = current()
    old, new = before.split(" "), after.split(" ")
    out: list[str] = []
    added = removed = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, False).get_opcodes():
        gone, came = html.escape(" ".join(old[i1:i2])), html.escape(" ".join(new[j1:j2]))
        if tag == "equal":
            out.append(came)
            continue
        if gone:
            removed += 1
            out.append(f'<s style="background:{theme.hex("diffDel")};color:{theme.hex("danger")}">{gone}</s>')
        if came:
            added += 1
            out.append(f'<u style="background:{theme.hex("diffAdd")};color:{theme.hex("success")}">{came}</u>')
    return " ".join(out).replace("\n\n", "<br><br>").replace("\n", "<br>"), added, removed
