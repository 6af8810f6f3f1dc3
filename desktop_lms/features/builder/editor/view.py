"""Writing a lesson: toolbar, Markdown, and the text as readers see it, side by side when there is room."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QWidget

from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.features.builder.draft import DraftModel
from desktop_lms.rendering import Rendering
from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.editor import MarkdownEditor
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.surfaces import Line
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import tr
from lms_core.content.dress import RenderTheme
from lms_core.content.embeds import Embed

Part = Callable[[Embed], QWidget]
PREVIEW_MS = 250
NARROW = 620
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


class Editor(QWidget):
    """Toolbar, editor and preview of the open lesson; `part` makes what stands in the text as learners see it."""

    def __init__(
        self, draft: DraftModel, rendering: Rendering, contents: ContentsModel, part: Part | None = None
    ) -> None:
        super().__init__()
        self._draft, self._rendering, self._contents, self._part = draft, rendering, contents, part
        hint = tr("Write here. A slash at the start of a line offers tables, formulas and more.")
        self.edit = MarkdownEditor(name=tr("Text of the lesson, Markdown"), hint=hint)
        self.preview = LessonText(name=tr("Preview"))
        self.preview.setViewportMargins(20, 16, 4, 0)
        self.views = Segments([tr("Write"), tr("Both"), tr("Preview")], 1, name=tr("View"))
        self._split = QSplitter()
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.edit)
        self._split.addWidget(self.preview)
        self._split.setSizes([1, 1])
        self.setLayout(column(self._toolbar(), Line(), (self._split, 1), gap=0))
        self._later = once(self, PREVIEW_MS, self.render_now)
        self.edit.textChanged.connect(self._on_typed)
        self.edit.picture_pasted.connect(self._on_pasted)
        self.edit.files_dropped.connect(self._on_dropped)
        self.views.chosen.connect(lambda _: self._arrange())
        draft.opened.connect(self._open)
        draft.replaced.connect(self._open)
        draft.image_added.connect(self.edit.insert_block)
        look().changed.connect(self.render_now)
        rendering.rendered.connect(self._on_rendered)
        self._open()

    def _toolbar(self) -> QWidget:
        edit = self.edit
        tools = (
            tool("heading", tr("Heading"), lambda: edit.prefix("## ")),
            tool("bold", tr("Bold (Ctrl+B)"), lambda: edit.wrap("**")),
            tool("italic", tr("Italic (Ctrl+I)"), lambda: edit.wrap("*")),
            tool("link", tr("Link"), lambda: edit.wrap("[", "](https://)")),
            tool("list", tr("List"), lambda: edit.prefix("- ")),
            tool("table", tr("Table"), lambda: edit.insert_block("|  |  |\n|---|---|\n|  |  |")),
            tool("code", tr("Code"), lambda: edit.wrap("`")),
            tool("sigma", tr("Formula"), lambda: edit.wrap("$")),
            tool("image", tr("Picture…"), self._ask_picture),
        )
        return boxed(row(*tools, "~", self.views, gap=2, margin=(12, 8, 12, 8)))

    # --- pictures
    def _ask_picture(self) -> None:
        kinds = f"{tr('Pictures')} ({' '.join(f'*{ending}' for ending in PICTURES)})"
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a picture"), "", kinds)
        if path:
            self._draft.add_image_file(Path(path))

    def _on_dropped(self, paths: list[str]) -> None:
        """Pictures come into the text, everything else beside it."""
        others = [Path(path) for path in paths if not path.casefold().endswith(PICTURES)]
        for path in paths:
            if path.casefold().endswith(PICTURES):
                self._draft.add_image_file(Path(path))
        self._contents.add_files(others)

    def _on_pasted(self, image: QImage) -> None:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        self._draft.add_image(f"{tr('picture')}.png", bytes(buffer.data().data()))

    # --- text
    def _on_typed(self) -> None:
        self._draft.edit(self.edit.toPlainText())
        self._later.start()

    def _open(self, _: str = "") -> None:
        self.edit.show_text(self._draft.text)
        self.edit.setEnabled(self._draft.lesson is not None)
        self.render_now()

    def render_now(self) -> None:
        """Bring the preview up to date."""
        self._later.stop()
        if self.preview.isVisibleTo(self):
            theme = current()
            inks = RenderTheme(theme.colors)
            self._rendering.show(self._draft.text, inks, ink=theme.hex("text"), size=theme.px(18))

    def _on_rendered(self) -> None:
        bar = self.preview.verticalScrollBar()
        at = bar.value()
        part, make = self._part, {}
        if part is not None:
            make = {embed.key: partial(part, embed) for embed in self._rendering.embeds}
        self.preview.show_html(self._rendering.html, self._resource, make)
        bar.setValue(at)

    def _resource(self, name: str) -> bytes | None:
        return self._rendering.picture(name)

    # --- room
    def _arrange(self) -> None:
        narrow = self.width() < NARROW * current().scale
        self._split.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        self.edit.setVisible(self.views.at != 2)
        self.preview.setVisible(self.views.at != 0)
        self.render_now()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def tool(icon: str, name: str, run: Callable[[], object]) -> Button:
    """A button of a toolbar."""
    button = Button(icon=icon, kind="ghost", name=name)
    button.clicked.connect(lambda: run())
    return button
