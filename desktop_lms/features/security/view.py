"""Security on the screen: password, second step, linked accounts, and where one is signed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.security.viewmodel import Known, SecurityModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.qr import QrCode
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.errors import Offline
from lms_core.rest.account import Login, Provider, Session

WIDTH, SHOWN = 720, 8


def in_browser(url: str) -> None:
    """Show a page in the system's browser."""
    QDesktopServices.openUrl(QUrl(url))


class SecurityPage(Page):
    """The page; `go` follows a route, `say` shows a sentence at the bottom of the window."""

    def __init__(
        self,
        model: SecurityModel,
        *,
        go: Callable[[str], object],
        say: Callable[[str], object],
        open_page: Callable[[str], object] = in_browser,
    ) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._sheet: Sheet | None = None
        self.crumbs = [(tr("Settings"), "settings"), (tr("Security"), "")]
        self.setAccessibleName(tr("Security"))
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        model.page_wanted.connect(lambda url: open_page(url), Qt.ConnectionType.QueuedConnection)
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def leave(self) -> None:
        """Wait for no browser any more."""
        self._model.call_off()

    def _show(self) -> None:
        model = self._model
        notes: list[Item] = []
        if model.trouble:
            notes = [20, self._away()]
        elif model.error and self._sheet is None:
            said = sentence(model.error)
            notes = [20, Banner(tr("That did not work"), said, tone="warning", icon="circle-alert")]
        parts: list[Item] = [self._password()]
        if model.known:
            parts += [24, self._factor(model.known), 32, *self._providers(model.known), self._sessions(model.known)]
            parts += [32, self._logins(model.known)]
        elif not model.trouble:
            parts += [24, Label(tr("Asking the server…"), "body", "text2")]
        parts += [32, self._end()]
        body = boxed(column(*parts, gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items(heading(tr("Security")), *notes, 20, body, "~")

    def _away(self) -> QWidget:
        again = Button(tr("Try again"), small=True)
        again.clicked.connect(self._model.refresh)
        error = self._model.trouble
        detail = sentence(error) if error and not isinstance(error, Offline) else ""
        detail = detail or tr("What guards your account is kept there. Your work here goes on without it.")
        return Banner(tr("The server must be reached for this"), detail, again, tone="warning", icon="wifi-off")

    def _on_done(self, code: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        if code == "setup":
            self.ask_first_code()
        elif code == "codes":
            self.show_codes()
        else:
            self._say(done_words(code))

    # --- parts
    def _password(self) -> QWidget:
        change = Button(tr("Change password…"), icon="key-round")
        change.clicked.connect(self.ask_password)
        about = tr("It signs you in at the server. All other sign-ins end when it changes.")
        return section(
            tr("Password"), Card(row((Label(about, "body", "text2", wrap=True), 1), change, gap=16, margin=20))
        )

    def _end(self) -> QWidget:
        delete = Button(tr("Delete the account…"), "danger", "trash-2")
        delete.clicked.connect(lambda: self._go("delete-account"))
        about = tr("What tells of you is erased, for good. You see first what goes, what stays and what to do before.")
        return section(
            tr("Leaving"), Card(row((Label(about, "body", "text2", wrap=True), 1), delete, gap=16, margin=20))
        )

    def _factor(self, known: Known) -> QWidget:
        model, factor = self._model, known.factor
        about = tr("A sign-in then asks for a code of your phone, too. Who learns your password cannot get in with it.")
        state = Chip(tr("On"), "success", "circle-check") if factor.on else Chip(tr("Off"), "neutral", "circle")
        if factor.on:
            left = counted("1 recovery code is left", "{count} recovery codes are left", factor.codes_left)
            renew, off = Button(tr("New recovery codes…")), Button(tr("Switch off…"), "link")
            renew.clicked.connect(lambda: self._prove(tr("New recovery codes"), tr("Make them"), model.renew_codes))
            off.clicked.connect(
                lambda: self._prove(tr("Switch the second step off?"), tr("Switch off"), model.switch_off)
            )
            foot: list[Item] = [Label(left, "small", "text2"), row(renew, off, "~")]
        else:
            on = Button(tr("Switch on…"), "primary", "shield")
            on.clicked.connect(lambda: self._prove(tr("A second step beside the password"), tr("Go on"), model.begin))
            foot = [row(on, "~")]
        head = row((Label(about, "body", "text2", wrap=True), 1), state, gap=16)
        return section(tr("Second step"), Card(column(head, *foot, gap=12, margin=20)))

    def _providers(self, known: Known) -> list[Item]:
        if not known.providers:
            return []
        linked = {each.provider: each.email for each in known.identities}
        rows = [self._provider(each, linked.get(each.name)) for each in known.providers]
        return [section(tr("Linked accounts"), Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4)))), 32]

    def _provider(self, provider: Provider, email: str | None) -> QWidget:
        name, model = provider.name, self._model
        if model.visit is not None:
            stop = Button(tr("Cancel"), small=True)
            stop.clicked.connect(model.call_off)
            return ListRow(provider.label, tr("Go on in your browser"), stop, lead=Tile("globe", "accent"))
        if email is None:
            link = Button(tr("Link…"), small=True, name=tr("Link {name}", name=provider.label))
            link.clicked.connect(lambda: model.link(name))
            return ListRow(provider.label, tr("Not linked"), link, lead=Tile("globe", "neutral"))
        unlink = Button(tr("Unlink"), "link", small=True, name=tr("Unlink {name}", name=provider.label))
        unlink.clicked.connect(lambda: model.unlink(name))
        return ListRow(provider.label, email, unlink, lead=Tile("link", "accent"))

    def _sessions(self, known: Known) -> QWidget:
        rows = [self._session(each) for each in known.sessions]
        return section(tr("Where you are signed in"), Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))))

    def _session(self, session: Session) -> QWidget:
        seen = tr("last seen {when}", when=moment_words(session.last_activity))
        detail = dotted(session.ip_address, seen)
        title = session.device_name or session.user_agent or session.device_type or tr("Without a name")
        if session.current:
            end: QWidget = Chip(tr("This sign-in"), "accent", "laptop")
        else:
            end = Button(tr("End"), "link", small=True, name=tr("End the sign-in of {name}", name=title))
            end.clicked.connect(lambda: self._model.end_session(session))
        odd = Chip(tr("Unusual"), "warning", "triangle-alert") if session.is_suspicious else None
        return ListRow(title, detail, *filter(None, (odd, end)), lead=Tile("laptop", "neutral"))

    def _logins(self, known: Known) -> QWidget:
        rows = [self._login(each) for each in known.logins[:SHOWN]]
        return section(tr("Latest tries to sign in"), Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))))

    def _login(self, login: Login) -> QWidget:
        state = Chip(tr("Refused"), "warning", "circle-alert")
        if login.successful:
            state = Chip(tr("Signed in"), "plain", "check")
        detail = dotted(login.ip_address, login.user_agent)
        return ListRow(moment_words(login.timestamp), detail, state, compact=True)

    # --- questions
    def _ask(self, title: str, items: tuple[Item, ...], verb: str, go: Callable[[], object], last: Field) -> Sheet:
        """A sheet that stays with what is wrong and goes when it worked."""
        model, told = self._model, Label("", "small", "danger", wrap=True)
        model.forget_error()
        leave, on = Button(tr("Cancel")), Button(verb, "primary")
        sheet = Sheet(self.window(), title, *items, told, buttons=(leave, on))

        def show() -> None:
            on.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        model.changed.connect(show)
        sheet.closed.connect(closed)
        self._sheet = sheet
        leave.clicked.connect(sheet.close_sheet)
        on.clicked.connect(go)
        last.returnPressed.connect(go)
        return sheet

    def _prove(self, title: str, verb: str, go: Callable[[str], object]) -> None:
        password = Field(secret=True, icon="lock")
        about = Label(tr("Your password first, to show that it is you."), "body", "text2", wrap=True)
        self._ask(title, (about, labelled(tr("Password"), password)), verb, lambda: go(password.text()), password)
        password.setFocus()

    def ask_password(self) -> None:
        """Ask for the present and the new password of the account."""
        old, new, again = Field(secret=True), Field(secret=True), Field(secret=True)
        items = (labelled(tr("Present password"), old),
                 labelled(tr("New password"), new, hint=tr("At least 8 characters")),
                 labelled(tr("New password again"), again))  # fmt: skip
        self._ask(tr("Which password shall it be?"), items, tr("Change password"),
                  lambda: self._model.change_password(old.text(), new.text(), again.text()), again)  # fmt: skip
        old.setFocus()

    def ask_first_code(self) -> None:
        """Show what the authenticator app is given, and ask for its first code."""
        setup = self._model.setup
        if setup is None:
            return
        code = Field("123456", icon="shield")
        about = Label(tr("Scan this with your authenticator app, or type the key there. Then type the code it shows."),
                      "body", "text2", wrap=True)  # fmt: skip
        picture = QrCode(setup.uri, name=tr("A picture for your authenticator app"))
        groups = " ".join(setup.secret[n : n + 4] for n in range(0, len(setup.secret), 4))
        key = Label(groups, "small", wrap=True, selectable=True)
        items = (about, row("~", picture, "~"), Label(tr("Key"), "caption", "text2"), key, labelled(tr("Code"), code))
        self._ask(tr("Add it to your phone"), items, tr("Switch on"), lambda: self._model.confirm(code.text()), code)
        code.setFocus()

    def show_codes(self) -> None:
        """Show the recovery codes, which nobody is told again."""
        codes = self._model.codes
        about = tr("Each lets you in once when your phone is not at hand. Keep them safe: they are not shown again.")
        half = (len(codes) + 1) // 2
        grid = row(*((column(*(Label(c, "mono") for c in part)), 1) for part in (codes[:half], codes[half:])), gap=24)
        copy, save, close = (
            Button(tr("Copy"), icon="copy"),
            Button(tr("Save…"), icon="save"),
            Button(tr("Done"), "primary"),
        )
        sheet = Sheet(self.window(), tr("Your recovery codes"), Label(about, "body", "text2", wrap=True),
                      Card(column(grid, margin=16)), buttons=(copy, save, close))  # fmt: skip
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(codes)))
        save.clicked.connect(self._ask_where)
        close.clicked.connect(sheet.close_sheet)

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Your recovery codes"), "recovery-codes.txt", "*.txt")
        if path:
            self.save_codes(Path(path))

    def save_codes(self, path: Path) -> None:
        """Write the codes to a file."""
        try:
            path.write_text("\n".join(self._model.codes) + "\n", "utf-8")
        except OSError:
            self._say(tr("They could not be written to {path}", path=path.name))
        else:
            self._say(tr("They are in {path}", path=path.name))


def done_words(code: str) -> str:
    """What worked."""
    return {
        "password_changed": tr("The password is changed"), "factor_off": tr("The second step is off"),
        "session_ended": tr("That sign-in has ended"), "linked": tr("The account is linked"),
        "unlinked": tr("The account is linked no more"),
    }[code]  # fmt: skip
