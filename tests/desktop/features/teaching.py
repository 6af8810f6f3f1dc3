"""A teacher's desk for tests: a workspace on real files behind a store without threads, and a course to work on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_lms.store import InlineStore
from lms_core.workspace import Workspace
from tests.fakes import FakeClock
from tests.told import new_workspace


@dataclass
class Desk:
    """What a test works with."""

    store: InlineStore
    workspace: Workspace
    clock: FakeClock

    def course(self, title: str = "Reading the sky") -> str:
        """A course of two modules with three lessons and a quiz."""
        courses = self.workspace.courses
        course = courses.create_course(title, description="How to know tomorrow's weather by looking up. " * 3)
        clouds = courses.add_module(course, "Clouds")
        courses.add_lesson(clouds, "Ten kinds", body="# Ten kinds\n\nCirrus is high and thin.\n")
        courses.add_lesson(clouds, "Halos", body="A ring around the moon.\n")
        wind = courses.add_module(course, "Wind")
        courses.add_lesson(wind, "Where it comes from", body="From high to low.\n")
        quiz = courses.ensure_assessment(courses.add_lesson(wind, "Check yourself", kind="quiz"))
        courses.add_question(quiz, "Which cloud is high?", options=("Cirrus", "Stratus"), correct=(0,))
        return course

    def lessons(self, course: str) -> list[str]:
        """Titles of lessons in order."""
        return [x.title for m in self.workspace.courses.outline(course).modules for x in m.lessons]

    def id_of(self, course: str, title: str) -> str:
        """A module or lesson by its title."""
        modules = self.workspace.courses.outline(course).modules
        rows = [*modules, *(x for m in modules for x in m.lessons)]
        return next(r.id for r in rows if r.title == title)


@pytest.fixture
def desk(qapp: object, tmp_path: Path) -> Iterator[Desk]:
    """An open workspace with a store."""
    clock = FakeClock()
    workspace = new_workspace(tmp_path / "data", clock=clock)
    store = InlineStore(workspace)
    try:
        yield Desk(store, workspace, clock)
    finally:
        store.close()
