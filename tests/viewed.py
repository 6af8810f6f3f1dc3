"""A course whose lessons show documents, slides, packages and files, for pictures of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop_lms.app import App
from desktop_lms.features.lesson.package.view import PackageCard
from desktop_lms.widgets.folding import Fold
from desktop_lms.widgets.pdf.slides import SlidesView
from desktop_lms.widgets.pdf.view import PdfView
from lms_core.content.model import ContentItem, CourseDocument, LessonDoc, MediaRef, ModuleDoc, ResourceDoc
from lms_core.content.pack import build_pack
from lms_core.learning.anchors import Spot, write_spot
from lms_core.packages.scorm import Run
from lms_core.workspace import Workspace
from tests.packages import plain, scorm
from tests.pdfs import make_pdf, make_slides
from tests.scenes import Scene, at, settle
from tests.sheets import ELSEWHERE, page_of

FILES = {
    "guide": ("Field guide to the shore.pdf", "application/pdf", make_pdf(12)),
    "slides": ("Means and margins.pdf", "application/pdf", make_slides(8)),
    "table": ("tide-table.zip", "application/zip", scorm()),
    "old": ("tides-2004.zip", "application/zip", scorm("2004 4th Edition")),
    "shells": ("shells.zip", "application/zip", plain()),
    "torn": ("torn.pdf", "application/pdf", make_pdf()[:900]),
    "locked": ("answers.pdf", "application/pdf", make_pdf(password="sesame")),
    "weights": ("weights.docx", "application/zip", b"PK\x03\x04" + bytes(18_000)),
    "setup": ("scales-setup.exe", "application/octet-stream", bytes(2_400_000)),
}
MARKED = (
    ("mean of twelve shells", "mint"), ("the sample is not fair", "rose"),
    ("Keep the shells dry until Tuesday.", "sky"),  # of an older edition
)  # fmt: skip
TEXT = "Read it slowly, and mark what you want to weigh again on Tuesday.\n"


def viewed_course(workspace: Workspace) -> None:
    """Install the course, with one package half done and one finished."""
    refs = {}
    for key, (name, mime, data) in FILES.items():
        refs[key] = MediaRef(workspace.media.put(data), name, mime, len(data))

    def lesson(key: str, title: str, item: str, kind: str, **more: object) -> LessonDoc:
        first = ContentItem(id=f"it-{key}", kind=kind, title=title, media=refs[item].sha256, is_primary=True)
        return LessonDoc(f"view-{key}", title, "reading", body=TEXT, items=(first,), **more)  # type: ignore[arg-type]

    given = tuple(
        ResourceDoc(id=key, title=title, kind=kind, media=refs[key].sha256)
        for key, title, kind in (
            ("weights", "Weights of twelve limpets", "document"), ("setup", "Program of the scales", "tool_software"),
        )
    )  # fmt: skip
    lessons = (
        lesson("pdf", "Field guide to the shore", "guide", "pdf"),
        lesson("slides", "Means and margins", "slides", "slides"),
        lesson("package", "Reading a tide table", "table", "interactive"),
        lesson("again", "Reading a tide table again", "table", "interactive"),
        lesson("old", "Tides of another year", "old", "interactive"),
        lesson("torn", "Shells of the north", "torn", "pdf"),
        lesson("locked", "Answers for teachers", "locked", "pdf"),
    )  # fmt: skip
    files = LessonDoc("view-files", "What to bring", "reading", body=TEXT, resources=given)
    modules = (ModuleDoc("m", "Sampling", lessons=(*lessons, files)),)
    document = CourseDocument("viewed", "1", "Between the tides", media=tuple(refs.values()), modules=modules)
    body = build_pack(document)
    workspace.installed.install_pack(workspace.media.put(body), body)
    spot = write_spot(Spot(page=3, item="it-pdf"))
    for words, colour in MARKED:
        workspace.notes.add("", lesson="view-pdf", quote=words, colour=colour, anchor=spot)
    run = Run(mastery=60)
    run.begin()
    run.commit({"cmi.core.score.raw": "80", "cmi.core.lesson_status": "completed", "cmi.core.session_time": "00:12:30"})
    place = {f"{refs['table'].sha256[:12]}.{name}": cell for name, cell in run.cells().items()}
    workspace.learning.open_lesson("view-again")
    workspace.learning.record_position("view-again", percent=0, place=place)


def shown(lesson: str, then: Callable[[QWidget], object] | None = None) -> Scene:
    """A lesson, and what a person does there."""

    def go(app: App) -> QWidget:
        window = at(f"lesson/{lesson}")(app)
        settle(900)
        if then is not None:
            then(page_of(app))
            settle(700)
        return window

    return go


def _find(page: QWidget) -> None:
    view = page.findChildren(PdfView)[0]
    view.go_to(2)
    view.open_find()
    view.finder.setText("limpets")
    view.finder.tell()


def _select(page: QWidget) -> None:
    view = page.findChildren(PdfView)[0]
    view.go_to(0)
    view.pages.selection.press((0, QPointF(72, 150)))
    view.pages.selection.drag((0, QPointF(400, 180)))


def _overview(page: QWidget) -> None:
    view = page.findChildren(SlidesView)[0]
    view.go_to(3)
    view._on_fold()


def _open_package(page: QWidget) -> None:
    model = page.findChildren(PackageCard)[0].model
    model._browse = lambda address: True  # a screen that nobody sees has no browser
    model.begin()


def _unfold(page: QWidget) -> None:
    for fold in page.findChildren(Fold):
        fold.toggle()


@contextmanager
def viewing(app: App) -> Iterator[dict[str, Scene]]:
    """Lessons with documents, slides, packages and files."""
    workspace = app.sessions.start_local("Amara Okafor")
    viewed_course(workspace)
    app.enter(workspace)
    browse, QDesktopServices.openUrl = QDesktopServices.openUrl, lambda url: True  # type: ignore[assignment,method-assign]
    files = shown("view-files", _unfold)
    try:
        yield {
            "lesson-pdf": shown("view-pdf"), "lesson-pdf-find": shown("view-pdf", _find),
            "lesson-pdf-select": shown("view-pdf", _select), "lesson-slides": shown("view-slides", _overview),
            "lesson-package": shown("view-package"), "lesson-package-open": shown("view-package", _open_package),
            "lesson-package-done": shown("view-again"), "lesson-package-2004": shown("view-old"),
            "lesson-pdf-damaged": shown("view-torn"), "lesson-pdf-locked": shown("view-locked"),
            "lesson-handouts": files, "open-package": ELSEWHERE["open-package"](shown("view-package")),
            "open-file": ELSEWHERE["open-file"](files),
        }  # fmt: skip
    finally:
        QDesktopServices.openUrl = browse  # type: ignore[method-assign]
