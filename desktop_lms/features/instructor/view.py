"""The instructor's page: how far the application is, and what one tells of oneself, stored as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QWidget

from desktop_lms.features.instructor.viewmodel import InstructorModel, Told
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Choice, Field, Hands, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Card, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr
from lms_core.accounts.personal import INSTRUCTOR_PROFILE
from lms_core.errors import Offline

WIDTH = 720
TONES = {"draft": "accent", "unconfirmed": "warning", "waiting": "info", "active": "success", "rejected": "warning",
         "suspended": "danger", "inactive": "neutral"}  # fmt: skip
ICONS = {"draft": "presentation", "unconfirmed": "inbox", "waiting": "clock", "active": "circle-check",
         "rejected": "circle-alert", "suspended": "lock", "inactive": "presentation"}  # fmt: skip


class InstructorPage(Page):
    """The page; `say` shows a sentence at the bottom of the window, `go` follows a route."""

    def __init__(self, model: InstructorModel, *, go: Callable[[str], object], say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._shown: object = None
        self._sheet: Sheet | None = None
        self._hands = Hands(self)
        self.crumbs = [(tr("Settings"), "settings"), (tr("Profile"), "profile"), (tr("Teaching"), "")]
        self.setAccessibleName(tr("Teaching"))
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        self._hands.left.connect(self._show)
        look().changed.connect(self._show_again)
        model.refresh()
        self._show_again()

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _on_done(self, code: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        self._say(tr("The mail is on its way") if code == "sent" else tr("Your application is confirmed"))

    def _show(self) -> None:
        model = self._model
        state = (model.told, model.stage, model.error, model.busy)
        if state == self._shown or (self._shown is not None and not model.error and self._hands.on):
            return  # while somebody types nothing is built under the cursor
        self._shown = state
        told = model.told
        if told is None:
            self.show_items(heading(tr("Teaching")), 20, Label(tr("Reading your profile…"), "body", "text2"), "~")
            return
        body = boxed(column(self._fault(), self._state(told), 32, *self._parts(told), gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items(heading(tr("Teaching")), 20, body, "~")

    def _fault(self) -> QWidget | None:
        error = self._model.error
        if error is None or self._sheet is not None:
            return None
        title, detail = tr("That did not work"), sentence(error)
        if isinstance(error, Offline):
            title, detail = tr("The server must be reached for this"), tr("What you have written is kept here.")
        return boxed(column(Banner(title, detail, tone="warning", icon="circle-alert"), 20, gap=0))

    # --- the application
    def _state(self, told: Told) -> QWidget:
        model, stage = self._model, self._model.stage
        title, detail = states(told.email)[stage]
        reason = Label(model.reason, "body", "text", wrap=True) if model.reason else None
        why = column(Label(tr("The reason"), "caption", "text3"), reason, gap=2) if reason else None
        words = column(
            Label(title, "heading"), Label(detail, "body", "text2", wrap=True), why, self._steps(told), gap=10
        )
        tile = Tile(ICONS[stage], TONES[stage])  # type: ignore[arg-type]
        return Card(row(column(tile, "~"), (words, 1), gap=16, margin=20))

    def _steps(self, told: Told) -> QWidget | None:
        """What there is to press."""
        model, stage = self._model, self._model.stage
        if stage in ("draft", "rejected", "inactive") and not told.confirmed:
            settings = Button(tr("Confirm the address in the settings"), icon="settings")
            settings.clicked.connect(lambda: self._go("settings"))
            hint = Label(tr("An application needs a confirmed e-mail address."), "small", "text3", wrap=True)
            return boxed(column(hint, row(settings, "~"), gap=8))
        if stage in ("draft", "rejected", "inactive"):
            send = Button(tr("Send the application"), "primary", "send")
            send.clicked.connect(model.send)
            send.setEnabled(not model.busy)
            return boxed(row(send, "~"))
        if stage == "unconfirmed":
            code, again = Button(tr("Type the code…"), "primary"), Button(tr("Send the mail again"), "link")
            code.clicked.connect(self.ask_code)
            again.clicked.connect(model.send)
            again.setEnabled(not model.busy)
            return boxed(row(code, again, "~", gap=12))
        return None

    def ask_code(self) -> None:
        """Ask for the code of the mail; a wrong one is told in the sheet, which stays."""
        model = self._model
        model.forget_error()
        code, told = Field("123456", name=tr("Code from the mail")), Label("", "small", "danger", wrap=True)
        leave, go = Button(tr("Cancel")), Button(tr("Confirm"), "primary")
        about = Label(tr("It shows that the application is yours."), "body", "text2", wrap=True)
        sheet = Sheet(
            self.window(), tr("Confirm your application"), about,
            labelled(tr("Code from the mail"), code, hint=tr("Six figures. Look among unwanted mail, too.")), told,
            buttons=(leave, go),
        )  # fmt: skip

        def show() -> None:
            go.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None
            self._show()

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        go.clicked.connect(lambda: model.confirm(code.text()))
        code.returnPressed.connect(go.click)
        code.setFocus()

    # --- what is told
    def _parts(self, told: Told) -> list[Item]:
        return [
            self._about(told),
            32,
            self._areas(told),
            32,
            self._links(told),
            32,
            self._signature(told),
            32,
            self._choices(told),
        ]

    def _line(self, told: Told, name: str, words: str, placeholder: str = "", *, icon: str = "") -> QWidget:
        """A field of one line that stores what is typed."""
        field = Field(placeholder, name=words, icon=icon)
        field.setMaxLength(int(INSTRUCTOR_PROFILE.fields[name].most or 0))
        field.show_text(getattr(told.profile, name))
        field.mark_bad(name in self._model.faults)
        field.settled.connect(lambda text: self._model.write(name, text.strip()))
        return labelled(words, field)

    def _years(self, told: Told) -> QWidget:
        most = int(INSTRUCTOR_PROFILE.fields["years_experience"].most or 0)
        words = tr("Years of teaching")
        field = Field("0", name=words)
        field.setValidator(QIntValidator(0, most, field))
        field.show_text(str(told.profile.years_experience))
        field.mark_bad("years_experience" in self._model.faults)
        field.settled.connect(lambda text: self._model.write("years_experience", int(text or 0)))
        return labelled(words, field)

    def _about(self, told: Told) -> QWidget:
        first = row(
            (self._line(told, "display_name", tr("Name that others see")), 1),
            (self._line(told, "title", tr("What you are"), tr("Marine biologist")), 1), gap=16,
        )  # fmt: skip
        second = row(
            (self._line(told, "organization", tr("School or organisation")), 1), (self._years(told), 1), gap=16
        )
        paper = Paper(tr("What you teach, and why you"), name=tr("About you"), lines=5, fixed=True)
        paper.show_text(told.profile.bio)
        paper.settled.connect(lambda text: self._model.write("bio", text))
        about = Card(column(first, second, labelled(tr("About you"), paper), gap=16, margin=20))
        return section(tr("As an instructor"), about)

    def _areas(self, told: Told) -> QWidget:
        mine = [each for each in told.profile.expertise_areas if each in told.areas]
        rows = [self._area(each, told.areas[each]) for each in mine]
        left = [(each, name) for each, name in told.areas.items() if each not in mine]
        new: Item = None
        if left:
            choice = Choice(left, name=tr("Subject"))
            add = Button(tr("Add"), icon="plus")
            add.clicked.connect(lambda: self._model.add_area(choice.value))
            new = row((choice, 1), add)
        empty = Label(tr("Subjects are the categories of your server; they come with the next sync."), "small", "text3",
                      wrap=True) if not told.areas else None  # fmt: skip
        return section(tr("Subjects"), Card(column(*listed(*rows), 8 if rows else 0, new, empty, gap=0, margin=20)))

    def _area(self, area: str, name: str) -> QWidget:
        remove = Button("", "ghost", "x", name=tr("Remove {name}", name=name))
        remove.clicked.connect(lambda: self._model.remove_area(area))
        return boxed(row((Elided(name, "strong"), 1), remove, gap=8, margin=(0, 6, 0, 6)))

    def _links(self, told: Told) -> QWidget:
        first = row(
            (self._line(told, "website", tr("Web site"), "https://", icon="link"), 1),
            (self._line(told, "linkedin_profile", "LinkedIn", "https://", icon="link"), 1), gap=16,
        )  # fmt: skip
        second = row((self._line(told, "twitter_handle", "X / Twitter", icon="link"), 1), (column(), 1), gap=16)
        return section(tr("Links"), Card(column(first, second, gap=16, margin=20)))

    def _signature(self, told: Told) -> QWidget:
        """The picture that stands on certificates."""
        shown: Item = None
        if told.signature:
            picture = QPixmap()
            picture.loadFromData(told.signature)
            shown = row(on_paper(picture, tr("Your signature")), "~")
        take = Button(tr("Another picture…") if shown else tr("Choose a picture…"), icon="image")
        take.clicked.connect(self._ask_signature)
        remove = Button(tr("Remove the signature"), "link") if shown else None
        if remove:
            remove.clicked.connect(lambda: self._model.write("signature_image", None))
        about = tr("It stands on certificates of courses that you lead; without one your name does. A PNG with a clear "
                   "background looks best.")  # fmt: skip
        words = Label(about, "small", "text2", wrap=True)
        return section(tr("Signature"), Card(column(words, shown, row(take, remove, "~"), gap=12, margin=20)))

    def _ask_signature(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a picture…"), "", "*.jpg *.jpeg *.png *.webp")
        if path:
            self._model.sign(Path(path))

    def _choices(self, told: Told) -> QWidget:
        said = {
            "public_profile": tr("Show me in the list of instructors, also to people without an account"),
            "email_notifications": tr("Mail me about my courses"),
            "marketing_emails": tr("Mail me news about teaching here"),
        }
        boxes = [self._choice(told, name, words) for name, words in said.items()]
        return section(tr("Who sees it"), Card(column(*boxes, gap=12, margin=20)))

    def _choice(self, told: Told, name: str, words: str) -> QWidget:
        box = QCheckBox(words)
        box.setChecked(bool(getattr(told.profile, name)))
        box.clicked.connect(lambda on: self._model.write(name, on))
        return box


def on_paper(picture: QPixmap, name: str) -> QLabel:
    """A picture of dark ink, on white also in a dark room."""
    small = picture.scaledToHeight(current().px(72), Qt.TransformationMode.SmoothTransformation)
    sheet = QPixmap(small.size())
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    painter.drawPixmap(0, 0, small)
    painter.end()
    label = QLabel()
    label.setPixmap(sheet)
    label.setAccessibleName(name)
    return label


def states(email: str) -> dict[str, tuple[str, str]]:
    """How far an application can be, as a title and a sentence."""
    return {
        "draft": (
            tr("Become an instructor"),
            tr("Tell below who you are, then send it. An administrator of your server decides."),
        ),
        "unconfirmed": (
            tr("Look into your mail"),
            tr("A mail to {email} holds a code and a link. With one of them you confirm that the application is yours.",
               email=email),
        ),
        "waiting": (
            tr("An administrator looks at it"),
            tr("You are told by mail. You can go on changing what you tell."),
        ),
        "active": (
            tr("You teach here"), tr("What you change below is shown with your courses after the next sync."),
        ),
        "rejected": (tr("Your application was not approved"), tr("Change what is missing and send it again.")),
        "suspended": (
            tr("Your right to teach is suspended"),
            tr("Your courses and all that you wrote stay. You cannot begin or publish courses for now."),
        ),
        "inactive": (tr("You do not teach at present"), tr("Send an application if you wish to teach again.")),
    }  # fmt: skip
