"""Import: choose or drop a folder, read what became of each file, bring it in, open it in the builder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.importer.viewmodel import OUTCOMES, ImportModel, reason
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.surfaces import Bar, Card, IconMark, Line, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.formats.report import Item as Found
from lms_core.formats.report import Outcome

MOST = 200
ICONS: dict[Outcome, tuple[str, str]] = {
    "imported": ("circle-check", "success"),
    "changed": ("pencil", "info"),
    "left_out": ("circle-x", "text3"),
}


def outcome_words(outcome: Outcome) -> str:
    """What became of files, as a heading."""
    if outcome == "imported":
        return tr("Will be imported")
    return tr("Changed on the way") if outcome == "changed" else tr("Left out")


class ImportPage(Page):
    """The page. `go` follows a route."""

    def __init__(self, model: ImportModel, *, go: Callable[[str], None]) -> None:
        super().__init__()
        self._model, self._go = model, go
        self._items = column(gap=0)
        self._bar = Bar()
        self._label = Label("", "small", "text2")
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("Import a course"))
        model.changed.connect(self._show)
        model.progressed.connect(self._on_progress)
        look().changed.connect(self._show)
        self._show()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        return [(tr("Teach"), "teach"), (tr("Import"), "")]

    # --- choosing
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._model.phase in ("choose", "report") and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        if urls and urls[0].isLocalFile():
            self._model.scan(Path(urls[0].toLocalFile()))

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose the folder of a course"))
        if chosen:
            self._model.scan(Path(chosen))

    def _ask_zip(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Choose the zip file of a course"), "", "*.zip")
        if chosen:
            self._model.scan(Path(chosen))

    # --- showing
    def _show(self) -> None:
        error = self._model.error
        fault = None
        if error:
            detail = f"{sentence(error)} {tr('Nothing was changed.')}"
            fault = Banner(tr("This cannot be imported"), detail, tone="warning", icon="circle-alert")
        shown = {
            "choose": self._choose, "scanning": self._working, "report": self._report, "importing": self._working,
            "done": self._done,
        }[self._model.phase]()  # fmt: skip
        self.show_items(heading(tr("Import a course")), 20, fault, 16 if fault else None, *shown)

    def _choose(self) -> list[Item]:
        pick = Button(tr("Choose a folder…"), "primary", "folder-open")
        pick.clicked.connect(self._ask_folder)
        zipped = Button(tr("Choose a zip file…"), icon="archive")
        zipped.clicked.connect(self._ask_zip)
        text = tr("Drop a folder with Markdown files here. You see what becomes of each file before anything is made.")
        return [
            Card(column(empty_state("folder-input", tr("Bring in what you have"), text, pick, zipped)), edge="control"),
            "~",
        ]

    def _working(self) -> list[Item]:
        scanning = self._model.phase == "scanning"
        self._bar, self._label = Bar(), Label("", "small", "text2")
        stop = Button(tr("Stop"), icon="x")
        stop.clicked.connect(self._model.cancel)
        title = tr("Looking at the folder…") if scanning else tr("Bringing the course in…")
        self._on_progress()
        return [Card(column(Label(title, "heading"), self._bar, row((self._label, 1), stop), gap=12, margin=24)), "~"]

    def _on_progress(self) -> None:
        model = self._model
        self._bar.show_value(model.done / model.total if model.total else 0.0)
        if model.total:
            self._label.say(tr("{done} of {total}: {name}", done=model.done, total=model.total, name=model.label))

    def _report(self) -> list[Item]:
        plan = self._model.plan
        if plan is None:
            return []
        document = plan.document
        title = Field(name=tr("Title"))
        title.show_text(self._model.title)
        title.textChanged.connect(self._model.set_title)
        start = Button(tr("Import"), "primary", "download")
        start.clicked.connect(self._model.start)
        other = Button(tr("Another folder…"))
        other.clicked.connect(self._ask_folder)
        counts = ", ".join((
            counted("1 module", "{count} modules", len(document.modules)),
            counted("1 lesson", "{count} lessons", len(document.lessons())),
            counted("1 file", "{count} files", len(plan.files)),
        ))  # fmt: skip
        found = boxed(column(Label(counts, "strong"), Elided(str(self._model.path), "small", "text2"), gap=0))
        named = labelled(tr("Title of the course"), title)
        head = row(Tile("folder-open"), (found, 1), gap=16)
        top = Card(column(head, 4, named, 4, row("~", other, start), margin=24))
        search = Field(tr("Search in the report"), icon="search", quiet=True)
        search.setFixedWidth(current().px(260))
        search.show_text(self._model.query)
        copy = Button(tr("Copy report"), icon="copy")
        copy.clicked.connect(self._copy)
        self._items = column(gap=0)
        self._fill()
        search.textChanged.connect(self._search)
        head = row(Label(tr("What becomes of each file"), "heading"), "~", search, copy)
        return [top, 32, head, 12, self._items, "~"]

    def _search(self, query: str) -> None:
        self._model.blockSignals(True)
        self._model.search(query)
        self._model.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        clear(self._items)
        for outcome in reversed(OUTCOMES):
            found = self._model.items(outcome)
            if found:
                self._items.addWidget(self._group(outcome, found))
        if not self._items.count():
            self._items.addWidget(Label(tr("Nothing in the report matches."), "body", "text2"))

    def _group(self, outcome: Outcome, found: tuple[Found, ...]) -> QWidget:
        icon, color = ICONS[outcome]
        rows: list[Item] = []
        for item in found[:MOST]:
            path = Elided(item.path, "small")
            words = Label(reason(item), "small", "text2", wrap=True)
            line = boxed(row(IconMark(icon, 16, color), (path, 2), (words, 3), gap=12, margin=(0, 6, 0, 6)))
            line.setAccessibleName(f"{item.path}: {reason(item)}")
            rows += [Line(), line]
        if len(found) > MOST:
            rows.append(Label(tr("and {count} more in the copied report", count=len(found) - MOST), "small", "text3"))
        return boxed(column(Label(dotted(outcome_words(outcome), str(len(found))), "strong"), 4, *rows, 24, gap=0))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._model.report_text({o: outcome_words(o) for o in OUTCOMES}))

    def _done(self) -> list[Item]:
        build = Button(tr("Open in the builder"), "primary", "pencil")
        build.clicked.connect(lambda: self._go(f"builder/{self._model.course}"))
        undo = Button(tr("Undo the import"), icon="undo-2")
        undo.clicked.connect(self._model.undo)
        text = tr("It is a draft that only you can see until you publish it.")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return [empty_state("circle-check", tr("“{title}” is here", title=self._model.title), text, build, undo), "~"]
