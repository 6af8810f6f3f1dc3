"""How one likes to watch: kept with the account, and how captions look on this device alone (USR-04)."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.features.settings.watching.view import WatchingSection
from desktop_lms.features.settings.watching.viewmodel import WatchingModel
from desktop_lms.preferences import Preferences
from desktop_lms.store import InlineStore
from desktop_lms.widgets.player.habits import Habits
from desktop_lms.widgets.player.source import CaptionStyle
from desktop_lms.widgets.text import Label
from lms_core.workspace import Workspace


@pytest.fixture
def section(qtbot: QtBot, store: InlineStore, tmp_path: Path) -> WatchingSection:
    model = WatchingModel(store, Preferences(tmp_path))
    made = WatchingSection(model)
    made.model = model
    model.preferences.setParent(made)
    model.setParent(made)
    qtbot.addWidget(made)
    return made


def test_what_is_chosen_is_kept_with_the_account(section: WatchingSection, workspace: Workspace) -> None:
    assert not section.speed.isEnabled()
    section.model.refresh()
    assert section.speed.value == "1.0"
    section.speed.chosen.emit("1.5")
    section.captions.click()
    section.following.click()
    kept = workspace.personal.settings()
    assert (kept.playback_speed, kept.captions_enabled, kept.autoplay_next) == (1.5, True, True)
    assert section.speed.value == "1.5"
    assert section.captions.isChecked()


def test_what_another_device_chose_is_shown(section: WatchingSection, workspace: Workspace) -> None:
    section.model.refresh()
    workspace.personal.change_settings(playback_speed=2.0)
    assert section.speed.value == "2.0"


def test_what_cannot_be_chosen_is_said(section: WatchingSection) -> None:  # USR-04
    words = [label.words for label in section.findChildren(Label)]
    assert "A film has the one quality that its author gave it; there is none to choose." in words


def test_captions_look_so_in_every_player_and_after_a_start(section: WatchingSection, tmp_path: Path) -> None:
    habits = Habits()
    habits.keep_in(section.model.preferences)
    section.sizes.choose(2)
    section.grounds.choose(0)
    section.inks.choose(1)
    assert habits.style == CaptionStyle("large", "solid", "yellow")
    habits.set_volume(35, muted=True)
    again = Habits()
    again.keep_in(Preferences(tmp_path))
    assert (again.style, again.volume, again.muted) == (habits.style, 35, True)
