"""Cycles are collected on the window's thread alone; all objects are searched only while it has nothing to do."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bench.process import Watch
from desktop_lms import rubbish
from desktop_lms.store import Errands


class Ring:
    """Keeps itself."""

    def __init__(self) -> None:
        self.itself = self


class Left(QWidget):
    """A widget that nobody has but itself; `gone` gets the thread on which it is destroyed."""

    def __init__(self, gone: list[threading.Thread]) -> None:
        super().__init__()
        self.itself = self
        self.destroyed.connect(lambda: gone.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)


@pytest.fixture
def owner(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[QObject]:
    was, before = gc.isenabled(), gc.get_threshold()
    gc.enable()  # as Python begins
    monkeypatch.setattr(rubbish, "EVERY_MS", 20)
    rubbish.leave_out()
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


def test_all_are_searched_once_what_was_loaded_is_left_out(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rubbish, "_left_out", threading.Event())
    ring = Ring()
    gc.collect()
    seen = weakref.ref(ring)
    rubbish.collect_at_rest(owner)
    del ring
    gc.collect(1)
    qtbot.wait(5 * rubbish.EVERY_MS)
    assert seen() is not None
    rubbish._left_out.set()
    qtbot.waitUntil(lambda: seen() is None, timeout=5000)


def test_young_cycles_go_soon_where_many_were_made(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rubbish, "EVERY_MS", 1 << 30)
    monkeypatch.setattr(rubbish, "YOUNG_MS", 20)
    rubbish.collect_at_rest(owner)
    seen = weakref.ref(Ring())
    made = [Ring() for _ in range(rubbish.YOUNG + 1)]
    qtbot.waitUntil(lambda: seen() is None, timeout=5000)
    assert made


def test_a_widget_is_never_destroyed_by_another_thread(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.set_threshold(rubbish.YOUNG, 1, 1)
    gone: list[threading.Thread] = []
    errands = Errands(owner)
    rubbish.collect_at_rest(owner)
    Left(gone)
    made: list[list[int]] = []

    def work() -> bool:
        made.extend([] for _ in range(10 * rubbish.YOUNG))
        return True

    with qtbot.waitCallback() as done:
        errands(owner, work, done, done)
    errands.close()
    qtbot.waitUntil(lambda: gone != [], timeout=5000)
    assert gone == [threading.main_thread()]


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries give back by themselves")
def test_what_is_free_between_pieces_in_use_goes_back(
    owner: QObject, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rubbish, "GIVE_BACK_MS", 20)
    made = [b"1" * 100_000 for _ in range(600)]
    kept = made[::2]
    del made
    watch = Watch()
    before = watch.now_mb
    rubbish.collect_at_rest(owner)
    qtbot.waitUntil(lambda: watch.now_mb < before - 20, timeout=5000)
    assert len(kept) == 300
