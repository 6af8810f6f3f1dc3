"""Notes are on the disk within a second of typing, one after another, whatever goes wrong between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_lms.features.lesson.panel.view import NotesPanel
from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.features.notes.view import NotesPage
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.noting import NoteWriter
from desktop_lms.store import Store
from desktop_lms.widgets.inputs import Field, Paper
from lms_core.errors import LmsError, StorageError
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, open_workspace, write_course
from tests.fakes import FakeClock


@pytest.fixture
def workspace(tmp_path: Path, clock: FakeClock) -> Workspace:
    return open_workspace(tmp_path, clock=clock)


@pytest.fixture
def tides(workspace: Workspace) -> Tides:
    ids = write_course(workspace)
    install(workspace, ids.course)
    return ids


@pytest.fixture
def store(qapp: Any, workspace: Workspace) -> Iterator[Store]:
    made = Store(workspace)
    yield made
    made.close()


@pytest.fixture
def panel(qtbot: Any, store: Store, tides: Tides, clock: FakeClock) -> NotesPanel:
    model = LessonModel(store, tides.waves, study=StudyTime(clock))
    made = NotesPanel(model, lambda note: None)
    model.setParent(made)
    qtbot.addWidget(made)
    model.open()
    qtbot.waitUntil(lambda: model.reading is not None)
    return made


def bodies(store: Store, qtbot: Any) -> list[str]:
    """All notes, once everything asked before is done."""
    found: list[list[str]] = []
    store.run(store, lambda w: [n.body for n in w.notes.all()], found.append)
    qtbot.waitUntil(lambda: bool(found))
    return sorted(found[0])


def test_two_notes_stay_two_while_the_disk_is_busy(panel: NotesPanel, store: Store, qtbot: Any) -> None:
    busy = threading.Event()
    store.run(store, lambda _: busy.wait(10))
    for words in ("First thought", "Second thought"):
        panel.paper.setPlainText(words)
        panel.settle()
    panel.paper.setPlainText("Third")
    panel.paper.tell()
    panel.paper.setPlainText("Third thought")
    panel.paper.tell()
    busy.set()
    qtbot.waitUntil(lambda: bodies(store, qtbot) == ["First thought", "Second thought", "Third thought"])
    panel.paper.setPlainText("Third thought, longer")
    panel.settle()
    assert bodies(store, qtbot) == ["First thought", "Second thought", "Third thought, longer"]


def test_a_note_that_could_not_be_written_comes_back(
    panel: NotesPanel, store: Store, workspace: Workspace, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[LmsError] = []
    store.failed.connect(told.append)

    def full(*_: object, **__: object) -> str:
        raise StorageError("disk_full", path="data.db")

    with monkeypatch.context() as disk:
        disk.setattr(workspace.notes, "add", full)
        panel.paper.setPlainText("Not to be lost")
        panel.settle()
        qtbot.waitUntil(lambda: bool(told))
    assert panel.paper.toPlainText() == "Not to be lost"
    panel.settle()
    assert bodies(store, qtbot) == ["Not to be lost"]


def test_edits_that_failed_are_tried_again_and_deleted_notes_get_their_words_back(
    store: Store, workspace: Workspace, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: list[str] = []
    store.run(store, lambda w: [w.notes.add("One"), w.notes.add("Two")], ids.extend)
    qtbot.waitUntil(lambda: len(ids) == 2)
    writer = NoteWriter(store)
    told: list[LmsError] = []
    store.failed.connect(told.append)

    def full(*_: object, **__: object) -> None:
        raise StorageError("disk_full", path="data.db")

    with monkeypatch.context() as disk:
        disk.setattr(workspace.notes, "edit", full)
        writer.type(ids[0], "One and more", base="One")
        writer.save()
        qtbot.waitUntil(lambda: bool(told))
    assert not writer.is_saved
    store.run(store, lambda w: w.notes.delete(ids[1]))
    writer.type(ids[0], "One and more and more", base="One and more")
    writer.type(ids[1], "Two, still wanted", base="Two")
    with qtbot.waitSignal(writer.saved):
        writer.save()
    assert bodies(store, qtbot) == ["One and more and more", "Two, still wanted"]


def test_a_note_whose_words_are_deleted_goes_when_it_is_left(panel: NotesPanel, store: Store, qtbot: Any) -> None:
    panel.paper.setPlainText("Not that")
    panel.paper.tell()
    qtbot.waitUntil(lambda: bodies(store, qtbot) == ["Not that"])
    panel.paper.setPlainText(" \n")
    panel.paper.tell()
    assert bodies(store, qtbot) == [" \n"], "it is still being written"
    panel.settle()
    assert bodies(store, qtbot) == []
    panel.begin({"quote": "Wind makes waves", "colour": "mint"})
    for words in ("About the wind", ""):
        panel.paper.setPlainText(words)
        panel.paper.tell()
    panel.settle()
    qtbot.waitUntil(lambda: bodies(store, qtbot) == [""])  # a highlight stays and loses its words


def test_a_note_without_words_goes_when_another_is_chosen_and_with_the_page(
    store: Store, workspace: Workspace, tides: Tides, qtbot: Any
) -> None:
    mark = workspace.notes.add("Why?", lesson=tides.waves, quote="Wind makes waves")
    first, second = workspace.notes.add("First"), workspace.notes.add("Second")
    model = NotesModel(store)
    page = NotesPage(model, go=print, say=lambda words, undo: None)
    model.setParent(page)
    qtbot.addWidget(page)
    page.show()
    for name, left in ((first, 3), (mark, 3), (second, 2)):
        qtbot.waitUntil(lambda count=left: len(model.rows) == count)
        page.list.choose([name])
        page.pane.paper.setPlainText(" ")
        page.pane.paper.tell()
    qtbot.waitUntil(lambda: bodies(store, qtbot) == [" ", " "])  # one is a highlight, one is still chosen
    page.leave()
    qtbot.waitUntil(lambda: [row.kept.id for row in model.rows] == [mark])
    assert bodies(store, qtbot) == [" "]


def test_a_note_that_is_left_empty_while_the_disk_is_busy_goes_too(panel: NotesPanel, store: Store, qtbot: Any) -> None:
    busy = threading.Event()
    store.run(store, lambda _: busy.wait(10))
    panel.paper.setPlainText("Not that")
    panel.paper.tell()
    panel.paper.setPlainText("")
    panel.settle()
    busy.set()
    qtbot.waitUntil(lambda: bodies(store, qtbot) == [])


def test_what_was_emptied_goes_once_the_disk_can_be_written(
    store: Store, workspace: Workspace, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids: list[str] = []
    store.run(store, lambda w: [w.notes.add("One"), w.notes.add("Two")], ids.extend)
    qtbot.waitUntil(lambda: len(ids) == 2)
    writer, told = NoteWriter(store), list[LmsError]()
    store.failed.connect(told.append)

    def full(*_: object, **__: object) -> None:
        raise StorageError("disk_full", path="data.db")

    with monkeypatch.context() as disk:
        disk.setattr(workspace.notes, "edit", full)
        writer.type(ids[0], "", base="One")
        writer.leave(ids[0], "")
        qtbot.waitUntil(lambda: bool(told))
    store.run(store, lambda w: w.notes.delete(ids[1]))
    writer.type(ids[1], " ", base="Two")
    with qtbot.waitSignal(writer.saved):
        writer.save()
    assert bodies(store, qtbot) == [], "and what somebody deleted does not come back empty"


@pytest.mark.parametrize("kind", [Field, Paper])
def test_typing_without_a_pause_is_told_all_the_same(qtbot: Any, kind: Any) -> None:
    made = kind()
    qtbot.addWidget(made)
    told: list[str] = []
    made.settled.connect(told.append)
    made.show()
    for letter in "abc":
        qtbot.keyClicks(made, letter)
        assert made._pause.isActive()
    left = made._pause.remainingTime()
    qtbot.keyClicks(made, "d")
    assert made._pause.remainingTime() <= left, "another key does not begin the second anew"
    with qtbot.waitSignal(made.settled):
        pass
    assert told == ["abcd"]
