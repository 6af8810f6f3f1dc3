"""The player plays real files, offline and without a copy; what cannot be played has a way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.player.captioning import paint_captions
from desktop_lms.widgets.player.engine import Engine
from desktop_lms.widgets.player.player import Player
from desktop_lms.widgets.player.source import CaptionStyle, Liking, Source, Track
from desktop_lms.widgets.player.transcript import Transcript
from lms_core.errors import LmsError, NotFound
from lms_core.media.captions import Captions, Cue
from tests.films import film, sound

CUES = Captions((Cue(0.0, 1.0, "Twelve limpets"), Cue(1.0, 2.0, "Eine zweite Zeile", "Jonas"), Cue(2.0, 9.0, "Drei")))
TRACKS = (Track("en", "English", CUES), Track("de-DE", "Deutsch", CUES))

Make = Callable[..., Player]


def at_once(
    owner: object, work: Callable[[], Any], then: Callable[[Any], object], fail: Callable[[Any], object]
) -> None:
    try:
        found = work()
    except LmsError as error:
        fail(error)
    else:
        then(found)


@pytest.fixture
def make(qtbot: Any) -> Iterator[Make]:
    made: list[Player] = []

    def new(what: Any, liking: Liking | None = None, *, engine: Engine | None = None, **values: Any) -> Player:
        load = what if callable(what) else lambda: what
        source = Source(values.pop("title", "Weighing limpets"), load, at_once, **values)
        player = Player(source, liking, keeps=True, engine=engine)
        made.append(player)
        qtbot.addWidget(player)
        player.resize(544, player.heightForWidth(544))
        player.show()
        return player

    yield new
    for player in made:
        player.close_player()


def state(player: Player, *wanted: str) -> Callable[[], bool]:
    return lambda: player.engine.state in wanted


def test_nothing_is_loaded_before_it_is_played(make: Make) -> None:
    asked: list[int] = []
    player = make(lambda: asked.append(1) or sound(), is_audio=True, seconds=252.0)
    assert asked == []
    assert player.engine.state == "empty"
    assert player.controls.time.words == "0:00 / 4:12"


def test_a_film_of_bytes_plays_to_its_end_and_tells_what_was_played(make: Make, qtbot: Any) -> None:
    player = make(film(), Liking(speed=2.0))
    stretches: list[tuple[float, float]] = []
    player.played.connect(lambda a, b: stretches.append((a, b)))
    player.play()
    qtbot.waitUntil(state(player, "playing"))
    assert player.controls.play.accessibleName() == "Pause"
    qtbot.waitUntil(state(player, "ended"))
    assert player.engine.duration == pytest.approx(3.0, abs=0.2)
    assert player.picture._frame is not None
    covered = sum(b - a for a, b in stretches)
    assert covered == pytest.approx(3.0, abs=0.3)
    player.play()  # once more from the beginning
    qtbot.waitUntil(state(player, "playing"))
    qtbot.waitUntil(lambda: 0 < player.position < 2.5)


def test_a_file_is_played_from_where_it_lies(make: Make, qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / ("0a" * 32)  # no extension, as files of courses have none
    path.write_bytes(film())
    player = make(path)
    player.play()
    qtbot.waitUntil(lambda: player.position > 0.1)
    assert player.engine.has_video


def test_what_is_skipped_was_not_played(make: Make, qtbot: Any) -> None:
    player = make(sound(30), is_audio=True)
    stretches: list[tuple[float, float]] = []
    player.played.connect(lambda a, b: stretches.append((a, b)))
    player.play()
    qtbot.waitUntil(lambda: player.position > 0.2)
    player.skip(10)
    qtbot.waitUntil(lambda: player.position > 10.4)
    player.pause()
    qtbot.waitUntil(state(player, "paused"))
    assert sum(b - a for a, b in stretches) < 3
    assert not any(a < 5 < b for a, b in stretches)


def test_it_goes_on_where_one_was_and_can_start_again(make: Make, qtbot: Any) -> None:
    player = make(sound(30), is_audio=True, seconds=30.0, start=12.0)
    assert player.controls.time.words == "0:12 / 0:30"
    assert player._resumed.words == "You were at 0:12"
    player.play()
    qtbot.waitUntil(lambda: player.engine.state == "playing" and player.position > 12.1)
    player._again.click()
    qtbot.waitUntil(lambda: 0 < player.position < 5)
    assert player._notice.isHidden()


@pytest.mark.parametrize(("start", "seconds"), [(2.0, 30.0), (29.0, 30.0), (0.0, None)])
def test_at_the_very_beginning_and_the_end_there_is_nothing_to_go_on_with(
    make: Make, start: float, seconds: float | None
) -> None:
    player = make(sound(30), is_audio=True, seconds=seconds, start=start)
    assert player.position == 0.0
    assert player._notice.isHidden()


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 900, b"no film at all" * 90, sound()[:20]], ids=["empty", "zeros", "words", "cut"]
)
def test_what_is_damaged_has_a_plain_card_with_a_way_out(make: Make, qtbot: Any, data: bytes) -> None:
    player = make(data)
    player.controls.play.setFocus()
    player.play()
    qtbot.waitUntil(state(player, "failed"))
    assert player.fault.isVisible()
    assert player.window().focusWidget() is player.fault.way_out, "the keyboard stays in its place"
    assert player.deck.isHidden()
    assert player.accessibleDescription() == player.fault.words
    with qtbot.waitSignal(player.outside):
        player.fault.way_out.click()


def test_a_film_that_was_cut_off_is_played_or_has_the_card(make: Make, qtbot: Any) -> None:
    player = make(film()[: len(film()) // 2])
    player.play()
    qtbot.waitUntil(state(player, "failed", "ended"))


def test_without_the_library_there_is_the_card(make: Make) -> None:
    player = make(sound(), engine=Engine(find=lambda: None))
    player.play()
    assert player.fault.isVisible()


def test_a_file_that_went_away_has_the_card(make: Make) -> None:
    def gone() -> bytes:
        raise NotFound

    player = make(gone)
    player.play()
    assert player.fault.isVisible()


def test_the_keys_that_people_know(make: Make, qtbot: Any) -> None:
    player = make(sound(60), Liking(captions=True, language="de"), is_audio=True, tracks=TRACKS)
    liked: list[Liking] = []
    player.liked.connect(liked.append)
    assert player.track == 1
    keys = player.controls.play
    qtbot.keyClick(keys, Qt.Key.Key_K)
    qtbot.waitUntil(state(player, "playing"))
    qtbot.keyClick(keys, Qt.Key.Key_K)
    qtbot.waitUntil(state(player, "paused"))
    for key, at in ((Qt.Key.Key_L, 10), (Qt.Key.Key_Right, 15), (Qt.Key.Key_J, 5), (Qt.Key.Key_Left, 0)):
        before = player.position
        qtbot.keyClick(keys, key)
        qtbot.waitUntil(lambda at=at: abs(player.position - at) < 0.9)
        assert player.position != before
    qtbot.keyClick(keys, Qt.Key.Key_Greater)
    qtbot.keyClick(keys, Qt.Key.Key_Less)
    assert [each.speed for each in liked] == [1.25, 1.0]
    qtbot.keyClick(keys, Qt.Key.Key_C)
    assert (player.track, liked[-1].captions) == (-1, False)
    qtbot.keyClick(keys, Qt.Key.Key_C)
    assert (player.track, liked[-1].captions) == (0, True)
    qtbot.keyClick(keys, Qt.Key.Key_M)
    assert liked[-1].muted
    assert player.accessibleDescription() == "Muted"
    qtbot.keyClick(keys, Qt.Key.Key_Up)
    assert (liked[-1].volume, liked[-1].muted) == (5, False)
    qtbot.keyClick(player.controls.mute, Qt.Key.Key_Space)  # presses the tool, plays nothing
    assert liked[-1].muted
    assert player.engine.state == "paused"


def test_keys_of_the_page_stay_with_the_page(make: Make, qtbot: Any) -> None:
    player = make(sound(5), is_audio=True)
    qtbot.keyClick(player.controls.play, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(player.controls.play, Qt.Key.Key_Escape)
    assert player.engine.state == "empty"


def test_it_fills_the_screen_and_comes_back(make: Make, qtbot: Any) -> None:
    player = make(film())
    player.play()
    qtbot.waitUntil(state(player, "playing"))
    qtbot.keyClick(player.controls.play, Qt.Key.Key_F)
    assert player.fills_screen
    assert player.engine.state == "playing"
    assert player.controls.full.accessibleName() == "Leave full screen"
    qtbot.keyClick(player.deck, Qt.Key.Key_Escape)
    assert not player.fills_screen
    assert player.deck.parent() is player
    player.switch_whole_screen()
    player.deck.close()
    assert not player.fills_screen


def test_whoever_leaves_the_page_has_silence(make: Make, qtbot: Any) -> None:
    player = make(sound(10), is_audio=True)
    player.play()
    qtbot.waitUntil(state(player, "playing"))
    player.hide()
    qtbot.waitUntil(state(player, "paused"))


def test_a_click_into_the_line_goes_there_and_plays(make: Make, qtbot: Any) -> None:
    player = make(sound(20), is_audio=True, seconds=20.0)
    bar = player.controls.seek
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, bar.height() // 2))
    qtbot.waitUntil(lambda: player.engine.state == "playing" and player.position > 9.5)
    assert player.position < 12


def test_every_tool_has_a_name_and_the_state_is_said(make: Make, qtbot: Any) -> None:
    player = make(sound(5), is_audio=True, tracks=TRACKS)
    assert all(tool.accessibleName() for tool in player.controls.tools())
    player.set_track(1)
    assert player.accessibleDescription() == "Captions: Deutsch"
    player.play()
    qtbot.waitUntil(state(player, "playing"))
    assert player.accessibleDescription() == "Playing"
    line = QAccessible.queryAccessibleInterface(player.controls.seek)
    assert line.role() == QAccessible.Role.Slider


def test_bookmarks_and_notes_are_asked_for_with_the_time(make: Make, qtbot: Any) -> None:
    player = make(sound(30), is_audio=True, seconds=30.0, start=12.0)
    with qtbot.waitSignal(player.bookmarked) as kept:
        player.controls.bookmark.click()
    with qtbot.waitSignal(player.noted) as noted:
        player.controls.note.click()
    assert (kept.args, noted.args) == ([12.0], [12.0])


def test_at_the_end_it_stays_there_and_goes_on_from_where_one_goes(make: Make, qtbot: Any) -> None:
    player = make(sound(8), Liking(speed=2.0), is_audio=True)
    player.seek(7.5)
    qtbot.waitUntil(state(player, "ended"))
    with qtbot.waitSignal(player.noted) as noted:
        player.controls.note.click()
    assert noted.args == [pytest.approx(8.0, abs=0.1)]
    player.seek(4.0)
    assert player.engine.state == "paused"
    player.play()
    qtbot.waitUntil(lambda: player.engine.state == "playing" and player.position > 4.1)
    assert player.position < 7


@pytest.mark.parametrize("width", [320, 544, 1100])
def test_the_tools_fit_in_any_width(make: Make, qtbot: Any, width: int) -> None:
    player = make(film(), tracks=TRACKS)
    player.resize(width, player.heightForWidth(width))
    assert player.controls.minimumSizeHint().width() <= width
    qtbot.waitUntil(lambda: player.controls.note.isVisible() == (width > 500))
    corners = lambda: [t.mapTo(player, t.rect().bottomRight()) for t in player.controls.tools() if t.isVisible()]  # noqa: E731
    qtbot.waitUntil(lambda: all(player.rect().contains(corner) for corner in corners()))


def _painted(
    style: CaptionStyle,
    lines: tuple[str, ...] = ("Twelve limpets",),
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight,
) -> QImage:
    picture = QImage(400, 225, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(QColor("blue"))
    painter = QPainter(picture)
    painter.setLayoutDirection(direction)
    paint_captions(painter, picture.rect().toRectF(), lines, style)
    painter.end()
    return picture


@pytest.mark.parametrize("line", ["Stir first, then weigh.", "حرّك أولًا، ثم زن."])
def test_a_caption_ends_with_its_full_stop_in_any_window(qtbot: Any, line: str) -> None:
    windows = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)
    first, second = (_painted(CaptionStyle(), (line,), each) for each in windows)
    assert first == second


def test_captions_are_drawn_as_one_likes_them(qtbot: Any) -> None:
    looks = [CaptionStyle(), CaptionStyle(size="huge"), CaptionStyle(ground="solid"), CaptionStyle(ground="none"),
             CaptionStyle(ink="yellow")]  # fmt: skip
    drawn = [_painted(look) for look in looks]
    assert all(a != b for n, a in enumerate(drawn) for b in drawn[n + 1 :])
    plain = QImage(400, 225, QImage.Format.Format_ARGB32_Premultiplied)
    plain.fill(QColor("blue"))
    assert _painted(CaptionStyle(), ()) == plain
    flood = _painted(CaptionStyle(size="huge"), ("word " * 400,))
    assert flood.pixelColor(200, 5) == QColor("blue")  # never over the whole picture


def test_captions_follow_the_playing(make: Make, qtbot: Any) -> None:
    player = make(film(), Liking(captions=True), tracks=TRACKS)
    player.play()
    qtbot.waitUntil(lambda: player.picture._lines == ("Eine zweite Zeile",))
    player.set_track(-1)
    assert player.picture._lines == ()


def test_a_transcript_follows_is_searched_and_leads_to_its_times(qtbot: Any) -> None:
    panel = Transcript()
    qtbot.addWidget(panel)
    panel.show_captions(CUES)
    panel.resize(280, 300)
    panel.show()
    panel.follow(1.5)
    assert [item.text() for item in panel.list.selectedItems()] == ["0:01  Jonas: Eine zweite Zeile"]
    panel.finder.setText("ZEILE zweite")
    assert [panel.list.item(n).text() for n in range(panel.list.count())] == ["0:01  Jonas: Eine zweite Zeile"]
    assert panel._hits.words == "1 line"
    with qtbot.waitSignal(panel.asked) as told:
        panel.list.itemClicked.emit(panel.list.item(0))
    assert told.args == [1.0]
    panel.finder.setText("nothing")
    assert panel._hits.words == "0 lines"


def test_a_transcript_without_times_is_read_and_searched(qtbot: Any) -> None:
    panel = Transcript()
    qtbot.addWidget(panel)
    panel.show_lines(("First", "Second"))
    panel.follow(3.0)
    panel.finder.setText("sec")
    assert [panel.list.item(n).text() for n in range(panel.list.count())] == ["Second"]
    panel.list.itemClicked.emit(panel.list.item(0))  # leads nowhere


def test_many_players_come_and_go(make: Make, qtbot: Any) -> None:
    home = QWidget()
    qtbot.addWidget(home)
    for n in range(12):
        player = make(sound(5), is_audio=True)
        player.play()
        if n % 2:
            qtbot.waitUntil(state(player, "playing"))
        player.close_player()
        assert player.engine.state == "empty"
