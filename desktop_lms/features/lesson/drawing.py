"""The text of a lesson, its pictures and its formulas, rendered beside the window: what is in view first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.lesson.text import MEDIA, RENDERED, Body, Dress, draw_formulas, first_screen, render_body
from desktop_lms.features.lesson.within import words_within
from desktop_lms.store import Store
from desktop_lms.timers import once
from lms_core.content.model import LessonDoc, MediaRef
from lms_core.content.text import lesson_minutes
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

AHEAD_MS, PAINTED_MS = 100, 24
"""Before the neighbours are rendered, and before the rest is, for what is there to be painted."""


class Source(Protocol):
    """What is read of a lesson."""

    @property
    def lesson(self) -> LessonDoc:
        """The lesson."""

    @property
    def files(self) -> Mapping[str, MediaRef]:
        """What the course has, by SHA-256."""

    @property
    def around(self) -> tuple[LessonDoc, ...]:
        """The lessons that are rendered ahead."""


class Drawing(QObject):
    """Renders one lesson after the other; only the latest dress counts."""

    begun = Signal(object)
    """The Body of a first screen; the whole one follows."""
    rendered = Signal(object)
    """A Body."""
    failed = Signal(object)
    pictures_came = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._asked: tuple[Source, Dress] | None = None
        self._shown: tuple[Source, Dress] | None = None
        self._left = False
        self._pending = 0
        self.pictures: dict[str, bytes] = {}
        """Pictures and formulas by their source."""
        self._start: Body | None = None
        self._idle = once(self, AHEAD_MS, self._read_ahead)
        self._painted = once(self, PAINTED_MS, self._go_on)

    def show(self, source: Source, dress: Dress, *, soon: bool) -> None:
        """Render a text; `rendered` tells, and `pictures_came` once pictures and formulas are there.

        With `soon` the first screen of a long text comes before it, which `begun` tells.
        """
        self._asked, self._left = (source, dress), False
        self._painted.stop()
        asked = self._asked
        lesson = source.lesson
        kept = RENDERED.find(lesson, dress, _types(source))
        if kept is not None:
            self._on_whole(asked, kept)
        elif soon:
            self._store.pool(self, lambda: _begin(source, dress), lambda made: self._on_begun(asked, made), self._fail)
        else:
            self._render(asked)
        if any(f"media:{name}" not in self.pictures for name in MEDIA.findall(lesson.body)):
            self._pending += 1
            read = lambda workspace: _read_pictures(workspace, lesson.body)  # noqa: E731
            self._store.read(self, read, self._on_pictures, self._on_unread)

    @property
    def is_set(self) -> bool:
        """Whether the text that was asked for last is the one that was told last."""
        return self._shown is self._asked

    @property
    def is_drawn(self) -> bool:
        """Whether no text, no picture and no formula is still to come."""
        return self.is_set and not self._pending

    def read_ahead(self) -> None:
        """Render the lessons that come next and before, and their formulas, once the window has nothing to do."""
        self._left = False
        self._idle.start()

    def _render(self, asked: tuple[Source, Dress]) -> None:
        source, dress = asked
        work = lambda: RENDERED.render(source.lesson, dress, _types(source))  # noqa: E731
        self._store.compute(self, work, lambda made: self._on_whole(asked, made), self._fail)

    def _on_begun(self, asked: tuple[Source, Dress], made: Body | None) -> None:
        if asked is not self._asked:
            return
        if made is None:
            self._render(asked)
            return
        self.begun.emit(made)
        self._start = made
        self._painted.start()

    def _go_on(self) -> None:
        """Draw and render the rest once the first screen is painted, which work of others would hold up."""
        if (asked := self._asked) is not None and self._start is not None:
            self._draw(self._start)
            self._render(asked)

    def _on_whole(self, asked: tuple[Source, Dress], made: Body) -> None:
        if asked is self._asked:
            self._shown = asked
            self.rendered.emit(made)
            self._draw(made)

    def look_within(self, then: Callable[[dict[str, str]], None]) -> None:
        """Read what the embedded parts of the lesson say; `then` gets it by key."""
        if (asked := self._asked) is None:
            return
        (source, dress), files = asked, _types(asked[0])

        def work() -> dict[str, str]:
            body = RENDERED.render(source.lesson, dress, files)
            return words_within(body.embeds, dress=dress, files=files)

        self._store.compute(self, work, then)

    def stop(self) -> None:
        """Let the pool be free for another lesson: nobody looks at this one any more."""
        self._idle.stop()
        self._left = True

    def _wants(self, asked: tuple[Source, Dress]) -> bool:
        """Whether somebody looks at a lesson still; the window goes first."""
        self._store.give_way()
        return self._asked is asked and not self._left

    def _draw(self, made: Body) -> None:
        if (asked := self._asked) is not None and made.formulas:
            wanted = partial(self._wants, asked)
            work = partial(draw_formulas, made.formulas, dress=asked[1], wanted=wanted)
            self._pending += 1
            self._store.compute(self, work, self._on_pictures, self._on_unread)

    def _read_ahead(self) -> None:
        if (asked := self._asked) is None:
            return
        source, dress = asked
        wanted = partial(self._wants, asked)

        def work() -> None:
            for lesson in source.around:
                if wanted():
                    lesson_minutes(lesson)  # which are kept
                    made = RENDERED.render(lesson, dress, _types(source))
                    draw_formulas(made.formulas, dress=dress, wanted=wanted)

        self._store.compute(self, work)

    def _on_unread(self, error: LmsError) -> None:
        self._pending -= 1
        self._store.failed.emit(error)

    def _on_pictures(self, found: dict[str, bytes]) -> None:
        self._pending -= 1
        if found:
            self.pictures |= found
            self.pictures_came.emit()

    def _fail(self, error: LmsError) -> None:
        self.failed.emit(error)


def _types(source: Source) -> dict[str, str]:
    """The MIME types of the files of a course."""
    return {name: file.mime for name, file in source.files.items()}


def _begin(source: Source, dress: Dress) -> Body | None:
    start = first_screen(source.lesson.body)
    return render_body(start, title=source.lesson.title, dress=dress, files=_types(source)) if start else None


def _read_pictures(workspace: Workspace, body: str) -> dict[str, bytes]:
    """The pictures of a text that are on this machine."""
    names = dict.fromkeys(MEDIA.findall(body))
    return {f"media:{name}": workspace.media.read(name) for name in names if workspace.media.has(name)}
