"""Theme and language are the account's: chosen on one device they are so on the others (USR-04)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.app import App
from desktop_lms.preferences import Preferences
from desktop_lms.roaming import Roaming
from desktop_lms.store import InlineStore
from tests.core.school import School, prepare_hub
from tests.fakes import FakeClock, MemorySecrets


class Device:
    """A laptop of somebody: its choices, and what is kept of them with the account."""

    def __init__(self, school: School, account: Any, folder: Path, **chosen: str) -> None:
        self.workspace = school.laptop(account)
        self.store = InlineStore(self.workspace)
        self.preferences = Preferences(folder)
        for name, value in chosen.items():
            self.preferences.set(name, value)

    def enter(self, *, alone: bool = True) -> None:
        self.roaming = Roaming(self.store, self.preferences, alone=alone)

    @property
    def looks(self) -> tuple[str, str]:
        return self.preferences.get("theme"), self.preferences.get("language")

    @property
    def kept(self) -> tuple[str, str]:
        said = self.workspace.personal.settings()
        return said.theme, said.language


@pytest.fixture
def school(tmp_path: Path, clock: FakeClock, database_url: str) -> Iterator[School]:
    (tmp_path / "template").mkdir()
    made = School(tmp_path, prepare_hub(tmp_path / "template"), clock, database_url)
    yield made
    made.close()


@pytest.fixture
def device(qtbot: QtBot, school: School, tmp_path: Path) -> Callable[..., Device]:
    account = school.person("sam")
    return lambda name, **chosen: Device(school, account, tmp_path / name, **chosen)


def test_what_is_chosen_on_one_device_is_so_on_the_other(school: School, device: Callable[..., Device]) -> None:
    here, there = device("here"), device("there", text_scale=1.5)
    here.enter()
    there.enter()
    assert here.workspace.sync.outbox() == [], "nobody chose anything"
    here.preferences.set("theme", "dark")
    here.preferences.set("language", "de")
    here.preferences.set("text_scale", 1.25)
    assert here.kept == ("dark", "de")
    school.sync(here.workspace, there.workspace)
    assert there.looks == ("dark", "de")
    assert there.preferences.scale == 1.5, "text fits a screen"
    there.preferences.set("theme", "system")
    there.preferences.set("language", "system")
    assert there.kept == ("system", "")
    school.sync(there.workspace, here.workspace)
    assert here.looks == ("system", "system")


def test_a_new_device_looks_as_the_account_says_and_the_first_one_tells_it(
    school: School, device: Callable[..., Device]
) -> None:
    first = device("first", theme="light", language="es")
    first.enter()
    assert first.kept == ("light", "es"), "what was chosen in the first run"
    shared = device("shared", theme="dark")
    shared.enter(alone=False)
    assert shared.kept == ("system", ""), "the look may be that of somebody else"
    school.sync(first.workspace, shared.workspace)
    assert shared.looks == ("light", "es")


def test_high_contrast_and_unknown_languages_change_nothing(school: School, device: Callable[..., Device]) -> None:
    here = device("here")
    here.enter()
    here.preferences.set("theme", "light")
    here.preferences.set("theme", "contrast")
    assert here.kept == ("light", "")
    here.workspace.personal.change_settings(theme="dark", language="fr")
    assert here.looks == ("contrast", "system")
    here.workspace.personal.change_settings(language="de-AT")
    assert here.looks == ("contrast", "de")
    assert here.kept == ("dark", "de-AT")
    here.preferences.set("theme", "light")
    assert here.kept == ("light", "de-AT")


def test_the_window_takes_the_looks_of_who_comes_in(tmp_path: Path, qtbot: QtBot, qapp: Any) -> None:
    app = App(qapp, tmp_path)
    app.sessions.secrets = app.sessions.profiles.secrets = MemorySecrets()
    workspace = app.sessions.start_local("Mina")
    workspace.personal.change_settings(theme="dark", language="de")
    app.enter(workspace)
    try:
        qtbot.waitUntil(lambda: (app.preferences.get("theme"), app.preferences.language) == ("dark", "de"))
        assert app.window is not None
        assert app.window.rail.items["today"].accessibleName() == "Heute"
    finally:
        app.preferences.set("language", "en")
        app.preferences.set("theme", "system")
        app.close()
