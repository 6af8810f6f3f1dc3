"""The classes on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_lms.features.admin.asking import Asking
from desktop_lms.features.admin.classes.viewmodel import ClassesModel
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.dates import DateField
from desktop_lms.widgets.feedback import Sheet, empty_state
from desktop_lms.widgets.inputs import Choice, Field, labelled
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Chip, IconMark, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.widgets.times import day_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.rest.classes import SchoolClass


class ClassesPage(Page):
    """The list; `open_class` leads to one of them."""

    def __init__(
        self, model: ClassesModel, *, open_class: Callable[[str], object], say: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._model, self._open = model, open_class
        self.setAccessibleName(tr("Classes"))
        self.search = Field(tr("Find a class"), icon="search", quiet=True)
        self.state = Choice([("", tr("This term and later")), ("closed", tr("Closed"))], name=tr("State"))
        self._add = Button(tr("New class…"), "primary", "plus")
        self._add.setVisible(model.may_make)
        self._list = column(gap=0)
        tools = row((self.search, 1), self.state, gap=8)
        self.show_items(heading(tr("Classes"), "", self._add), 20, boxed(tools), 16, boxed(self._list), "~")
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.state.chosen.connect(lambda value: model.look_for(archived=bool(value)))
        self._add.clicked.connect(self.ask_new)
        model.changed.connect(self._show)
        model.made.connect(open_class)
        model.done.connect(lambda _, name: say(tr("{name} is there now", name=name)))
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def _show(self) -> None:
        model = self._model
        clear(self._list)
        told = banner(model, tr("Classes are kept there. Their courses stay on this device."))
        if told is not None and model.trouble:
            self._list.addWidget(told)
        if model.rows is None:
            if not model.trouble:
                self._list.addWidget(Label(tr("Asking the server…"), "small", "text2"))
        elif not model.rows:
            self._list.addWidget(self._nothing())
        else:
            rows = [self._row(each) for each in model.rows]
            self._list.addWidget(Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))))
            if len(model.rows) < model.count:
                more = Button(tr("Show more"))
                more.clicked.connect(model.more)
                self._list.addSpacing(16)
                self._list.addLayout(row(more, "~"))

    def _nothing(self) -> QWidget:
        if any(self._model.wanted.values()):
            return empty_state("users", tr("No class found"), tr("No class has this name and state."))
        text = tr("A class has students, instructors and courses. Students join it by a code, or you add them.")
        return empty_state("users", tr("No classes yet"), text)

    def _row(self, each: SchoolClass) -> QWidget:
        people = counted("1 student", "{count} students", each.students)
        courses = counted("1 course", "{count} courses", each.courses)
        chips = [Chip(tr("Closed"), "warning", "lock")] if each.archived_at else []
        chips += [Chip(tr("You teach it"), "success")] if each.mine == "instructor" else []
        detail = dotted(term_words(each), people, courses)
        made = ListRow(each.name, detail, *chips, IconMark("chevron-right", 16, "text3"), lead=Tile("users", "accent"))
        made.clicked.connect(lambda: self._open(each.id))
        return made

    def ask_new(self) -> None:
        """Ask what a new class is called and when it runs."""
        form = Form({})
        about = tr("Students, instructors and courses come next.")
        ask(self.window(), self._model, tr("New class"), tr("Make the class"), form, about,
            lambda: self._model.make(**form.values()))  # fmt: skip


class Form(QWidget):
    """Name, term and dates of a class; `more` are boxes to tick, by name."""

    def __init__(self, known: Mapping[str, str | None], more: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.name, self.term = Field("8b"), Field(tr("Spring 2027"))
        self.starts, self.ends = DateField(name=tr("First day")), DateField(name=tr("Last day"))
        for field, name, most in ((self.name, "name", 100), (self.term, "term", 50)):
            field.setMaxLength(most)
            field.show_text(known.get(name) or "")
        self.starts.show_day(known.get("starts_on"))
        self.ends.show_day(known.get("ends_on"))
        self.boxes = {name: QCheckBox(words) for name, words in (more or {}).items()}
        for box in self.boxes.values():
            box.setChecked(True)
        days = row((labelled(tr("First day"), self.starts), 1), (labelled(tr("Last day"), self.ends), 1), gap=16)
        names = row((labelled(tr("Name"), self.name), 1), (labelled(tr("Term"), self.term), 1), gap=16)
        self.setLayout(column(names, days, *self.boxes.values(), gap=12))

    def values(self) -> dict[str, object]:
        """What was typed; a day that is none goes as it was typed, and is refused by name."""
        days = {"starts_on": self.starts, "ends_on": self.ends}
        said = {name: field.text()[:10] if field.day is None else field.day for name, field in days.items()}
        boxes = {name: box.isChecked() for name, box in self.boxes.items()}
        return {"name": self.name.text().strip(), "term": self.term.text().strip(), **said, **boxes}


def ask(
    window: QWidget, model: Asking, title: str, verb: str, form: QWidget, about: str, go: Callable[[], object]
) -> Sheet:
    """Lay a form over the window; what is wrong is told in it, and what works closes it."""
    model.forget_error()
    told, leave, act = Label("", "small", "danger", wrap=True), Button(tr("Cancel")), Button(verb, "primary")
    sheet = Sheet(window, title, Label(about, "body", "text2", wrap=True), form, told, buttons=(leave, act))

    def show() -> None:
        act.setEnabled(not model.busy)
        told.say(sentence(model.error) if model.error else "")

    def closed() -> None:
        model.changed.disconnect(show)
        model.done.disconnect(sheet.close_sheet)

    model.changed.connect(show)
    model.done.connect(sheet.close_sheet)
    sheet.closed.connect(closed)
    leave.clicked.connect(sheet.close_sheet)
    act.clicked.connect(go)
    return sheet


def term_words(each: SchoolClass) -> str:
    """Term and dates of a class in words."""
    days = [day_words(day) for day in (each.starts_on, each.ends_on) if day]
    return dotted(each.term, " – ".join(days))
