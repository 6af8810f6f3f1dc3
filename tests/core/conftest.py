"""Workspaces and a school that tests of the domains share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_core.workspace import Workspace
from tests.core.school import School, prepare_hub
from tests.fakes import FakeClock, SeqId
from tests.told import new_workspace


@pytest.fixture(scope="session")
def hub_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded hub database without rows."""
    return prepare_hub(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def school(tmp_path: Path, hub_template: Path, clock: FakeClock, database_url: str) -> Iterator[School]:
    """A hub with nobody in it."""
    made = School(tmp_path, hub_template, clock, database_url)
    yield made
    made.close()


@pytest.fixture
def workspace(tmp_path: Path, clock: FakeClock) -> Iterator[Workspace]:
    """A local profile that may write and read courses."""
    opened = new_workspace(tmp_path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def ids() -> SeqId:
    """Ids for rows that a test makes up."""
    return SeqId(50)
