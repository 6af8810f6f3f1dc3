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
TAKEN = "today lesson quiz receipt review answer review-done search progress settings"


def test_a_day_without_a_network(display: str, tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("This system does not let us take the network away")
    shutil.rmtree(PICTURES, ignore_errors=True)
    done = subprocess.run(
        [*ALONE, sys.executable, "-c", DAY, str(tmp_path), str(PICTURES)], cwd=PROJECT, check=False,
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.stem.partition("-")[2] for path in sorted(PICTURES.glob("*.png"))] == TAKEN.split()
    held = json.loads((tmp_path / "day.json").read_text())
    assert held["notes"] == ["Ask on Tuesday: why stir first?"]
    assert held["attempts"] == 1
    assert held["reviewed"] == held["cards"] > 1
    cannot = {place: names for place, names in held["disabled"].items() if names}
    assert cannot == {"answer": ["Take the last rating back"]}, "nothing is greyed out for want of a network"
