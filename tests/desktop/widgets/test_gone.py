"""What is destroyed leaves nothing behind: of some things PySide and Qt keep a few hundred bytes each."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QMetaObject, QSize
from PySide6.QtWidgets import QApplication, QComboBox, QScrollBar, QTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop_lms.widgets.feedback import Toast
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, clear, column
from desktop_lms.widgets.theme import Dressed

MANY, MOST = 300, 100
"""So many come and go, and bytes of each that may stay; what this is about took from 120 to 500."""


class Use(ctypes.Structure):
    """What the C library tells of its heap (mallinfo2)."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def in_use() -> int:
    """Bytes that the C side of this process holds."""
    gc.collect()
    tell = ctypes.CDLL(None).mallinfo2
    tell.restype = Use
    told = tell()
    return int(told.uordblks + told.hblkhd)


def flow() -> QWidget:
    made = QWidget()
    made.setLayout(Flow(*(QWidget() for _ in range(6))))
    return made


def cleared() -> QWidget:
    made = boxed(box := column(*(QWidget() for _ in range(6))))
    clear(box)
    return made


def with_keys() -> QWidget:
    made = QWidget()
    shortcut(made, "Ctrl+F", made.setFocus)
    return made


@pytest.fixture
def window(qtbot: QtBot) -> Dressed:
    made = Dressed()
    qtbot.addWidget(made)
    made.setCentralWidget(boxed(column()))
    made.show()
    return made


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: Choice([("a", "An entry"), ("b", "Another")], name="A choice"), id="choice"),
        pytest.param(flow, id="flow"),
        pytest.param(cleared, id="cleared"),
        pytest.param(with_keys, id="keys"),
    ],
)
def test_what_is_gone_leaves_nothing_behind(window: Dressed, make: Callable[[], QWidget]) -> None:  # PRF-12
    def come_and_go(times: int) -> None:
        for _ in range(times):
            page = boxed(column(make()))
            window.centralWidget().layout().addWidget(page)
            QApplication.processEvents()
            window.centralWidget().layout().removeWidget(page)
            delete(page)
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    come_and_go(30)
    before = in_use()
    come_and_go(MANY)
    assert (in_use() - before) / MANY < MOST


def test_what_keys_do_is_not_kept(qtbot: QtBot) -> None:
    def connections() -> int:
        gc.collect()  # of the type alone: to ask what stands for another object for its class may import it
        return sum(type(each) is QMetaObject.Connection for each in gc.get_objects())

    before = connections()
    for _ in range(10):
        delete(with_keys())
    assert connections() == before


def test_a_toast_keeps_nothing_of_what_it_lay_beside(window: Dressed) -> None:
    toast, kept = Toast(window), []
    for _ in range(10):
        page = QTextEdit()  # has parts of its own that were never seen in Python
        window.centralWidget().layout().addWidget(page)
        toast.say("Saved")
        kept.append(sum(issubclass(type(each), QScrollBar) for each in gc.get_objects()))
        delete(page)
    assert kept[-1] == kept[0]


@pytest.mark.parametrize("entries", [[], ["Brief"], ["Another, a longer one", "An entry"]])
def test_a_choice_is_as_large_as_qt_makes_it(window: Dressed, entries: list[str]) -> None:
    made = Choice([("other", "What stood there before")], name="A choice")
    window.centralWidget().layout().addWidget(made)
    assert made.sizeHint().width() > 100
    made.show_entries([(each, each) for each in entries])
    assert made.sizeHint() != QSize()
    for n in range(len(entries) - 1):
        made.setItemIcon(n, icon("search", 16))
    QApplication.processEvents()
    own, qts = made.sizeHint(), QComboBox.sizeHint(made)
    assert own.height() == qts.height()
    assert 0 <= own.width() - qts.width() <= 4, "the ink of words is narrower than the room that they take"
