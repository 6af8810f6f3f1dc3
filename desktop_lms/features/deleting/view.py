"""Deleting the account on the screen: what goes, what stays, what to do before, and the last step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QFileDialog, QRadioButton, QWidget

from desktop_lms.features.deleting.viewmodel import DeletingModel, Here
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Card, IconMark, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, sentence, tr
from lms_core.errors import Offline

WIDTH = 720


class DeletingPage(Page):
    """The page; `go` follows a route, `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: DeletingModel, *, go: Callable[[str], object], say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._typed: dict[str, str] = {}
        self.crumbs = [(tr("Settings"), "settings"), (tr("Security"), "security"), (tr("Delete the account"), "")]
        self.setAccessibleName(tr("Delete the account"))
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def _on_done(self, code: str) -> None:
        self._typed.clear()
        words = {"exported": tr("Your data is in the file"), "handed_over": tr("The courses have another lead now")}
        self._say(words[code])

    def _show(self) -> None:
        model = self._model
        notes: list[Item] = []
        if model.trouble:
            notes = [self._away(), 24]
        parts: list[Item] = [Label(tr("Asking the server…"), "body", "text2")]
        if model.here is not None and not model.here.server_url:
            parts = [Label(tr("This profile is on this device alone and has no account."), "body", "text2", wrap=True)]
        elif model.here is not None:
            parts = [self._what(), 32, self._before(model.here), 32, self._device(model.here), 32, self._last()]
        body = boxed(column(*notes, *parts, gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items(heading(tr("Delete your account")), 16, body, "~")

    def _away(self) -> QWidget:
        again, error = Button(tr("Try again"), small=True), self._model.trouble
        again.clicked.connect(self._model.refresh)
        detail = sentence(error) if error and not isinstance(error, Offline) else ""
        detail = detail or tr("The account lies there, so it is deleted there. Nothing was changed.")
        return Banner(tr("The server must be reached for this"), detail, again, tone="warning", icon="wifi-off")

    def _wrong(self, asked: str) -> Item:
        """What did not work, where it was asked for."""
        model = self._model
        return (
            Label(sentence(model.error), "small", "danger", wrap=True) if model.error and model.asked == asked else None
        )

    # --- what goes, what stays
    def _what(self) -> QWidget:
        gone = (tr("Your name, e-mail address and username"), tr("Your profile, picture, links and skills"),
                tr("Your notes and bookmarks at the server"), tr("Your sign-ins and devices"))  # fmt: skip
        kept = (tr("Enrolments and progress"), tr("Attempts at quizzes and grades"), tr("Courses that you wrote"))
        one = _list(tr("Erased at once"), tr("Nobody can bring it back."), gone, "x", "danger")
        two = _list(tr("Stays, without your name"), tr("It stands there as “Deleted”."), kept, "check", "text2")
        if current().scale > 1.2:
            return Card(column(one, two, gap=20, margin=20))
        return Card(row((one, 1), (two, 1), gap=24, margin=20))

    # --- before
    def _before(self, here: Here) -> QWidget:
        save = Button(tr("Export my data…"), icon="download")
        save.setEnabled(not self._model.busy)
        save.clicked.connect(self._ask_where)
        about = tr("All that you wrote and did, in a file that other programs can read.")
        rows: list[Item] = [_step("file-text", tr("Keep a copy"), about, save)]
        if here.waiting:
            sync = Button(tr("See what waits"))
            sync.clicked.connect(lambda: self._go("syncing"))
            title = counted("1 change is not sent yet", "{count} changes are not sent yet", here.waiting)
            rows.append(_step("cloud-upload", title, tr("It never reaches the server once the account is gone."), sync))
        if self._model.led:
            rows.append(self._courses())
        wrong = self._wrong("exported")
        foot: list[Item] = [wrong, 16] if wrong else []
        return section(tr("Before you go"), Card(column(*listed(*rows), *foot, gap=0, margin=(20, 4, 20, 4))))

    def _courses(self) -> QWidget:
        model, led = self._model, self._model.led or ()
        heir = self._field("heir", "colleague@school.example", icon="user")
        give = Button(tr("Hand over"), icon="hand")
        give.setEnabled(not model.busy)
        give.clicked.connect(lambda: model.hand_over(heir.text()))
        heir.returnPressed.connect(lambda: model.hand_over(heir.text()))
        title = counted("You lead 1 course alone", "You lead {count} courses alone", len(led))
        about = tr("Somebody else has to lead what others learn. Then you can go.")
        names = [row(IconMark("book-open", 16), (Label(each.title, "small", wrap=True), 1), gap=8) for each in led]
        asked = labelled(tr("E-mail address of an instructor of this server"), heir)
        words = column(
            Label(title, "strong", wrap=True), Label(about, "small", "text2", wrap=True), 8, *names, 12, asked,
            self._wrong("handed_over"), 8,
            row(give, "~"), gap=2,
        )  # fmt: skip
        return boxed(row(column(Tile("presentation", "warning"), "~"), (words, 1), gap=16, margin=(0, 16, 0, 16)))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Export my data…"), "my-data.zip", "*.zip")
        if path:
            self._model.export(Path(path))

    # --- this device
    def _device(self, here: Here) -> QWidget:
        lost = tr("Your work on this device goes, too.")
        if here.waiting:
            lost = tr("Your work on this device goes, too, with what was never sent.")
        choices = (
            (False, tr("Remove my profile from this device"), lost),
            (True, tr("Keep my profile on this device alone"),
             tr("Downloaded courses and your work stay. Nothing is sent or fetched any more.")),
        )  # fmt: skip
        group, rows = QButtonGroup(self), list[Item]()
        for keep, title, about in choices:
            radio = QRadioButton(title)
            radio.setFont(current().font("strong"))
            radio.setChecked(self._model.keep == keep)
            radio.toggled.connect(lambda on, keep=keep: on and setattr(self._model, "keep", keep))
            group.addButton(radio)
            radio.setAccessibleDescription(about)
            rows.append(
                boxed(column(radio, row(current().px(26), (Label(about, "small", "text2", wrap=True), 1)), gap=2))
            )
        return section(tr("This device"), Card(column(rows[0], 16, rows[1], gap=0, margin=20)))

    # --- the last step
    def _last(self) -> QWidget:
        model = self._model
        password = self._field("password", secret=True, icon="lock")
        delete = Button(tr("Delete my account for good"), "danger", "trash-2")
        delete.setEnabled(model.may_delete)
        password.setEnabled(model.may_delete)
        delete.clicked.connect(lambda: model.delete(password.text()))
        about = tr("Your password, to show that it is you.")
        if model.led:
            about = tr("Hand the courses over first.")
        elif model.led is None:
            about = tr("As soon as the server answers.")
        asked = labelled(tr("Password"), password, hint=about)
        return section(tr("For good"), Card(column(asked, self._wrong("deleted"), row(delete, "~"), gap=16, margin=20)))

    def _field(self, key: str, placeholder: str = "", *, secret: bool = False, icon: str = "") -> Field:
        """A field that keeps what was typed when the page is built anew."""
        made = Field(placeholder, secret=secret, icon=icon)
        made.show_text(self._typed.get(key, ""))
        made.textChanged.connect(lambda text: self._typed.__setitem__(key, text))
        return made


def _list(title: str, about: str, lines: Sequence[str], icon: str, color: str) -> QWidget:
    rows = [row(IconMark(icon, 16, color), (Label(line, "small", wrap=True), 1), gap=8) for line in lines]
    return boxed(column(Label(title, "strong"), Label(about, "small", "text2", wrap=True), 8, *rows, "~", gap=6))


def _step(icon: str, title: str, about: str, button: Button) -> QWidget:
    words = column(Label(title, "strong", wrap=True), Label(about, "small", "text2", wrap=True), gap=2)
    return boxed(row(Tile(icon, "neutral"), (words, 1), button, gap=16, margin=(0, 16, 0, 16)))
