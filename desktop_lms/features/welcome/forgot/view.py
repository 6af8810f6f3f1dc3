"""A forgotten password: the address first, then the code that came by mail and the password that is wished for."""

from __future__ import annotations

from desktop_lms.features.welcome.entering.view import Form
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.widgets.inputs import labelled
from desktop_lms.widgets.layout import Item, row
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr


def ask_items(model: WelcomeModel, form: Form) -> list[Item]:
    """Where to, and to whom the code goes."""
    where, url = form.address()
    email = form.field("email")

    def go() -> None:
        model.ask_code(url.text() if url else "", email.text())

    about = tr("Your server mails a code to you. With it you choose a new password; your work stays as it is.")
    fields = [f for f in (url, email) if f]
    return [Label(about, "small", "text2", wrap=True), 14, where, 14, labelled(tr("E-mail address"), email), 24,
            form.submit(tr("Send the code"), go, *fields)]  # fmt: skip


def choose_items(model: WelcomeModel, form: Form) -> list[Item]:
    """The code and the new password."""
    code, new, again = form.field("code", "123456"), form.field("new", secret=True), form.field("again", secret=True)

    def go() -> None:
        model.choose_password(code.text(), new.text(), again.text())

    about = tr("If {email} has an account, a code is on its way there. It works once, within one hour.",
               email=model.mail)  # fmt: skip
    more = form.button(tr("Send another code"), model.ask_again, "link")
    typed = labelled(tr("Code from the mail"), code, hint=tr("Six figures. Look among unwanted mail, too."))
    return [Label(about, "small", "text2", wrap=True), 14, typed, 4, row(more, "~"), 14,
            labelled(tr("New password"), new, hint=tr("At least 8 characters. It also opens your profile offline.")),
            14, labelled(tr("New password again"), again), 24,
            form.submit(tr("Set the password"), go, code, new, again)]  # fmt: skip
