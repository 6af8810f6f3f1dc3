"""A long day with the app, short here and of two hours in `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import day_figures
from bench.figure import Context
from bench.library import Size, library


def test_memory_grows_from_what_ten_minutes_made_warm() -> None:
    assert day_figures.warmed([(0, 100), (30, 150), (600, 200), (900, 210)]) == (200, 210)
    assert day_figures.warmed([(0, 100), (30, 150), (60, 160), (90, 170)]) == (160, 170)


def test_a_short_use_tells_memory_and_how_long_the_window_stood(tmp_path: Path) -> None:
    size = Size(2, 10, 4, 3)
    told = day_figures.use(library(tmp_path, size, password=None), 6, size, step_ms=40)
    assert sum(told["visits"].values()) > 10
    assert told["longest"], "what comes after the first seconds counts"
    assert len(told["done"]) == 7
    assert sum(told["done"].values()) >= 2
    assert all(mb > 50 for _, mb in told["memory"])


@pytest.mark.soak
def test_two_hours_leave_the_window_free_and_memory_as_it_was(tmp_path: Path) -> None:
    figures = day_figures.run(Context(full=True, folder=tmp_path, names=frozenset(day_figures.NAMES)))
    assert all(figure.ok for figure in figures), figures
