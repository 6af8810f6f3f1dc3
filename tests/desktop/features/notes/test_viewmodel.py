"""All notes: found, filtered, sorted, edited, deleted, exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shiboken6 import delete

from desktop_lms.features.notes import rows
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.store import InlineStore
from lms_core.errors import LmsError
from lms_core.learning.model import Bookmark, Note
from lms_core.learning.notes_file import read_markdown
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, write_course


def filled(store: InlineStore, workspace: Workspace, tides: Tides) -> NotesModel:
    workspace.notes.add("Count again tomorrow", lesson=tides.waves, tags=["sea", "todo"])
    workspace.notes.add("", lesson=tides.shells, quote="Twelve limpets", colour="mint", start=4)
    workspace.notes.add("Loose thought")
    workspace.notes.add_bookmark(tides.waves, anchor="12", title="The wind")
    model = NotesModel(store)
    model.refresh()
    return model


def said(model: NotesModel) -> list[str]:
    """What the shown rows say, from above."""
    return [r.kept.title if isinstance(r.kept, Bookmark) else r.kept.body or r.kept.quote for r in model.rows]


def test_notes_are_found_filtered_and_sorted(store: InlineStore, workspace: Workspace, tides: Tides) -> None:  # SRC-06
    model = filled(store, workspace, tides)
    assert {r.lesson for r in model.rows} == {"", "Shells", "Waves"}
    assert model.courses == ((tides.course, "Between the tides"),)
    assert model.tags == ("sea", "todo")
    for wish, found in (
        ({"query": "limp"}, ["Twelve limpets"]),
        ({"query": "#todo"}, ["Count again tomorrow"]),
        ({"query": "shells LIMPETS"}, ["Twelve limpets"]),
        ({"query": "", "kind": "note", "course": tides.course}, ["Count again tomorrow"]),
        ({"kind": "bookmark"}, ["The wind"]),
        ({"kind": "", "course": "", "colour": "mint"}, ["Twelve limpets"]),
        ({"colour": "", "tag": "sea"}, ["Count again tomorrow"]),
        ({"query": "zebra"}, []),
    ):
        model.narrow(**wish)
        assert said(model) == found, wish
    model.narrow(query="", tag="", order="course")
    assert said(model) == ["Twelve limpets", "Count again tomorrow", "The wind", "Loose thought"]
    workspace.notes.edit(model.rows[1].kept.id, base="Count again tomorrow", body="Count")
    model.narrow(order="oldest")
    assert sorted(said(model)) == ["Count", "Loose thought", "The wind", "Twelve limpets"]


def test_deleted_ones_come_back_as_they_were(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    told: list[int] = []
    model.deleted.connect(told.append)
    before = {(row.kept.created_at, *said_of) for row, said_of in zip(model.rows, _all(model), strict=True)}
    model.delete(*(row.kept.id for row in model.rows[:3]))
    assert (len(model.rows), told) == (1, [3])
    model.undo_stack.undo()
    assert {(row.kept.created_at, *said_of) for row, said_of in zip(model.rows, _all(model), strict=True)} == before
    back = next(r.kept for r in model.rows if r.kind == "highlight")
    assert isinstance(back, Note)
    assert (back.quote, back.colour, back.lesson_id, back.start) == ("Twelve limpets", "mint", tides.shells, 4)
    model.undo_stack.redo()
    assert len(model.rows) == 1


def test_words_typed_just_before_a_note_is_deleted_come_back(
    store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    note = workspace.notes.add("Twelve")
    model = filled(store, workspace, tides)
    model.writer.type(note, "Twelve limpets", base="Twelve")
    model.delete(note)
    model.undo_stack.undo()
    assert "Twelve limpets" in {note.body for note in workspace.notes.all()}


def _all(model: NotesModel) -> list[tuple[object, ...]]:
    return [
        (r.kept.title, r.kept.anchor) if isinstance(r.kept, Bookmark) else (r.kept.body, r.kept.quote, r.kept.tags)
        for r in model.rows
    ]


def test_notes_outlive_their_course(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    workspace.installed.remove(tides.course)
    assert len(model.rows) == 4
    assert not any(r.reachable for r in model.rows)
    model.narrow(kind="orphan")
    assert len(model.rows) == 3, "all but the loose one"


def test_a_highlight_whose_words_went_away_is_kept_and_said(
    store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    workspace.notes.add("Here", lesson=tides.shells, quote="Twelve limpets weighed 4.6 g", colour="sky")
    workspace.notes.add("Gone", lesson=tides.shells, quote="Barnacles close their doors", colour="rose")
    model = NotesModel(store)
    model.refresh()
    model.narrow(kind="orphan")
    assert said(model) == ["Gone"]
    body = workspace.courses.lesson_draft(tides.shells).body
    workspace.courses.edit_lesson(tides.shells, base=body, text="# Shells\n\nBarnacles close their doors.\n")
    install(workspace, tides.course)
    assert said(model) == ["Here"]


def test_a_highlight_of_code_is_not_taken_for_lost(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.notes.add("Code", lesson=tides.shells, quote="w_1 = 2 * x\nw_2 = 3", colour="sky")
    body = workspace.courses.lesson_draft(tides.shells).body
    text = "# Shells\n\n```python\nw_1 = 2 * x\nw_2 = 3\n```\n"
    workspace.courses.edit_lesson(tides.shells, base=body, text=text)
    install(workspace, tides.course)
    model = NotesModel(store)
    model.refresh()
    model.narrow(kind="orphan")
    assert said(model) == []


def test_an_edit_is_saved(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    note = next(r.kept for r in model.rows if isinstance(r.kept, Note) and r.kept.body == "Loose thought")
    model.writer.type(note.id, "Kept thought", base=note.body)
    model.writer.save()
    assert workspace.notes.get(note.id).body == "Kept thought"
    assert model.writer.is_saved
    assert "Kept thought" in said(model)
    model.change(note.id, tags=["new"], colour="sky")
    assert model.tags == ("new", "sea", "todo")


def test_what_cannot_be_is_said(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    refused: list[LmsError] = []
    model.refused.connect(refused.append)
    note = next(r.kept.id for r in model.rows if r.kind == "note")
    model.change(note, is_private=False)
    assert [error.code for error in refused] == ["not_enrolled"]


def test_export_writes_what_is_shown(store: InlineStore, workspace: Workspace, tides: Tides, tmp_path: Path) -> None:
    model = filled(store, workspace, tides)
    model.narrow(kind="highlight")
    model.export(tmp_path / "notes.md")
    (read,) = read_markdown((tmp_path / "notes.md").read_text())
    assert read == model.rows[0].kept or (read.id, read.course_id) == (model.rows[0].kept.id, tides.course)
    model.narrow(kind="")
    later = workspace.notes.add("Weigh them", lesson=tides.shells)
    sooner = workspace.notes.add("Count them", lesson=tides.waves)
    model.refresh()
    model.export(tmp_path / "notes.md")
    order = [each.id for each in read_markdown((tmp_path / "notes.md").read_text()) if each.id in (later, sooner)]
    assert order == [sooner, later], "as the course has its lessons"
    model.export(tmp_path / "notes.pdf")
    model.export(tmp_path, each=True)
    assert {"Between the tides.md", "notes.md", "notes.pdf"} <= {file.name for file in tmp_path.iterdir()}


def test_export_into_nowhere_is_said(store: InlineStore, workspace: Workspace, tides: Tides, tmp_path: Path) -> None:
    model = filled(store, workspace, tides)
    refused: list[LmsError] = []
    model.refused.connect(refused.append)
    for name in ("notes.md", "notes.pdf"):
        model.export(tmp_path / "no" / name)
    assert [error.code for error in refused] == ["file_unwritable"] * 2
    assert len(model.rows) == 4


class Queue(InlineStore):
    """Keeps what is asked of the lane until it is told to go on."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.waiting: list[Any] = []

    def read(self, owner: Any, work: Any, then: Any = None, fail: Any = None) -> None:
        self.waiting.append(lambda: InlineStore.read(self, owner, work, then, fail))


def test_looking_for_lost_words_lets_others_have_the_lane(
    store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    other = write_course(workspace, title="Other shores")
    install(workspace, other.course)
    for lesson in (tides.shells, other.shells):
        workspace.notes.add("", lesson=lesson, quote="Words that are gone", colour="mint")
    queue = Queue(workspace)
    model = NotesModel(queue)
    model.refresh()
    turns = []
    while queue.waiting:
        turns.append(len(queue.waiting))
        queue.waiting.pop(0)()
    assert turns == [1, 1, 1], "one course at a time waits"
    assert [row.lost for row in model.rows] == [True, True]


def test_notes_are_read_in_pieces_and_kept_until_they_change(  # PRF-11
    workspace: Workspace, tides: Tides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "FIRST", 2)
    monkeypatch.setattr(rows, "PIECE", 2)
    for n in range(5):
        workspace.notes.add(f"Thought {n}", lesson=tides.waves)
    queue = Queue(workspace)
    model = NotesModel(queue)
    model.refresh()
    shown = []
    while queue.waiting:
        assert len(queue.waiting) == 1, "others may ask between two pieces"
        queue.waiting.pop(0)()
        shown.append(len(model.rows))
    assert (shown[0], shown[-1], model.count) == (2, 5, 5), "the newest stand before all are read"
    again = NotesModel(queue)
    again.refresh()
    assert said(again) == said(model)
    assert queue.waiting == [], "they are at hand"
    for left in (model, again):
        delete(left)
    workspace.notes.add("Written elsewhere", lesson=tides.waves)
    assert queue.waiting == [], "nobody looks"
    last = NotesModel(queue)
    last.refresh()
    queue.waiting.pop(0)()
    assert said(last)[0] == "Written elsewhere"
    assert queue.waiting == []


def test_who_leaves_while_notes_are_read_finds_the_rest_later(
    workspace: Workspace, tides: Tides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "FIRST", 1)
    for n in range(3):
        workspace.notes.add(f"Thought {n}", lesson=tides.waves)
    queue = Queue(workspace)
    model = NotesModel(queue)
    model.refresh()
    queue.waiting.pop(0)()
    delete(model)
    queue.waiting.pop(0)()
    assert queue.waiting == [], "no more is read for nobody"
    again = NotesModel(queue)
    again.refresh()
    while queue.waiting:
        queue.waiting.pop(0)()
    assert said(again) == ["Thought 2", "Thought 1", "Thought 0"]
