"""What waits, what came back and what needs a decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_lms.features.syncing.board import Run
from desktop_lms.features.syncing.phrases import cost_words, deed_words, reason_words
from desktop_lms.features.syncing.viewmodel import SyncModel
from lms_core.errors import LmsError
from tests.desktop.features.teaching import Desk
from tests.told import refuse, tell


class Control:
    """Drives nothing and remembers what it was asked."""

    linked = True
    paused = metered = networked = False
    trouble: LmsError | None = None
    asked = 0

    def pause(self, on: bool) -> None:
        self.paused = on

    def meter(self, on: bool) -> None:
        self.metered = on

    def sync_now(self) -> None:
        self.asked += 1


def open_model(desk: Desk) -> SyncModel:
    model = SyncModel(desk.store, Control())
    model.refresh()
    assert model.board is not None
    return model


def test_waiting_things_have_names_and_sizes(desk: Desk) -> None:
    desk.course()
    board = open_model(desk).board
    assert board is not None
    named = {(w.entity, w.title) for w in board.waiting}
    assert {("course", "Reading the sky"), ("lesson", "Halos"), ("assessment", "Check yourself")} <= named
    assert not {"question", "course_instructor"} & {entity for entity, _ in named}, "parts belong to their thing"
    assert {w.deed for w in board.waiting} == {"new"}
    assert board.size > 500
    assert all(deed_words(w.entity, w.deed) != "Change" for w in board.waiting)


def conflict(desk: Desk) -> tuple[str, str]:
    course = desk.course()
    lesson = desk.id_of(course, "Halos")
    me = desk.workspace.account
    texts = {"mine": "A ring around the sun.", "theirs": "A ring around the moon.\n"}
    tell(desk.workspace, "conflict", "c1", account_id=me, audience=[f"account/{me}"], entity="lesson", row=lesson,
         field="body", at=1, status="open", **texts)  # fmt: skip
    return course, lesson


def test_a_conflict_is_shown_settled_and_taken_back(desk: Desk) -> None:
    _, lesson = conflict(desk)
    model, told = open_model(desk), []
    model.settled.connect(told.append)
    assert model.conflict is not None
    assert model.conflict.title == "Halos"
    assert [(part.theirs, part.mine) for part in model.parts] == [("A ring around the moon.", "A ring around the sun.")]
    model.settle("A ring around the sun.\n")
    assert desk.workspace.courses.lesson_draft(lesson).body == "A ring around the sun.\n"
    assert told == ["Halos"]
    assert model.conflict is None
    model.undo()
    assert desk.workspace.courses.lesson_draft(lesson).body == "A ring around the moon.\n"
    assert model.conflict is not None


def test_a_refused_item_can_be_sent_again_exported_or_given_up(desk: Desk, tmp_path: Path) -> None:
    course = desk.course()
    lesson = desk.id_of(course, "Halos")
    desk.workspace.courses.edit_lesson(lesson, base="A ring around the moon.\n", text="A bright ring.\n")
    refuse(desk.workspace, desk.workspace.sync.outbox()[-1], "forbidden")
    model = open_model(desk)
    item = model.refusal
    assert item is not None
    assert (item.title, reason_words(item.code)) == ("Halos", "You do not have the right to do this.")
    assert item.route == f"builder/{course}/{lesson}"
    model.export(item.key, tmp_path / "kept.txt")
    assert "A bright ring." in (tmp_path / "kept.txt").read_text()
    model.try_again(item.key)
    assert model.board is not None
    assert not model.board.refused
    refuse(desk.workspace, desk.workspace.sync.outbox()[-2], "gone")
    model.refresh()
    assert model.refusal is not None
    model.discard(model.refusal.key)
    assert model.refusal is None


def test_a_refused_edit_of_a_note_is_one_item(desk: Desk, tmp_path: Path) -> None:
    notes, sync = desk.workspace.notes, desk.workspace.sync
    note = notes.add("The tide comes in.")
    notes.edit(note, base="The tide comes in.", body="The tide goes out.")
    edit = sync.outbox()[-2:]
    for op in edit:
        refuse(desk.workspace, op, "quota")
    model = open_model(desk)
    assert model.board is not None
    assert [(r.entity, r.deed, r.text) for r in model.board.refused] == [("note", "changed", "The tide goes out.")]
    assert model.board.needs_you == 1
    model.export(model.chosen, tmp_path / "kept.txt")
    assert (tmp_path / "kept.txt").read_text().count("The tide goes out.") == 2, "the title and the words"
    model.try_again(model.chosen)
    assert [op.kind for op in sync.outbox()[-2:]] == [op.kind for op in edit]
    assert not model.board.refused


def test_a_pause_holds_until_one_syncs(desk: Desk) -> None:
    model = open_model(desk)
    model.toggle_pause()
    assert model.control.paused
    model.sync_now()
    assert not model.control.paused


@pytest.mark.parametrize(
    ("ms", "up", "down", "said"),
    [
        (1234, 14_000, 3000, "1.2 s, 14.0 kB up, 3.0 kB down"),
        (45_600, 0, 900, "46 s, 900 bytes down"),
        (400_000, 5_000_000, 0, "7 min, 5.0 MB up"),
        (None, 0, 2000, "2.0 kB down"),
        (None, 0, 0, ""),
    ],
)
def test_what_a_run_cost_is_said(ms: int | None, up: int, down: int, said: str) -> None:
    assert cost_words(Run(1, "ok", 1, 1, ms, up, down)) == said
