"""The part of the inspector where films, papers, packages, links and files come into a lesson: dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop_lms.covers import Covers
from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.features.builder.details.view import show_details
from desktop_lms.features.builder.film.view import film_part
from desktop_lms.features.builder.phrases import piece_words
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import Field, Hands
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.words import dotted, tr
from lms_core.content.model import ContentItem, ResourceDoc

ICONS = {
    "video": "video", "pdf": "file-text", "slides": "presentation", "interactive": "sparkles", "text": "type",
    "audio": "mic", "image": "image", "link": "link", "code_sample": "code", "dataset": "table",
}  # fmt: skip


class ContentsPart(QWidget):
    """What the open lesson holds beside its text."""

    def __init__(self, model: ContentsModel, covers: Covers) -> None:
        super().__init__()
        self._model, self._covers = model, covers
        self._rows = column(gap=8)
        self._hands = Hands(self)
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("Contents of the lesson"))
        files = Button(tr("Add files…"), icon="plus", small=True)
        files.clicked.connect(self._ask_files)
        self.link = Field("https://…", icon="link", name=tr("Address of a video or page"))
        self.link.returnPressed.connect(self._add_link)
        add = Button(tr("Add"), small=True, name=tr("Add the link"))
        add.clicked.connect(self._add_link)
        about = tr(
            "Films, sounds, PDFs, captions and packages stand in the lesson; other files are handed out with it. "
            "Files can also be dropped here."
        )
        self.setLayout(
            column(Label(tr("Contents"), "strong"), self._rows, row(files, "~"), row((self.link, 1), add, gap=8),
                   Label(about, "caption", "text3", wrap=True, weight=400), gap=8)
        )  # fmt: skip
        model.changed.connect(self._show)
        self._hands.left.connect(self._show)
        self._shown: object = None
        self._show()

    # --- showing
    def _show(self) -> None:
        contents, busy = self._model.contents, self._model.busy
        if (contents, busy) == self._shown or (self._hands.on and self._shown is not None):
            return
        self._shown = (contents, busy)
        clear(self._rows)
        pieces: tuple[ContentItem | ResourceDoc, ...] = (*contents.items, *contents.resources) if contents else ()
        for piece in pieces:
            self._rows.addWidget(self._piece(piece))
        if busy:
            self._rows.addWidget(Label(tr("Files are being added…"), "small", "text2"))

    def _piece(self, piece: ContentItem | ResourceDoc) -> QWidget:
        contents, model = self._model.contents, self._model
        file = contents.file(piece.media) if contents else None
        kind = "audio" if file and file.mime.startswith("audio/") else piece.kind
        called = piece.title or (file.name if file else piece.url)
        title = Field(file.name if file else piece.url, name=tr("Title of {name}", name=called))
        title.show_text(piece.title)
        title.settled.connect(lambda text: model.change(piece.id, title=text.strip()))
        details = [piece_words(kind), size_of(file.size) if file else ""]
        if isinstance(piece, ContentItem):
            details += [tr("above the text") if piece.is_primary else ""]
            details += ["" if piece.downloadable else tr("not to be saved")]
            details += [tr("captions: {languages}", languages=", ".join(c.language for c in piece.captions))
                        if piece.captions else ""]  # fmt: skip
        elif piece.premium:
            details.append(tr("premium only"))
        more = Button("", "ghost", "ellipsis", name=tr("Change {name}", name=called))
        more.clicked.connect(lambda: self.menu(piece).exec(more.mapToGlobal(more.rect().bottomLeft())))
        told = Label(dotted(*details), "caption", "text2", wrap=True, weight=400)
        mark = IconMark(ICONS.get(kind, "file-input"), 16, "text2")
        made = column(title, told, gap=2)
        if isinstance(piece, ContentItem) and kind == "video":
            made.addSpacing(4)
            made.addWidget(film_part(model, piece, called, self._covers))
        return boxed(row(mark, (boxed(made), 1), more, gap=8))

    def menu(self, piece: ContentItem | ResourceDoc) -> QMenu:
        """What can be done to a piece."""
        menu, model = QMenu(self), self._model
        line = model.contents.line(piece.id) if model.contents else []
        at = line.index(piece.id) if piece.id in line else 0
        up = menu.addAction(icon("chevron-up", 16), tr("Move up"), lambda: model.move(piece.id, -1))
        down = menu.addAction(icon("chevron-down", 16), tr("Move down"), lambda: model.move(piece.id, 1))
        up.setEnabled(at > 0)
        down.setEnabled(at + 1 < len(line))
        if isinstance(piece, ResourceDoc):
            premium = menu.addAction(tr("Premium only"), lambda: model.change(piece.id, premium=not piece.premium))
            premium.setCheckable(True)
            premium.setChecked(piece.premium)
        if isinstance(piece, ContentItem) and piece.kind in ("video", "pdf") and not piece.is_primary:
            menu.addAction(tr("Show above the text"), lambda: model.lead(piece.id))
        if isinstance(piece, ContentItem) and piece.kind in ("pdf", "slides"):
            free = not piece.downloadable
            saved = menu.addAction(tr("May be saved"), lambda: model.change(piece.id, downloadable=free))
            saved.setCheckable(True)
            saved.setChecked(piece.downloadable)
        menu.addSeparator()
        file = model.contents.file(piece.media) if model.contents else None
        if file is not None:
            menu.addAction(icon("info", 16), tr("Details…"), lambda: show_details(self.window(), model, file))
        menu.addAction(icon("trash-2", 16), tr("Put into the trash"), lambda: model.remove(piece.id))
        return menu

    # --- adding
    def _ask_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, tr("Choose files"))
        self._model.add_files([Path(path) for path in paths])

    def _add_link(self) -> None:
        address = self.link.text()
        self.link.clear()
        self._model.add_link(address)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self._model.add_files([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
