"""What follows from writes runs behind the requests, soon after them and once more after a crash."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

EVERY_S = 30.0
GATHER_S = 0.5


class Projector:
    """A thread that projects when it is woken; writes within half a second are taken together."""

    def __init__(self, project: Callable[[], int]) -> None:
        self._project = project
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what an earlier process left undone."""
        self._woken.set()
        self._thread = threading.Thread(target=self._run, name="projector")
        self._thread.start()

    def wake(self) -> None:
        """Say that something was written."""
        self._woken.set()

    def close(self) -> None:
        """End the thread after the round it is in."""
        self._ended.set()
        self._woken.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.wait(EVERY_S)
            self._woken.clear()
            try:
                self._project()
            except Exception:  # whatever it was, requests go on and the next round tries again
                log.exception("projecting failed")
            self._ended.wait(GATHER_S)
