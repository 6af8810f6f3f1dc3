"""Pages of lessons: those read last stay as they are, and one waits, built, for the lesson that is opened next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_lms.timers import once
from desktop_lms.widgets.theme import look

if TYPE_CHECKING:
    from desktop_lms.features.lesson.view import LessonPage
    from desktop_lms.shell.pages import Context
    from desktop_lms.shell.window import Window

KEPT = 3
"""Pages that stay, the present one among them."""
SPARE_MS = 700
"""So long after one came to a page, and stayed, the page for the next lesson is built."""


class LessonPages(QObject):
    """Makes the page of a lesson, or gives the one that is there; for one window."""

    def __init__(self, context: Context, window: Window) -> None:
        super().__init__(window)
        self._context, self.window = context, window
        self._kept: dict[str, LessonPage] = {}
        self._spare: LessonPage | None = None
        self._later = once(self, SPARE_MS, self.build)
        self._soon()
        look().changed.connect(self._forget)
        window.went.connect(self._soon)
        window.closing.connect(self._later.stop)
        window.destroying.connect(self._let_go)

    def page(self, lesson: str, place: str = "") -> LessonPage:
        """The page of a lesson, opened at a place."""
        self._prune()
        page = self._kept.pop(lesson, None) or self._spare or self._make()
        if page is self._spare:
            self._spare = None
        self._kept[lesson] = page
        page.open(lesson, place)
        return page

    def _soon(self) -> None:
        """Never in the turn in which another page comes: who goes on puts it off."""
        if self._spare is None:
            self._later.start()

    def build(self) -> None:
        """Build the page that waits, dressed and laid out."""
        if self._spare is None:
            self._spare = page = self._make()
            page.setParent(self.window.stack)
            page.resize(self.window.stack.size())
            dress(page)

    def _make(self) -> LessonPage:
        from desktop_lms.features.lesson.study import StudyTime
        from desktop_lms.features.lesson.view import LessonPage
        from desktop_lms.features.lesson.viewmodel import LessonModel

        c = self._context
        model = LessonModel(c.store, study=StudyTime(c.store.workspace.clock))
        resize = c.preferences.resize
        page = LessonPage(model, go=c.go, say=c.say, resize_text=resize, fetching=c.downloads)
        model.setParent(page)
        return page

    def _prune(self) -> None:
        """Let go of what cannot stay, and of the oldest."""
        for name, page in list(self._kept.items()):
            if name in self._kept and not page.can_stay:  # what became of another may have let go of it
                self._drop(self._kept.pop(name))
        while len(self._kept) >= KEPT:
            self._drop(self._kept.pop(next(iter(self._kept))))

    def _forget(self) -> None:
        """In another look all is drawn anew: what is not in view is made when it is needed."""
        for name, page in list(self._kept.items()):
            if name in self._kept and not page.isVisible():
                self._drop(self._kept.pop(name))
        if self._spare is not None:
            self._drop(self._spare)
            self._spare = None
            if self.window.isVisible():
                self._soon()

    def _drop(self, page: LessonPage) -> None:
        if not page.isVisible():
            self.window.discard(page)

    def _let_go(self, page: QWidget) -> None:
        self._kept = {name: each for name, each in self._kept.items() if each is not page}


def dress(page: QWidget) -> None:
    """Dress and lay out a page that nobody sees yet, so that showing it takes no time."""
    for part in (page, *page.findChildren(QWidget)):
        part.ensurePolished()
    if (box := page.layout()) is not None:
        box.activate()
