"""The builder: outline at the start, the text in the middle, settings at the end; panels fold when room is short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from desktop_lms.covers import Covers
from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.features.builder.draft import DraftModel
from desktop_lms.features.builder.editor.view import Editor, Part, tool
from desktop_lms.features.builder.inspector.view import Inspector
from desktop_lms.features.builder.phrases import kind_words, wish_words
from desktop_lms.features.builder.publish.view import publish_sheet, state_chip
from desktop_lms.features.builder.publish.viewmodel import PublishModel
from desktop_lms.features.builder.quiz.view import QuizEditor
from desktop_lms.features.builder.quiz.viewmodel import QuizModel
from desktop_lms.features.builder.viewmodel import BuilderModel, Building
from desktop_lms.rendering import Rendering
from desktop_lms.store import Store
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.outline import Node, OutlineTree
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.surfaces import Bar, Chip, IconMark, Line, Panel
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.courses.model import OutlineModule
from lms_core.errors import LmsError

ICONS = {"text": "file-text", "quiz": "list-checks", "assignment": "clipboard-list"}
TREE, ASIDE = 280, 296
MIDDLE = 600


class Say(Protocol):
    """Shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Say it."""


class BuilderPage(QWidget):
    """The builder of one course. `leave` must be called before it goes, so that the last words are written."""

    crumbs_changed = Signal()
    compact = True

    def __init__(
        self,
        store: Store,
        course: str,
        *,
        go: Callable[[str], None],
        say: Say,
        lesson: str = "",
        part: Part | None = None,
    ) -> None:
        super().__init__()
        self._go, self._say = go, say
        self.model = BuilderModel(store, course, self)
        self.model.first = lesson
        self.draft = DraftModel(store, self.model.steps, self)
        self.quiz = QuizModel(store, self.model.steps, self)
        self.contents = ContentsModel(store, self.model.steps, self)
        self.publishing = PublishModel(store, course, self)
        self.crumbs: list[tuple[str, str]] = [(tr("Teach"), "teach"), ("", "")]
        self.title = ""
        self._wanted: dict[str, bool | None] = {"tree": None, "aside": None}
        self._nodes: object = None
        self.tree = OutlineTree(name=tr("Outline"))
        self.editor = Editor(self.draft, Rendering(store, self, parts=part is not None), self.contents, part)
        self.questions = QuizEditor(self.quiz)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.editor)
        self._middle.addWidget(self.questions)
        self._blank = self._make_blank()
        self._middle.addWidget(self._blank)
        self.inspector = Inspector(self.model, self.draft, self.contents, Covers(store, self))
        self._fault = column(gap=0)
        self._badge = column(gap=0)
        self._build()
        self._connect()
        look().changed.connect(self._restyle)
        self._restyle()
        self.model.refresh()
        self.publishing.refresh()

    # --- building
    def _build(self) -> None:
        add = tool("plus", tr("Add to the outline"), lambda: self._open_add())
        self._add = add
        self._bar, self._score = Bar(), Label("", "caption", "text2")
        self._wishes = Label("", "caption", "text3", wrap=True, weight=400)
        quality = column(
            Line(), 4, row(Label(tr("Quality"), "strong"), "~", self._score), self._bar, self._wishes, gap=6,
            margin=(12, 4, 12, 12),
        )  # fmt: skip
        head = row((Label(tr("Outline"), "heading"), 1), add, margin=(12, 10, 8, 4))
        outline = boxed(row(self.tree, margin=(4, 0, 0, 0)))
        self._start = Panel(column(head, (outline, 1), quality, gap=0), fill="canvas", edge="end")
        self._state = Chip("", "neutral", "pencil")
        self._publish = Button(tr("Publish…"), "primary", "send")
        self._publish_here = Button(tr("Publish…"), "primary", "send", small=True)
        foot = boxed(column(Line(), row(self._state, "~", self._publish, margin=(16, 10, 16, 12)), gap=0))
        self._end = Panel(column((self.inspector, 1), foot, gap=0), edge="start")
        middle = column(self._fault, self._badge, (self._middle, 1), Line(), self._footer(), gap=0)
        self.setLayout(row(self._start, (boxed(middle), 1), self._end, gap=0))

    def _make_blank(self) -> QWidget:
        text = tr("A course is made of modules, and modules of lessons. Drag them later into any order.")
        lesson, module = Button(tr("Add a lesson"), "primary", "plus"), Button(tr("Add a module"), icon="folder")
        lesson.clicked.connect(lambda: self.model.add_lesson(tr("New lesson"), first=tr("New module")))
        module.clicked.connect(lambda: self.model.add_module(tr("New module")))
        return Page(empty_state("list-tree", tr("What comes first?"), text, lesson, module), top=64)

    def _footer(self) -> QWidget:
        self._saved_mark = IconMark("check", 16, "text2")
        self._saved, self._words = Elided("", "caption"), Elided("", "caption", "text3")
        self._undo = tool("undo-2", tr("Undo (Ctrl+Z)"), self.undo)
        self._redo = tool("redo-2", tr("Redo (Ctrl+Shift+Z)"), self.redo)
        self._left = tool("panel-left", tr("Show or hide the outline"), lambda: self._fold("tree"))
        self._right = tool("panel-right", tr("Show or hide the settings"), lambda: self._fold("aside"))
        return boxed(
            row(self._left, self._saved_mark, self._saved, 8, (self._words, 1), self._undo, self._redo,
                self._publish_here, self._right, gap=6, margin=(12, 5, 12, 5))
        )  # fmt: skip

    def _connect(self) -> None:
        model, tree, stack = self.model, self.tree, self.model.steps.stack
        model.changed.connect(self._show)
        model.current_changed.connect(self._on_current)
        model.created.connect(self._on_created)
        model.trashed.connect(self._on_trashed)
        model.steps.failed.connect(self._on_failed)
        self.draft.failed.connect(self._on_failed)
        self.quiz.failed.connect(self._on_failed)
        self.contents.failed.connect(self._on_failed)
        self.draft.saved_changed.connect(self._show_saved)
        self.draft.replaced.connect(self._show_saved)
        self.draft.opened.connect(self._on_opened)
        self.draft.settings_changed.connect(self._on_opened)
        self.publishing.changed.connect(self._show_state)
        self.publishing.published.connect(self._on_published)
        tree.chosen.connect(self._on_chosen)
        tree.moved.connect(lambda rows, parent, after: model.move(rows, parent or model.course, after or None))
        tree.stepped.connect(model.move_by)
        tree.renamed.connect(model.rename)
        tree.deleted.connect(model.trash)
        tree.menu_asked.connect(self._open_menu)
        for publish in (self._publish, self._publish_here):
            publish.clicked.connect(self.ask_publish)
        stack.canUndoChanged.connect(self._undo.setEnabled)
        stack.canRedoChanged.connect(self._redo.setEnabled)
        self._undo.setEnabled(False)
        self._redo.setEnabled(False)
        shortcut(self, "Ctrl+Shift+Z", self.redo)
        shortcut(self.tree, QKeySequence.StandardKey.Undo, self.undo)

    def leave(self) -> None:
        """Write what was typed; called before the page goes."""
        self.draft.flush()

    # --- showing
    def _show(self) -> None:
        building, error = self.model.building, self.model.error
        if building is None:
            self._publish.setEnabled(not error)
            self._publish_here.setEnabled(not error)
            if error:
                self._on_failed(error)
            return
        nodes = tuple(self._branch(building, module) for module in building.outline.modules)
        if nodes != self._nodes:
            self._nodes = nodes
            self.tree.show_nodes(nodes)
            self.tree.choose(self.model.current, quiet=True)
        quality = building.quality
        self._bar.show_value(quality.score / 100)
        self._score.say(tr("{score} of 100", score=quality.score))
        missing = ", ".join(dict.fromkeys(wish_words(code) for code in quality.missing[:3]))
        self._wishes.say(tr("Better with: {wishes}", wishes=missing) if missing else tr("Nothing is missing"))
        if self.title != building.course.title:
            self.title = building.course.title
            self.crumbs = [(tr("Teach"), "teach"), (self.title, "")]
            self.crumbs_changed.emit()
        self._show_middle()
        self._show_badge()
        self._show_saved()

    def _branch(self, building: Building, module: OutlineModule) -> Node:
        leaves = tuple(self._leaf(building, lesson.id) for lesson in module.lessons)
        return Node(module.id, module.title or tr("Without a module"), "folder", leaves, branch=True)

    def _leaf(self, building: Building, lesson: str) -> Node:
        found = next(x for x in building.lessons if x.id == lesson)
        worst = building.worst(lesson)
        words = tr("{title}, needs attention", title=found.title) if worst else found.title
        return Node(
            lesson, found.title, ICONS.get(found.kind, "file-text"), sign="triangle-alert" if worst else "",
            sign_color="danger" if worst == "error" else "warning", hint=dotted(words, kind_words(found.kind)),
        )  # fmt: skip

    def _show_saved(self) -> None:
        draft = self.draft
        self._saved.say(tr("Saved here") if draft.saved else tr("Saving…"))
        text = tr("{words} words · about {minutes} min", words=draft.words, minutes=draft.minutes)
        self._words.say(text if draft.lesson and draft.lesson.kind != "quiz" else "")

    def _show_state(self) -> None:
        if self.publishing.publication:
            words, tone, name = state_chip(self.publishing.publication)
            self._state.say(words, tone, name)

    def _on_failed(self, error: LmsError) -> None:
        clear(self._fault)
        close = tool("x", tr("Close"), lambda: clear(self._fault))
        shown = Banner(tr("That did not work"), sentence(error), close, tone="danger", icon="circle-alert")
        self._fault.addWidget(boxed(row(shown, margin=12)))

    # --- following
    def _on_chosen(self, row_id: str) -> None:
        if self.model.building and not self.model.building.is_module(row_id):
            self.model.open(row_id)

    def _on_current(self, lesson: str) -> None:
        self.draft.open(lesson)
        self.tree.choose(lesson, quiet=True)

    def _on_opened(self) -> None:
        lesson = self.draft.lesson
        is_quiz = lesson is not None and lesson.kind == "quiz"
        self.quiz.open(lesson.id if lesson and is_quiz else "")
        self.contents.open(lesson.id if lesson else "")
        self._show_middle()
        self._show_badge()
        self._show_saved()

    def _show_middle(self) -> None:
        """The text, the questions, or what to begin with."""
        lesson, building = self.draft.lesson, self.model.building
        blank = building is not None and not building.lessons
        questions = lesson is not None and lesson.kind == "quiz"
        self._middle.setCurrentWidget(self._blank if blank else self.questions if questions else self.editor)

    def _show_badge(self) -> None:
        """Say that two texts of the open lesson wait for a decision; until then everybody sees this one."""
        building = self.model.building
        waits = building is not None and self.model.current in building.undecided
        if waits == bool(self._badge.count()):
            return
        clear(self._badge)
        if waits:
            look_at = Button(tr("Compare them"), small=True)
            look_at.clicked.connect(lambda: self._go("syncing"))
            text = tr("Everybody sees this one until it is decided.")
            title = tr("Two texts of this lesson wait for a decision")
            self._badge.addWidget(boxed(row(Banner(title, text, look_at, tone="warning", icon="copy"), margin=12)))

    def _on_created(self, row_id: str) -> None:
        if self.isVisible():
            self.tree.rename(row_id)

    def _on_trashed(self, count: int) -> None:
        text = counted("1 item is in the trash", "{count} items are in the trash", count)
        self._say(text, self.undo)

    def _on_published(self) -> None:
        publication = self.publishing.publication
        online = publication is not None and publication.linked
        self._say(tr("It goes out with the next sync") if online else tr("It goes out once you have a server"))

    # --- commands
    def undo(self) -> None:
        """Take the last step back."""
        self.model.steps.stack.undo()

    def redo(self) -> None:
        """Do it again."""
        self.model.steps.stack.redo()

    def ask_publish(self) -> None:
        """Open the sheet before publishing."""
        self.draft.flush()
        self.publishing.look(lambda: publish_sheet(self.window(), self.publishing, jump=self._jump))

    def _jump(self, row_id: str) -> None:
        if self.model.building and any(x.id == row_id for x in self.model.building.lessons):
            self.model.open(row_id)
        else:
            self._wanted["aside"] = True
            self._arrange()
            self.inspector.open_checks()

    def _open_add(self) -> None:
        menu = QMenu(self)
        where = {"near": self.tree.current, "first": tr("New module")}
        add = self.model.add_lesson
        entries = (
            ("file-text", tr("Lesson"), lambda: add(tr("New lesson"), **where)),
            ("list-checks", tr("Quiz"), lambda: add(tr("New quiz"), kind="quiz", **where)),
            ("clipboard-list", tr("Assignment"), lambda: add(tr("New assignment"), kind="assignment", **where)),
            ("folder", tr("Module"), lambda: self.model.add_module(tr("New module"))),
        )
        for name, words, run in entries:
            menu.addAction(icon(name, 16), words).triggered.connect(lambda _=False, r=run: r())
        menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height())))

    def _open_menu(self, row_id: str, at: QPoint) -> None:
        building = self.model.building
        if building is None:
            return
        rows = self.tree.selected if row_id in self.tree.selected else [row_id]
        entries = [
            ("pencil", tr("Rename"), lambda: self.tree.rename(row_id)),
            ("copy", tr("Duplicate"), lambda: self.model.duplicate(row_id)),
            ("chevron-up", tr("Move up"), lambda: self.model.move_by(row_id, -1)),
            ("chevron-down", tr("Move down"), lambda: self.model.move_by(row_id, 1)),
            ("trash-2", tr("Put into the trash"), lambda: self.model.trash(rows)),
        ]
        if building.is_module(row_id):
            del entries[1]
        menu = QMenu(self)
        for name, words, run in entries:
            menu.addAction(icon(name, 16), words).triggered.connect(lambda _=False, r=run: r())
        menu.popup(at)

    # --- room
    def _restyle(self) -> None:
        self.tree.setStyleSheet(f"QTreeWidget::item {{ height: {current().px(32)}px }}")
        self._arrange()

    def _fold(self, panel: str) -> None:
        shown = self._start if panel == "tree" else self._end
        self._wanted[panel] = not shown.isVisibleTo(self)
        self._arrange()

    def _arrange(self) -> None:
        """Show the panels where there is room for them beside the text, unless a person chose otherwise."""
        theme = current()
        tree, middle = theme.px(TREE), theme.px(MIDDLE)
        aside = max(theme.px(ASIDE), self.inspector.least_width)
        self._start.setFixedWidth(min(tree, self.width() // 2))
        self._end.setFixedWidth(min(aside, self.width() // 2))
        room = {"aside": self.width() >= tree + aside + middle, "tree": self.width() >= tree + middle}
        for panel, widget in (("tree", self._start), ("aside", self._end)):
            wanted = self._wanted[panel]
            widget.setVisible(room[panel] if wanted is None else wanted)
        self._publish_here.setVisible(self._end.isHidden())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
