"""Search around the pages: what the palette shows while one types, and the index that catches up in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_lms.shell.places import Command
from desktop_lms.store import Store
from desktop_lms.timers import once
from desktop_lms.words import dotted, tr
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError

if TYPE_CHECKING:
    from desktop_lms.shell.window import Window
    from lms_core.search.model import Found, Suggestion
    from lms_core.workspace import Workspace

SHOWN, HITS, ALL = 5, 5, 7
REST_MS, SLICE_S = 300, 0.03
GROWS = frozenset({Topic.COURSES, Topic.LEARNING, Topic.NOTES, Topic.MEDIA})


class PaletteSearch:
    """Commands that lead to what search finds: the best hits, what may be meant, and the page of all results."""

    def __init__(self, store: Store, window: Window) -> None:
        from desktop_lms.features.search.viewmodel import Suggesting

        self._store, self._window, self._asking = store, window, Suggesting(store, window)

    def __call__(self, words: str, answer: Callable[[Sequence[Command]], None]) -> None:
        """Answer later with commands for what was typed."""

        def show(suggestions: Sequence[Suggestion], found: Sequence[Found]) -> None:
            led = [self._to_hit(each) for each in found]
            meant = [self._to_search(each.text, each.text, each.source) for each in suggestions]
            everything = self._to_search(tr("All results for “{words}”", words=words.strip()), words, "word")
            answer([*led[:HITS], *meant[: ALL - HITS], everything])

        self._asking.find(words, show, limit=SHOWN)

    def _to_hit(self, hit: Found) -> Command:
        from desktop_lms.features.search.hits.view import command_icon
        from desktop_lms.features.search.viewmodel import route_to

        above = hit.course_title if hit.kind != "course" else ""
        title = dotted(hit.title, above)

        def go() -> None:
            self._store.run(self._window, lambda workspace: workspace.search.led_to(hit))
            self._window.go(route_to(hit))

        return Command(title, go, command_icon(hit.kind))

    def _to_search(self, title: str, words: str, source: str) -> Command:
        from desktop_lms.features.search.hits.view import command_icon

        return Command(title, lambda: self._window.go(f"search/{words}"), command_icon(source))


class Indexing(QObject):
    """Index what waits, a moment at a time between clicks, then have the words at hand that occur here (PRF-08)."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._reading = ""
        self._damaged: set[str] = set()
        self._rest = once(self, REST_MS, self.go_on)
        store.changed.connect(self._on_changed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & GROWS and not self._rest.isActive():
            self._rest.start()

    def go_on(self) -> None:
        """Index some of what waits."""
        self._store.run(self, lambda w: w.search.catch_up(SLICE_S) or w.search.warm_up(), self._on_some)

    def _on_some(self, more: bool) -> None:
        if more:
            self.go_on()
        elif not self._reading:
            self._store.run(self, lambda workspace: _next_file(workspace, self._damaged), self._read)

    def _read(self, file: tuple[str, str] | None) -> None:
        """Read the words of a file beside the window, once."""
        if file is None:
            return
        sha256, kind = file
        self._reading = sha256
        from lms_core.search.reading import words_of

        media = self._store.workspace.media
        self._store.pool(self, lambda: (sha256, words_of(kind, media.read(sha256))), self._on_read, self._on_unread)

    def _on_read(self, told: tuple[str, list[tuple[int, str]]]) -> None:
        sha256, texts = told
        self._reading = ""
        self._store.run(self, lambda workspace: workspace.search.read(sha256, texts), lambda _: self.go_on())

    def _on_unread(self, error: LmsError) -> None:
        """A file that cannot be read is left alone until the next start; the others follow."""
        self._damaged.add(self._reading)
        self._reading = ""
        self.go_on()

    def stop(self) -> None:
        """Begin nothing more."""
        self._rest.stop()


def _next_file(workspace: Workspace, damaged: set[str]) -> tuple[str, str] | None:
    unread = workspace.search.unread().items()
    return next(((sha, kind) for sha, kind in unread if sha not in damaged and workspace.media.has(sha)), None)
