"""The profile on the screen: each field is stored as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.profile.viewmodel import Part, ProfileModel, Told
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.dates import DateField
from desktop_lms.widgets.feedback import Banner, cannot_read
from desktop_lms.widgets.inputs import Choice, Field, Hands, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.numbers import NumberField
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Avatar, Card, IconMark, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr
from lms_core.accounts.personal_service import Skill

WIDTH = 720


class ProfilePage(Page):
    """The page; `go` follows a route."""

    def __init__(self, model: ProfileModel, *, go: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._go = model, go
        self._shown: object = None
        self._hands = Hands(self)
        self.crumbs = [(tr("Settings"), "settings"), (tr("Profile"), "")]
        self.setAccessibleName(tr("Profile"))
        model.changed.connect(self._show)
        self._hands.left.connect(self._show)
        look().changed.connect(self._show_again)
        model.refresh()
        self._show_again()

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _show(self) -> None:
        model = self._model
        state = (model.told, model.error)
        if state == self._shown or (self._shown is not None and not model.error and self._hands.on):
            return  # while somebody types nothing is built under the cursor
        self._shown = state
        fault: Item = None
        if model.error and model.told is None:
            fault = cannot_read(tr("Your profile cannot be read"), model.error, model.refresh)
            self.show_items(heading(tr("Profile")), 20, fault, "~")
            return
        if model.error:
            said = Banner(tr("That did not work"), sentence(model.error), tone="warning", icon="circle-alert")
            fault = boxed(column(20, said))
        parts = self._parts(model.told) if model.told else [Label(tr("Reading your profile…"), "body", "text2")]
        about = tr("Others in your courses see it. It is kept here and sent with the next sync.")
        body = boxed(column(Label(about, "body", "text2", wrap=True), 20, *parts, gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items(heading(tr("Profile")), fault, 4, body, "~")

    def _parts(self, told: Told) -> list[Item]:
        parts: list[Item] = [self._photo(told), 24, self._about(told), 32, self._links(told), 32, self._skills(told)]
        return [*parts, *self._teaching(told), 32, self._office()]

    # --- photo
    def _photo(self, told: Told) -> QWidget:
        face = Avatar(told.name, size=88)
        if told.photo:
            picture = QPixmap()
            picture.loadFromData(told.photo)
            face.show_picture(picture)
        take = Button(tr("Another photo…") if told.photo else tr("Choose a photo…"), icon="image")
        take.clicked.connect(self._ask_photo)
        remove = Button(tr("Remove the photo"), "link") if told.profile.profile_picture else None
        if remove:
            remove.clicked.connect(self._model.remove_photo)
        hint = Label(
            tr("JPEG, PNG or WebP, at most 2 MB. Where it was taken is not kept."), "small", "text3", wrap=True
        )
        words = column(Elided(told.name, "title"), row(take, remove, "~"), hint, gap=6)
        return Card(row(face, (words, 1), gap=20, margin=20))

    def _ask_photo(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a photo…"), "", "*.jpg *.jpeg *.png *.webp")
        if path:
            self._model.take_photo(Path(path))

    # --- words
    def _line(self, part: Part, name: str, words: str, placeholder: str = "", *, icon: str = "") -> QWidget:
        """A field of one line that stores what is typed."""
        field = Field(placeholder, name=words, icon=icon)
        field.show_text(getattr(getattr(self._model.told, part), name))
        field.mark_bad(name in self._model.faults)
        field.settled.connect(lambda text: self._model.write(part, name, text))
        return labelled(words, field)

    def _text(self, name: str, words: str, placeholder: str, *, lines: int) -> QWidget:
        paper = Paper(placeholder, name=words, lines=lines, fixed=True)
        paper.show_text(getattr(self._model.told.profile, name) if self._model.told else "")
        paper.settled.connect(lambda text: self._model.write("profile", name, text))
        return labelled(words, paper)

    def _about(self, told: Told) -> QWidget:
        first = row(
            (self._line("profile", "expertise", tr("What you know well")), 1),
            (self._line("profile", "location", tr("Where you are")), 1), gap=16,
        )  # fmt: skip
        bio = self._text("bio", tr("About you"), tr("A few lines for the people of your courses"), lines=4)
        interests = self._text("interests", tr("Interests"), "", lines=2)
        studied = self._text("educational_background", tr("Education"), "", lines=2)
        return section(tr("In words"), Card(column(bio, first, interests, studied, gap=16, margin=20)))

    def _links(self, told: Told) -> QWidget:
        pairs = (
            (("website", tr("Web site"), "https://"), ("linkedin", "LinkedIn", "https://")),
            (("github", "GitHub", ""), ("twitter", "X / Twitter", "")),
        )
        rows = [
            row(*((self._line("social", name, words, place, icon="link"), 1) for name, words, place in pair), gap=16)
            for pair in pairs
        ]
        return section(tr("Links"), Card(column(*rows, gap=16, margin=20)))

    # --- what only the school sees
    def _office(self) -> QWidget:
        profile = self._model.told.profile  # type: ignore[union-attr]
        born = DateField(name=tr("Date of birth"), latest=QDate.currentDate())
        born.show_day(profile.date_of_birth)
        born.mark_bad("date_of_birth" in self._model.faults)
        born.picked.connect(lambda day: self._model.write("profile", "date_of_birth", day or None))
        address = self._text("address", tr("Address"), "", lines=2)
        pairs = (
            (labelled(tr("Date of birth"), born), self._line("profile", "phone_number", tr("Telephone"))),
            (self._line("profile", "postal_code", tr("Postal code")), self._line("profile", "city", tr("Town"))),
            (self._line("profile", "state", tr("State or region")), self._line("profile", "country", tr("Country"))),
        )
        rows = [row(*((each, 1) for each in pair), gap=16) for pair in pairs]
        years = None
        if self._model.told and self._model.told.teaching:
            number = NumberField(profile.teaching_experience, 80, self._model.write_years)
            years = boxed(row((labelled(tr("Years of teaching"), number), 1), (QWidget(), 1), gap=16))
        about = Label(tr("Only you and the people who run the server see this."), "small", "text2", wrap=True)
        return section(tr("For the office"), Card(column(about, rows[0], address, *rows[1:], years, gap=16, margin=20)))

    # --- skills
    def _skills(self, told: Told) -> QWidget:
        rows = [self._skill(skill) for skill in told.skills]
        new = Field(tr("A skill, such as reading maps"), name=tr("New skill"))
        add = Button(tr("Add"), icon="plus")
        add.clicked.connect(lambda: self._model.add_skill(new.text()))
        new.returnPressed.connect(lambda: self._add(new))
        return section(
            tr("Skills"), Card(column(*listed(*rows), 8 if rows else 0, row((new, 1), add), gap=0, margin=20))
        )

    # --- teaching
    def _teaching(self, told: Told) -> list[Item]:
        if told.teaching is None:
            return []
        title = tr("You as an instructor") if told.teaching else tr("Become an instructor")
        detail = (
            tr("What people see of you beside your courses") if told.teaching else tr("Apply to teach at your server")
        )
        line = ListRow(title, detail, IconMark("chevron-right", 18, "text3"), lead=Tile("presentation"))
        line.clicked.connect(lambda: self._go("instructor"))
        return [32, section(tr("Teaching"), Card(column(line, margin=(12, 4, 12, 4))))]

    def _add(self, field: Field) -> None:
        name = field.text()
        field.show_text("")
        field.clearFocus()
        self._model.add_skill(name)

    def _skill(self, skill: Skill) -> QWidget:
        level = Choice(list(levels().items()), name=tr("How well you know {skill}", skill=skill.name))
        level.choose(skill.level)
        level.chosen.connect(lambda value: self._model.grade(skill, value))
        remove = Button("", "ghost", "x", name=tr("Remove {name}", name=skill.name))
        remove.clicked.connect(lambda: self._model.remove_skill(skill))
        return boxed(row((Elided(skill.name, "strong"), 1), level, remove, gap=8, margin=(0, 8, 0, 8)))


def levels() -> dict[str, str]:
    """How well something is known, in words."""
    return {
        "beginner": tr("Beginner"), "intermediate": tr("Intermediate"), "advanced": tr("Advanced"),
        "expert": tr("Expert"),
    }  # fmt: skip
