"""Pages are loaded ahead: no page of a student loads anything when it is first shown."""

from __future__ import annotations

import subprocess
import sys

FIRST_VISITS = """
import sys
from desktop_lms.start import load
load()
import desktop_lms.features.today.view
from desktop_lms import ahead
before = set(sys.modules)
ahead.load_ahead()
for name in ahead.PAGES:
    assert f"desktop_lms.features.{name}.view" in set(sys.modules) - before, name
assert not {"PySide6.QtMultimedia", "PySide6.QtWebEngineWidgets"} & set(sys.modules), "few watch or browse"
"""


def test_pages_are_loaded_before_they_are_shown() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_VISITS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
