"""All objects are searched for cycles only while the window has nothing to do."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_lms import rubbish


class Ring:
    """Keeps itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def owner(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[QObject]:
    was, before = gc.isenabled(), gc.get_threshold()
    monkeypatch.setattr(rubbish, "EVERY_MS", 20)
    made = QObject()
    yield made
    made.deleteLater()
    gc.set_threshold(*before)
    (gc.enable if was else gc.disable)()


def test_old_cycles_go_in_a_turn_of_their_own(owner: QObject, qtbot: QtBot) -> None:
    ring = Ring()
    gc.collect()  # it is old now
    rubbish.collect_at_rest(owner)
    seen = weakref.ref(ring)
    del ring
    gc.collect(1)
    assert seen() is not None, "only a search through all finds it"
    qtbot.waitUntil(lambda: seen() is None, timeout=5000)


def test_nothing_else_searches_through_all(owner: QObject) -> None:
    rubbish.collect_at_rest(owner)
    assert gc.isenabled()
    assert gc.get_threshold()[2] == rubbish.NEVER
