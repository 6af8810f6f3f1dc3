"""Work beside the window: computed one piece at a time, after the window, and read for those who are still there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop_lms import store as stores
from desktop_lms.store import Store
from tests.desktop.features.learners import open_workspace
from tests.fakes import FakeClock


@pytest.fixture
def store(qtbot: QtBot, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    made = Store(open_workspace(tmp_path, clock=clock))
    yield made
    made.close()


def test_what_computes_does_so_one_piece_at_a_time(store: Store, qtbot: QtBot) -> None:
    at_work, most = [0], [0]
    done: list[object] = []

    def piece() -> None:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        threading.Event().wait(0.005)
        at_work[0] -= 1

    for _ in range(5):
        store.compute(store, piece, done.append)
    qtbot.waitUntil(lambda: len(done) == 5)
    assert most == [1]


def test_it_waits_while_the_window_is_at_work(store: Store, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "GIVE_WAY_S", 60)
    passed = threading.Event()
    within: list[bool] = []

    def work() -> None:
        store.give_way()
        passed.set()

    def turn() -> None:
        store.compute(store, work)
        within.append(passed.wait(0.05))

    QTimer.singleShot(0, turn)
    qtbot.waitUntil(passed.is_set)
    assert within == [False]


def test_who_is_gone_reads_nothing_but_what_they_wrote_is_kept(store: Store, qtbot: QtBot) -> None:
    gone, may_go_on = QObject(), threading.Event()
    done: list[str] = []
    store.run(store, lambda _: may_go_on.wait(10))
    store.read(gone, lambda _: done.append("read by who is gone"))
    store.run(gone, lambda _: done.append("written by who is gone"))
    store.read(store, lambda _: done.append("read by who is there"))
    delete(gone)
    may_go_on.set()
    qtbot.waitUntil(lambda: "read by who is there" in done)
    assert done == ["written by who is gone", "read by who is there"]
