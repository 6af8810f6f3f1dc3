"""The sheets about what lies on this device, for all pages that offer them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_lms.shell.pages import Context


class Sheets:
    """Opens them over the window, by course."""

    def __init__(self, context: Context) -> None:
        self._c = context

    def keep(self, course: str) -> None:
        """Ask what of a course is to stay or to come."""
        from desktop_lms.features.course.keep.view import ask_to_keep
        from desktop_lms.features.course.keep.viewmodel import KeepModel

        if self._c.window is not None:
            ask_to_keep(self._c.window, KeepModel(self._c.store, self._c.downloads, course))

    def update(self, course: str) -> None:
        """Show what a newer version of a course brings."""
        from desktop_lms.features.course.update.view import show_update
        from desktop_lms.features.course.update.viewmodel import UpdateModel

        if self._c.window is not None:
            show_update(self._c.window, UpdateModel(self._c.store, self._c.downloads, course), go=self._c.go)
