"""Invitations on the screen: a list with what became of each, and a sheet that invites somebody."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.features.admin.accounts.view import TONES, roles
from desktop_lms.features.admin.invitations.viewmodel import InvitationsModel, name_of
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet, empty_state
from desktop_lms.widgets.inputs import Choice, Field, Paper, labelled
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Avatar, Card, Chip
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.words import LANGUAGES, counted, dotted, formats, language, sentence, tr
from lms_core.rest.invitations import Invited


class InvitationsPage(Page):
    """The page; `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: InvitationsModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._sheet: Sheet | None = None
        self.setAccessibleName(tr("Invitations"))
        self.search = Field(tr("Find by name or e-mail address"), icon="search", quiet=True)
        self.search.setMinimumWidth(240)
        self.state = Choice([("", tr("Every state")), *states().items()], name=tr("State"))
        self._add = Button(tr("Invite somebody…"), "primary", "send")
        self._list, self._count = column(gap=0), Label("", "small", "text2")
        body = boxed(column(row((self.search, 1), self.state, gap=8), 16, self._count, 8, boxed(self._list), gap=0))
        self.show_items(heading(tr("Invitations"), "", self._add), 20, body, "~")
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.state.chosen.connect(lambda value: model.look_for(state=value))
        self._add.clicked.connect(self.ask_new)
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
        self._add.setEnabled(rows is not None and not model.busy)
        clear(self._list)
        told = banner(model, tr("Invitations are sent from there. Your own work goes on without it."))
        if told is not None and (model.trouble or self._sheet is None):
            self._list.addWidget(told)
            self._list.addSpacing(16)
        if rows is None:
            self._count.say("" if model.trouble else tr("Asking the server…"))
            return
        self._count.say(counted("1 invitation", "{count} invitations", model.count) if model.count else "")
        if not rows:
            self._list.addWidget(self._nobody())
            return
        self._list.addWidget(Card(column(*listed(*map(self._row, rows)), gap=0, margin=(12, 4, 12, 4))))
        if len(rows) < model.count:
            more = Button(tr("Show more"))
            more.clicked.connect(model.more)
            self._list.addSpacing(16)
            self._list.addLayout(row(more, "~"))

    def _nobody(self) -> QWidget:
        if any(self._model.wanted.values()):
            return empty_state("users", tr("Nobody found"), tr("Nobody was invited with this name and state."))
        about = tr("Whom you invite gets a mail with a link and a code. Both work once, for seven days.")
        return empty_state("send", tr("Nobody is invited yet"), about)

    def _row(self, one: Invited) -> QWidget:
        name = name_of(one)
        sent = tr("sent {when} by {name}", when=day(one.sent_at), name=one.invited_by or tr("the server"))
        detail = dotted(one.email if one.email != name else "", one.class_name, sent)
        ends: list[QWidget] = [_state(one), Chip(roles().get(one.role, one.role), TONES.get(one.role, "neutral"))]  # type: ignore[arg-type]
        more = Button("", "ghost", "ellipsis", name=tr("Change the invitation of {name}", name=name))
        more.setEnabled(one.state in ("open", "expired"))
        more.clicked.connect(lambda: self.menu(one).exec(more.mapToGlobal(more.rect().bottomLeft())))
        return ListRow(name, detail, *ends, more, lead=Avatar(name, size=40))

    def menu(self, one: Invited) -> QMenu:
        """What is done with an invitation that nobody has accepted."""
        menu = QMenu(self)
        menu.addAction(tr("Send it again"), lambda: self._model.resend(one))
        menu.addAction(tr("Call it back"), lambda: self._model.revoke(one))
        return menu

    def ask_new(self) -> None:
        """Ask whom to invite and as what; what is wrong is told in the sheet, which stays."""
        model, told = self._model, Label("", "small", "danger", wrap=True)
        model.forget_error()
        email, first, last = Field("noor@school.example"), Field(), Field()
        role = Choice([(each, words) for each, words in roles().items() if each in model.roles], name=tr("Role"))
        into = Choice([("", tr("No class")), *((each.id, _class(each.name, each.term)) for each in model.classes)],
                      name=tr("Class"))  # fmt: skip
        spoken = Choice(list(LANGUAGES.items()), name=tr("Language of the mail"))
        spoken.choose(language())
        message = Paper(tr("A few words of your own, if you like"), name=tr("Message"), lines=2)
        message.setFixedHeight(message.minimumHeight())
        leave, send = Button(tr("Cancel")), Button(tr("Send the invitation"), "primary", "send")
        about = tr("The mail has a link and a code, good once and for seven days.")
        names = row((labelled(tr("First name"), first), 1), (labelled(tr("Last name"), last), 1), gap=16)
        place = row((labelled(tr("Role"), role), 1), (labelled(tr("Class"), into), 1), gap=16)
        mail = row(
            (labelled(tr("E-mail address"), email), 3), (labelled(tr("Language of the mail"), spoken), 2), gap=16
        )
        body = (Label(about, "body", "text2", wrap=True), mail, names, place, labelled(tr("Message"), message), told)
        sheet = Sheet(self.window(), tr("Invite somebody"), *body, buttons=(leave, send))

        def show() -> None:
            send.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        def go() -> None:
            model.invite(email=email.text(), first_name=first.text(), last_name=last.text(), role=role.value,
                         class_id=into.value, language=spoken.value, message=message.toPlainText())  # fmt: skip

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        send.clicked.connect(go)
        email.returnPressed.connect(go)
        email.setFocus()


def states() -> dict[str, str]:
    """What may have become of an invitation, in words."""
    return {
        "open": tr("Waiting"), "accepted": tr("Accepted"), "expired": tr("Run out"), "revoked": tr("Called back"),
    }  # fmt: skip


def _state(one: Invited) -> Chip:
    if one.state == "open":
        return Chip(tr("Waits until {day}", day=day(one.expires_at)), "info", "clock")
    tones = {"accepted": ("success", "circle-check"), "expired": ("warning", "circle-alert")}
    tone, icon = tones.get(one.state, ("neutral", "x"))
    return Chip(states()[one.state], tone, icon)  # type: ignore[arg-type]


def day(at: str) -> str:
    """The day of a time of the server as people here say it."""
    when = QDateTime.fromString(at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return formats().toString(when, "d MMM")


def done_words(code: str, name: str) -> str:
    """What worked."""
    return {
        "sent": tr("The invitation to {name} is on its way", name=name),
        "again": tr("Another mail to {name} is on its way", name=name),
        "revoked": tr("The invitation of {name} is called back", name=name),
    }[code]  # fmt: skip


def _class(name: str, term: str) -> str:
    return dotted(name, term)
