"""The roster: groups, filter, and a file that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from desktop_lms.features.people.view import PeoplePage, timing_words
from desktop_lms.features.people.viewmodel import PeopleModel
from tests.desktop.features.teaching import Desk
from tests.told import tell

DAY = 86_400_000


def roster(desk: Desk) -> PeopleModel:
    course, now = desk.course(), desk.clock.ms()
    people = (
        ("Amara Okafor", "active", 62.0, now - DAY, 87.5),
        ("Baptiste Morel", "active", 8.0, now - 30 * DAY, None),
        ("=HYPERLINK(1)", "completed", 100.0, now - 2 * DAY, 91.0),
        ("Dilnoza Karimova", "dropped", 10.0, None, None),
    )
    for n, (name, status, percent, seen, score) in enumerate(people):
        tell(desk.workspace, "roster_entry", f"r{n}", course_id=course, user_id=f"u{n}", name=name,
             email=f"p{n}@example.org", status=status, percent=percent, seconds=3600, last_active_at=seen,
             best_score=score, unproved=n % 2, late=2 * (n == 3))  # fmt: skip
    model = PeopleModel(desk.store, course)
    model.refresh()
    return model


def test_people_are_found_by_words_and_group(desk: Desk) -> None:
    model = roster(desk)
    assert len(model.rows) == 4
    assert {g: model.count(g) for g in ("active", "at_risk", "completed", "dropped")} == {
        "active": 1, "at_risk": 1, "completed": 1, "dropped": 1,
    }  # fmt: skip
    model.choose("at_risk")
    assert [p.name for p in model.rows] == ["Baptiste Morel"]
    model.choose("all")
    model.search("oka ama")
    assert [p.name for p in model.rows] == ["Amara Okafor"]


def test_the_file_holds_what_is_shown_and_no_formula(desk: Desk, tmp_path: Path) -> None:
    model, told = roster(desk), []
    model.exported.connect(lambda path, count: told.append((path, count)))
    target = tmp_path / "people.csv"
    model.export(target)
    rows = list(csv.reader(target.read_text("utf-8-sig").splitlines()))
    assert len(rows) == 5
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert rows[2][:4] == ["Amara Okafor", "p0@example.org", "active", "62"]
    assert told == [(str(target), 4)]


def test_a_folder_that_is_gone_is_said_and_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    model = roster(desk)
    model.export(tmp_path / "missing" / "people.csv")
    assert model.error is not None
    assert model.error.code == "file_unwritable"


def test_hand_ins_whose_time_is_in_doubt_are_seen(desk: Desk, qtbot: QtBot) -> None:
    model = roster(desk)
    assert {p.name: timing_words(p) for p in model.rows if timing_words(p)} == {
        "Baptiste Morel": "1 not proved", "Dilnoza Karimova": "1 not proved, 2 late",
    }  # fmt: skip
    page = PeoplePage(model, go=lambda route: None, say=lambda text, undo=None: None)
    qtbot.addWidget(page)
    table = page.findChild(QTableView)
    heads = [table.model().headerData(n, Qt.Orientation.Horizontal) for n in range(table.model().columnCount())]
    assert "Hand-in time" in heads
