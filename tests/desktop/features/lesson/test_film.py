"""Videos and sounds of a lesson: they play from where they lie, and what was watched is the progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.film.view import FilmPart, make_film
from desktop_lms.features.lesson.room import Room
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.player.player import Player
from desktop_lms.widgets.surfaces import Cover
from lms_core.content.embeds import Embed
from lms_core.content.model import ContentItem, LessonDoc, MediaRef
from lms_core.learning.anchors import read_spot
from lms_core.learning.watching import seen_of
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Make
from tests.fakes import FakeClock
from tests.films import film, sound
from tests.lessons import film_course

Open = Callable[[str], LessonPage]


@pytest.fixture
def visit(make_page: Make) -> Iterator[Open]:
    pages: list[LessonPage] = []

    def go(lesson: str) -> LessonPage:
        routes: list[str] = []
        made = make_page(lesson, (1200, 900), routes.append)
        made.routes = routes
        made.open(lesson)
        made.show()
        QApplication.processEvents()
        pages.append(made)
        return made

    yield go
    for page in pages:
        for player in page.findChildren(Player):
            player.close_player()


def part_of(page: LessonPage) -> FilmPart:
    return page.findChild(FilmPart)


def played(page: LessonPage, qtbot: QtBot, wanted: str = "ended") -> Player:
    player = part_of(page).player
    player.set_speed(2.0)
    player.play()
    qtbot.waitUntil(lambda: player.engine.state == wanted)
    return player


@pytest.mark.parametrize("shared", [False, True], ids=["sealed", "shared"])
def test_a_film_plays_above_the_text_and_watching_it_is_the_progress(
    visit: Open, qtbot: QtBot, workspace: Workspace, shared: bool
) -> None:
    page = visit(film_course(workspace, film(), shared=shared))
    assert workspace.learning.lesson_state("film-1").status == "in_progress"
    played(page, qtbot)
    state = workspace.learning.lesson_state("film-1")
    assert (state.status, state.percent) == ("done", 100.0)
    assert state.position["film"] == 0.0
    assert seen_of(state.position, "film")[0][0] == 0


def test_a_film_that_plays_is_study_without_a_touch(  # PRG-06
    visit: Open, workspace: Workspace, clock: FakeClock
) -> None:
    page = visit(film_course(workspace, sound(8), mime="audio/wav"))
    part = part_of(page)
    for begin in range(0, 300, 5):
        clock.advance(ms=5_000)
        part._on_played(begin, begin + 5)
    clock.advance(ms=3_600_000)
    page.leave()
    studied = sum(day.seconds for day in workspace.days.week())
    assert 300 <= studied <= 300 + 60, "all that played, and no more than a minute of the idle hour after it"


def test_no_plain_copy_of_a_sealed_film_comes_to_the_disk(
    visit: Open, qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    played(visit(film_course(workspace, film())), qtbot, "playing")
    part = film()[2000:2600]
    assert not any(part in each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())


def test_one_goes_on_where_one_was(visit: Open, qtbot: QtBot, workspace: Workspace) -> None:
    lesson = film_course(workspace, sound(60), mime="audio/wav")
    player = part_of(visit(lesson)).player
    player.seek(30)
    qtbot.waitUntil(lambda: player.position > 30.3)
    player.pause()
    qtbot.waitUntil(lambda: player.engine.state == "paused")
    state = workspace.learning.lesson_state(lesson)
    assert state.status == "in_progress"
    assert state.percent < 5  # what was skipped was not watched
    again = part_of(visit(lesson)).player
    assert 30 < again.position < 33
    assert again._seen == part_of(visit(lesson))._seen != []


def test_a_place_is_on_the_disk_within_seconds_whatever_ends_it(
    visit: Open, qtbot: QtBot, workspace: Workspace
) -> None:
    lesson, kept = film_course(workspace, sound(60), mime="audio/wav"), [0.0]

    def stored() -> float:
        return workspace.learning.lesson_state(lesson).position.get("film", 0.0)

    page = visit(lesson)
    page._model.store.changed.connect(lambda _: kept.append(stored()))
    player = part_of(page).player
    player.play()
    qtbot.waitUntil(lambda: player.position > 0.2)
    player.seek(4)
    qtbot.waitUntil(lambda: stored() >= 4)
    assert player.engine.state == "playing", "a process that is killed now loses nothing"
    player.seek(5.5)
    qtbot.waitUntil(lambda: player.position > 5.6)
    page.leave()
    assert stored() >= 5.6, "as the page is left, or the window is closed"
    player.pause()
    player.seek(41)
    player.seek(40)
    qtbot.waitUntil(lambda: stored() == 40)
    assert 41 not in kept, "what a handle is drawn through is not kept"
    player.seek(50)
    page.hide()
    assert stored() == 50
    again = visit(lesson)
    kept.clear()
    part_of(again).player.play()
    qtbot.waitUntil(lambda: part_of(again).player.position > 50.2)
    part_of(again).player.pause()
    assert min(kept) >= 50, "it is not forgotten as the film is opened"


def test_captions_of_the_course_and_its_transcript(visit: Open, qtbot: QtBot, workspace: Workspace) -> None:
    part = part_of(visit(film_course(workspace, film())))
    assert [track.name for track in part.player.source.tracks] == ["English"]
    part._fold.toggle()
    panel = part.transcript
    assert panel.list.count() == 2
    panel.finder.setText("stir WEIGH")
    assert panel.list.count() == 1
    panel.list.itemClicked.emit(panel.list.item(0))
    qtbot.waitUntil(lambda: part.player.position >= 1.2)


def test_a_film_has_a_picture_before_it_plays(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:  # LES-04
    name, shown = workspace.media.put(film()), QImage(64, 36, QImage.Format.Format_RGB32)
    shown.fill("#336699")
    data = QBuffer()
    shown.save(data, "PNG")
    for picture, drawn in ((bytes(data.data()), False), (b"no picture", True)):
        item = ContentItem(id="a", kind="video", title="A", media=name, quality="720p",
                           thumbnail=workspace.media.put(picture))  # fmt: skip
        room = Room(store, LessonDoc("x", "X", "video", items=(item,)), {name: MediaRef(name, "a.mp4", "video/mp4", 9)})
        part = make_film(Embed("a", "video", "A", name), room)
        qtbot.addWidget(part)
        part.resize(640, 500)
        part.show()
        corner = part.player.picture.grab().toImage().pixelColor(40, 40).name()
        assert (corner != "#336699") == drawn
        assert "720p" in part.player.picture._told
        part.player.close_player()


def test_without_captions_the_words_of_the_lesson_are_shown(
    qtbot: QtBot, store: InlineStore, workspace: Workspace
) -> None:
    name = workspace.media.put(sound())
    for words, timed in (("One.\n\nTwo.", False), ("1\n00:00:01,000 --> 00:00:02,000\nOne.\n", True)):
        item = ContentItem(id="a", kind="video", title="A", media=name)
        lesson = LessonDoc("x", "X", "video", items=(item,), transcript=words)
        room = Room(store, lesson, {name: MediaRef(name, "a.wav", "audio/wav", 9)})
        part = make_film(Embed("a", "video", "A", name), room)
        qtbot.addWidget(part)
        assert part.transcript.list.count() == (1 if timed else 2)
        assert part.player.source.is_audio
        assert bool(part.player.source.tracks) == timed


def test_how_one_likes_to_watch_is_taken_from_the_account(visit: Open, qtbot: QtBot, workspace: Workspace) -> None:
    workspace.personal.change_settings(playback_speed=1.5, captions_enabled=True, autoplay_next=True)
    page = visit(film_course(workspace, film()))
    player = part_of(page).player
    assert (player.liking.speed, player.track) == (1.5, 0)
    played(page, qtbot)
    assert page.routes == ["lesson/film/film-2"]


def test_without_that_wish_the_next_lesson_waits(visit: Open, qtbot: QtBot, workspace: Workspace) -> None:
    page = visit(film_course(workspace, film()))
    played(page, qtbot)
    assert page.routes == []


def test_a_video_of_a_platform_is_said_to_be_online_only_and_asks_before_it_opens(
    qtbot: QtBot, store: InlineStore
) -> None:
    asked: list[str] = []
    for url, where in (("https://youtu.be/dQw4w9WgXcQ", "YouTube"), ("https://files.example/a.mp4", "files.example")):
        item = ContentItem(id="far", kind="video", title="From far away", url=url)
        room = Room(store, LessonDoc("x", "X", "video", items=(item,)), {})
        room.follow = asked.append
        card = make_film(Embed("far", "video", "From far away"), room)
        qtbot.addWidget(card)
        assert card.accessibleName() == f"From far away. Online only · {where}"
        card.findChild(Button).click()
    assert asked == ["https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://files.example/a.mp4"]


def test_a_video_of_a_platform_shows_its_picture(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    image, data = QImage(320, 180, QImage.Format.Format_RGB32), QBuffer()
    image.fill(0xFF336699)
    image.save(data, "PNG")
    still = workspace.media.put(data.data().data())
    for thumbnail, shown in ((still, True), (workspace.media.put(b"damaged"), False), ("0" * 64, False), ("", False)):
        item = ContentItem(id="far", kind="video", title="Far", url="https://youtu.be/dQw4w9WgXcQ", thumbnail=thumbnail)
        card = make_film(Embed("far", "video", "Far"), Room(store, LessonDoc("x", "X", "video", items=(item,)), {}))
        qtbot.addWidget(card)
        covers = card.findChildren(Cover)
        assert [cover._image is not None for cover in covers if cover._image] == [True] * shown
        assert bool(covers) == workspace.media.has(thumbnail), "without a picture it has its sign"


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://evil.example/page"])
def test_an_address_of_nothing_is_no_film(store: InlineStore, url: str) -> None:
    room = Room(store, LessonDoc("x", "X", "video", items=(ContentItem(id="far", kind="video", url=url),)), {})
    assert make_film(Embed("far", "video", "X"), room) is None


def test_in_a_preview_nothing_is_kept(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    name = workspace.media.put(sound(1))
    item = ContentItem(id="a", kind="video", title="A", media=name)
    room = Room(store, LessonDoc("x", "X", "video", items=(item,)), {name: MediaRef(name, "a.wav", "audio/wav", 9)})
    part = make_film(Embed("a", "video", "A", name), room)
    qtbot.addWidget(part)
    part.player.play()
    qtbot.waitUntil(lambda: part.player.engine.state == "ended")
    part.player.close_player()
    assert workspace.learning.lesson_states("x") == {}


def test_a_note_about_a_film_knows_its_second_and_leads_back_to_it(
    visit: Open, qtbot: QtBot, workspace: Workspace
) -> None:  # PRG-12
    page = visit(film_course(workspace, sound(60), mime="audio/wav"))
    page.notes.paper.setPlainText("Before it began")
    page.notes.settle()
    player = part_of(page).player
    player.seek(30)
    qtbot.waitUntil(lambda: player.position > 30)
    player.pause()
    qtbot.waitUntil(lambda: player.engine.state == "paused")
    page.notes.paper.setPlainText("The crab walks out")
    page.notes.settle()
    note, before = workspace.notes.all()
    assert 30 <= (read_spot(note.anchor).at_s or 0) < 33
    assert before.anchor == ""
    player.seek(5)
    qtbot.waitUntil(lambda: player.position < 10)
    page.notes.open_note(note.id)
    qtbot.waitUntil(lambda: player.position > 29)


def test_a_bookmark_and_a_note_keep_the_time_and_lead_back(visit: Open, qtbot: QtBot, workspace: Workspace) -> None:
    lesson = film_course(workspace, sound(60), mime="audio/wav")
    page = visit(lesson)
    player = part_of(page).player
    player.seek(20)
    qtbot.waitUntil(lambda: player.position > 20.1)
    player.pause()
    player.controls.bookmark.click()
    kept = workspace.notes.bookmarks()[0]
    assert 20 < read_spot(kept.anchor).at_s < 25
    assert kept.title == f"Weighing limpets · 0:{int(read_spot(kept.anchor).at_s)}"
    player.controls.note.click()
    page.notes.paper.setPlainText("Why stir?")
    page.notes.settle()
    assert read_spot(workspace.notes.all()[0].anchor).item == "film"
    player.seek(50)
    qtbot.waitUntil(lambda: player.position > 49)
    page._go_to_bookmark(kept)
    qtbot.waitUntil(lambda: 20 < player.position < 30)
    later = visit(lesson)
    later._go_to_bookmark(kept)
    qtbot.waitUntil(lambda: 20 < part_of(later).player.position < 30)
