"""People of a course as a table: filter, groups, and a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from desktop_lms.features.people.viewmodel import PeopleModel, group_of
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import heading
from desktop_lms.widgets.surfaces import Card, Panel
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.table import Cell, Column, DataTable
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, formats, language, sentence, tr
from lms_core.learning.model import RosterEntry


class Say(Protocol):
    """Shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Say it."""


def group_words(group: str) -> str:
    """A group as a word."""
    return {"all": tr("Everybody"), "active": tr("Active"), "at_risk": tr("Not seen lately"),
            "completed": tr("Completed"), "dropped": tr("Left"), "suspended": tr("Suspended")}[group]  # fmt: skip


def timing_words(person: RosterEntry) -> str:
    """Which hand-ins are in doubt; empty for none."""
    said = [counted("1 not proved", "{count} not proved", person.unproved)] if person.unproved else []
    said += [counted("1 late", "{count} late", person.late)] if person.late else []
    return ", ".join(said)


def suspended_words(name: str, *, on: bool) -> str:
    """What became of somebody."""
    return tr("{name} is suspended in this course", name=name) if on else tr("{name} may go on", name=name)


class PeoplePage(Panel):
    """The page of one course's learners."""

    def __init__(self, model: PeopleModel, *, go: Callable[[str], None], say: Say) -> None:
        self._box = QVBoxLayout()
        super().__init__(self._box)
        self._box.setContentsMargins(40, 28, 40, 24)
        self._box.setSpacing(0)
        self._model, self._go = model, go
        self.crumbs: list[tuple[str, str]] = [(tr("Teach"), "teach"), (tr("People"), "")]
        self.setAccessibleName(tr("People"))
        self._table = self._groups = None
        self._kind = ""
        model.changed.connect(self._show)
        model.exported.connect(
            lambda path, count: say(
                counted("1 person written to {path}", "{count} people written to {path}", count, path=path)
            )
        )
        model.suspended.connect(lambda name, on: say(suspended_words(name, on=on)))
        look().changed.connect(self._show_again)
        model.refresh()
        self._show()

    _table: DataTable | None
    _groups: Segments | None

    def _show_again(self) -> None:
        self._kind = ""
        self._show()

    def _show(self) -> None:
        roster, error = self._model.roster, self._model.error
        kind = f"{'error' if error else ''}{'loading' if roster is None else 'people' if roster.people else 'empty'}"
        kind += f"{len(self._timed())} {len(self._model.groups)}"
        if kind != self._kind or error:
            self._kind, self._table, self._groups = kind, None, None
            clear(self._box)
            for item in self._items():
                self._box.addWidget(item, 1 if isinstance(item, Card) else 0)
            if self._table is None:
                self._box.addStretch(1)
        self._show_people()

    def _items(self) -> list[QWidget]:
        roster, error = self._model.roster, self._model.error
        fault = [Banner(tr("That did not work"), sentence(error), tone="danger", icon="circle-alert")] if error else []
        if roster is None:
            return [*fault] if fault else [Label(tr("Reading the people…"), "body", "text2")]
        told = tr("Figures as of the last sync") if roster.as_of else tr("Figures come with the next sync")
        head = heading(tr("People"), roster.title, Label(told, "small", "text3"))
        if not roster.people:
            build = Button(tr("Open the course"), "primary", "pencil")
            build.clicked.connect(lambda: self._go(f"builder/{roster.course_id}"))
            text = tr("Once somebody enrols you see here how far they are and when they were last active.")
            return [head, *fault, empty_state("users", tr("No learners yet"), text, build)]
        return [head, *fault, self._tools(), self._make_table()]

    def _tools(self) -> QWidget:
        search = Field(tr("Filter by name or e-mail"), icon="search", quiet=True)
        search.setMinimumWidth(current().px(240))
        search.show_text(self._model.query)
        search.textChanged.connect(self._model.search)
        groups = self._model.groups
        names = [self._named(g) for g in groups]
        self._groups = Segments(names, groups.index(self._model.group), name=tr("Group"))
        self._groups.chosen.connect(lambda at: self._model.choose(groups[at]))
        export = Button(tr("Export"), icon="download")
        export.clicked.connect(self._export)
        first: Item = row(search, "~", export)
        if current().scale <= 1.1 and language() != "de":
            return boxed(row(search, self._groups, "~", export, gap=12, margin=(0, 16, 0, 16)))
        return boxed(column(first, row(self._groups, "~"), gap=8, margin=(0, 16, 0, 16)))

    def _named(self, group: str) -> str:
        return f"{group_words(group)} {self._model.count(group)}"

    def _make_table(self) -> QWidget:
        columns = (
            Column(tr("Name"), stretch=True), Column(tr("Status")), Column(tr("Progress"), number=True),
            Column(tr("Time"), number=True), Column(tr("Best score"), number=True), Column(tr("Last active")),
            *self._timed(),
        )  # fmt: skip
        table = self._table = DataTable(columns, name=tr("People of the course"))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(lambda at: table.indexAt(at).isValid() and self._open_menu(table))
        table.opened.connect(lambda _: self._open_menu(table))
        return Card(column((self._table, 1), gap=0, margin=(12, 4, 12, 8)))

    def _open_menu(self, table: DataTable) -> None:
        person = self._model.person(table.key())
        menu = self.menu(person) if person else None
        if menu is not None:
            menu.exec(table.viewport().mapToGlobal(table.visualRect(table.currentIndex()).bottomLeft()))

    def menu(self, person: RosterEntry) -> QMenu | None:
        """What an instructor does to somebody; None where there is nothing to do."""
        on = {"active": True, "suspended": False}.get(person.status)
        if on is None:
            return None
        menu, name = QMenu(self), person.name or person.email
        words = tr("Suspend {name} in this course", name=name) if on else tr("Let {name} go on", name=name)
        menu.addAction(words, lambda: self._model.suspend(person, on=on))
        return menu

    def _timed(self) -> list[Column]:
        """A column for hand-ins whose time is in doubt, where there are any."""
        people = self._model.roster.people if self._model.roster else ()
        return [Column(tr("Hand-in time"))] if any(p.unproved or p.late for p in people) else []

    def _show_people(self) -> None:
        roster = self._model.roster
        if self._table is None or roster is None:
            return
        self._table.show_rows([(p.user_id, self._cells(p, roster.now)) for p in self._model.rows])
        if self._groups:
            self._groups.show_names([self._named(g) for g in self._model.groups])

    def _cells(self, person: RosterEntry, now: int) -> list[Cell]:
        locale = formats()
        seen = person.last_active_at
        hours = tr("{hours} h", hours=locale.toString(person.seconds / 3600, "f", 1))
        score = person.best_score
        return [
            Cell(person.name or person.email),
            Cell(group_words(group_of(person, now))),
            Cell(f"{round(person.percent)} %", person.percent),
            Cell(hours, person.seconds),
            Cell("–" if score is None else f"{round(score)} %", -1.0 if score is None else score),
            Cell(locale.toString(QDateTime.fromMSecsSinceEpoch(seen), "d MMM yyyy, HH:mm") if seen else tr("never"),
                 seen or 0),
            *(Cell(timing_words(person) or "–", person.unproved + person.late) for _ in self._timed()),
        ]  # fmt: skip

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the table"), "people.csv", "CSV (*.csv)")
        if path:
            head = (tr("Name"), tr("E-mail"), tr("Status"), tr("Progress in %"), tr("Minutes"), tr("Last active"),
                    tr("Best score"), tr("Hand-ins not proved in time"), tr("Late hand-ins"))  # fmt: skip
            self._model.export(Path(path), head)
