"""Everybody's certificates on the screen: a list to search, with a menu for each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.features.admin.certificates.viewmodel import IssuedModel
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet, empty_state
from desktop_lms.widgets.inputs import Choice, Field, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.words import counted, dotted, formats, sentence, tr
from lms_core.rest.certificates import Certificate


class IssuedPage(Page):
    """The page; `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: IssuedModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._sheet: Sheet | None = None
        self.setAccessibleName(tr("Certificates"))
        self.search = Field(tr("Find by number, name or e-mail address"), icon="search", quiet=True)
        self.search.setMinimumWidth(240)
        self.course = Choice([("", tr("Every course"))], name=tr("Course"))
        self._filled: tuple[tuple[str, str], ...] = ()
        self._issue = Button(tr("Issue for a course…"), "primary", "award")
        self._list, self._count = column(gap=0), Label("", "small", "text2")
        self._tools = row((self.search, 1), gap=8)
        self._tools.addWidget(self.course)
        body = boxed(column(boxed(self._tools), 16, self._count, 8, boxed(self._list), gap=0))
        self.show_items(heading(tr("Certificates"), "", self._issue), 20, body, "~")
        self._connect()
        self._show()
        model.refresh()

    def _connect(self) -> None:
        model = self._model
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.course.chosen.connect(lambda value: model.look_for(course=value))
        self._issue.clicked.connect(self.ask_issue)
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._show)

    def _on_done(self, code: str, name: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        self._say(done_words(code, name))

    def _show(self) -> None:
        model = self._model
        self._fill_courses()
        self._issue.setEnabled(not model.busy and bool(model.courses))
        clear(self._list)
        told = banner(model, tr("Certificates are kept there. Your own work goes on without it."))
        if told is not None and (model.trouble or self._sheet is None):
            self._list.addWidget(told)
            self._list.addSpacing(16)
        if model.rows is None:
            self._count.say("" if model.trouble else tr("Asking the server…"))
            return
        self._count.say(counted("1 certificate", "{count} certificates", model.count))
        if not model.rows:
            text = tr("Certificates are issued when somebody completes a course that gives one.")
            self._list.addWidget(empty_state("award", tr("No certificate found"), text))
            return
        rows = [self._row(each) for each in model.rows]
        self._list.addWidget(Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))))
        if len(model.rows) < model.count:
            more = Button(tr("Show more"))
            more.clicked.connect(model.more)
            self._list.addSpacing(16)
            self._list.addLayout(row(more, "~"))

    def _fill_courses(self) -> None:
        """Offer the courses once they are known."""
        if self._model.courses == self._filled:
            return
        self._filled = self._model.courses
        fresh = Choice([("", tr("Every course")), *self._filled], name=tr("Course"))
        fresh.choose(self._model.wanted["course"])
        fresh.chosen.connect(lambda value: self._model.look_for(course=value))
        self._tools.replaceWidget(self.course, fresh)
        self.course.deleteLater()
        self.course = fresh

    def _row(self, each: Certificate) -> QWidget:
        when = QDateTime.fromString(each.completion_date, Qt.DateFormat.ISODateWithMs).toUTC()
        day = formats().toString(when.date(), "d MMM yyyy")
        detail = dotted(each.course_title, day, each.certificate_number)
        name = each.student_name or tr("Deleted")
        more = Button("", "ghost", "ellipsis", name=tr("Change the certificate of {name}", name=name))
        more.clicked.connect(lambda: self.menu(each).exec(more.mapToGlobal(more.rect().bottomLeft())))
        chip = Chip(tr("Valid"), "success", "check") if each.is_valid else Chip(tr("Revoked"), "warning", "circle-x")
        return ListRow(name, detail, chip, more, lead=Tile("award", "accent" if each.is_valid else "neutral"))

    def menu(self, each: Certificate) -> QMenu:
        """What an administrator does with one."""
        menu = QMenu(self)
        menu.addAction(tr("Copy the link"), lambda: QGuiApplication.clipboard().setText(each.verification_url))
        menu.addAction(tr("Issue anew"), lambda: self._model.reissue(each))
        if each.is_valid:
            menu.addSeparator()
            menu.addAction(tr("Revoke…"), lambda: self.ask_revoke(each))
        return menu

    # --- sheets
    def ask_revoke(self, each: Certificate) -> None:
        """Ask why a certificate shall count no more."""
        about = tr("Whoever verifies it is told that it was revoked; the reason is shown to {name} alone.",
                   name=each.student_name)  # fmt: skip
        reason = Paper(name=tr("Reason"), lines=3)
        reason.setFixedHeight(reason.minimumHeight())
        revoke = Button(tr("Revoke"), "primary")
        self._ask(
            tr("Revoke this certificate?"), revoke, lambda: self._model.revoke(each, reason.toPlainText()),
            Label(about, "body", "text2", wrap=True), labelled(tr("Reason"), reason),
        )  # fmt: skip
        reason.setFocus()

    def ask_issue(self) -> None:
        """Ask for which course what is lacking shall be issued."""
        course = Choice(list(self._model.courses), name=tr("Course"))
        course.choose(self._model.wanted["course"] or self._model.courses[0][0])
        about = tr("Everybody who has earned one in this course gets it now. Nobody gets a second one.")
        self._ask(
            tr("Issue certificates for a course?"), Button(tr("Issue"), "primary"),
            lambda: self._model.issue_all(course.value), Label(about, "body", "text2", wrap=True),
            labelled(tr("Course"), course),
        )  # fmt: skip

    def _ask(self, title: str, act: Button, go: Callable[[], object], *body: Item) -> None:
        """A sheet that stays while something is wrong, and says what."""
        model, told, leave = self._model, Label("", "small", "danger", wrap=True), Button(tr("Cancel"))
        model.forget_error()
        sheet = Sheet(self.window(), title, *body, told, buttons=(leave, act))

        def show() -> None:
            act.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        act.clicked.connect(go)


def done_words(code: str, name: str) -> str:
    """What worked."""
    if code == "issued":
        return counted("1 certificate was issued", "{count} certificates were issued", int(name))
    return {
        "revoked": tr("The certificate of {name} is revoked", name=name),
        "reissued": tr("{name} has a new certificate", name=name),
    }[code]  # fmt: skip
