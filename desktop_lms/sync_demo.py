"""`make demo-sync`: two teachers, two windows and a real server; the same paragraph is written twice and settled.

Pictures of both windows go to a folder. The demonstration fails when a step does not come about or the texts differ.
"""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_lms.demo import SERVER, hub
from desktop_lms.tour import Tour
from lms_core import ops
from lms_core.courses.entities import COURSE_INSTRUCTOR
from lms_core.courses.rules import instructor_id
from lms_core.demo import TEACHER, sign_in
from lms_core.session import Sessions
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from desktop_lms.features.syncing.decision.view import Decision

COLLEAGUE = ("hannah@demo.example", "Hannah", "Vogel")
TEXT = """# How sure can we be?

Your neighbour weighed twelve others and got 4.9 g. Who is right? The question is which number to trust.

A mean of twelve is worth more than a mean of three.

Bring your own scales on Tuesday.
"""
TESS = (
    "Your neighbour weighed twelve others and got 4.9 g. The question is how much a mean wanders from sample to sample."
)
HANNAH = (
    "Your neighbour weighed twelve others and got 4.9 g. Nobody made a mistake. The question is how far apart honest \
numbers tend to be."
)
ALONE = "Bring your own scales on Tuesday, and a pencil."
WIDTH, HEIGHT, GAP = 1280, 800, 16
LETTER_MS, LOOK_MS = 8, 400


class Desk(Tour):
    """One teacher's window."""

    def write(self, old: str, new: str) -> None:
        """Put a paragraph in the place of another, letter by letter."""
        from PySide6.QtGui import QTextCursor

        edit = self.page.editor.edit
        at = edit.toPlainText().index(old)
        cursor = edit.textCursor()
        cursor.setPosition(at)
        cursor.setPosition(at + len(old), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        for letter in new:
            cursor.insertText(letter)
            edit.setTextCursor(cursor)
            self.rest(LETTER_MS)
        self.until(lambda: self.page.draft.saved, "the text is on the disk")

    @property
    def page(self) -> Any:
        """The page of the window."""
        assert self.app.window is not None
        return self.app.window.stack.currentWidget()

    @property
    def text(self) -> str:
        """The text in the editor."""
        return str(self.page.editor.edit.toPlainText())

    def press(self, name: str) -> None:
        """Press a button of the page by its words."""
        from desktop_lms.widgets.buttons import Button

        def found() -> Any:
            buttons = self.page.findChildren(Button)
            return next((b for b in buttons if b.accessibleName() == name and b.isVisibleTo(self.page)), None)

        self.until(found, name).click()

    def sync(self) -> None:
        """Exchange until nothing waits."""
        loop = self.app.loop
        assert loop is not None
        loop.sync_now()
        self.until(lambda: self.ask(lambda w: w.sync.status()).waiting == 0, "everything is at the server")

    def chip(self, kind: str) -> None:
        """Wait until the chip says so."""
        loop = self.app.loop
        assert loop is not None
        self.until(lambda: loop.state.kind == kind, f"the chip says {kind}")


class Stage:
    """Both windows beside each other, and the pictures of them."""

    def __init__(self, qt: Any, folder: Path, data: Path) -> None:
        from desktop_lms.app import App

        self.folder, self.count = folder, 0
        self.hub_data = data / "hub"
        self.tess, self.hannah = (Desk(App(qt, data / name), folder) for name in ("tess", "hannah"))
        self._server = ExitStack()
        self.url = ""
        offscreen = qt.platformName() == "offscreen"
        self.width = WIDTH if offscreen else min(WIDTH, (qt.primaryScreen().availableSize().width() - GAP) // 2)

    def open_server(self) -> None:
        """Start the server, on the same port as before."""
        port = int(self.url.rpartition(":")[2] or 0)
        self.url = self._server.enter_context(hub(self.hub_data, port))

    def close_server(self) -> None:
        """Stop it: both are offline."""
        self._server.close()

    def enter(self, desk: Desk, who: tuple[str, str, str], at: int) -> Workspace:
        """Sign somebody in and put the window in its place."""
        workspace = sign_in(desk.app.sessions, self.url, who)
        desk.app.enter(workspace)
        assert desk.app.window is not None
        desk.app.window.setGeometry(at * (self.width + GAP), 0, self.width, HEIGHT)
        return workspace

    def picture(self, name: str) -> None:
        """Both windows in one picture."""
        from PySide6.QtGui import QColor, QPainter, QPixmap

        self.tess.rest(LOOK_MS)
        both = QPixmap(2 * self.width + GAP, HEIGHT)
        both.fill(QColor("#77736b"))
        painter = QPainter(both)
        for n, desk in enumerate((self.tess, self.hannah)):
            assert desk.app.window is not None
            painter.drawPixmap(n * (self.width + GAP), 0, desk.app.window.grab())
        painter.end()
        self.count += 1
        path = self.folder / f"{self.count:02}-{name}.png"
        if not both.save(str(path)):
            raise OSError(f"cannot write {path}")
        print(f"  {path}", flush=True)

    def close(self) -> None:
        """Close windows and server."""
        for desk in (self.tess, self.hannah):
            desk.app.close()
        self.close_server()


def play(stage: Stage) -> None:
    """Write the same paragraph twice without a network, meet, decide, and see the same on both sides."""
    tess, hannah = stage.tess, stage.hannah
    course, lesson = _begin(stage)
    for desk in (tess, hannah):
        desk.go(f"builder/{course}/{lesson}")
        desk.until(lambda desk=desk: TEXT.strip() in desk.text, "the lesson")
    stage.picture("both-see-the-same")
    stage.close_server()
    paragraph = TEXT.split("\n\n")[1]
    tess.write(paragraph, TESS)
    hannah.write(paragraph, HANNAH)
    hannah.write(TEXT.split("\n\n")[3].strip(), ALONE)
    for desk in (tess, hannah):
        assert desk.app.loop is not None
        desk.app.loop.sync_now()
        desk.until(lambda desk=desk: desk.app.loop.trouble is not None, "nobody answers")
    stage.picture("written-without-a-network")
    hannah.app.loop.pause(True)  # type: ignore[union-attr]
    stage.open_server()
    tess.sync()
    hannah.app.loop.pause(False)  # type: ignore[union-attr]
    hannah.sync()
    hannah.chip("needs_you")
    tess.sync()
    tess.until(lambda: ALONE in tess.text, "the paragraph that only one of them changed")
    stage.picture("hannah-is-asked")
    hannah.go("syncing")
    _decide(hannah, stage)
    tess.until(lambda: HANNAH in _synced(tess).text, "the decision at the other window")
    hannah.go(f"builder/{course}/{lesson}")
    hannah.until(lambda: hannah.text == tess.text, "the same text in both windows")
    stage.picture("both-see-the-decision")


def _synced(desk: Desk) -> Desk:
    desk.sync()
    return desk


def _begin(stage: Stage) -> tuple[str, str]:
    """Accounts, a course with one lesson, and the colleague as a co-author; returns course and lesson."""
    stage.open_server()
    for n, email in enumerate((TEACHER[0], COLLEAGUE[0])):
        sign_in(Sessions(stage.hub_data.parent / f"at-first-{n}"), stage.url, (TEACHER, COLLEAGUE)[n]).close()
        role = ["set-role", "--data", str(stage.hub_data), "--email", email, "--role", "instructor"]
        subprocess.run([*SERVER, *role], check=True, stdout=subprocess.DEVNULL)
    stage.enter(stage.tess, TEACHER, 0)
    colleague = stage.enter(stage.hannah, COLLEAGUE, 1).account
    for desk in (stage.tess, stage.hannah):
        desk.until(lambda desk=desk: desk.ask(lambda w: w.person.role) == "instructor", "the right to write courses")
    course, lesson = stage.tess.ask(lambda w: _write(w, colleague))
    stage.tess.sync()
    stage.hannah.sync()
    stage.hannah.until(
        lambda: course in [c.id for c in _synced(stage.hannah).ask(lambda w: w.courses.my_courses())], "the course"
    )
    return course, lesson


def _write(workspace: Workspace, colleague: str) -> tuple[str, str]:
    courses = workspace.courses
    with workspace.work() as unit:
        course = courses.create_course("Numbers You Can Trust")
        lesson = courses.add_lesson(courses.add_module(course, "A fair question"), "How sure can we be?", body=TEXT)
        row = {"course_id": course, "user_id": colleague}
        unit.emit(ops.create(COURSE_INSTRUCTOR, instructor_id(course, colleague), row))
    return course, lesson


def _decide(hannah: Desk, stage: Stage) -> None:
    """Look at both texts, try a choice, and settle with both paragraphs."""
    from desktop_lms.features.syncing.decision.view import CHOICES
    from desktop_lms.features.syncing.decision.view import Decision as Pane

    def pane() -> Decision | None:
        return hannah.page.findChild(Pane)

    shown = hannah.until(pane, "the two texts")
    stage.picture("two-texts-side-by-side")
    (segments,) = shown.segments
    segments.choose(CHOICES.index("mine"))
    hannah.until(lambda: TESS not in shown.result.toPlainText(), "the result follows the choice")
    stage.picture("the-result-follows")
    hannah.press("Use this result")
    hannah.until(lambda: hannah.ask(lambda w: w.conflicts.open()) == [], "the decision is made")
    hannah.sync()
    stage.picture("settled-with-a-way-back")


def run(qt: Any, to: Path) -> int:
    """Play with data of its own that is gone afterwards; returns the exit status."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        stage = Stage(qt, to, Path(data))
        try:
            play(stage)
        finally:
            stage.close()
    print(f"The demonstration is over: {stage.count} pictures in {to}", flush=True)
    return 0
