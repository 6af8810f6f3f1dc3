"""The text in the editor is durable within a second, whatever comes between."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from desktop_lms.features.builder.draft import AUTOSAVE_MS, DraftModel
from desktop_lms.features.builder.steps import Steps
from desktop_lms.rendering import Rendering
from lms_core.content.dress import RenderTheme
from lms_core.errors import LmsError, StorageError
from tests.desktop.features.teaching import Desk


def open_draft(desk: Desk) -> tuple[DraftModel, str]:
    lesson = desk.id_of(desk.course(), "Halos")
    model = DraftModel(desk.store, Steps(desk.store))
    model.open(lesson)
    return model, lesson


def test_typing_is_saved_when_it_rests(desk: Desk, qtbot: object) -> None:
    model, lesson = open_draft(desk)
    assert AUTOSAVE_MS < 1000
    model.edit("A ring.\n")
    assert not model.saved
    with qtbot.waitSignal(model.saved_changed, timeout=5000):  # type: ignore[attr-defined]
        pass
    assert model.saved
    assert desk.workspace.courses.lesson_draft(lesson).body == "A ring.\n"


def test_another_lesson_is_opened_only_after_the_first_is_saved(desk: Desk) -> None:
    model, lesson = open_draft(desk)
    model.edit("Half a sen")
    model.open("")
    assert desk.workspace.courses.lesson_draft(lesson).body == "Half a sen"


def test_a_change_from_elsewhere_shows_unless_one_is_typing(desk: Desk) -> None:
    model, lesson = open_draft(desk)
    shown: list[str] = []
    model.replaced.connect(shown.append)
    desk.workspace.courses.edit_lesson(lesson, base=model.text, text="Theirs.\n")
    assert shown == ["Theirs.\n"]
    model.edit("Theirs and mine.\n")
    desk.workspace.courses.edit_lesson(lesson, base="Theirs.\n", text="Theirs again.\n")
    assert shown == ["Theirs.\n"]
    assert model.text == "Theirs and mine.\n"
    model.flush()


def test_settings_have_undo_and_a_quiz_gets_its_settings(desk: Desk) -> None:
    model, lesson = open_draft(desk)
    model.change(minutes=12, preview=True)
    assert model.lesson is not None
    assert (model.lesson.minutes, model.lesson.preview) == (12, True)
    model._steps.stack.undo()
    assert (model.lesson.minutes, model.lesson.preview) == (None, False)
    model.change(kind="quiz")
    assert desk.workspace.courses.assessment_draft(lesson) is not None


def test_a_picture_becomes_a_file_of_the_course(desk: Desk) -> None:
    model, _ = open_draft(desk)
    out, said = io.BytesIO(), []
    Image.new("RGB", (8, 8), "navy").save(out, "PNG")
    model.image_added.connect(said.append)
    model.add_image("moon.png", out.getvalue())
    assert said[0].startswith("![moon](media:")
    sha = said[0].partition("media:")[2][:-1]
    assert desk.workspace.media.has(sha)
    assert desk.workspace.sync.files_to_send() == [sha]


def test_the_preview_reads_each_picture_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    media, reads = desk.workspace.media, []
    sha = media.put(b"<svg/>")
    real = media.read
    monkeypatch.setattr(media, "read", lambda name: reads.append(name) or real(name))
    preview = Rendering(desk.store)
    for words in ("One", "Two"):
        preview.show(f"{words} ![a](media:{sha}) ![b](media:{'0' * 64})", RenderTheme({}), ink="#000000", size=16)
    assert preview.picture(f"media:{sha}") == b"<svg/>"
    assert preview.picture(f"media:{'0' * 64}") is None
    assert reads.count(sha) == 1


def test_what_is_no_picture_is_said(desk: Desk) -> None:
    model, _ = open_draft(desk)
    errors: list[LmsError] = []
    model.failed.connect(errors.append)
    model.add_image("notes.txt", b"hello")
    assert [e.code for e in errors] == ["not_an_image"]


def test_words_that_could_not_be_written_are_there_when_their_lesson_is_opened_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, lesson = open_draft(desk)
    failed: list[LmsError] = []
    model.failed.connect(failed.append)

    def full(*_: object, **__: object) -> None:
        raise StorageError("disk_full", path="data.db")

    with monkeypatch.context() as disk:
        disk.setattr(desk.workspace.courses, "edit_lesson", full)
        model.edit("Not to be lost.\n")
        model.open("")
    assert [error.code for error in failed] == ["disk_full"]
    model.open(lesson)
    assert model.text == "Not to be lost.\n"
    assert not model.saved
    model.flush()
    assert model.saved
    assert desk.workspace.courses.lesson_draft(lesson).body == "Not to be lost.\n"
