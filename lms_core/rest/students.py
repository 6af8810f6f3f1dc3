"""Who learns a course of the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lms_core.learning.entities import ROSTER_ENTRY

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class StudentsApi:
    """Learners for those who manage them in a course (ENR-12). Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def set_suspended(self, course: str, user: str, *, suspended: bool) -> None:
        """Keep somebody from learning the course, or let them go on. Raises NotFound, Conflict `bad_transition`."""
        status = "suspended" if suspended else "active"
        path = f"/instructor/students/{ROSTER_ENTRY.id_for(course, user)}"
        self._line.ask("PATCH", path, json={"status": status})
