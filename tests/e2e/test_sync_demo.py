"""The demonstration of sync plays to its end and leaves its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop_lms.sync_demo import run


@pytest.mark.soak
def test_the_same_paragraph_is_written_twice_and_settled(tmp_path: Path, qtbot: Any, qapp: Any) -> None:
    assert run(qapp, tmp_path / "pictures") == 0
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 7
