"""Settings: looks with their effect at once, the person, this device's safety, and what the app is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDateTime, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from desktop_lms.features.settings.devices.view import DeviceList
from desktop_lms.features.settings.email.view import EmailLine
from desktop_lms.features.settings.notifying.view import NotifyingSection
from desktop_lms.features.settings.viewmodel import Account, Backup, SettingsModel
from desktop_lms.features.settings.watching.view import WatchingSection
from desktop_lms.preferences import SCALES
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet, cannot_read
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Choice, Field, Hands, labelled
from desktop_lms.widgets.layout import Item, boxed, clear, column, fill, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Card, IconMark, Tile
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import LANGUAGES, counted, formats, sentence, tr

THEMES = ("system", "light", "dark", "contrast")
MOTION = ("system", "on", "off")
LICENCES = (
    ("Qt, PySide6", "LGPL 3"), ("SQLAlchemy, Alembic, msgspec, httpx, Markdown, pymdown-extensions", "MIT, BSD"),
    ("SQLCipher", "BSD"), ("cryptography, argon2-cffi", "Apache 2, BSD, MIT"), ("Lucide", "ISC"),
    ("Inter, Source Serif 4, JetBrains Mono, IBM Plex Sans Arabic, Noto", "OFL 1.1"),
)  # fmt: skip


class Say(Protocol):
    """Shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Say it."""


class SettingsPage(Page):
    """The page."""

    def __init__(
        self, model: SettingsModel, *, say: Say, go: Callable[[str], None] | None = None, version: str = ""
    ) -> None:
        super().__init__()
        self._model, self._go, self._say, self._version = model, go, say, version
        self._shown: object = None
        self._fault, self._rest = column(gap=0), column(gap=0)
        self._hands = Hands(self)
        self.setAccessibleName(tr("Settings"))
        model.changed.connect(self._show)
        model.preferences_changed.connect(self._show_again)
        model.told.connect(lambda code: say(told_words(code)))
        look().changed.connect(self._show_again)
        self._hands.left.connect(self._show)
        self._read()
        self._show_again()

    def _read(self) -> None:
        model = self._model
        for each in (model, model.devices, model.email, model.notifying, model.watching):
            each.refresh()

    def _show_again(self) -> None:
        """Build what follows the look alone; the rest follows what the model knows. The keyboard stays where it is."""
        focus = self.window().focusWidget()
        held = _called(focus) if focus is not None and self.isAncestorOf(focus) else ""
        self._shown = None
        self._fault, self._rest = column(gap=0), column(gap=0)
        body = boxed(column(self._looks(), 32, WatchingSection(self._model.watching), 32, self._rest, gap=0))
        body.setMaximumWidth(current().px(720))
        self.show_items(heading(tr("Settings")), self._fault, 20, body, "~")
        self._show()
        for each in body.findChildren(QWidget) if held else []:
            if _called(each) == held and each.focusPolicy() != Qt.FocusPolicy.NoFocus:
                each.setFocus()

    def _show(self) -> None:
        state = (self._model.profile, self._model.error, self._model.busy)
        if state == self._shown or (self._shown is not None and not self._model.error and self._hands.on):
            return  # while a name is typed nothing is built under the cursor
        self._shown = state
        clear(self._fault)
        clear(self._rest)
        if self._model.error and self._model.profile is None:
            fault = cannot_read(tr("Your settings cannot be read"), self._model.error, self._read)
            fill(self._fault, (20, fault), gap=0, margin=0)
        elif self._model.error:
            text = sentence(self._model.error)
            banner = Banner(tr("That did not work"), text, tone="warning", icon="circle-alert")
            fill(self._fault, (20, banner), gap=0, margin=0)
        fill(self._rest, tuple(self._parts()), gap=0, margin=0)

    def _parts(self) -> list[Item]:
        """What waits for the profile."""
        if self._model.profile is None:
            unread = self._model.error is not None
            return [*self._safety(), 32, self._about()] if unread else self._person()
        devices = DeviceList(self._model.devices, say=self._say) if self._model.devices.linked else None
        told = NotifyingSection(self._model.notifying) if self._model.notifying.linked else None
        between = (32, told, 32 if told else 0, devices, 32 if devices else 0)
        return [*self._person(), *between, *self._safety(), 32, self._about()]

    # --- looks
    def _looks(self) -> QWidget:
        choices = self._model.preferences
        theme = self._segments(
            "theme", tr("Theme"), THEMES, [tr("As the system"), tr("Light"), tr("Dark"), tr("High contrast")]
        )
        size = Segments([f"{round(s * 100)} %" for s in SCALES], name=tr("Text size"))
        now = float(choices.get("text_scale"))
        size.choose(min(range(len(SCALES)), key=lambda n: abs(SCALES[n] - now)), quiet=True)
        size.chosen.connect(lambda at: self._model.choose("text_scale", SCALES[at]))
        speech = Choice([("system", tr("As the system")), *LANGUAGES.items()], name=tr("Language"))
        speech.choose(str(choices.get("language")))
        speech.chosen.connect(lambda value: self._model.choose("language", value))
        motion = self._segments("motion", tr("Motion"), MOTION, [tr("As the system"), tr("On"), tr("Off")])
        example = Label(tr("This is how a lesson reads at this size."), "read", wrap=True)
        return section(
            tr("Looks"),
            Card(
                column(
                    line(tr("Theme"), theme), line(tr("Text size"), size), example, line(tr("Language"), speech),
                    line(tr("Motion"), motion), gap=16, margin=20,
                )
            ),
        )  # fmt: skip

    def _segments(self, name: str, called: str, values: Sequence[str], words: list[str]) -> Segments:
        made = Segments(words, name=called)
        made.choose(values.index(str(self._model.preferences.get(name))), quiet=True)
        made.chosen.connect(lambda at: self._model.choose(name, values[at]))
        return made

    # --- person
    def _person(self) -> list[Item]:
        profile = self._model.profile
        if profile is None:
            return [Label(tr("Reading your profile…"), "body", "text2")]
        first, last = Field(name=tr("First name")), Field(name=tr("Last name"))
        first.show_text(profile.first_name)
        last.show_text(profile.last_name)
        for field in (first, last):
            field.settled.connect(lambda _: self._model.rename(first.text(), last.text()))
        where = profile.server_url or tr("Only on this device, without a server")
        change = Button(tr("Change password…") if profile.has_password else tr("Set a password…"), icon="key-round")
        change.clicked.connect(self.ask_password)
        leave = Button(tr("Sign out…"), icon="log-out")
        leave.clicked.connect(self.ask_sign_out)
        waits = None
        if self._go and (profile.waiting or profile.needs_you):
            waits = Button(tr("What waits to be sent"), "link")
            waits.clicked.connect(self._see_waiting)
        link = None
        if self._model.can_link:
            link = Button(tr("One moment…") if self._model.busy == "linking" else tr("Link to an account…"), "primary")
            link.setEnabled(self._model.busy != "linking")
            link.clicked.connect(self.ask_link)
        names = row((labelled(tr("First name"), first), 1), (labelled(tr("Last name"), last), 1), gap=16)
        facts: list[Item] = [row(IconMark("server", 16), (Elided(where, "small", "text2"), 1), gap=8)]
        if profile.email and profile.server_url:
            facts.insert(0, EmailLine(self._model.email, say=self._say))
        buttons = boxed(Flow(*filter(None, (link, change, leave, waits))))
        facts += [4, *self._doors()]
        return [section(tr("You"), Card(column(names, *facts, 4, buttons, gap=12, margin=20)))]

    def _doors(self) -> list[Item]:
        """The pages that say more: the profile, and with a server what guards the account."""
        go = self._go
        if go is None:
            return []
        pages = [("profile", "user", tr("Profile"), tr("Photo, a few words, links and skills"))]
        if self._model.devices.linked:
            pages.append(("certificates", "award", tr("Certificates"), tr("Open, print and verify them")))
            pages.append(("security", "shield", tr("Security"), tr("Password, sign-ins and a second step")))
        rows = []
        for route, icon, title, detail in pages:
            made = ListRow(title, detail, IconMark("chevron-left" if current().rtl else "chevron-right", 16),
                           lead=Tile(icon, "neutral"))  # fmt: skip
            made.clicked.connect(lambda route=route: go(route))
            rows.append(made)
        return listed(*rows)

    def _see_waiting(self) -> None:
        if self._go:
            self._go("syncing")

    def ask_link(self) -> None:
        """Ask for the account that this profile is to belong to."""
        ways = Segments([tr("I have an account"), tr("New account")], name=tr("How to begin"))
        url, email, password = Field(name=tr("Address of the server"), icon="server"), Field(), Field(secret=True)
        note = tr("Your courses, notes and progress come along and are sent with the next sync.")
        stay, go = Button(tr("Cancel")), Button(tr("Link"), "primary")
        code = Field("K7PM-2XWD", icon="users")
        asked = labelled(tr("Code of your class or invitation"), code, hint=tr("Only if the server asks for one."))
        ways.chosen.connect(lambda at: asked.setEnabled(at == 1))
        asked.setEnabled(False)
        sheet = Sheet(
            self.window(), tr("Which account shall it belong to?"), Label(note, "small", "text2", wrap=True),
            row(ways, "~"), labelled(tr("Address of the server"), url, hint=tr("Your school or teacher has it.")),
            labelled(tr("E-mail address"), email), labelled(tr("Password"), password), asked, buttons=(stay, go),
        )  # fmt: skip

        def link() -> None:
            sheet.close_sheet()
            is_new = ways.at == 1
            typed = code.text().strip() if is_new else ""
            self._model.link(Account(url.text(), email.text(), password.text(), is_new=is_new, code=typed))

        stay.clicked.connect(sheet.close_sheet)
        go.clicked.connect(link)
        password.returnPressed.connect(link)
        url.setFocus()

    def ask_password(self) -> None:
        """Ask for the old and the new password."""
        profile = self._model.profile
        has = bool(profile and profile.has_password)
        old, new, again = Field(secret=True), Field(secret=True), Field(secret=True)
        leave, change = Button(tr("Cancel")), Button(tr("Change password") if has else tr("Set password"), "primary")
        note = Label(tr("It opens your profile on this device, also without a network."), "small", "text2", wrap=True)
        before = labelled(tr("Present password"), old) if has else None
        wanted = labelled(tr("New password"), new, hint=tr("At least 8 characters"))
        twice = labelled(tr("New password again"), again)
        title = tr("Which password shall it be?")
        sheet = Sheet(self.window(), title, note, before, wanted, twice, buttons=(leave, change))
        leave.clicked.connect(sheet.close_sheet)

        def go() -> None:
            sheet.close_sheet()
            self._model.change_password(old.text(), new.text(), again.text())

        change.clicked.connect(go)
        again.returnPressed.connect(go)
        (old if has else new).setFocus()

    def ask_sign_out(self) -> None:
        """Say what is not sent yet, and ask."""
        profile = self._model.profile
        waiting = profile.waiting if profile else 0
        stay, leave = Button(tr("Stay")), Button(tr("Sign out"), "primary")
        words = tr("Everything is sent. Your work stays on this device, locked.")
        if waiting:
            words = counted(
                "1 change is not sent yet. It stays safe on this device and goes out when you sign in again.",
                "{count} changes are not sent yet. They stay safe on this device and go out when you sign in again.",
                waiting,
            )
        sheet = Sheet(self.window(), tr("Sign out?"), Label(words, "body", "text2", wrap=True), buttons=(stay, leave))
        stay.clicked.connect(sheet.close_sheet)

        def go() -> None:
            sheet.close_sheet()
            self._model.sign_out()

        leave.clicked.connect(go)

    # --- safety
    def _safety(self) -> list[Item]:
        profile = self._model.profile
        if profile is None:
            return []
        make = Button(tr("Back up now"), icon="save")
        make.setEnabled(self._model.busy != "backed_up")
        make.clicked.connect(self._model.back_up)
        save = Button(tr("Save as a file…"), icon="download")
        save.setEnabled(self._model.busy != "saved_as_file")
        save.clicked.connect(self._ask_where)
        folder = Button(tr("Open the folder"), icon="folder-open")
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(profile.folder))))
        size = tr("{size} in {folder}", size=size_of(profile.size), folder=profile.folder)
        copies = listed(*map(backup_line, profile.backups[:7]))
        if not copies:
            copies = [
                Label(tr("No copy yet. One is made every day that you use the app."), "small", "text2", wrap=True)
            ]
        parts = (row(IconMark("hard-drive", 16), (Elided(size, "small", "text2"), 1), gap=8), 12,
                 Label(tr("Copies on this device"), "strong"), 4, *copies, 12,
                 boxed(Flow(make, save, folder)), 16, *self._own_data())  # fmt: skip
        return [section(tr("Data on this device"), Card(column(*parts, gap=0, margin=20)))]

    def _own_data(self) -> list[Item]:
        export = Button(tr("Export my data…"), icon="file-text")
        export.setEnabled(self._model.busy != "exported")
        export.clicked.connect(self._ask_where_to_export)
        about = tr("All that you wrote and did, in a file that other programs can read.")
        parts: list[Item] = [
            Label(tr("Your data"), "strong"),
            4,
            row((Label(about, "small", "text2", wrap=True), 1), export, gap=16),
        ]
        return parts + self._counting()

    def _counting(self) -> list[Item]:
        """Whether what one does is told to the server; without one there is nobody to tell (ANA-15)."""
        profile = self._model.profile
        if profile is None or not profile.server_url:
            return []
        box = QCheckBox(tr("Count what I do in the app"))
        box.setChecked(profile.counted)
        box.toggled.connect(self._model.count)
        about = tr(
            "Lessons opened, downloads and that you searched, not for what. Nobody sees yours, only sums of all. When "
            "you switch it off, the server forgets what was told."
        )
        return [12, box, 2, Label(about, "small", "text2", wrap=True)]

    def _ask_where_to_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Export my data…"), "my-data.zip", "*.zip")
        if path:
            self._model.export_data(Path(path))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save as a file"), "profile.lms", "*.lms")
        if path:
            self.ask_file_password(Path(path))

    def ask_file_password(self, path: Path) -> None:
        """Ask for the password of a file for another laptop."""
        one, two = Field(secret=True), Field(secret=True)
        leave, save = Button(tr("Cancel")), Button(tr("Save"), "primary")
        text = tr("The file holds your whole profile. Open it on the other laptop with this password.")
        fields = (labelled(tr("Password of the file"), one), labelled(tr("Password again"), two))
        body = (Label(text, "small", "text2", wrap=True), *fields)
        sheet = Sheet(self.window(), tr("Save as a file"), *body, buttons=(leave, save))
        leave.clicked.connect(sheet.close_sheet)

        def go() -> None:
            sheet.close_sheet()
            self._model.save_as_file(path, one.text(), two.text())

        save.clicked.connect(go)
        two.returnPressed.connect(go)
        one.setFocus()

    def _about(self) -> QWidget:
        rows = [row((Label(name, "small", wrap=True), 1), Label(licence, "small", "text2"), gap=16)
                for name, licence in LICENCES]  # fmt: skip
        words = tr("Version {version}. Free software under the MIT licence.", version=self._version or "0.1.0")
        made = column(*rows, gap=4)
        about = column(Label(words, "small", "text2", wrap=True), 8, Label(tr("Made with"), "strong"), made, gap=4)
        return section(tr("About"), Card(column(about, margin=20)))


def line(words: str, control: QWidget) -> Item:
    """A setting: its name beside its control, above it when text is large."""
    if current().scale > 1.2:
        return column(Label(words, "body"), row(control, "~"), gap=4)
    return row(Label(words, "body"), "~", control, gap=16)


def backup_line(copy: Backup) -> Item:
    """A copy: when and how large."""
    at = formats().toString(QDateTime.fromMSecsSinceEpoch(copy.at), "d MMMM yyyy, HH:mm")
    return row(Label(at, "small"), "~", Label(size_of(copy.size), "small", "text2"), margin=(0, 6, 0, 6))


def told_words(code: str) -> str:
    """What worked."""
    return {
        "password_changed": tr("The password is changed"), "backed_up": tr("A copy was made"),
        "saved_as_file": tr("Everything is in the file"),
        "exported": tr("Your data is in the file"), "name_changed": tr("Your name is saved"),
        "counted": tr("What you do in the app is counted"),
        "not_counted": tr("What you do in the app is not counted any more"),
    }[code]  # fmt: skip


def _called(widget: QWidget) -> str:
    """The name of a control without what is chosen in it."""
    return widget.accessibleName().partition(":")[0]
