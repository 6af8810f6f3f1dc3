"""What the door asks of whoever runs its slow work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject

from lms_core.errors import LmsError


class Background(Protocol):
    """Run work off the screen's thread and bring its result back to a slot of `owner`."""

    def __call__(
        self,
        owner: QObject,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        fail: Callable[[LmsError], None],
    ) -> None:
        """Do it."""
