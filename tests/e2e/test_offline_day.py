"""A student's whole day with no route to anywhere: nothing waits for a network, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_window import display as display
from tests.samples import PROJECT

PICTURES = PROJECT / "build" / "offline-day"
DAY = "import sys; from pathlib import Path; from tests.e2e.offline_day import main; main(*map(Path, sys.argv[1:]))"
ALONE = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
"""A network of its own, with nothing in it but the loopback."""
TAKEN = """
today courses catalogue storage course film note card exercises pdf files quiz receipt review answer review-done
palette search found notes progress settings again-today again-lesson again-notes again-progress
"""
CANNOT = {
    "Check": "no answer is chosen yet", "Leave it out": "no words are chosen yet", "Previous page": "it is the first",
    "Take the last rating back": "nothing is rated yet",
}  # fmt: skip
"""What cannot be used, and why: nothing is greyed out for want of a network."""
COUNTED = """
import socket
from tests.e2e.offline_day import attempts
assert attempts() == 0
with socket.socket() as tried:
    assert tried.connect_ex(("192.0.2.1", 443))
assert attempts() == 1
"""


@pytest.fixture
def alone() -> list[str]:
    """What runs a command without a network."""
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("This system does not let us take the network away")
    return ALONE


def test_an_attempt_to_connect_is_counted(alone: list[str]) -> None:
    subprocess.run([*alone, sys.executable, "-c", COUNTED], cwd=PROJECT, check=True)


def test_a_day_without_a_network(alone: list[str], display: str, tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    done = subprocess.run(
        [*alone, sys.executable, "-c", DAY, str(tmp_path), str(PICTURES)], cwd=PROJECT, check=False,
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.stem.partition("-")[2] for path in sorted(PICTURES.glob("*.png"))] == TAKEN.split()
    held, after = (json.loads((tmp_path / f"{part}.json").read_text()) for part in ("day", "evening"))
    disabled = held.pop("disabled") | after.pop("disabled")
    assert held["notes"] == ["Ask on Tuesday: why stir first?"]
    assert (len(held["quotes"]), len(held["bookmarks"]), held["attempts"]) == (2, 1, 1)
    assert held["reviewed"] == held["cards"] == 5, "two of the course, two missed, one made"
    assert held["theme"] == "light"
    [thought] = set(after["notes"]) - set(held["notes"])
    assert thought.startswith("Weigh the windward side too."), "what was typed when the plug was pulled"
    assert after == {**held, "notes": after["notes"]}
    assert {name for names in disabled.values() for name in names} == CANNOT.keys(), disabled
    assert json.loads((tmp_path / "attempts.json").read_text()) == 0
