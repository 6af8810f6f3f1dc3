"""Import in three steps: look at a folder without changing anything, decide, bring it in; and take it back."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Report, Store, Task
from desktop_lms.words import sentence, tr
from lms_core.errors import LmsError, UserError
from lms_core.formats.markdown_folder import ImportPlan, scan
from lms_core.formats.report import REASONS, Item, Outcome
from lms_core.formats.zipped import unpack
from lms_core.schema import TITLE
from lms_core.workspace import Workspace

Phase = Literal["choose", "scanning", "report", "importing", "done"]
OUTCOMES: tuple[Outcome, ...] = ("imported", "changed", "left_out")


class ImportModel(QObject):
    """State of the page."""

    changed = Signal()
    progressed = Signal()
    imported = Signal(str)
    """The course is there: its id."""
    undone = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._task: Task | None = None
        self.phase: Phase = "choose"
        self.path: Path | None = None
        self.plan: ImportPlan | None = None
        self.title = ""
        self.course = ""
        self.done, self.total, self.label = 0, 0, ""
        self.error: LmsError | None = None
        self.query = ""
        self._unpacked: TemporaryDirectory[str] | None = None

    # --- looking
    def scan(self, path: Path) -> None:
        """Look at a folder, at the folder of a Markdown file, or into a zip file."""
        folder = path.parent if path.is_file() and path.suffix.lower() in (".md", ".yaml", ".yml") else path
        self.path, self.plan, self.course, self.error = folder, None, "", None
        self._forget()
        if path.suffix.lower() == ".zip" and path.is_file():
            self._unpacked = TemporaryDirectory(prefix="course-")
        into = Path(self._unpacked.name) / path.stem if self._unpacked else None

        def look(_: Workspace, report: Report) -> ImportPlan:
            return scan(unpack(path, into, report) if into else folder, report)

        self._begin("scanning")
        self._follow(self._store.task(self, look, self._on_scanned, self._on_failed))

    def _forget(self) -> None:
        """Delete what was unpacked."""
        if self._unpacked is not None:
            self._unpacked.cleanup()
            self._unpacked = None

    def _on_scanned(self, plan: ImportPlan) -> None:
        self.plan, self.title = plan, plan.document.title
        self._reach("report")

    # --- deciding
    def set_title(self, title: str) -> None:
        """Choose what the course will be called."""
        self.title = title

    def search(self, query: str) -> None:
        """Narrow the report by path or reason."""
        self.query = query
        self.changed.emit()

    def items(self, outcome: Outcome) -> tuple[Item, ...]:
        """Items of the report with this outcome that match the search."""
        words = self.query.casefold().split()
        found = self.plan.report.of(outcome) if self.plan else []
        return tuple(i for i in found if all(w in f"{i.path} {reason(i)}".casefold() for w in words))

    def report_text(self, names: dict[Outcome, str]) -> str:
        """The whole report as plain text, to be pasted into a mail."""
        if self.plan is None:
            return ""
        parts = [str(self.path), self.title]
        for outcome in OUTCOMES:
            items = self.plan.report.of(outcome)
            parts += ["", f"{names[outcome]} ({len(items)})", *(f"{i.path}: {reason(i)}" for i in items)]
        return "\n".join(parts) + "\n"

    # --- bringing it in
    def start(self) -> None:
        """Bring the course in; stopped half-way it leaves no course behind."""
        plan, title = self.plan, self.title.strip()
        if plan is None:
            return
        if len(title) < TITLE[0]:
            self._on_failed(UserError("title_needed"))
            return
        self._begin("importing")
        self._follow(
            self._store.task(
                self, lambda w, report: plan.store(w.media, report), lambda _: self._write(plan, title), self._on_failed
            )
        )

    def _write(self, plan: ImportPlan, title: str) -> None:
        self._store.run(self, lambda w: _import(w, plan, title), self._on_imported, self._on_failed)

    def _on_imported(self, course: str) -> None:
        self.course = course
        self._forget()
        self._reach("done")
        self.imported.emit(course)

    def cancel(self) -> None:
        """Stop what is running."""
        if self._task:
            self._task.cancel()

    def undo(self) -> None:
        """Put the imported course into the archive."""
        course = self.course
        if course:
            self._store.run(self, lambda w: w.courses.archive(course), self._on_undone, self._on_failed)

    def _on_undone(self, _: object) -> None:
        self.restart()
        self.undone.emit()

    def restart(self) -> None:
        """Choose another folder."""
        self._forget()
        self.path, self.plan, self.course, self.error, self.query = None, None, "", None, ""
        self._reach("choose")

    # --- progress
    def _follow(self, task: Task) -> None:
        if self.phase in ("scanning", "importing"):
            self._task = task
            task.progressed.connect(self._on_progress)

    def _begin(self, phase: Phase) -> None:
        self.phase, self.error, self.done, self.total, self.label = phase, None, 0, 0, ""
        self.changed.emit()

    def _on_progress(self, done: int, total: int, label: str) -> None:
        self.done, self.total, self.label = done, total, label
        self.progressed.emit()

    def _reach(self, phase: Phase) -> None:
        self.phase, self._task = phase, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = None if error.code == "cancelled" else error
        self._reach("report" if self.plan else "choose")


def reason(item: Item) -> str:
    """What became of a file, in the person's language."""
    cause = item.values.get("cause")
    why = {"why": sentence(cause)} if isinstance(cause, LmsError) else {}
    return tr(REASONS[item.reason], **{**item.values, **why})


def _import(workspace: Workspace, plan: ImportPlan, title: str) -> str:
    document = plan.document
    with workspace.work():
        course = workspace.courses.import_document(document, plan.keys)
        for ref in document.media:
            workspace.sync.offer(ref.sha256)
        if title != document.title:
            workspace.courses.change_course(course, title=title)
    return course
