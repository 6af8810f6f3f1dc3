"""Mails on the screen: how they go, which wait or failed and why, and a test."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.mails.viewmodel import MailsModel
from desktop_lms.features.admin.section.view import Say, SectionPage, facts_card, more_button, rows_card
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import empty_state
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, tr
from lms_core.rest.mails import Mail, MailState


class MailsPage(SectionPage):
    """The page."""

    def __init__(self, model: MailsModel, *, say: Say) -> None:
        self._model = model
        test = Button(tr("Send a test mail to me"), "", "send")
        test.clicked.connect(model.test)
        self.search = Field(tr("Find by e-mail address"), icon="search", quiet=True)
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.state = Choice([("", tr("All mails")), *states().items()], name=tr("State"))
        self.state.chosen.connect(lambda value: model.look_for(state=value))
        super().__init__(model, tr("Mail"), say, test, above=row((self.search, 1), self.state, gap=8))

    def done_words(self, code: str, name: str) -> str:
        return {
            "tested": tr("A test mail is on its way to you"),
            "retried": tr("The mail to {name} is tried again", name=name),
            "dropped": tr("The mail to {name} is dropped", name=name),
        }[code]

    def summary(self) -> Sequence[Item]:
        return [facts_card(facts(self._model.state)), 20] if self._model.state else []

    def items(self) -> Sequence[Item] | None:
        model = self._model
        if model.rows is None:
            return None
        if not model.rows:
            about = tr("Mails confirm addresses, set forgotten passwords and tell of odd sign-ins.")
            return [empty_state("send", tr("No mails here"), about)]
        rows = [self._row(mail) for mail in model.rows]
        return [Label(counted("1 mail", "{count} mails", model.count), "small", "text2"), 8, rows_card(rows),
                *more_button(model)]  # fmt: skip

    def _row(self, mail: Mail) -> QWidget:
        ends: list[QWidget] = [state_chip(mail)]
        if mail.state != "sent":
            again = Button(tr("Try again"), "link", small=True, name=tr("Try the mail to {name} again", name=mail.to))
            again.clicked.connect(lambda: self._model.retry(mail))
            drop = Button(tr("Drop…"), "link", small=True, name=tr("Drop the mail to {name}…", name=mail.to))
            drop.clicked.connect(lambda: self.ask_drop(mail))
            ends += [again, drop]
        line = ListRow(mail.to, detail_words(mail), *ends, lead=Tile("send", "neutral"))
        if not mail.error:
            return line
        why = Label(mail.error, "small", "danger", wrap=True)
        return boxed(column(line, boxed(column(why, gap=0, margin=(64, 0, 16, 12))), gap=0))

    def ask_drop(self, mail: Mail) -> None:
        """Say what happens, and ask."""
        lines = [("send", tr("It is sent to nobody any more.")),
                 ("key-round", tr("A code in it still works until it runs out, but nobody has it."))]  # fmt: skip
        title = tr("Drop the mail to {name}?", name=mail.to)
        self.ask(title, lines, tr("Drop it"), lambda: self._model.drop(mail))


def states() -> dict[str, str]:
    """What may have become of a mail."""
    return {"waiting": tr("Waiting"), "dead": tr("Given up"), "sent": tr("Sent")}


def state_chip(mail: Mail) -> Chip:
    """What became of a mail."""
    tones = {"waiting": ("info", "clock"), "dead": ("danger", "circle-x"), "sent": ("plain", "check")}
    tone, icon = tones.get(mail.state, ("neutral", ""))
    return Chip(states().get(mail.state, mail.state), tone, icon)  # type: ignore[arg-type]


def detail_words(mail: Mail) -> str:
    """What kind of mail it is, and when it went or goes."""
    when = tr("made {when}", when=moment_words(mail.created_at))
    if mail.sent_at:
        when = tr("sent {when}", when=moment_words(mail.sent_at))
    elif mail.next_try and mail.attempts:
        when = tr("next try {when}", when=moment_words(mail.next_try))
    tries = counted("1 try", "{count} tries", mail.attempts) if mail.attempts and not mail.sent_at else ""
    return dotted(template_words(mail.template), tries, when)


def template_words(name: str) -> str:
    """What a kind of mail is called; one that a newer server has, as it calls it."""
    return {
        "verification": tr("Confirms the address"),
        "password_reset": tr("Sets a forgotten password"),
        "password_changed": tr("Tells that the password was changed"),
        "new_sign_in": tr("Tells of an odd sign-in"),
        "notification": tr("Notice"),
        "instructor_application": tr("Confirms an application to teach"),
        "digest": tr("Tells of what is new"),
        "invitation": tr("Invitation"),
        "test": tr("Test"),
    }.get(name, name)


def facts(state: MailState) -> list[tuple[str, str]]:
    """How mails go, and how many wait."""
    through = tr("Into the folder {folder}, for no mail server is set", folder=state.server)
    if state.by == "smtp":
        encrypted = {"starttls": tr("encrypted (STARTTLS)"), "tls": tr("encrypted (TLS)")}
        through = f"{state.server}, {encrypted.get(state.encryption, tr('not encrypted'))}"
    numbers = tr("{waiting} waiting · {dead} given up · {sent} sent", waiting=state.waiting, dead=state.dead,
                 sent=state.sent)  # fmt: skip
    return [(tr("How mails go"), through), (tr("Sender"), state.sender), (tr("In the last three months"), numbers)]
