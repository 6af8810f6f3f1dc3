"""Cycles of objects are looked for on the window's thread alone, and all of them only while it has nothing to do.

Python looks on whatever thread makes objects. A widget that it found on another one would be destroyed there (PySide
hands over only those of its own classes, none of a class derived from them), while Qt's styles go on using it. What is
found is destroyed in the same turn: it is looked for often, so that never much of it gathers.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from desktop_lms.timers import once
from lms_core.memory import give_back

EVERY_MS = 500
YOUNG_MS = 250
"""Short, for what other threads make meanwhile is looked through in one turn."""

GIVE_BACK_MS = 10_000

YOUNG = 5000
"""So many young objects take 3 ms to be looked through."""

_left_out = threading.Event()


def collect_at_rest(owner: QObject) -> None:
    """Let objects be collected by the thread of their owner: the young ones often, all in a turn of their own."""
    gc.disable()
    rest = once(owner, 0, partial(gc.collect, 2))  # comes behind all that waits
    _each(owner, EVERY_MS, lambda: _may_search() and not rest.isActive() and rest.start())
    _each(owner, YOUNG_MS, _collect_young)
    _each(owner, GIVE_BACK_MS, once(owner, 0, give_back).start)


def leave_out() -> None:
    """Search what there is by now no more: it stays."""
    gc.freeze()
    _left_out.set()


def _may_search() -> bool:
    """Not while nothing is made, nor before what is loaded was left out: that would take 100 ms."""
    return _left_out.is_set() and gc.get_count()[2] > 0


def _collect_young() -> None:
    if gc.get_count()[0] > YOUNG:
        gc.collect(1)  # what stays is old at once: no turn looks through it a second time


def _each(owner: QObject, ms: int, then: Callable[[], object]) -> None:
    due = QTimer(owner)
    due.setInterval(ms)
    due.timeout.connect(then)
    due.start()
