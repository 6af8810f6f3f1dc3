"""Pictures of pages whose rows are still being read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from desktop_lms.app import App
from tests.scenes import LEARNING, Scene, at, fill, rest


class Hold:
    """Keeps what reads for the pages from beginning, until it lets go."""

    def __init__(self, app: App) -> None:
        self._app, self._gate = app, Event()
        self._gate.set()

    def let_go(self) -> None:
        """Let all be read that was asked for."""
        self._gate.set()
        rest(self._app)

    def during(self, scene: Scene) -> Scene:
        """A scene in a window that has read nothing yet."""

        def go(app: App) -> Any:
            self.let_go()
            assert app.store is not None
            gate = self._gate = Event()
            app.store.run(app, lambda _: gate.wait())
            app._show_window()
            return scene(app)

        return go


@contextmanager
def waiting(app: App) -> Iterator[dict[str, Scene]]:
    """The moment before a page has read its rows, as long as one likes."""
    workspace = app.sessions.start_local("Amara Okafor")
    data = fill(workspace)
    app.enter(workspace)
    hold = Hold(app)
    found = LEARNING | {
        "course": at(f"course/{data.course}"), "lesson": at(f"lesson/{data.lesson}"),
        "quiz": at(f"quiz/{data.practice}"), "search": at("search/sample"), "settings": at("settings"),
        "storage": at("storage"), "teach": at("teach"),
    }  # fmt: skip
    yield {name: hold.during(scene) for name, scene in found.items()}
    hold.let_go()
