"""What tests of the window at a real server need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.programs import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that runs."""
    made = Server(tmp_path / "hub")
    made.start()
    yield made
    made.stop()
