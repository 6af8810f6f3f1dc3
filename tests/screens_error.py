"""Pictures of what is not there, and of pages whose rows cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from desktop_lms.app import App
from lms_core.db.engine import dbapi2
from tests.scenes import LEARNING, Scene, at, report

NOTHING = "01a1fda2-0000-7000-a382-9d7d46770bf9"
AWAY = {name: at(f"{name}/{NOTHING}") for name in ("course", "lesson", "quiz", "builder", "people")}
UNREAD = LEARNING | {
    "review-cards": at("review/cards"), "search": at("search/sample"), "settings": at("settings"),
    "course-unread": AWAY["course"], "lesson-unread": AWAY["lesson"], "storage": at("storage"), "teach": at("teach"),
    "profile": at("profile"), "certificates": at("certificates"),
}  # fmt: skip


class Disk:
    """A disk that fails while it `is_broken`, for whatever a workspace asks of it."""

    def __init__(self, engine: Engine) -> None:
        self.is_broken = False
        event.listen(engine, "before_cursor_execute", self._fail)

    def _fail(self, *_: Any) -> None:
        if self.is_broken:
            raise dbapi2.OperationalError("disk I/O error")

    def during(self, scene: Scene, *, broken: bool) -> Scene:
        """A scene with the disk broken, or whole."""

        def go(app: App) -> Any:
            self.is_broken = broken
            return scene(app)

        return go


@contextmanager
def broken(app: App) -> Iterator[dict[str, Scene]]:
    """What is not there, and what cannot be read."""
    app.enter(app.sessions.start_local("Amara Okafor"))
    assert app.store is not None
    folder, disk = app.sessions.data_dir / "nothing", Disk(app.store.workspace.engine)
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"no picture")
    away = {name: disk.during(scene, broken=False) for name, scene in {**AWAY, "import": report(folder)}.items()}
    yield away | {name: disk.during(scene, broken=True) for name, scene in UNREAD.items()}
    disk.is_broken = False
