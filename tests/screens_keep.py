"""Pictures of what lies on a device: courses with their sizes, downloads in every state, and what an update brings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from desktop_lms.app import App
from desktop_lms.downloads import Downloads
from desktop_lms.features.course.keep.view import Choices
from desktop_lms.features.course.view import CoursePage
from desktop_lms.features.courses.storage.view import StoragePage
from desktop_lms.shell.window import Window
from desktop_lms.widgets.feedback import Sheet
from lms_core.content.model import CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.downloads.plan import Choice, Transfer
from lms_core.errors import DiskFull, Offline
from lms_core.workspace import Workspace
from tests.scenes import Scene, at, button, page_of, settle
from tests.told import tell

MB = 1_000_000
TIDES, STATISTICS, SHELLS, BIRDS = "between-the-tides", "statistics", "shells", "birds"
TITLES = {
    TIDES: "Between the tides", STATISTICS: "Statistics for everyday questions",
    SHELLS: "Shells and how to weigh them", BIRDS: "Birds of the harbour",
}  # fmt: skip
KINDS = {"film": ("video/mp4", 9), "talk": ("audio/ogg", 3), "sheet": ("application/pdf", 1), "crab": ("image/png", 2)}
LESSONS = ("The shore at low water", "Waves and wind", "Limpets hold on", "What a tide table says", "A day outside")
STORAGE = ("storage-downloading", "storage-paused", "storage-metered", "storage-full", "storage-offline")


def _data(course: str, name: str) -> bytes:
    return (f"{course}/{name} ".encode() * 80_000)[: KINDS[name][1] * MB // 10]


def _file(course: str, name: str) -> MediaRef:
    data = _data(course, name)
    return MediaRef(sha256(data).hexdigest(), f"{name}.bin", KINDS[name][0], len(data))


def _course(course: str, version: str = "1.0", titles: tuple[str, ...] = LESSONS) -> CourseDocument:
    files = [_file(course, name) for name in KINDS]
    lessons = tuple(
        LessonDoc(f"{course}-{title}", title, body=f"Words of {version if at == 1 else ''}. "
                  + (f"![](media:{files[at % 4].sha256})" if at < 4 else ""))
        for at, title in enumerate(titles)
    )  # fmt: skip
    half = (len(lessons) + 1) // 2
    modules = (
        ModuleDoc("one", "Before the water", "", lessons[:half]),
        ModuleDoc("two", "After it", "", lessons[half:]),
    )
    return CourseDocument(course, version, TITLES[course], "A week outside", "What a shore tells.",
                          authors=("Tess Harbour",), modules=modules, media=tuple(files))  # fmt: skip


def _offer(workspace: Workspace, document: CourseDocument, note: str = "") -> None:
    """Let the catalogue have a version whose bytes are on this machine."""
    body = build_pack(document)
    files = {pack_name(body): body} | {_file(document.course_id, n).sha256: _data(document.course_id, n) for n in KINDS}
    for name, data in files.items():
        if document.course_id != BIRDS and not (note and name != pack_name(body)):
            draft = workspace.media.draft()
            draft.write_bytes(data)
            workspace.media.adopt(draft, name)
    tell(workspace, "course_card", f"card-{document.course_id}", course_id=document.course_id, title=document.title,
         version=document.version, pack=pack_name(body), pack_size=len(body), change_note=note,
         authors=["Tess Harbour"], media_size=sum(m.size for m in document.media), price=0.0,
         lessons=len(document.lessons()), is_published=True, published_at=1)  # fmt: skip


def _fill(workspace: Workspace) -> None:
    for course in TITLES:
        _offer(workspace, _course(course))
        if course != BIRDS:
            workspace.downloads.choose(course, Choice("no_video" if course == TIDES else "all"))
            workspace.downloads.advance(course)
            workspace.learning.enroll(course)
    for lesson in _course(STATISTICS).lessons():
        workspace.learning.complete(lesson.id)
    workspace.storage.narrow(SHELLS, Choice("text"))
    workspace.storage.narrow(TIDES, Choice("no_video"))
    draft = workspace.media.draft()
    draft.write_bytes(b"an old film" * 100_000)
    workspace.media.adopt(draft, sha256(b"an old film" * 100_000).hexdigest())
    newer = (LESSONS[0], LESSONS[1], LESSONS[3], LESSONS[2], "Crabs at night")
    _offer(workspace, _course(TIDES, "1.1", newer), "Waves have a worked example, and crabs a lesson of their own.")


def _downloads(app: App) -> Downloads:
    assert app.context is not None
    return app.context.downloads


def _storage(state: str) -> Scene:
    """The page while downloads are in a state, which is held for the picture."""

    def go(app: App) -> Window:
        downloads = _downloads(app)
        downloads._working = True
        queue = downloads._queue
        queue.paused, queue.trouble, downloads._metered = state == "paused", None, lambda: state == "metered"
        queue.metered = state == "metered"
        files = [_file(BIRDS, name) for name in KINDS]
        queue.put(BIRDS, [Transfer(BIRDS, m.sha256, m.size, "video") for m in files])
        queue.put(SHELLS, [Transfer(SHELLS, m.sha256, m.size, "video") for m in files[:2]])
        queue._now = (queue._waiting[BIRDS][0], 420_000)
        queue._seen.clear()
        queue._seen.extend([(0.0, 0), (1.0, 35_000)])
        queue.trouble = {"full": DiskFull(), "offline": Offline()}.get(state)
        window = at("storage")(app)
        settle(200)
        downloads.moved.emit()
        return window

    return go


def _quiet(scene: Scene) -> Scene:
    """A scene while nothing is on its way."""

    def go(app: App) -> Window:
        downloads = _downloads(app)
        downloads._queue.trouble = None
        for course in TITLES:
            downloads._queue.drop(course)
        downloads._looking.clear()
        return scene(app)

    return go


def _remove(app: App) -> Window:
    window = at("storage")(app)
    settle()
    page = page_of(app)
    assert isinstance(page, StoragePage)
    assert page._model.board is not None
    page.ask_remove(page._model.board.space.courses[0])
    return window


def _sheet(course: str, opener: str) -> Scene:
    def go(app: App) -> Window:
        window = at(f"course/{course}")(app)
        settle()
        page = page_of(app)
        assert isinstance(page, CoursePage)
        button(page, opener).click()
        settle()
        return window

    return go


def _lessons(app: App) -> Window:
    window = _sheet(TIDES, "Partly here")(app)
    choices = window.findChild(Sheet).findChild(Choices)  # type: ignore[union-attr]
    choices._model.take(_course(TIDES).lessons()[0].id, on=True)
    return window


KEEPING = {
    "storage": _quiet(at("storage")), "remove-course": _quiet(_remove),
    **{name: _storage(name.removeprefix("storage-")) for name in STORAGE},
    "keep": _quiet(_sheet(TIDES, "Partly here")), "keep-away": _quiet(_sheet(BIRDS, "Choose…")),
    "keep-lessons": _quiet(_lessons), "update": _quiet(_sheet(TIDES, "See changes")),
    "course-update": _quiet(at(f"course/{TIDES}")),
}  # fmt: skip


@contextmanager
def keeping(app: App) -> Iterator[dict[str, Scene]]:
    """Somebody with four courses: one completed, one without videos, one as text, one away."""
    workspace = app.sessions.start_local("Amara Okafor")
    _fill(workspace)
    app.enter(workspace)
    settle()
    yield KEEPING
