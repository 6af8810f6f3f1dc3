"""The door on the screen: who is it, and the first steps of somebody new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QWidget

from desktop_lms.features.welcome.entering.view import away_items, away_title, sign_in_items
from desktop_lms.features.welcome.forgot.view import ask_items, choose_items
from desktop_lms.features.welcome.items import PersonRow, Purposes, complaint, purposes, sample
from desktop_lms.features.welcome.looks import schemes, sizes, topbar
from desktop_lms.features.welcome.registering.view import register_items
from desktop_lms.features.welcome.viewmodel import STEPS, WelcomeModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Choice, Field, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.steps import step_line
from desktop_lms.widgets.surfaces import Avatar, Chip, IconMark
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.times import when_words
from desktop_lms.words import LANGUAGES, tr
from lms_core.db.record import ProfileInfo

WIDTH, FORM, LEAD, LOW = 1000, 440, 40, 640
WAYS = ("sign_in", "register", "local")


def in_browser(url: str) -> None:
    """Show a page in the system's browser."""
    QDesktopServices.openUrl(QUrl(url))


class WelcomePage(Page):
    """The page. It listens to the model and shows one step at a time."""

    def __init__(self, model: WelcomeModel, *, open_page: Callable[[str], object] = in_browser) -> None:
        super().__init__(top=20, pad=20)
        self.body.setMinimumHeight(1)  # its lines need what this width asks for, not what the narrowest page would
        self._model = model
        self._lead = QWidget()
        self._shown: object = None
        self._typed: dict[str, str] = {}
        self._first: QWidget | None = None
        model.changed.connect(self._render)
        model.entering.page_wanted.connect(lambda url: open_page(url), Qt.ConnectionType.QueuedConnection)
        look().changed.connect(self._restyle)
        self._render()
        model.start()

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def _render(self) -> None:
        model = self._model
        now = (model.step, model.profiles, model.profile, model.purpose, model.way, model.busy, model.error, model.look,
               model.reminder, model.reached, model.asks_code, model.entering.phase, model.entering.page)  # fmt: skip
        if now == self._shown:
            return
        self._shown, self._first = now, None
        steps: dict[str, Callable[[], list[Item]]] = {
            "picker": self._picker,
            "unlock": self._unlock,
            "look": self._look,
            "purpose": self._purpose,
            "server": self._server,
        }
        items = steps[model.step]() if model.profiles is not None else [Label(tr("One moment…"), "body", "text2")]
        self._lead = QWidget()
        self._lead.setFixedWidth(1)
        self._arrange()
        safe = Label(tr("Everything you do is saved on this laptop first"), "caption", "text2", wrap=True)
        inside = column(
            topbar(model), 16, self._lead, *items, 24, "~", row(IconMark("hard-drive", 14), (safe, 1), gap=8), gap=0
        )
        body = boxed(inside)
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items((row("~", (body, 8), "~"), 1))
        if self._first is not None:
            self._first.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """All steps begin at one height, so that nothing moves under the hand; a low window has less above them."""
        room = self.height() - current().px(LOW)
        self._lead.setFixedHeight(max(0, min(current().px(LEAD), room // 2)))

    # --- parts
    def button(
        self, text: str, then: Callable[[], Any], kind: str = "", icon: str = "", *, after: bool = False
    ) -> Button:
        made = Button(text, kind, icon, icon_after=after)  # type: ignore[arg-type]
        made.clicked.connect(lambda: then())
        made.setEnabled(not self._model.busy)
        return made

    def field(self, key: str, placeholder: str = "", *, secret: bool = False, icon: str = "") -> Field:
        """A field that keeps what was typed when the page is built anew."""
        made = Field(placeholder, secret=secret, icon=icon)
        made.show_text(self._typed.get(key, ""))
        made.textChanged.connect(lambda text: self._typed.__setitem__(key, text))
        if self._first is None or (self._typed.get(key, "") == "" and self._first is not None and self._first.text()):  # type: ignore[attr-defined]
            self._first = made
        return made

    def _trouble(self) -> Item:
        error = self._model.error
        if error is None:
            return None
        return boxed(column(complaint(error), 12))

    def _steps(self) -> QWidget:
        names = {
            "look": tr("Language and look"),
            "purpose": tr("What brings you here"),
            "server": tr("Server or local"),
        }
        last = [tr("Your courses")] if self._model.takes_courses else []
        return step_line([*(names[step] for step in STEPS), *last], STEPS.index(self._model.step))

    def _foot(self, *end: QWidget) -> Item:
        back = self.button(tr("Back"), self._model.back, "ghost", "arrow-left") if self._model.can_go_back else None
        return row(back, (boxed(Flow(*end, gap=12, end=True)), 1), gap=12)

    # --- who is it
    def _picker(self) -> list[Item]:
        people: list[Item] = []
        for profile in self._model.profiles or ():
            people += [self._person(profile), 12]
        add = self.button(tr("Somebody else"), self._model.add_person, "", "plus")
        box = boxed(column(*people, row(add, "~"), gap=0))
        box.setMaximumWidth(current().px(560))
        return [Label(tr("Who is learning?"), "display", wrap=True), 20, self._trouble(), box, 12, self._from_file()]

    def _from_file(self) -> Item:
        return row(self.button(tr("Open a profile from a file…"), self._ask_file, "link"), "~")

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Open a profile from a file…"), "", "*.lms")
        if path:
            self.ask_file_password(Path(path))

    def ask_file_password(self, path: Path) -> None:
        """Ask for the password of a file that was saved on another laptop."""
        password = Field(secret=True, icon="lock")
        leave, take = Button(tr("Cancel")), Button(tr("Open"), "primary")
        field = labelled(tr("Password of the file"), password)
        sheet = Sheet(self.window(), path.name, field, buttons=(leave, take))
        leave.clicked.connect(sheet.close_sheet)

        def go() -> None:
            sheet.close_sheet()
            self._model.take_over(path, password.text())

        take.clicked.connect(go)
        password.returnPressed.connect(go)
        password.setFocus()

    def _person(self, profile: ProfileInfo) -> QWidget:
        when = when_words(profile.last_opened_at)
        where = profile.server_url.partition("//")[2] if profile.server_url else tr("On this device only")
        detail = tr("{where} · last here: {when}", where=where, when=when) if profile.last_opened_at else where
        lock = IconMark("lock", 18) if profile.has_password and not profile.remembered else None
        mark: QWidget | None = Chip(tr("Damaged"), "warning", "triangle-alert") if profile.damaged else lock
        made = PersonRow(
            row(
                Avatar(profile.display_name, size=40),
                (column(Elided(profile.display_name, "strong"), Elided(detail, "small", "text2"), gap=0), 1),
                mark,
                gap=16,
                margin=16,
            ),
            f"{profile.display_name}, {tr('locked') if lock else tr('open')}",
        )
        made.clicked.connect(lambda: self._model.choose(profile.id))
        self._first = self._first or made
        return made

    def _unlock(self) -> list[Item]:
        profile = self._model.profile
        name = profile.display_name if profile else ""
        password = self.field("unlock", secret=True, icon="lock")
        password.returnPressed.connect(lambda: self._model.unlock(password.text()))
        forgot = self.button(tr("Forgot the password?"), self._model.forgot, "link")
        box = boxed(
            column(
                row(Avatar(name, size=48), "~"),
                12,
                Label(tr("Welcome back, {name}", name=name), "display", wrap=True),
                16,
                self._trouble(),
                labelled(tr("Password of this profile"), password),
                8,
                row(forgot, "~"),
                20,
                self._foot(
                    self.button(
                        tr("Opening…") if self._model.busy else tr("Open"),
                        lambda: self._model.unlock(password.text()),
                        "primary",
                    )
                ),
                gap=0,
            )
        )
        box.setMaximumWidth(current().px(FORM))
        return [box]

    # --- 1 language and look
    def _look(self) -> list[Item]:
        look_now = self._model.look
        languages = Choice(list(LANGUAGES.items()), name=tr("Language"))
        languages.choose(look_now.language)
        languages.chosen.connect(lambda code: self._model.set_look(language=code))
        size = Choice(sizes(), name=tr("Text size"))
        size.choose(str(look_now.scale))
        size.chosen.connect(lambda chosen: self._model.set_look(scale=float(chosen)))
        scheme = Segments(list(schemes().values()), list(schemes()).index(look_now.scheme), name=tr("Theme"))
        scheme.chosen.connect(lambda at: self._model.set_look(scheme=list(schemes())[at]))
        form = boxed(
            column(
                labelled(tr("Language"), languages),
                16,
                labelled(tr("Text size"), size),
                16,
                Label(tr("Theme"), "caption", "text2"),
                4,
                row(scheme, "~"),
                "~",
                gap=0,
            )
        )
        self._first = languages
        stacked = current().scale > 1.2 or self.width() < 800
        body = column(form, 24, sample(), gap=0) if stacked else row((form, 1), (sample(), 1), gap=40)
        onward = self.button(tr("Continue"), self._model.forward, "primary", "arrow-right", after=True)
        return [self._steps(), 20, Label(tr("Make it yours"), "display", wrap=True), 24, body, 32, self._foot(onward)]

    # --- 2 what brings you here
    def _purpose(self) -> list[Item]:
        made = []
        for purpose, icon, title, text, foot in purposes():
            card = Purposes(icon, title, text, foot, chosen=purpose == self._model.purpose)
            card.clicked.connect(lambda purpose=purpose: self._model.set_purpose(purpose))
            made.append(card)
            if purpose == self._model.purpose:
                self._first = card
        stacked = current().scale > 1.3 or self.width() < 760
        body = column(*made, gap=16) if stacked else row(*((card, 1) for card in made), gap=24)
        word = tr("Opening…") if self._model.busy else tr("Continue")
        onward = self.button(word, self._model.forward, "primary", "arrow-right", after=True)
        skip = self.button(tr("Skip, start with a local profile"), self._model.skip, "ghost")
        return [
            self._steps(),
            20,
            Label(tr("What brings you here?"), "display", wrap=True),
            Label(tr("You can do all three later. This only decides what you see first."), "body", "text2", wrap=True),
            24,
            self._trouble(),
            body,
            28,
            self._foot(skip, onward),
        ]

    # --- 3 server or local
    def _server(self) -> list[Item]:
        model = self._model
        forms: dict[str, Callable[[], list[Item]]] = {
            "sign_in": lambda: sign_in_items(model, self), "register": lambda: register_items(model, self),
            "local": self._local, "browser": lambda: away_items(model, self),
            "forgot": lambda: ask_items(model, self), "code": lambda: choose_items(model, self),
        }  # fmt: skip
        form = forms[model.way]()
        alone = None
        if model.can_work_without and not model.healing:
            alone = self.button(tr("Begin without it; link it later"), lambda: model.set_way("local"), "link")
        title = tr("Sign in to open your profile again") if model.healing else tr("Where do your courses come from?")
        if model.way not in WAYS:
            title = away_title(model.entering) if model.way == "browser" else tr("Choose a new password")
        box = boxed(
            column(
                None if model.healing or model.way not in WAYS else self._ways(),
                20,
                self._trouble(),
                self._reminding(),
                alone,
                8 if alone else 0,
                *form,
                gap=0,
            )
        )
        box.setMaximumWidth(current().px(FORM))
        return [
            None if model.healing else self._steps(),
            20,
            Label(title, "display", wrap=True),
            20,
            row((box, 1), "~"),
        ]

    def _ways(self) -> Item:
        names = [tr("Sign in"), tr("New account"), tr("Without a server")]
        ways = Segments(names, WAYS.index(self._model.way), name=tr("How to begin"))
        ways.chosen.connect(lambda at: self._model.set_way(WAYS[at]))  # type: ignore[arg-type]
        return row(ways, "~")

    def _reminding(self) -> Item:
        """An offer to watch for a server that is out of reach, that it is done, or that the server is there."""
        if self._model.can_remind:
            return row(self.button(tr("Remind me when online"), self._model.remind, "link"), "~")
        if self._model.reminder:
            text = tr("You are told here as soon as the server answers. What you typed stays.")
            return Label(text, "small", "text2", wrap=True)
        if self._model.reached:
            QApplication.alert(self)
            there = Banner(
                tr("The server answers again"), tr("You can sign in now."), tone="success", icon="cloud-check"
            )
            return boxed(column(there, 12))
        return None

    def submit(self, words: str, then: Callable[[], Any], *fields: Field) -> Item:
        for field in fields:
            field.returnPressed.connect(then)
        return self._foot(self.button(tr("One moment…") if self._model.busy else words, then, "primary"))

    def address(self) -> tuple[Item, Field | None]:
        if self._model.healing:
            server = self._model.healing.server_url or ""
            return Label(
                tr("At {server}. The password you use there becomes the one of this profile.", server=server),
                "small",
                "text2",
                wrap=True,
            ), None
        url = self.field("url", "school.example.org", icon="server")
        return labelled(tr("Address of the server"), url, hint=tr("Your school or teacher has it.")), url

    def tick(self, key: str, words: str) -> QCheckBox:
        """A box that keeps whether it is ticked when the page is built anew."""
        made = QCheckBox(words)
        made.setFont(current().font("small"))
        made.setChecked(self._typed.get(key) == "yes")
        made.toggled.connect(lambda on: self._typed.__setitem__(key, "yes" if on else ""))
        return made

    def _local(self) -> list[Item]:
        name, password = self.field("name"), self.field("local", secret=True)

        def go() -> None:
            self._model.start_local(name.text(), password.text())

        text = tr("A profile on this device only. You can link it to an account later and lose nothing.")
        return [
            Label(text, "small", "text2", wrap=True),
            14,
            labelled(tr("Your name"), name),
            14,
            labelled(
                tr("Password (if you like)"), password, hint=tr("Without one, whoever uses this laptop can open it.")
            ),
            24,
            self.submit(tr("Begin"), go, name, password),
            20,
            self._from_file(),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._model.can_go_back:
            self._model.back()
        else:
            super().keyPressEvent(event)
