"""The main job in real windows: an X server of its own, real mouse and key events, pictures in build/window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.samples import PROJECT

PICTURES = PROJECT / "build" / "window"
WALK = "import sys; from pathlib import Path; from tests.e2e.window_walk import main; main(*map(Path, sys.argv[1:]))"
TAKEN = """
first-run wrong-password teach-empty import-report builder quiz-editor publish picker
first-run courses-to-take-along today-new course lesson unlock today-offline quiz receipt result
graded-quiz graded-waiting notes all-saved laptop-progress laptop-note laptop-attempts laptop-graded
sign-in-again people first-run another-courses-to-take-along another-progress another-note another-attempts
another-graded
"""


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """An X server with a screen of 1280 x 800 on a free number."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed; scripts/setup.sh installs it where it may")
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    log = (tmp_path / "xvfb.log").open("w")
    with log, subprocess.Popen(command, pass_fds=[write], stdout=log, stderr=log) as process:
        os.close(write)
        try:
            with os.fdopen(read) as answer:
                number = answer.readline().strip()
            assert number, (tmp_path / "xvfb.log").read_text()
            yield f":{number}"
        finally:
            process.terminate()


def test_the_way_in_real_windows(display: str, tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-c", WALK, str(tmp_path), str(PICTURES)], cwd=PROJECT, check=False,
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.stem.partition("-")[2] for path in sorted(PICTURES.glob("*.png"))] == TAKEN.split()
    held = json.loads((tmp_path / "held.json").read_text())
    assert held["laptop"] == {
        "progress": "2 of 14 lessons",
        "done": ["1.1 A spoonful of soup, Done", "Q1 What stays, Done"],
        "notes": ["Ask on Tuesday: why stir first?"],
        "mark": ["100 %", "100 % · passed"],
    }
    assert held["another"] == held["laptop"]
    assert held["people"][:3] == ["Sam Student", "Active", "14 %"]
    assert held["people"][4] == "100 %"
