"""Background work that is done before the call returns, for tests of the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from lms_core.errors import LmsError


def at_once(
    owner: QObject, work: Callable[[], Any], then: Callable[[Any], None], fail: Callable[[LmsError], None]
) -> None:
    """Work now and hand over what came of it."""
    try:
        result = work()
    except LmsError as error:
        fail(error)
    else:
        then(result)
