"""What a student does on a page, by keys and clicks: write, highlight, watch, read a paper, take a quiz, review cards.

Each is an iterator that goes on a little at each step; it ends early where a control is not there, and is counted at
its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from random import Random
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget

from bench.lesson_figures import lesson_text, with_formulas
from desktop_lms.widgets.reading import LessonText
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.folders import shipped
from lms_core.workspace import Workspace
from tests.e2e.day_course import COURSE, FIRST, QUESTIONS, QUIZ, day_course

LONG, LONG_LESSONS, CARDS, RATED, PATIENCE = "long", 12, 1_000, 5, 15
"""A step waits at most so many steps for what must come."""
WORDS = "The tide turned while we counted; ask on Tuesday why the small ones sit higher. "
Steps = Iterator[None]


def furnish(workspace: Workspace) -> None:
    """Bring the course with a film, a PDF and a quiz, one of lessons of 50 KB with formulas, and cards to review."""
    day_course(workspace)
    workspace.learning.complete(FIRST)
    text = lesson_text(shipped("resources") / "sample_course")
    lessons = tuple(
        LessonDoc(f"{LONG}-{n}", f"Long lesson {n}", body=with_formulas(text, n)) for n in range(LONG_LESSONS)
    )
    pack = build_pack(CourseDocument(LONG, "1", "Long lessons", modules=(ModuleDoc("m", "All", lessons=lessons),)))
    workspace.installed.install_pack(workspace.media.put(pack), pack)
    workspace.review.change_settings(new_a_day=CARDS, reviews_a_day=10 * CARDS)
    for n in range(CARDS):
        workspace.review.add(f"What is limpet number {n}?", f"One of *{n}* grams.")


class Pastimes:
    """Everything a student does beside looking; `go` follows a route, `done` counts what came to its end."""

    def __init__(self, window: Callable[[], Any], go: Callable[[str], None], chance: Random) -> None:
        self._window, self._go, self._chance = window, go, chance
        self.done: Counter[str] = Counter()
        self.all = (self.write, self.mark, self.read, self.watch, self.open_paper, self.answer, self.review)

    # --- in a lesson
    def write(self) -> Steps:
        """A note about the lesson, typed a word at a time; left by going elsewhere."""
        self._go(self._long())
        if field := (yield from self._find("Write a note about this lesson", QTextEdit)):
            field.setFocus()
            for word in WORDS.split():
                QTest.keyClicks(field, f"{word} ")
                yield
            self.done["write"] += 1

    def mark(self) -> Steps:
        """A highlight by keyboard."""
        self._go(self._long())
        if text := (yield from self._text()):
            cursor = QTextCursor(text.document())
            cursor.setPosition(self._chance.randrange(200))
            cursor.movePosition(QTextCursor.MoveOperation.NextWord, QTextCursor.MoveMode.KeepAnchor, 6)
            text.setFocus()
            text.setTextCursor(cursor)
            yield
            QTest.keyClick(text, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            yield
            self.done["mark"] += 1

    def read(self) -> Steps:
        """A lesson of 50 KB from its beginning to its end."""
        self._go(self._long())
        if text := (yield from self._text()):
            bar = text.verticalScrollBar()
            for part in range(9):
                bar.setValue(bar.maximum() * part // 8)
                yield
            self.done["read"] += 1

    def watch(self) -> Steps:
        """Some of the film."""
        self._go(f"lesson/{COURSE}/{FIRST}")
        if button := (yield from self._find("Play")):
            _click(button)
            for _ in range(8):
                yield
            if button := (yield from self._find("Pause")):
                _click(button)
            self.done["watch"] += 1

    def open_paper(self) -> Steps:
        """The PDF and the flashcards of the lesson."""
        self._go(f"lesson/{COURSE}/{FIRST}")
        if text := (yield from self._text()):
            for name in ("Turn over", "The sheet, folded"):
                if widget := (yield from self._find(name)):
                    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum() * 2 // 3)
                    yield
                    _click(widget)
            for _ in range(5):
                yield
            self.done["open_paper"] += 1

    # --- elsewhere
    def answer(self) -> Steps:
        """A quiz from its first page to the receipt."""
        self._go(f"quiz/{COURSE}/{QUIZ}")
        if not (begin := (yield from self._find("Start the quiz"))):
            return
        _click(begin)
        for _ in QUESTIONS:
            if not (yield from self._find("Press A")):
                return
            QTest.keyClick(self._page(), Qt.Key.Key_A)
            yield
            QTest.keyClick(self._page(), Qt.Key.Key_Right)
            yield
        for name in ("Submit quiz…", "Submit now", "Back to the course"):
            if not (button := (yield from self._find(name))):
                return
            _click(button)
            yield
        self.done["answer"] += 1

    def review(self) -> Steps:
        """A few cards, each rated by chance."""
        self._go("review/session")
        for _ in range(RATED):
            if not (yield from self._find("Show the answer")):
                return
            QTest.keyClick(self._page(), Qt.Key.Key_Space)
            yield
            QTest.keyClick(self._page(), Qt.Key(Qt.Key.Key_1 + self._chance.randrange(4)))
            yield
        self.done["review"] += 1

    # --- hands and eyes
    def _long(self) -> str:
        return f"lesson/{LONG}/{LONG}-{self._chance.randrange(LONG_LESSONS)}"

    def _page(self) -> QWidget:
        page: QWidget = self._window().stack.currentWidget()
        return page

    def _find(self, name: str, kind: type[QWidget] = QWidget) -> Generator[None, None, Any]:
        """Wait for what is called so, and give it; nothing where it does not come."""
        for _ in range(PATIENCE):
            for each in seen(kind):
                if _said(each).startswith(name):
                    return each
            yield
        return None

    def _text(self) -> Generator[None, None, Any]:
        """Wait for the words of the lesson."""
        for _ in range(PATIENCE):
            for text in seen(LessonText):
                if not text.document().isEmpty():
                    return text
            yield
        return None


def seen(kind: type[Any]) -> Iterator[Any]:
    """Visible widgets of a kind. `findChildren` is not asked: PySide keeps what it found as long as the parent."""
    return (each for each in QApplication.allWidgets() if isinstance(each, kind) and each.isVisible())


def _said(widget: Any) -> str:
    text = getattr(widget, "text", None)
    return str(widget.accessibleName() or (text() if callable(text) else "") or "")


def _click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents()
