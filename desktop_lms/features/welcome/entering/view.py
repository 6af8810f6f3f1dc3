"""The form that signs in, whom else a server lets in, and what is shown while the browser is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_lms.features.welcome.entering.viewmodel import EnteringModel
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import Item, clear, column, row
from desktop_lms.widgets.surfaces import Line, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr


class Form(Protocol):
    """What the page of the door lends to a form."""

    def field(self, key: str, placeholder: str = "", *, secret: bool = False, icon: str = "") -> Field:
        """A field that keeps what was typed."""

    def tick(self, key: str, words: str) -> QCheckBox:
        """A box that keeps whether it is ticked."""

    def address(self) -> tuple[Item, Field | None]:
        """Where the server is: a field, or words for a server that is known."""

    def button(self, text: str, then: Callable[[], object], kind: str = "", icon: str = "") -> Button:
        """A button that waits while something is under way."""

    def submit(self, words: str, then: Callable[[], object], *fields: Field) -> Item:
        """The foot with the button that goes on."""


def sign_in_items(model: WelcomeModel, form: Form) -> list[Item]:
    """Address, e-mail, password, and the code of an account that asks for one."""
    address, url = form.address()
    email, password = form.field("email"), form.field("password", secret=True)
    code = form.field("second", "123456", icon="shield") if model.asks_code else None
    remember = form.tick("remember", tr("Open without asking on this device"))
    if url:
        url.textChanged.connect(model.entering.look)
    model.entering.look(model.healing.server_url or "" if model.healing else url.text() if url else "")

    def go() -> None:
        model.sign_in(
            url.text() if url else "", email.text(), password.text(), remember=remember.isChecked(),
            code=code.text() if code else "",
        )  # fmt: skip

    fields = [f for f in (url, email, password, code) if f]
    forgot = form.button(tr("Forgot the password?"), lambda: model.set_way("forgot"), "link")
    hint = tr("Your authenticator app shows it. A recovery code does, too.")
    return [
        address, 14, labelled(tr("E-mail address"), email), 14, labelled(tr("Password"), password), 4,
        row(forgot, "~"), 14, labelled(tr("Code of the second step"), code, hint=hint) if code else None,
        14 if code else 0, remember, 24, form.submit(tr("Sign in"), go, *fields), ProviderButtons(model.entering),
    ]  # fmt: skip


class ProviderButtons(QWidget):
    """A button for each provider of the server, once it has named them; nothing else moves when they come."""

    def __init__(self, model: EnteringModel) -> None:
        super().__init__()
        self._model = model
        self._box = column(gap=8)
        self.setLayout(self._box)
        model.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        clear(self._box)
        if not self._model.providers:
            return
        self._box.addSpacing(20)
        self._box.addLayout(row((Line(), 1), Label(tr("or"), "caption", "text3"), (Line(), 1), gap=12))
        self._box.addSpacing(4)
        for name, label in self._model.providers:
            go = Button(tr("Continue with {label}", label=label), icon="external-link")
            go.clicked.connect(lambda _=False, name=name: self._model.visit(name))
            self._box.addWidget(go)


def away_title(entering: EnteringModel) -> str:
    """What a person does next."""
    return tr("One more step") if entering.phase == "code" else tr("Go on in your browser")


def away_items(model: WelcomeModel, form: Form) -> list[Item]:
    """While the browser is away: where it went, the page once more, Cancel; then the code if there is one."""
    entering = model.entering
    stop = Button(tr("Cancel"), icon="x")
    stop.clicked.connect(entering.cancel)
    if entering.phase == "code":
        return _code_items(entering, form, stop)
    again = Button(tr("Open the page again"), "link", "external-link")
    again.setEnabled(bool(entering.page))
    again.clicked.connect(lambda: entering.page_wanted.emit(entering.page))
    about = tr("Sign in there with {label} and come back: this page goes on by itself.", label=entering.label)
    return [row(Tile("globe", "accent", size=56, icon_size=24), "~"), 16, Label(about, "body", "text2", wrap=True), 8,
            row(again, "~"), 24, row(stop, "~")]  # fmt: skip


def _code_items(entering: EnteringModel, form: Form, stop: Button) -> list[Item]:
    code = form.field("away code", "123456", icon="shield")
    go = Button(tr("Sign in"), "primary")
    go.clicked.connect(lambda: entering.give_code(code.text()))
    code.returnPressed.connect(lambda: entering.give_code(code.text()))
    hint = tr("Your authenticator app shows it. A recovery code does, too.")
    return [Label(tr("Your account asks for a code, too."), "body", "text2", wrap=True), 14,
            labelled(tr("Code of the second step"), code, hint=hint), 24, row(stop, "~", go, gap=12)]  # fmt: skip
