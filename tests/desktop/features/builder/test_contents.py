"""Films, papers, captions, links and files come into a lesson, move, lead, go and come back."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.builder.contents.view import ContentsPart
from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.features.builder.view import BuilderPage
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field, Paper
from desktop_lms.widgets.surfaces import Cover
from desktop_lms.widgets.text import Label
from lms_core.content.model import Caption, ContentItem
from lms_core.errors import LmsError
from tests.desktop.features.teaching import Desk
from tests.films import sound


def page(desk: Desk, qtbot: QtBot) -> BuilderPage:
    made = BuilderPage(desk.store, desk.course(), go=lambda route: None, say=lambda text, undo=None: None)
    qtbot.addWidget(made)
    made.resize(1216, 744)
    made.show()
    return made


def given(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def shape(model: ContentsModel) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    contents = model.contents
    assert contents is not None
    items = [(each.kind, each.title) for each in contents.items]
    return items, [(each.kind, each.title) for each in contents.resources]


def test_each_file_becomes_what_it_is(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:  # LES-03, RES-01, RES-05
    model = page(desk, qtbot).contents
    deck = tmp_path / "Slides.zip"
    with ZipFile(deck, "w") as packed:
        packed.writestr("1.png", b"\x89PNG\r\n\x1a\n")
    pages = tmp_path / "Tides.zip"
    with ZipFile(pages, "w") as packed:
        packed.writestr("index.html", "<p>Water</p>")
    words = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHigh water\n"
    model.add_files([
        given(tmp_path, "Surf.wav", sound(61.2)), given(tmp_path, "Chart.pdf", b"%PDF-1.7\n"), deck, pages,
        given(tmp_path, "Levels.csv", b"hour,level\n1,2\n"), given(tmp_path, "Surf.vtt", words),
    ])  # fmt: skip
    qtbot.waitUntil(lambda: model.busy == 0)
    assert shape(model) == (
        [("video", "Surf"), ("pdf", "Chart"), ("slides", "Slides"), ("interactive", "Tides")],
        [("dataset", "Levels")],
    )
    assert model.contents is not None
    film = model.contents.items[0]
    assert (film.duration, film.is_primary) == (62, True)
    assert [caption.language for caption in film.captions] == ["en"]
    assert desk.workspace.media.read(film.captions[0].media) == words
    file = model.contents.file(film.media)
    assert file is not None
    assert (file.name, file.mime) == ("Surf.wav", "audio/wav") or file.mime == "audio/x-wav"
    for _ in range(6):
        model._steps.stack.undo()
    assert shape(model) == ([], [])
    model._steps.stack.redo()
    assert shape(model)[0] == [("video", "Surf")]


def test_what_cannot_be_taken_is_told(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    model = page(desk, qtbot).contents
    failed: list[LmsError] = []
    model.failed.connect(failed.append)
    model.add_files([
        given(tmp_path, "run.exe", b"MZ\x00\x00"), tmp_path / "gone.pdf",
        given(tmp_path, "Alone.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHigh\n"),
    ])  # fmt: skip
    qtbot.waitUntil(lambda: len(failed) == 3)
    assert sorted(error.code for error in failed) == ["captions_without_film", "no_such_path", "type_not_allowed"]
    assert (model.busy, shape(model)) == (0, ([], []))


def test_links_move_lead_and_go_with_undo(desk: Desk, qtbot: QtBot) -> None:
    view = page(desk, qtbot)
    model, part = view.contents, view.inspector.findChild(ContentsPart)
    assert part is not None
    for address in ("https://youtu.be/dQw4w9WgXcQ", "vimeo.com/76979871", "example.org/tides"):
        part.link.setText(address)
        next(b for b in part.findChildren(Button) if b.accessibleName() == "Add the link").click()
    assert shape(model) == ([("video", ""), ("video", "")], [("link", "example.org/tides")])
    assert model.contents is not None
    first, second = (each.id for each in model.contents.items)
    model.lead(second)
    assert [each.is_primary for each in model.contents.items] == [False, True]
    model.move(second, -1)
    assert [each.id for each in model.contents.items] == [second, first]
    model.remove(second)
    assert [each.id for each in model.contents.items] == [first]
    for _ in range(3):
        model._steps.stack.undo()
    assert [(each.id, each.is_primary) for each in model.contents.items] == [(first, True), (second, False)]
    model.change(model.contents.resources[0].id, premium=True)
    assert model.contents.resources[0].premium
    words = [action.text() for action in part.menu(model.contents.items[1]).actions() if action.text()]
    assert words == ["Move up", "Move down", "Show above the text", "Put into the trash"]


def test_files_are_dropped_and_named(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    view = page(desk, qtbot)
    part = view.inspector.findChild(ContentsPart)
    assert part is not None
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(given(tmp_path, "Chart.pdf", b"%PDF-1.7\n")))])
    part.dropEvent(QDropEvent(QPointF(4, 4), Qt.DropAction.CopyAction, dragged, Qt.MouseButton.LeftButton,
                              Qt.KeyboardModifier.NoModifier))  # fmt: skip
    qtbot.waitUntil(lambda: bool(view.contents.contents and view.contents.contents.items))
    title = next(f for f in part.findChildren(Field) if f.accessibleName() == "Title of Chart")
    title.setText("Chart of the bay")
    title.tell()
    assert shape(view.contents)[0] == [("pdf", "Chart of the bay")]
    view.editor._on_dropped([str(given(tmp_path, "Notes.txt", b"Mud"))])
    assert shape(view.contents)[1] == [("document", "Notes")]
    view.contents.remove(view.contents.contents.resources[0].id)  # type: ignore[union-attr]
    assert [each.kind for each in desk.workspace.courses.trashed(view.model.course)] == ["resource"]


def test_a_paper_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    two, five = Paper(name="Two", lines=2), Paper(name="Five", lines=5)
    for paper in (two, five):
        qtbot.addWidget(paper)
    assert two.sizeHint().height() == two.minimumHeight() < five.sizeHint().height() < 192


def test_a_paper_may_be_kept_in_its_lesson(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:  # LES-05
    view = page(desk, qtbot)
    model, part = view.contents, view.inspector.findChild(ContentsPart)
    assert part is not None
    model.add_files([given(tmp_path, "Chart.pdf", b"%PDF-1.7\n")])
    qtbot.waitUntil(lambda: bool(model.contents and model.contents.items))
    assert model.contents is not None
    for kept in (False, True):
        (paper,) = model.contents.items
        (action,) = (each for each in part.menu(paper).actions() if each.text() == "May be saved")
        assert action.isChecked() is not kept
        action.trigger()
        assert model.contents.items[0].downloadable is kept
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert any("not to be saved" in label.words for label in part.findChildren(Label)) is not kept


def test_captions_of_other_languages_stay(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    view = page(desk, qtbot)
    model, contents = view.contents, desk.workspace.contents
    film = contents.add_item(model.lesson, "video", url="https://vimeo.com/76979871",
                             captions=[{"language": "de", "media": "a" * 64}])  # fmt: skip
    model.add_files([given(tmp_path, "en.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHigh\n")])
    assert model.contents is not None
    assert [each.language for each in model.contents.items[0].captions] == ["de", "en"]
    model._steps.stack.undo()
    assert model.contents.items[0].captions == (Caption("de", "a" * 64),)
    assert model.contents.items[0].id == film


def test_a_film_is_given_a_picture_and_its_quality(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:  # LES-04, RES-06
    view = page(desk, qtbot)
    model, part = view.contents, view.inspector.findChild(ContentsPart)
    assert part is not None
    film = desk.workspace.contents.add_item(model.lesson, "video", url="https://vimeo.com/76979871", title="Surf")
    model.refresh()
    failed: list[LmsError] = []
    model.failed.connect(failed.append)

    def now() -> ContentItem:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        (item,) = desk.workspace.contents.items(model.lesson)
        return item

    for name, size in (("small.png", (80, 60)), ("surf.png", (640, 360))):
        Image.new("RGB", size, "#c03020").save(tmp_path / name)
        model.choose_picture(film, tmp_path / name)
    assert [error.code for error in failed] == ["thumbnail_sides"]
    shown = now().thumbnail
    assert desk.workspace.media.has(shown)
    document = desk.workspace.courses.document(view.model.course)
    assert shown in [file.sha256 for file in document.media], "it goes out with the course"
    cover = next(c for c in part.findChildren(Cover) if c.accessibleName() == "Picture of Surf")
    seen = cover.grab().toImage().pixelColor(cover.width() // 2, cover.height() // 2)
    assert (seen.red() > 150, seen.blue() < 80) == (True, True)
    next(b for b in part.findChildren(Button) if b.accessibleName() == "Remove the picture of Surf").click()
    assert (now().thumbnail, part.findChildren(Cover)) == ("", [])
    quality = next(f for f in part.findChildren(Field) if f.accessibleName() == "Quality of Surf")
    assert quality.maxLength() == 20
    quality.setText("1080p")
    quality.tell()
    assert now().quality == "1080p"
    for quality_then, picture in (("", ""), ("", shown), ("", "")):
        view.undo()
        assert (now().quality, now().thumbnail) == (quality_then, picture)


def test_a_sound_has_neither_picture_nor_quality(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    view = page(desk, qtbot)
    part = view.inspector.findChild(ContentsPart)
    assert part is not None
    view.contents.add_files([given(tmp_path, "Surf.wav", sound(2))])
    qtbot.waitUntil(lambda: bool(view.contents.contents and view.contents.contents.items))
    names = {field.accessibleName() for field in part.findChildren(Field)}
    assert names == {"Title of Surf", "Address of a video or page"}
