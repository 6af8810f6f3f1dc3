"""A learner's workspace and the store that runs at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.store import InlineStore
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, open_workspace, write_course
from tests.fakes import FakeClock


@pytest.fixture
def workspace(tmp_path: Path, clock: FakeClock) -> Iterator[Workspace]:
    """A fresh local profile."""
    opened = open_workspace(tmp_path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def tides(workspace: Workspace) -> Tides:
    """A course with two texts and a quiz, installed."""
    ids = write_course(workspace)
    install(workspace, ids.course)
    return ids


@pytest.fixture
def store(qtbot: QtBot, workspace: Workspace) -> InlineStore:
    """The store over that workspace."""
    return InlineStore(workspace)
