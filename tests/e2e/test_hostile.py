"""A course that was written to do harm, in a real window with no route to anywhere: plain cards, nothing more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.e2e.test_offline_day import alone as alone
from tests.e2e.test_offline_day import python
from tests.e2e.test_window import display as display
from tests.samples import PROJECT

PICTURES = PROJECT / "build" / "hostile"
WALK = "import sys; from pathlib import Path; from tests.e2e.hostile_walk import main; main(*map(Path, sys.argv[1:]))"
PATIENCE_S = 10


def test_a_hostile_course_in_a_real_window(alone: list[str], display: str, tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    done = python(alone, WALK, tmp_path, PICTURES, display=display)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tmp_path / "walk.json").read_text())
    assert told["attempts"] == 0
    assert told["escaped"] == []
    assert {name: s for name, s in told["slow"].items() if s > PATIENCE_S} == {}
    assert "Traceback" not in done.stderr
