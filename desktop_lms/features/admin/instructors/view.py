"""Applications and instructors on the screen: a list by state, and beside it the one that is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.instructors.viewmodel import ACTIONS, WITH_REASON, InstructorsModel
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet, empty_state
from desktop_lms.widgets.inputs import Choice, Field, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Columns, Page, heading
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Avatar, Card, Chip
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.widgets.times import day_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.rest.instructors import Applicant

TONES = {"pending": "info", "active": "success", "rejected": "warning", "suspended": "danger", "inactive": "neutral"}
ICONS = {"approve": "check", "reactivate": "check", "suspend": "lock", "reject": "x"}


class InstructorsPage(Page):
    """The page; `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: InstructorsModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._sheet: Sheet | None = None
        self.setAccessibleName(tr("Instructors"))
        self.search = Field(tr("Find by name or e-mail address"), icon="search", quiet=True)
        self.status = Choice([("", tr("Every state")), *statuses().items()], name=tr("State"))
        self.status.choose(model.wanted["status"])
        self._told, self._list, self._detail = column(gap=0), column(gap=0), column(gap=0)
        body = Columns(boxed(self._list), boxed(self._detail), below=760)
        self.show_items(
            heading(tr("Instructors")), 20, row((self.search, 1), self.status, gap=8), 16, boxed(self._told), body, "~"
        )
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.status.chosen.connect(lambda value: model.look_for(status=value))
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def _on_done(self, code: str, name: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        self._say(done_words(code, name))

    def _show(self) -> None:
        model, rows = self._model, self._model.rows
        for box in (self._told, self._list, self._detail):
            clear(box)
        told = banner(model, tr("Applications are kept there. Your own work goes on without it."))
        if told is not None and (model.trouble or self._sheet is None):
            self._told.addWidget(told)
            self._told.addSpacing(16)
        if rows is None:
            if not model.trouble:
                self._told.addWidget(Label(tr("Asking the server…"), "small", "text2"))
            return
        if not rows:
            waits = model.wanted["status"] == "pending" and not model.wanted["search"]
            title = tr("Nobody waits") if waits else tr("Nobody found")
            text = tr("Applications to teach appear here.") if waits else tr("Nobody has this name and state.")
            self._list.addWidget(empty_state("graduation-cap", title, text))
            return
        self._list.addWidget(Label(counted("1 person", "{count} people", model.count), "small", "text2"))
        self._list.addSpacing(8)
        lines = [self._row(each) for each in rows]
        self._list.addWidget(Card(column(*listed(*lines), gap=0, margin=(8, 4, 8, 4))))
        if len(rows) < model.count:
            more = Button(tr("Show more"))
            more.clicked.connect(model.more)
            self._list.addSpacing(16)
            self._list.addLayout(row(more, "~"))
        self._list.addStretch(1)
        if model.current is not None:
            self._detail.addWidget(self._card(model.current))
            self._detail.addStretch(1)

    def _row(self, person: Applicant) -> QWidget:
        detail = dotted(person.title, person.organization) or person.email
        line = ListRow(person.display_name, detail, _chip(person), lead=Avatar(person.display_name, size=40))
        line.select(person.user_id == self._model.chosen)
        line.clicked.connect(lambda: self._model.choose(person.user_id))
        return line

    # --- the one that is looked at
    def _card(self, person: Applicant) -> QWidget:
        model = self._model
        head = row(
            Avatar(person.display_name, size=48),
            (column(Label(person.display_name, "heading", wrap=True), Label(person.email, "small", "text2", wrap=True),
                    gap=0), 1), gap=12,
        )  # fmt: skip
        areas = ", ".join(model.areas[each] for each in person.expertise_areas if each in model.areas)
        facts = (
            (tr("What they are"), person.title), (tr("School or organisation"), person.organization),
            (tr("Years of teaching"), str(person.years_experience or "")), (tr("Subjects"), areas),
            (tr("Web site"), person.website), ("LinkedIn", person.linkedin_profile),
            ("X / Twitter", person.twitter_handle), (tr("Applied"), day_words(person.applied_at)),
            (tr("The reason"), person.suspension_reason),
        )  # fmt: skip
        said = [column(Label(name, "caption", "text3"), Label(text, "small", "text", wrap=True), gap=2)
                for name, text in facts if text]  # fmt: skip
        about = Label(person.bio, "body", "text", wrap=True) if person.bio else None
        items: list[Item] = [head, row(_chip(person), "~"), about, *said, *self._steps(person)]
        return Card(column(*items, gap=14, margin=20))

    def _steps(self, person: Applicant) -> list[Item]:
        """What can be decided."""
        confirmed = person.is_verified or person.status != "pending"
        hint = None if confirmed else Label(tr("Not confirmed by the mailed link yet."), "small", "text3", wrap=True)
        buttons: list[Item] = []
        for n, action in enumerate(ACTIONS[person.status]):
            if action == "approve" and not person.is_verified:
                continue
            words = actions()[action]
            button = Button(words, "primary" if n == 0 and action not in WITH_REASON else "", ICONS[action])
            button.setEnabled(not self._model.busy)
            if action in WITH_REASON:
                button.clicked.connect(lambda _=False, action=action: self.ask_reason(person, action))
            else:
                button.clicked.connect(lambda _=False, action=action: self._model.decide(person, action))
            buttons.append(button)
        return [hint, row(*buttons, "~") if buttons else None]

    def ask_reason(self, person: Applicant, action: str) -> None:
        """Ask why, for the mail; what is wrong is told in the sheet, which stays."""
        model, told = self._model, Label("", "small", "danger", wrap=True)
        model.forget_error()
        why = Paper(name=tr("The reason"), lines=4)
        why.setFixedHeight(why.minimumHeight())
        leave, go = Button(tr("Cancel")), Button(actions()[action].rstrip("…"), "danger")
        about = Label(tr("{name} reads it in a mail.", name=person.display_name), "body", "text2", wrap=True)
        title = tr("Reject the application") if action == "reject" else tr("Suspend the right to teach")
        sheet = Sheet(self.window(), title, about, labelled(tr("The reason"), why), told, buttons=(leave, go))

        def show() -> None:
            go.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        go.clicked.connect(lambda: model.decide(person, action, why.toPlainText()))
        why.setFocus()


def _chip(person: Applicant) -> Chip:
    if person.status == "pending" and not person.is_verified:
        return Chip(tr("Not confirmed"), "warning", "circle-alert")
    return Chip(statuses()[person.status], TONES[person.status])  # type: ignore[arg-type]


def statuses() -> dict[str, str]:
    """How far somebody is, in words."""
    return {
        "pending": tr("Waiting"), "active": tr("Teaches"), "rejected": tr("Rejected"), "suspended": tr("Suspended"),
        "inactive": tr("Not teaching"),
    }  # fmt: skip


def actions() -> dict[str, str]:
    """What can be decided, in words."""
    return {
        "approve": tr("Approve"), "reject": tr("Reject…"), "suspend": tr("Suspend…"),
        "reactivate": tr("Let teach again"),
    }  # fmt: skip


def done_words(code: str, name: str) -> str:
    """What worked."""
    return {
        "approve": tr("{name} may teach now", name=name),
        "reject": tr("The application of {name} is rejected", name=name),
        "suspend": tr("{name} is suspended", name=name), "reactivate": tr("{name} may teach again", name=name),
    }[code]  # fmt: skip
