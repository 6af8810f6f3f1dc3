"""Looks, name, password and copies of this device."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from desktop_lms.features.settings.viewmodel import SettingsModel
from tests.desktop.features.teaching import Desk


class Choices:
    def __init__(self) -> None:
        self.kept: dict[str, Any] = {"theme": "system", "text_scale": 1.0, "language": "system", "motion": "system"}

    def get(self, name: str) -> Any:
        return self.kept[name]

    def set(self, name: str, value: Any) -> None:
        self.kept[name] = value


def open_model(desk: Desk) -> SettingsModel:
    model = SettingsModel(desk.store, Choices(), lambda: None)
    model.refresh()
    assert model.profile is not None
    return model


def test_a_choice_takes_effect_at_once(desk: Desk) -> None:
    model, told = open_model(desk), []
    model.preferences_changed.connect(lambda: told.append(model.preferences.get("theme")))
    model.choose("theme", "dark")
    model.choose("theme", "dark")
    assert told == ["dark"]


def test_the_name_changes(desk: Desk) -> None:
    model = open_model(desk)
    model.rename("Grace", "Hopper")
    assert desk.workspace.profile.info.display_name == "Grace Hopper"
    model.rename("  ", "")
    assert model.error is not None
    assert model.error.code == "field_required"


def test_what_one_does_is_counted_until_one_says_no(desk: Desk) -> None:  # ANA-15
    model, told = open_model(desk), []
    model.told.connect(told.append)
    assert model.profile is not None
    assert model.profile.counted
    model.count(True)
    assert told == []
    for on, code in ((False, "not_counted"), (True, "counted")):
        model.count(on)
        assert told[-1] == code
        assert (model.profile.counted, desk.workspace.personal.settings().analytics_enabled) == (on, on)


def test_a_password_is_set_checked_and_changed(desk: Desk) -> None:
    model, told = open_model(desk), []
    model.told.connect(told.append)
    model.change_password("", "coastal-larch-42", "coastal-larch-42")
    assert told == ["password_changed"]
    assert model.profile is not None
    assert model.profile.has_password
    for old, new, again, code in (
        ("wrong", "quiet-harbour-7", "quiet-harbour-7", "wrong_password"),
        ("coastal-larch-42", "quiet-harbour-7", "quiet-harbour-8", "password_mismatch"),
        ("coastal-larch-42", "short", "short", "password_too_short"),
    ):
        model.change_password(old, new, again)
        assert model.error is not None
        assert model.error.code == code


def test_a_copy_is_made_now_and_listed(desk: Desk) -> None:
    model = open_model(desk)
    model.back_up()
    assert model.profile is not None
    assert len(model.profile.backups) == 1
    assert model.profile.size > model.profile.backups[0].size > 0


def test_own_data_is_exported_without_a_server(desk: Desk, tmp_path: Path) -> None:
    model, told = open_model(desk), []
    model.told.connect(told.append)
    model.export_data(tmp_path / "mine.zip")
    assert told == ["exported"]
    assert zipfile.is_zipfile(tmp_path / "mine.zip")
    model.export_data(tmp_path / "missing" / "mine.zip")
    assert model.error is not None
