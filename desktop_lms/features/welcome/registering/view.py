"""The form that makes an account: what the server wants to know, and the code of a class or an invitation."""

from __future__ import annotations

from desktop_lms.features.welcome.entering.view import Form
from desktop_lms.features.welcome.entering.viewmodel import EnteringModel
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.widgets.inputs import labelled
from desktop_lms.widgets.layout import Item
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr


def register_items(model: WelcomeModel, form: Form) -> list[Item]:
    """Address, name, e-mail, password and a code, which some servers demand."""
    address, url = form.address()
    name, email, password = form.field("name"), form.field("email"), form.field("password", secret=True)
    code = form.field("code of class", "K7PM-2XWD", icon="users")
    if url:
        url.textChanged.connect(model.entering.look)
    model.entering.look(url.text() if url else "")

    def go() -> None:
        model.register(
            url.text() if url else "", name=name.text(), email=email.text(), password=password.text(),
            code=code.text(),
        )  # fmt: skip

    fields = [f for f in (url, name, email, password, code) if f]
    return [
        address, 14, labelled(tr("Your name"), name), 14, labelled(tr("E-mail address"), email), 14,
        labelled(tr("Password"), password, hint=tr("At least 8 characters. It also opens your profile offline.")), 14,
        labelled(tr("Code of your class or invitation"), code), 4, CodeHint(model.entering), 24,
        form.submit(tr("Make the account"), go, *fields),
    ]  # fmt: skip


class CodeHint(Label):
    """Whether the server at the typed address wants a code; it changes once the server has said so."""

    def __init__(self, model: EnteringModel) -> None:
        super().__init__(demand_words(model.admits), "caption", "text3", wrap=True, weight=400)
        self._model = model
        model.changed.connect(self._show)

    def _show(self) -> None:
        self.say(demand_words(self._model.admits))


def demand_words(admits: str) -> str:
    """What a server wants of who makes an account."""
    return {
        "code": tr("This server asks for one. Your teacher has it, or it is in the mail that invited you."),
        "closed": tr("This server takes only people it has invited. The code is in that mail."),
    }.get(admits, tr("If you have one. It puts you into your class at once."))
