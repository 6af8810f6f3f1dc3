"""Categories on the screen: the tree, and beside it the one that is edited, saved as it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox

from desktop_lms.features.admin.categories.viewmodel import CategoriesModel, Spot
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.branches import Branch, BranchTree
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import Choice, Field, Paper, labelled
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Columns, Page, heading
from desktop_lms.widgets.surfaces import Card
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, sentence, tr
from lms_core.rest.categories import Category

PLAIN = "folder"
ICONS = (PLAIN, "book-open", "globe", "languages", "code", "sigma", "ruler", "lightbulb", "palette", "mic", "video",
         "image", "flame", "sun", "star", "users", "graduation-cap", "wrench")  # fmt: skip
MOST_NAME, MOST_ABOUT = 100, 2000


class CategoriesPage(Page):
    """The page; `say` shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __init__(self, model: CategoriesModel, *, say: Callable[..., object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self.setAccessibleName(tr("Categories"))
        self._add = Button(tr("New category…"), "primary", "plus")
        self.tree = BranchTree(name=tr("Categories"))
        self._told = column(gap=0)
        hint = tr("Drag a category to another place, or move it with Alt and the arrow keys.")
        self._left = Card(column((self.tree, 1), Label(hint, "small", "text3", wrap=True), gap=8, margin=12))
        self.editor = Editor(model)
        self._body = Columns(self._left, self.editor, below=700)
        self.show_items(heading(tr("Categories"), "", self._add), 20, boxed(self._told), self._body, "~")
        self._add.clicked.connect(self.ask_new)
        self.tree.chosen.connect(model.choose)
        self.tree.moved.connect(lambda row, parent, after: model.move(row, Spot(parent or None, after or None)))
        self.tree.stepped.connect(model.step)
        self.tree.deleted.connect(model.delete)
        self._sheet: Sheet | None = None
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def leave(self) -> None:
        """Keep what was typed."""
        self.editor.tell()

    def _on_done(self, code: str, name: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        words = {"made": tr("{name} is there now", name=name), "moved": tr("{name} was moved", name=name),
                 "deleted": tr("{name} was deleted", name=name)}.get(code)  # fmt: skip
        if words:
            self._say(words, self._model.take_back if code in ("moved", "deleted") else None)

    def _show(self) -> None:
        model = self._model
        clear(self._told)
        told = banner(model, tr("Categories are kept there; this device has them to choose from."))
        if told is not None and (model.trouble or self._sheet is None):
            self._told.addWidget(told)
            self._told.addSpacing(16)
        if model.rows is None and not model.trouble:
            self._told.addWidget(Label(tr("Asking the server…"), "small", "text2"))
        self._body.setVisible(model.rows is not None)
        self._add.setEnabled(model.rows is not None and not model.busy)
        if model.rows is not None:
            self.tree.show_branches([self._branch(each) for each in model.below(None)], model.chosen)
            self.tree.setMinimumHeight(min(len(model.rows) * current().px(36) + 8, current().px(640)))

    def _branch(self, each: Category) -> Branch:
        courses = counted("1 course", "{count} courses", each.course_count)
        end = courses if each.is_active else tr("hidden")
        children = tuple(self._branch(child) for child in self._model.below(each.id))
        return Branch(each.id, each.name, _icon_of(each), end, not each.is_active, children)

    def ask_new(self) -> None:
        """Ask what a new category is called and where it hangs; what is wrong is told in the sheet."""
        model, told = self._model, Label("", "small", "danger", wrap=True)
        model.forget_error()
        name = Field()
        name.setMaxLength(MOST_NAME)
        here = model.current
        where = [("", tr("At the top"))] + ([(here.id, tr("Under {name}", name=here.name))] if here else [])
        place = Choice(where, name=tr("Place"))
        leave, make = Button(tr("Cancel")), Button(tr("Make the category"), "primary")
        sheet = Sheet(self.window(), tr("New category"), labelled(tr("Name"), name), labelled(tr("Place"), place), told,
                      buttons=(leave, make))  # fmt: skip

        def show() -> None:
            make.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        make.clicked.connect(lambda: model.make(name.text(), place.value or None))
        name.returnPressed.connect(make.click)
        name.setFocus()


class Editor(Card):
    """The category that is edited."""

    def __init__(self, model: CategoriesModel) -> None:
        self._model, self._row = model, ""
        self.name, self.about = Field(name=tr("Name")), Paper(name=tr("Description"), lines=4)
        self.name.setMaxLength(MOST_NAME)
        self.sign = Choice(name=tr("Icon"))
        self.shown = QCheckBox(tr("Shown in the catalogue"))
        self.remove = Button(tr("Delete"), icon="trash-2")
        self._note = Label("", "small", "text3", wrap=True)
        super().__init__(
            column(
                labelled(tr("Name"), self.name), labelled(tr("Description"), self.about),
                labelled(tr("Icon"), self.sign), self.shown, self._note, row(self.remove, "~"), "~", gap=16, margin=20,
            )
        )  # fmt: skip
        self.name.settled.connect(lambda text: self._save(name=text.strip()))
        self.about.settled.connect(lambda text: self._save(description=text.strip()[:MOST_ABOUT]))
        self.sign.chosen.connect(lambda value: self._save(icon=value))
        self.shown.clicked.connect(lambda on: self._save(is_active=on))
        self.remove.clicked.connect(lambda: model.delete(self._row))
        model.changed.connect(self._show)
        look().changed.connect(self._show_icons)
        self._show_icons()
        self._show()

    def tell(self) -> None:
        """Save what was typed."""
        self.name.tell()
        self.about.tell()

    def _save(self, **values: object) -> None:
        if values.get("name") != "":
            self._model.change(self._row, **values)

    def _show_icons(self) -> None:
        now = self.sign.value
        self.sign.show_entries([(name, icon_words(name)) for name in ICONS])
        for n, name in enumerate(ICONS):
            self.sign.setItemIcon(n, icon(name, 16))
        self.sign.choose(now)

    def _show(self) -> None:
        row = self._model.current
        self.setVisible(row is not None)
        if row is None:
            return
        other = row.id != self._row
        if other and self._row:
            self.tell()
        self._row = row.id
        if other or not self.name.hasFocus():
            self.name.show_text(row.name)
        if other or not self.about.hasFocus():
            self.about.show_text(row.description)
        self.sign.choose(_icon_of(row))
        self.shown.setChecked(row.is_active)
        default = self._model.is_default(row.id)
        full = bool(row.course_count or self._model.below(row.id))
        self.remove.setEnabled(not (default or full or self._model.busy))
        self._note.say(
            tr("Courses without a choice are in this category; it stays.") if default
            else tr("It can be deleted once nothing is in it.") if full else ""
        )  # fmt: skip
        self._note.setVisible(default or full)


def _icon_of(category: Category) -> str:
    return category.icon if category.icon in ICONS else PLAIN


def icon_words(name: str) -> str:
    """What an icon of a category shows."""
    return {
        PLAIN: tr("Folder"), "book-open": tr("Book"), "globe": tr("Globe"), "languages": tr("Languages"),
        "code": tr("Code"), "sigma": tr("Mathematics"), "ruler": tr("Ruler"), "lightbulb": tr("Idea"),
        "palette": tr("Palette"), "mic": tr("Microphone"), "video": tr("Camera"), "image": tr("Picture"),
        "flame": tr("Flame"), "sun": tr("Sun"), "star": tr("Star"), "users": tr("People"),
        "graduation-cap": tr("Graduation"), "wrench": tr("Tool"),
    }[name]  # fmt: skip
