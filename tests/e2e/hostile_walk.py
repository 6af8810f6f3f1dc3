"""A course that was written to do harm, brought in, looked at and read in a real window; run by test_hostile.py."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop_lms.app import App
from desktop_lms.features.lesson.film.view import FilmPart
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.outline import OutlineTree
from desktop_lms.widgets.reading import LessonText
from lms_core.demo import install_draft
from lms_core.workspace import Workspace
from tests.e2e.attempts import attempts
from tests.e2e.hands import Hands, seen
from tests.packages import packed

TITLE = "Harmless"
LESSONS = {
    "scripts": '<script>alert(1)</script><img src=x onerror="x()"><a href="javascript:x()" onclick="x()">a</a>'
    '<iframe src="http://192.0.2.1/"></iframe><object data="file:///etc/passwd"></object><style>@import '
    'url(http://192.0.2.1/a.css);</style><svg onload="x()"><image href="http://192.0.2.1/b.svg"/></svg>',
    "far": "![a](http://192.0.2.1/a.png)\n\n![b](//192.0.2.1/b.png)\n\n![c](file:///etc/passwd)\n\n"
    '<img src="http://192.0.2.1/c.png" srcset="http://192.0.2.1/d.png 2x">'
    '<video src="http://192.0.2.1/e.mp4" autoplay></video><body background="http://192.0.2.1/f.png">',
    "table": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000,
    "nested": ">" * 5000 + " x\n\n" + "<details><summary>x</summary>\n" * 500 + "y\n\n"
    + "\n".join("  " * n + "- x" for n in range(200)),
    "damaged": "![a](broken.png)\n\n![b](bomb.svg)\n\n![c](film.mp4)\n\n![d](paper.pdf)\n\n[e](paper.pdf)",
    "upward": "![a](../../../../../../etc/passwd)\n\n![b](/etc/passwd)\n\n[c](../outside.txt)",
}  # fmt: skip
FRONT = {"damaged": "video: film.mp4\npdf: paper.pdf\nslides: slides.pdf\n", "upward": "interactive: evil.zip\n"}


def write_course(folder: Path) -> Path:
    """Write it as a folder of Markdown, with a lesson of 20 MB that goes beyond what may be brought in."""
    noise, course = random.Random(7), folder / "course"
    part = course / "01-part"
    part.mkdir(parents=True)
    (folder / "outside.txt").write_text("secret")
    (course / "course.yaml").write_text(f"title: {TITLE}\ncover: http://192.0.2.1/cover.png\n")
    for name, body in LESSONS.items():
        (part / f"{name}.md").write_text(
            f"---\ntitle: {name}\n{FRONT.get(name, '')}---\nBefore {name}\n\n{body}\n\nAfter"
        )
    (part / "large.md").write_text("# large\n\n" + "Four words a line.\n\n" * 1_000_000)
    (part / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + noise.randbytes(500))
    (part / "bomb.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9e9" height="9e9"><image '
                                   'href="http://192.0.2.1/x.png" width="9" height="9"/></svg>')  # fmt: skip
    (part / "film.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + noise.randbytes(200_000))
    for name in ("paper.pdf", "slides.pdf"):
        (part / name).write_bytes(b"%PDF-1.7\n" + noise.randbytes(50_000))
    evil = {"index.html": '<img src="http://192.0.2.1/x.png"><script src="http://192.0.2.1/x.js"></script>',
            "../../escaped.txt": "x", "/etc/escaped.txt": "x", "..\\escaped.txt": "x"}  # fmt: skip
    (part / "evil.zip").write_bytes(packed(evil))
    return course


class Walk:
    """Somebody who was sent that course."""

    def __init__(self, qt: QApplication, folder: Path, pictures: Path) -> None:
        self.folder, self.hands = folder, Hands(pictures)
        self.app = App(qt, folder / "laptop")
        self.slow: dict[str, float] = {}

    def ask(self, work: Any) -> Any:
        """What the workspace says, in its turn."""
        store, answers = self.app.store, []
        assert store is not None
        store.run(self.app, work, lambda x: answers.append((x,)))
        return self.hands.until(lambda: answers, "an answer of the workspace")[0][0]

    def imports(self) -> None:
        """The report, and the draft in the builder: each lesson with its preview."""
        course, hands = write_course(self.folder), self.hands
        self.app.enter(self.app.sessions.start_local("Tess Harbour"))
        window = self.app.window
        assert window is not None
        window.go("import")
        hands.pick_folder(hands.find("Choose a folder…", Button), course)
        hands.reads("What becomes of each file")
        hands.picture("report")
        hands.click("Import", Button)
        hands.click("Open in the builder", Button)
        tree = hands.find("Outline", OutlineTree)
        module = hands.until(lambda: tree.topLevelItem(0), "the outline")
        for n in range(module.childCount()):
            tree.setCurrentItem(module.child(n))
            name = module.child(n).text(0)
            began = time.monotonic()
            preview: LessonText = hands.find("Preview", LessonText)
            hands.until(lambda p=preview, n=name: n in p.toPlainText() or "large" in n, f"a preview of {name}")
            self.slow[f"preview of {name}"] = time.monotonic() - began
        hands.picture("builder")

    def reads(self) -> None:
        """Each lesson as a student has it, scrolled to its end, and all that opens opened."""
        hands, window = self.hands, self.app.window
        assert window is not None
        course = self.ask(lambda w: w.courses.my_courses()[0].id)
        document = self.ask(lambda w: _install(w, course))
        for lesson in document.lessons():
            began = time.monotonic()
            window.go(f"lesson/{lesson.id}")
            hands.until(
                lambda n=lesson.title: [p for p in seen(LessonPage) if _shows(p, n)], f"{lesson.title} is shown"
            )
            text: LessonText = hands.find("Lesson text", LessonText)
            text.filling.complete()
            self.slow[lesson.title] = time.monotonic() - began
            bar = text.verticalScrollBar()
            steps = max(1, min(40, bar.maximum() // 300))
            for n in range(steps + 1):
                bar.setValue(bar.maximum() * n // steps)
                hands.rest(30)
            hands.rest(500)
            bar.setValue(0)
            if lesson.title == "damaged":
                self.plays()
            hands.picture(lesson.title)
            hands.keys(Qt.Key.Key_Escape)

    def plays(self) -> None:
        """What is no film says so, in the place of the film."""
        self.hands.rest(300)  # what is embedded follows the text
        film = self.hands.find("film.mp4", FilmPart)
        self.hands.press(self.hands.until(lambda: film.player, "no player").controls.play)
        self.hands.find("Open with another program", Button)


def _shows(page: LessonPage, title: str) -> bool:
    return title in page.text.toPlainText()


def _install(workspace: Workspace, course: str) -> Any:
    install_draft(workspace, course)
    return workspace.installed.document(course)


def main(folder: Path, pictures: Path) -> None:
    """Do it all, and write down how often somebody tried to reach a network."""
    qt = QApplication(["desktop-lms"])
    qt.setQuitOnLastWindowClosed(False)
    walk = Walk(qt, folder, pictures)
    walk.imports()
    walk.reads()
    walk.app.close()
    escaped = [str(Path(top) / name) for top, _, names in os.walk(folder) for name in names if "escaped" in name]
    told = {"attempts": attempts(), "slow": walk.slow, "escaped": escaped}
    (folder / "walk.json").write_text(json.dumps(told))
