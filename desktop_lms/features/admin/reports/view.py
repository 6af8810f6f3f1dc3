"""Reports on the screen: ask for one, see how far it is, save it as a table or to print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.admin.reports.viewmodel import ReportsModel
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import empty_state
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Tile, Tone
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.errors import MESSAGES, LmsError
from lms_core.rest.reports import OPEN, Report

TONES: dict[str, Tone] = {"queued": "info", "running": "info", "done": "success", "failed": "danger"}
ICONS = {"users": "users", "progress": "graduation-cap", "activity": "chart-no-axes-column", "storage": "hard-drive"}


class ReportsPage(Page):
    """The page; `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: ReportsModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._offered: dict[str, str] = {}
        self.setAccessibleName(tr("Reports"))
        self._kinds, self._list = column(gap=0), column(gap=0)
        self.asks: dict[str, Button] = {}
        self.show_items(heading(tr("Reports")), 20, boxed(self._kinds), 28, boxed(self._list), "~")
        self._kinds.addWidget(self._offers())
        model.changed.connect(self._show)
        model.done.connect(lambda code, name: self._say(done_words(code, name)))
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def leave(self) -> None:
        """Look no more."""
        self._model.leave()

    def _offers(self) -> QWidget:
        rows: list[Item] = []
        for kind, (title, about) in kinds().items():
            ask = Button(tr("Make"), small=True, name=tr("Make the report “{title}”", title=title))
            ask.clicked.connect(lambda _=False, kind=kind: self._model.ask(kind))
            self.asks[kind] = ask
            words = column(Label(title, "strong", wrap=True), Label(about, "small", "text2", wrap=True), gap=0)
            rows.append(boxed(row(Tile(ICONS[kind]), (words, 1), ask, gap=16, margin=(8, 12, 8, 12))))
        self.cohort = Choice([("", tr("Everybody"))], name=tr("Whom people and progress are of"))
        self.cohort.chosen.connect(self._on_class)
        head = row(Label(tr("New report"), "heading"), "~", self.cohort, gap=8)
        return boxed(column(boxed(head), 8, Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))), gap=0))

    def _on_class(self, cohort: str) -> None:
        self._model.cohort = cohort

    def _show(self) -> None:
        model = self._model
        if model.classes != self._offered:  # an open list is not made anew
            self._offered = dict(model.classes)
            self.cohort.show_entries([("", tr("Everybody")), *model.classes.items()])
            self.cohort.choose(model.cohort)
        self.cohort.setVisible(bool(model.classes))
        for ask in self.asks.values():
            ask.setEnabled(not model.busy and model.trouble is None)
        clear(self._list)
        told = banner(model, tr("Reports are made there. Your own work goes on without it."))
        if told is not None:
            self._list.addWidget(told)
            self._list.addSpacing(16)
        if model.reports is None:
            if model.trouble is None:
                self._list.addWidget(Label(tr("Asking the server…"), "body", "text2"))
            return
        if not model.reports:
            text = tr("What you ask for above is made by the server and stays here for thirty days.")
            self._list.addWidget(empty_state("table", tr("No reports yet"), text))
            return
        rows = [self._row(report) for report in model.reports]
        self._list.addWidget(section(tr("Reports"), Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4)))))

    def _row(self, report: Report) -> QWidget:
        title = kinds()[report.kind][0] if report.kind in kinds() else report.kind
        detail = [tr("asked for {when}", when=moment_words(report.asked_at))]
        if "cohort" in report.parameters:
            detail.insert(0, self._model.classes.get(report.parameters["cohort"], tr("A class")))
        if report.status == "done":
            detail.append(counted("1 row", "{count} rows", report.rows))
        words: list[Item] = [Label(title, "strong", wrap=True), Label(dotted(*detail), "small", "text2", wrap=True)]
        if report.status == "failed":
            words.append(Label(reason(report.reason), "small", "danger", wrap=True))
        if report.status == "running":
            words += [6, Bar(report.progress / 100)]
        chip = Chip(states().get(report.status, report.status), TONES.get(report.status, "neutral"))
        line = boxed(
            row((column(*words, gap=0), 1), chip, *self._buttons(report, title), gap=12, margin=(8, 12, 8, 12))
        )
        line.setAccessibleName(f"{title}. {dotted(*detail)}. {chip.words}")
        return line

    def _buttons(self, report: Report, title: str) -> list[QWidget]:
        made: list[Button] = []
        for form in ("csv", "pdf") if report.status == "done" else ():
            save = Button(form.upper(), icon="download", small=True, name=tr("Save “{title}” as {form}", title=title,
                                                                           form=form.upper()))  # fmt: skip
            save.clicked.connect(lambda _=False, form=form: self._ask_where(report, form))
            made.append(save)
        if report.status in OPEN:
            made.append(Button(tr("Call off"), small=True, name=tr("Call off “{title}”", title=title)))
        else:
            made.append(Button("", "ghost", "trash-2", name=tr("Remove “{title}”", title=title)))
        made[-1].clicked.connect(lambda: self._model.remove(report))
        for each in made:
            each.setEnabled(not self._model.busy)
        return [*made]

    def _ask_where(self, report: Report, form: str) -> None:
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{report.kind}-{report.asked_at[:10]}.{form}"
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the report"), str(Path(home) / name), f"*.{form}")
        if chosen:
            self._model.save(report, form, Path(chosen))


def kinds() -> dict[str, tuple[str, str]]:
    """Kinds of reports: title, and what is in it."""
    return {
        "users": (tr("People"), tr("Everybody’s account with role, class and last sign-in.")),
        "progress": (tr("Enrolments and progress"), tr("Who learns which course, and how far they are.")),
        "activity": (tr("Activity by month"), tr("Learners, hours and attempts of the whole platform.")),
        "storage": (tr("Storage"), tr("Who has given how many files, and their size.")),
    }  # fmt: skip


def states() -> dict[str, str]:
    """States of a report in words."""
    return {
        "queued": tr("Waits"), "running": tr("Is being made"), "done": tr("Ready"), "failed": tr("Failed"),
        "cancelled": tr("Called off"),
    }  # fmt: skip


def reason(code: str) -> str:
    """Why a report could not be made."""
    if code == "interrupted":
        return tr("The server was stopped while it made the report. Ask for it again.")
    if code in MESSAGES and "{" not in MESSAGES[code]:
        return sentence(LmsError(code))
    if code == "report_too_large":
        return tr("It would have too many rows.")
    return tr("The server could not make it; its log says why.")


def done_words(code: str, name: str) -> str:
    """What worked."""
    return {
        "asked": tr("The report is being made"), "saved": tr("Saved as {name}", name=name),
        "off": tr("The report is called off"), "gone": tr("The report is gone"),
    }[code]  # fmt: skip
