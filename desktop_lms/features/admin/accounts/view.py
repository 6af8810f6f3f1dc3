"""Administration on the screen: everybody's accounts, with what an administrator does to them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.features.admin.accounts.viewmodel import AccountsModel, name_of
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet, empty_state
from desktop_lms.widgets.inputs import Choice, Field, labelled
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Avatar, Card, Chip
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.widgets.times import day_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.rest.people import Person

TONES = {"admin": "accent", "manager": "info", "instructor": "success"}


class AccountsPage(Page):
    """The page; `go` follows a route, `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: AccountsModel, *, go: Callable[[str], object], say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._sheet: Sheet | None = None
        self.setAccessibleName(tr("Administration"))
        self.search = Field(tr("Find by name or e-mail address"), icon="search", quiet=True)
        self.search.setMinimumWidth(240)
        self.role = Choice([("", tr("Every role")), *roles().items()], name=tr("Role"))
        states = [("", tr("Open and closed")), ("open", tr("Open")), ("closed", tr("Closed"))]
        self.state = Choice(states, name=tr("State"))
        self._table = Button(tr("From a table…"), icon="table")
        self._table.clicked.connect(lambda: go("admin/accounts/table"))
        self._add = Button(tr("Add somebody…"), "primary", "plus")
        self._list, self._count = column(gap=0), Label("", "small", "text2")
        body = boxed(column(row((self.search, 1), self.role, self.state, gap=8), 16, self._count, 8, boxed(self._list),
                            gap=0))  # fmt: skip
        self.show_items(heading(tr("People at the server"), "", self._table, self._add), 20, body, "~")
        self._connect()
        self._show()
        model.refresh()

    def _connect(self) -> None:
        model = self._model
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.role.chosen.connect(lambda value: model.look_for(role=value))
        self.state.chosen.connect(lambda value: model.look_for(state=value))
        self._add.clicked.connect(self.ask_new)
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._show)

    def _on_done(self, code: str, name: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        self._say(done_words(code, name))

    def _show(self) -> None:
        model, people = self._model, self._model.rows
        self._table.setVisible(model.may_change)
        self._add.setVisible(model.may_change)
        self._add.setEnabled(not model.busy)
        clear(self._list)
        told = banner(model, tr("Accounts are kept there. Your own work goes on without it."))
        if told is not None and (model.trouble or self._sheet is None):
            self._list.addWidget(told)
            self._list.addSpacing(16)
        if people is None:
            self._count.say("" if model.trouble else tr("Asking the server…"))
            return
        self._count.say(counted("1 person", "{count} people", model.count))
        if not people:
            text = tr("Nobody has this name, role and state.")
            self._list.addWidget(empty_state("users", tr("Nobody found"), text))
            return
        rows = [self._row(person) for person in people]
        self._list.addWidget(Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))))
        if len(people) < model.count:
            more = Button(tr("Show more"))
            more.clicked.connect(model.more)
            self._list.addSpacing(16)
            self._list.addLayout(row(more, "~"))

    def _row(self, person: Person) -> QWidget:
        name = name_of(person)
        seen = tr("never signed in")
        if person.last_login:
            seen = tr("signed in {when}", when=day_words(person.last_login))
        detail = dotted(person.email, person.cohort, seen)
        ends: list[QWidget] = []
        if not person.is_active:
            ends.append(Chip(tr("Closed"), "warning", "lock"))
        if person.id == self._model.me:
            ends.append(Chip(tr("You"), "plain", "user"))
        ends.append(Chip(roles().get(person.role, person.role), TONES.get(person.role, "neutral")))  # type: ignore[arg-type]
        if self._model.may_change and person.id != self._model.me:
            more = Button("", "ghost", "ellipsis", name=tr("Change {name}", name=name))
            more.clicked.connect(lambda: self.menu(person).exec(more.mapToGlobal(more.rect().bottomLeft())))
            ends.append(more)
        return ListRow(name, detail, *ends, lead=Avatar(name, size=40))

    def menu(self, person: Person) -> QMenu:
        """What an administrator does to somebody."""
        menu, model = QMenu(self), self._model
        for role, words in roles().items():
            action = menu.addAction(words, lambda role=role: model.set_role(person, role))
            action.setCheckable(True)
            action.setChecked(role == person.role)
        menu.addSeparator()
        words = tr("Close the account") if person.is_active else tr("Open the account again")
        menu.addAction(words, lambda: model.set_active(person, active=not person.is_active))
        return menu

    def ask_new(self) -> None:
        """Ask whom to make an account for; what is wrong is told in the sheet, which stays."""
        model, told = self._model, Label("", "small", "danger", wrap=True)
        model.forget_error()
        first, last, email = Field(), Field(), Field()
        role = Choice(list(roles().items()), name=tr("Role"))
        leave, make = Button(tr("Cancel")), Button(tr("Make the account"), "primary")
        about = tr("The account begins without a password. Who has the address sets one with “Forgot the password?”.")
        names = row((labelled(tr("First name"), first), 1), (labelled(tr("Last name"), last), 1), gap=16)
        sheet = Sheet(self.window(), tr("Add somebody"), Label(about, "body", "text2", wrap=True), names,
                      labelled(tr("E-mail address"), email), labelled(tr("Role"), role), told,
                      buttons=(leave, make))  # fmt: skip

        def show() -> None:
            make.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        def go() -> None:
            model.make(email=email.text(), first=first.text(), last=last.text(), role=role.value)

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        make.clicked.connect(go)
        email.returnPressed.connect(go)
        first.setFocus()


def roles() -> dict[str, str]:
    """The roles in words."""
    return {
        "student": tr("Student"), "instructor": tr("Instructor"), "manager": tr("Manager"),
        "admin": tr("Administrator"),
    }  # fmt: skip


def done_words(code: str, name: str) -> str:
    """What worked."""
    return {
        "made": tr("{name} has an account now", name=name), "role": tr("{name} has another role now", name=name),
        "closed": tr("The account of {name} is closed", name=name),
        "opened": tr("The account of {name} is open again", name=name),
    }[code]  # fmt: skip
