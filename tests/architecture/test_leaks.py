"""The test suite itself: what a test leaves behind fails that test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples import PROJECT

LEAKS = """
import os, threading, warnings
from PySide6.QtCore import QTimer, qWarning

stop = threading.Event()
kept = []

def test_thread():
    threading.Thread(target=stop.wait, name="left", daemon=True).start()

def test_after_the_thread():
    stop.set()

def test_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(60_000)

def test_open_file(tmp_path):
    open(tmp_path / "x", "w")

def test_warning():
    warnings.warn("careful")

def test_qt_warning(qapp):
    qWarning("careful")

def test_home(tmp_path):
    import keyring
    import platformdirs
    assert platformdirs.user_data_path("x").is_relative_to(tmp_path)
    assert "fail" in type(keyring.get_keyring()).__module__
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"

def test_clean(qtbot):
    pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import *\nimport tests.conftest\ntests.conftest.THREAD_GRACE_S = 0.2\n"
    )
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    return tmp_path


def test_leaks_fail_and_clean_tests_pass(suite: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "XDG", "QT_"))}
    config = ["-c", str(PROJECT / "pyproject.toml"), "--rootdir", str(suite), "-o", f"pythonpath={PROJECT}"]
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", *config, "-n0", "-rA", "-p", "no:cacheprovider", str(suite)],
        cwd=suite,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = answer.stdout
    bad = {line.split("::")[1].split()[0] for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))}
    assert bad == {"test_thread", "test_timer", "test_open_file", "test_warning", "test_qt_warning"}, said
    good = {line.split("::")[1] for line in said.splitlines() if line.startswith("PASSED ")}
    assert {"test_after_the_thread", "test_home", "test_clean"} <= good, said
