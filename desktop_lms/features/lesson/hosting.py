"""The page of a lesson as its parts know it: keeps what they say through the model and leads where they lead."""

from __future__ import annotations

from collections.abc import Callable

from desktop_lms.features.lesson.room import Place, Undo
from desktop_lms.features.lesson.viewmodel import LessonModel


class Hosting:
    """Implements Host for one page."""

    def __init__(
        self,
        model: LessonModel,
        *,
        follow: Callable[[str], None],
        say: Callable[[str, Undo], None],
    ) -> None:
        self._model, self._follow, self._say = model, follow, say

    def keep_place(self, key: str, place: Place) -> None:
        """Keep the place of a part."""
        self._model.keep_place(key, place)

    def active(self) -> None:
        """Count the time."""
        self._model.active()

    def finish(self) -> None:
        """Mark the lesson as done, once."""
        if not self._model.is_done:
            self._model.mark(done=True)

    def watched(self, seconds: int, total: int, position: int, film: str) -> None:
        """Keep what was watched; the lesson may be done by it."""
        self._model.watched(seconds, total, position, film)

    def go_on(self) -> None:
        """Open the lesson that follows; a quiz waits until one goes there."""
        reading = self._model.reading
        if reading is not None and reading.following is not None and reading.following.kind != "quiz":
            self._follow(f"lesson:{reading.following.id}")

    def follow(self, link: str) -> None:
        """Follow a link."""
        self._follow(link)

    def say(self, words: str, undo: Undo = None) -> None:
        """Show a toast."""
        self._say(words, undo)
