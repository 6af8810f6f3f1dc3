"""Cycles of objects are looked for while the window has nothing to do: all of them take 30 ms and more."""

from __future__ import annotations

import gc
from functools import partial

from PySide6.QtCore import QObject, QTimer

from desktop_lms.timers import once

EVERY_MS = 20_000
NEVER = 1 << 30


def collect_at_rest(owner: QObject) -> None:
    """Let the collector go on, with young objects as ever and with all of them only in a turn of their own."""
    gc.set_threshold(*gc.get_threshold()[:2], NEVER)
    gc.enable()
    rest = once(owner, 0, partial(gc.collect, 2))  # comes behind all that waits
    due = QTimer(owner)
    due.setInterval(EVERY_MS)
    due.timeout.connect(rest.start)
    due.start()
