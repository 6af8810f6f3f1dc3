"""A copy of a course on a laptop: its rows, and its files under the name of whoever makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lms_core.workspace import Workspace


def copy_course(workspace: Workspace, course: str, **wish: Any) -> str:
    """Copy a course that this machine has the draft of; returns the id of the new one. `wish` as cloning.Wish.

    Raises:
        NotFound. UserError: `invalid_fields` for a title that a course of its family has.
    """
    with workspace.work() as unit:
        new = workspace.courses.clone(course, **wish)
        named = [each.sha256 for each in workspace.courses.document(new).media]
        workspace.sync.offer_in(unit, [name for name in named if workspace.media.has(name)])
    return new
