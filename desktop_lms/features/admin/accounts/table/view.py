"""Accounts from a table on the screen: a file, what would come of each line, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from desktop_lms.features.admin.accounts.table.viewmodel import COLUMNS, TableModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Card, IconMark, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, sentence, tr
from lms_core.errors import MESSAGES, Offline
from lms_core.rest.people import Faults, Report

WIDTH, SHOWN = 720, 50
CSV = "*.csv *.txt *.tsv"


class TablePage(Page):
    """The page; `go` follows a route, `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: TableModel, *, go: Callable[[str], object], say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self.setAccessibleName(tr("Accounts from a table"))
        model.changed.connect(self._show)
        model.saved.connect(lambda name: say(tr("It is in {name}", name=name)))
        look().changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        model = self._model
        items: list[Item] = []
        if model.error is not None:
            items = [self._fault(), 20]
        if model.busy:
            words = tr("Making the accounts. A whole school takes a minute.") if model.report else tr(
                "Checking every line of {name}…", name=model.name)  # fmt: skip
            items += [Label(words, "body", "text2", wrap=True)]
        elif model.report is None:
            items += [self._begin()]
        else:
            items += self._told(model.report)
        body = boxed(column(*items, gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        back = Button(tr("All accounts"), "link", "arrow-left")
        back.clicked.connect(lambda: self._go("admin/accounts"))
        self.show_items(row(back, "~"), 4, heading(tr("Accounts from a table")), 20, body, "~")

    def _fault(self) -> QWidget:
        error = self._model.error
        if isinstance(error, Offline):
            detail = tr("Every line is checked there. The table stays as it is.")
            return Banner(tr("The server must be reached for this"), detail, tone="warning", icon="wifi-off")
        said = sentence(error) if error else ""
        return Banner(tr("That did not work"), said, tone="warning", icon="circle-alert")

    # --- the file
    def _begin(self) -> QWidget:
        choose = Button(tr("Choose a file…"), "primary", "file-input")
        choose.clicked.connect(self._ask_file)
        example = Button(tr("Save an example…"), icon="download")
        example.clicked.connect(self._ask_example)
        about = tr("A CSV file as any office program saves it, one person a line, at most 10,000. You see what would "
                   "come of each line before anything is made.")  # fmt: skip
        columns = tr("Columns: {names}. The first three are needed.", names=", ".join(COLUMNS))
        words = column(Label(tr("A table of your school"), "strong"), Label(about, "body", "text2", wrap=True), 4,
                       Label(columns, "small", "text2", wrap=True), 12, row(choose, example, "~"), gap=4)  # fmt: skip
        return Card(row(column(Tile("table", "accent"), "~"), (words, 1), gap=16, margin=20))

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file…"), "", CSV)
        if path:
            self._model.take(Path(path))

    def _ask_example(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save an example…"), "people.csv", "*.csv")
        if path:
            self._model.save_example(Path(path))

    # --- what would come of it, or came
    def _told(self, report: Report) -> list[Item]:
        made = self._model.made
        items: list[Item] = [Card(column(*listed(*self._figures(report, made=made)), gap=0, margin=(20, 4, 20, 4)))]
        if report.ignored_columns:
            names = ", ".join(report.ignored_columns)
            items += [12, Banner(tr("Columns that nobody knows are left out"), names, tone="info", icon="info")]
        items += [20, self._after() if made else self._before(report)]
        if report.faults:
            rows = [_line(each) for each in report.faults[:SHOWN]]
            more = len(report.faults) - SHOWN
            left = (
                Label(counted("And 1 more line", "And {count} more lines", more), "small", "text2")
                if more > 0
                else None
            )
            items += [
                32,
                section(tr("Lines to mend"), Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4)))),
                8,
                left,
            ]
        return items

    def _figures(self, report: Report, *, made: bool) -> list[QWidget]:
        count, mailed = len(report.created), len(report.invited)
        first = counted("1 account would be made", "{count} accounts would be made", count)
        if made:
            first = counted("1 account is made", "{count} accounts are made", count)
        figures = [_figure("circle-check", "success", first)]
        if made and mailed:
            words = counted("1 invitation is on its way", "{count} invitations are on their way", mailed)
            figures.append(_figure("send", "info", words))
        if report.existing:
            words = counted("1 address has an account already", "{count} addresses have an account already",
                            len(report.existing))  # fmt: skip
            figures.append(_figure("user", "neutral", words))
        if report.faults:
            words = counted("1 line is left out until it is mended", "{count} lines are left out until they are mended",
                            len(report.faults))  # fmt: skip
            figures.append(_figure("triangle-alert", "warning", words))
        return figures

    def _before(self, report: Report) -> QWidget:
        model, count, lacking = self._model, len(report.created), len(report.invited)
        make = Button(counted("Make 1 account", "Make {count} accounts", count), "primary", "plus")
        make.setEnabled(count > 0)
        make.clicked.connect(model.make)
        other = Button(tr("Another file…"))
        other.clicked.connect(self._ask_file)
        if not lacking:
            return boxed(row(make, other, "~"))
        mail = QCheckBox(tr("Mail those without a password how to choose one"))
        mail.setFont(current().font("body"))
        mail.setChecked(model.invite)
        mail.toggled.connect(model.set_invite)
        about = counted("1 person has no password in the table and needs a way in.",
                        "{count} people have no password in the table and need a way in.", lacking)  # fmt: skip
        hint = row(current().px(26), (Label(about, "small", "text2", wrap=True), 1), gap=0)
        return boxed(column(mail, hint, 16, row(make, other, "~"), gap=2))

    def _after(self) -> QWidget:
        save = Button(tr("Save the report…"), icon="download")
        save.clicked.connect(self._ask_report)
        again = Button(tr("Another table…"))
        again.clicked.connect(self._model.begin_anew)
        done = Button(tr("All accounts"), "primary")
        done.clicked.connect(lambda: self._go("admin/accounts"))
        return boxed(row(done, save, again, "~"))

    def _ask_report(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the report…"), "report.csv", "*.csv")
        if path:
            self._model.save_report(Path(path))


def _figure(icon: str, tone: str, words: str) -> QWidget:
    color = tone if tone in ("success", "info", "warning") else "text2"
    return boxed(row(IconMark(icon, 18, color), (Label(words, "body", wrap=True), 1), gap=12, margin=(0, 12, 0, 12)))


def _line(faults: Faults) -> QWidget:
    said = [f"{_names().get(name, name)}: {tr(MESSAGES[code])}" if code in MESSAGES else _names().get(name, name)
            for name, codes in sorted(faults.fields.items()) for code in codes]  # fmt: skip
    number = Label(tr("Line {number}", number=faults.line), "small", "text2")
    number.setFixedWidth(current().px(88))
    return boxed(row(number, (Label(" ".join(said), "small", wrap=True), 1), gap=12, margin=(8, 10, 8, 10)))


def _names() -> dict[str, str]:
    """The columns in words."""
    return {
        "email": tr("E-mail address"), "first_name": tr("First name"), "last_name": tr("Last name"),
        "username": tr("Username"), "cohort": tr("Group"), "role": tr("Role"), "password": tr("Password"),
    }  # fmt: skip
