"""All notes: found, edited, deleted, exported."""

from __future__ import annotations

from pathlib import Path

from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.store import InlineStore
from lms_core.errors import LmsError
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides


def filled(store: InlineStore, workspace: Workspace, tides: Tides) -> NotesModel:
    workspace.notes.add("Count again tomorrow", lesson=tides.waves)
    workspace.notes.add("", lesson=tides.shells, quote="Twelve limpets", colour="mint", start=4)
    workspace.notes.add("Loose thought")
    model = NotesModel(store)
    model.refresh()
    return model


def test_notes_are_found_and_filtered(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    assert [r.lesson for r in model.rows] == ["", "Shells", "Waves"]
    assert model.courses == ((tides.course, "Between the tides"),)
    model.narrow(query="limp")
    assert [r.note.quote for r in model.rows] == ["Twelve limpets"]
    model.narrow(query="", kind="note", course=tides.course)
    assert [r.note.body for r in model.rows] == ["Count again tomorrow"]


def test_a_deleted_note_comes_back(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    note = model.rows[1].note
    model.delete(note.id)
    assert len(model.rows) == 2
    model.undo_stack.undo()
    back = next(r.note for r in model.rows if r.note.quote)
    assert (back.quote, back.colour, back.lesson_id, back.start) == ("Twelve limpets", "mint", tides.shells, 4)
    model.undo_stack.redo()
    assert len(model.rows) == 2


def test_notes_outlive_their_course(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    workspace.installed.remove(tides.course)
    assert len(model.rows) == 3
    assert not any(r.reachable for r in model.rows)


def test_an_edit_is_saved(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = filled(store, workspace, tides)
    note = model.rows[0].note.id
    model.writer.type(note, "Kept thought", base=model.rows[0].note.body)
    model.writer.save()
    assert workspace.notes.get(note).body == "Kept thought"
    assert model.writer.is_saved


def test_export_writes_what_is_shown(store: InlineStore, workspace: Workspace, tides: Tides, tmp_path: Path) -> None:
    model = filled(store, workspace, tides)
    model.narrow(kind="highlight")
    model.export(tmp_path / "notes.md")
    assert (tmp_path / "notes.md").read_text() == "# Between the tides\n\n## Shells\n\n> Twelve limpets\n"


def test_export_into_nowhere_is_said(store: InlineStore, workspace: Workspace, tides: Tides, tmp_path: Path) -> None:
    model = filled(store, workspace, tides)
    refused: list[LmsError] = []
    model.refused.connect(refused.append)
    model.export(tmp_path / "no" / "notes.md")
    assert len(refused) == 1
    assert len(model.rows) == 3
