"""One class on the screen: its code, its courses, its people."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.features.admin.classes.room.viewmodel import Room, RoomModel
from desktop_lms.features.admin.classes.view import Form, ask, term_words
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Choice, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Columns, Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Avatar, Card, Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.widgets.times import day_words
from desktop_lms.words import counted, tr
from lms_core.rest.classes import Code, Member, Offered


class RoomPage(Page):
    """The page; `open_class` leads to another class ("" for the list), `say` shows a sentence, with Undo."""

    def __init__(self, model: RoomModel, *, open_class: Callable[[str], object], say: Callable[..., object]) -> None:
        super().__init__()
        self._model, self._open, self._say = model, open_class, say
        self.setAccessibleName(tr("Class"))
        self._shown: object = None
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        model.went.connect(open_class)
        look().changed.connect(self._show_again)
        self._show()
        model.refresh()

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _on_done(self, code: str, name: str) -> None:
        words = done_words(code, name)
        if words:
            self._say(words, self._model.take_back if code in ("removed", "withdrawn") else None)

    def _show(self) -> None:
        model = self._model
        state = (model.room, model.choices, model.trouble, model.error, model.busy)
        if state == self._shown:
            return
        self._shown = state
        told = banner(model, tr("Classes are kept there. Their courses stay on this device."))
        back = Button(tr("All classes"), "link", "chevron-left")
        back.clicked.connect(lambda: self._open(""))
        above: list[Item] = [row(back, "~"), 8]
        if told is not None:
            above += [told, 16]
        if model.room is None:
            self.show_items(*above, Label("" if model.trouble else tr("Asking the server…"), "small", "text2"), "~")
            return
        room = model.room
        main = boxed(column(self._courses(room), 32, self._people(room), gap=0))
        side = boxed(column(self._code(room), "~", gap=0))
        self.show_items(*above, self._head(room), 24, Columns(main, side, below=700), "~")

    def _head(self, room: Room) -> QWidget:
        edit = Button(tr("Change…"), icon="pencil")
        edit.clicked.connect(self.ask_change)
        more = Button("", "ghost", "ellipsis", name=tr("More"))
        more.clicked.connect(lambda: self.menu().exec(more.mapToGlobal(more.rect().bottomLeft())))
        closed = Chip(tr("Closed"), "warning", "lock") if room.about.archived_at else None
        ends = [each for each in (closed, edit, more) if each is not None]
        return heading(room.about.name, term_words(room.about), *ends)

    def menu(self) -> QMenu:
        """What else is done with a class."""
        menu, model = QMenu(self), self._model
        if model.may_lead:
            menu.addAction(tr("Carry over into the next term…"), self.ask_roll_over)
        if model.room is not None and model.room.about.archived_at:
            menu.addAction(tr("Open the class again"), lambda: model.close(closed=False))
        else:
            menu.addAction(tr("Close the class"), model.close)
        return menu

    # --- the code
    def _code(self, room: Room) -> QWidget:
        code, model = room.code, self._model
        renew = Button(tr("New code") if code else tr("Make a code"), "" if code else "primary", "refresh-cw")
        renew.clicked.connect(model.renew_code)
        renew.setEnabled(not model.busy and not room.about.archived_at)
        if code is None:
            text = tr("With a code students join by themselves: in the app under Courses, or when they register.")
            return section(tr("Code"), Card(column(Label(text, "body", "text2", wrap=True), 4, row(renew, "~"),
                                                   gap=8, margin=20)))  # fmt: skip
        copy = Button(tr("Copy"), icon="copy")
        copy.clicked.connect(lambda: self._copy(code))
        end = Button(tr("End it"), "ghost")
        end.clicked.connect(model.end_code)
        shown = Label(code.code, "title", selectable=True)
        shown.setAccessibleName(tr("Code of the class"))
        return section(
            tr("Code"),
            Card(column(shown, Label(code_words(code), "small", "text2", wrap=True), row(copy, renew, "~"),
                        row(end, "~"), gap=8, margin=20)),
        )  # fmt: skip

    def _copy(self, code: Code) -> None:
        QGuiApplication.clipboard().setText(code.code)
        self._say(tr("Copied"))

    # --- courses
    def _courses(self, room: Room) -> QWidget:
        model = self._model
        rows: list[Item] = [self._course(each) for each in room.courses]
        add = Choice([("", tr("Add a course…")), *model.missing], name=tr("Add a course…"))
        add.setEnabled(bool(model.missing) and not model.busy and not room.about.archived_at)
        add.chosen.connect(lambda value: value and model.offer(value))
        none = tr("The class learns nothing yet. Whoever is in it is enrolled in what you add.")
        body = column(*listed(*rows), gap=0) if rows else column(Label(none, "body", "text2", wrap=True))
        return section(tr("Courses"), Card(column(body, 12, row((add, 1)), gap=0, margin=(16, 12, 16, 16))))

    def _course(self, each: Offered) -> QWidget:
        remove = Button("", "ghost", "x", name=tr("Remove {name}", name=each.title))
        remove.clicked.connect(lambda: self._model.withdraw(each))
        return ListRow(each.title, "", remove, lead=Tile("book-open", "accent"))

    # --- people
    def _people(self, room: Room) -> QWidget:
        model = self._model
        add = Button(tr("Add people…"), icon="plus")
        add.clicked.connect(self.ask_people)
        add.setEnabled(not model.busy and not room.about.archived_at)
        rows: list[Item] = [self._member(each) for each in room.members]
        none = tr("Nobody is in the class yet. Give its code to your students, or add them by their addresses.")
        body = column(*listed(*rows), gap=0) if rows else column(Label(none, "body", "text2", wrap=True))
        more = None
        if len(room.members) < room.count:
            more = Button(tr("Show more"))
            more.clicked.connect(model.more)
        told = counted("1 person", "{count} people", room.count)
        return section(
            tr("People"),
            Card(column(row(Label(told, "small", "text2"), "~", add), 8, body, row(more, "~") if more else None,
                        gap=0, margin=(16, 12, 16, 12))),
        )  # fmt: skip

    def _member(self, each: Member) -> QWidget:
        ends: list[QWidget] = [Chip(tr("Instructor"), "success")] if each.kind == "instructor" else []
        if each.kind == "student" or self._model.may_lead:
            remove = Button("", "ghost", "x", name=tr("Take {name} out", name=each.name))
            remove.clicked.connect(lambda: self._model.remove(each))
            ends.append(remove)
        return ListRow(each.name or each.email, each.email, *ends, lead=Avatar(each.name or each.email, size=36))

    # --- sheets
    def ask_change(self) -> None:
        """Ask for other names and dates."""
        room = self._model.room
        if room is not None:
            about = room.about
            known = {"name": about.name, "term": about.term, "starts_on": about.starts_on, "ends_on": about.ends_on}
            form = Form(known)
            ask(self.window(), self._model, tr("Change the class"), tr("Save"), form,
                tr("Students see the new name with their next sync."),
                lambda: self._model.change(**form.values()))  # fmt: skip

    def ask_roll_over(self) -> None:
        """Ask what the class of the next term is called and what goes along."""
        room = self._model.room
        if room is not None:
            boxes = {"students": tr("Take the students along"), "courses": tr("Take the courses along")}
            form = Form({"name": room.about.name}, boxes)
            text = tr("A new class is made with the same instructors, and this one is closed. What was learned stays.")
            ask(self.window(), self._model, tr("The next term"), tr("Carry over"), form, text,
                lambda: self._model.roll_over(**form.values()))  # fmt: skip

    def ask_people(self) -> None:
        """Ask whom to add; addresses may be pasted as they come."""
        paper = Paper("amara@school.example, joseph@school.example", lines=5)
        kinds = [("student", tr("As students")), ("instructor", tr("As instructors"))]
        kind = Choice(kinds if self._model.may_lead else kinds[:1], name=tr("How"))
        form = boxed(column(labelled(tr("E-mail addresses"), paper), kind, gap=12))
        text = tr("Paste addresses in any form; everybody needs an account at this server.")
        ask(self.window(), self._model, tr("Add people"), tr("Add"), form, text,
            lambda: self._model.add(paper.toPlainText(), kind.value))  # fmt: skip


def code_words(code: Code) -> str:
    """Until when a code works, and for how many."""
    day = day_words(code.expires_at)
    return counted("Until {day}, for one more person", "Until {day}, for {count} more people", code.uses_left, day=day)


def done_words(code: str, name: str) -> str:
    """What worked; empty for what is seen anyway."""
    return {
        "added": tr("They are in the class now"), "removed": tr("{name} is no longer in the class", name=name),
        "offered": tr("The class learns {name} now", name=name),
        "withdrawn": tr("The class learns {name} no longer", name=name), "closed": tr("{name} is closed", name=name),
        "opened": tr("{name} is open again", name=name), "rolled": tr("{name} is there now", name=name),
        "no-code": tr("Nobody joins by the code any more"),
    }.get(code, "")  # fmt: skip
