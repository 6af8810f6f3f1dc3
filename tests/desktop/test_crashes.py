"""What went wrong is kept on this device by kind and without secrets; a run that was cut short is told at the next."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.crashes import Crash, Running, report
from desktop_lms.logs import KINDS, SLOW, Fault, Faults, Redacting, Timed, read_faults
from desktop_lms.shell.recovery import ask_recovery, happened
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Paper

RUN = """
import os, sys
from pathlib import Path
from desktop_lms.crashes import Running
running = Running(Path(sys.argv[1]))
if sys.argv[2] == "well":
    running.end()
elif sys.argv[2] == "abort":
    os.abort()
else:
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[logging.Logger]:
    made, handler = logging.getLogger("tests.crashes"), Faults(tmp_path)
    made.addHandler(handler)
    yield made
    made.removeHandler(handler)


def run(folder: Path, end: str) -> None:
    """Let a process run the app's mark and end in a way."""
    subprocess.run([sys.executable, "-c", RUN, str(folder), end], check=False, capture_output=True)


def fail(words: str) -> None:
    raise ValueError(words)


def test_a_run_that_was_cut_short_is_told_once(tmp_path: Path) -> None:
    for end, crashed, dumped in (("well", False, False), ("kill", True, False), ("abort", True, True)):
        run(tmp_path, end)
        running = Running(tmp_path)
        assert (running.crash is not None, bool(running.crash and running.crash.dump)) == (crashed, dumped), end
        running.end()
    running = Running(tmp_path)
    assert running.crash is None
    other = Running(tmp_path)
    assert other.crash is not None, "this process had not ended its run"
    other.end()
    running.end()


def test_errors_of_one_kind_are_one_entry(log: logging.Logger, tmp_path: Path) -> None:
    for words in ("a", "b", "password=Harbour-Lantern-42 of amara@school.example"):
        try:
            fail(words)
        except ValueError:
            log.exception("a fault of the program")
    log.error("no copy could be made of %s", tmp_path)
    log.warning("not counted")
    copy, fault = read_faults(tmp_path)
    assert (fault.kind, fault.count) == ("ValueError in test_crashes.fail", 3)
    assert "Harbour" not in fault.detail
    assert "amara@" not in fault.detail
    assert copy.kind == "no copy could be made of %s"
    for number in range(KINDS + 5):
        log.error(f"kind {number}")
    assert len(read_faults(tmp_path)) == KINDS
    (tmp_path / "faults.json").write_text("damaged")
    assert read_faults(tmp_path) == []


def test_slow_work_is_kept_by_its_name(tmp_path: Path) -> None:
    handler = Faults(tmp_path)
    logging.getLogger(SLOW).addHandler(handler)
    try:
        with Timed("load", 1.0):
            pass
        with Timed("load", -1.0):
            pass
    finally:
        logging.getLogger(SLOW).removeHandler(handler)
    assert [(fault.kind, fault.count) for fault in read_faults(tmp_path)] == [("load is slow", 1)]


def test_the_log_holds_no_secrets() -> None:
    record = logging.LogRecord(
        "x", logging.INFO, "", 0, "token: abc of %s in %s", ("a@b.example", Path.home() / "x"), None
    )
    assert Redacting("%(message)s").format(record) == "[removed] of [removed] in ~/x"


def test_the_report_is_read_before_it_is_handed_on(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    fault = Fault("ValueError in x", 2, 1, 2, "ValueError: 7")
    sheet = ask_recovery(window, Crash(1, "", (fault,)), (fault,))
    sheet.findChild(Paper).setPlainText("I opened a quiz.")
    next(b for b in sheet.findChildren(Button) if b.accessibleName() == "Copy details").click()
    said = QApplication.clipboard().text()
    assert all(words in said for words in ("I opened a quiz.", "2 x ValueError in x", "did not end by itself"))
    assert report(None, ()).startswith("Fieldnote ")
    assert happened(Crash(1, "", ()), ()) != happened(Crash(1, "Aborted", ()), ()) != happened(None, ())
