"""The inbox without a network: read, put away with a way back, led on, counted in the rail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from desktop_lms.features.inbox.view import InboxPage, Told
from desktop_lms.features.inbox.viewmodel import InboxModel
from desktop_lms.features.settings.notifying.view import NotifyingSection
from desktop_lms.features.settings.notifying.viewmodel import NotifyingModel
from desktop_lms.preferences import Preferences
from desktop_lms.shell.places import Place
from desktop_lms.shell.rail import Rail
from desktop_lms.shell.unread import Unread
from desktop_lms.store import InlineStore
from desktop_lms.words import speak
from lms_core.workspace import Workspace
from tests.desktop.features.test_pages import Told as Heard
from tests.desktop.features.test_pages import press, show
from tests.told import tell

FRESH: dict[str, Any] = {
    "event": "announcement", "subject": "4", "kind": "announcement", "priority": "normal", "title": "We are back",
    "message": "", "action_url": "", "metadata": {}, "read_at": None, "dismissed_at": None, "expires_at": None,
}  # fmt: skip


@pytest.fixture
def told(workspace: Workspace) -> list[str]:
    """Three notifications, the newest last; the first is read."""
    now = workspace.clock.ms()
    for n, event in enumerate(("enrolled", "course_updated", "announcement")):
        said = {"title": "We rest", "message": "At six."} if event == "announcement" else {"title": "?", "message": "?"}
        values: dict[str, Any] = {
            "user_id": workspace.account, "event": event, "subject": "1", "kind": "announcement", "priority": "normal",
            "action_url": "" if event == "announcement" else "course/c1", "metadata": {"course": "Tides", "note": ""},
            "created_at": now + n, "read_at": now if n == 0 else None, "dismissed_at": None, "expires_at": None,
        }  # fmt: skip
        tell(workspace, "notification", event, **values, **said)
    return ["enrolled", "course_updated", "announcement"]


def test_what_was_told_is_listed_read_and_opened(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, told: list[str]
) -> None:  # NTF-04
    model, heard = InboxModel(store), Heard()
    page = InboxPage(model, go=heard.go, say=heard.say)
    show(qtbot, page)
    assert [each.title for each in model.rows] == [
        "We rest", "“Tides” has a new version", "You are learning “Tides” now",
    ]  # fmt: skip
    assert model.unread == workspace.inbox.unread() == 2
    rows = page.findChildren(Told)
    rows[1].setFocus()
    qtbot.keyClick(rows[1], Qt.Key.Key_Return)
    assert heard.routes == ["course/c1"]
    assert model.unread == 1
    model.narrow(only_unread=True)
    assert [each.title for each in model.rows] == ["We rest"]
    press(page, "Mark all as read")
    assert (model.unread, model.rows, workspace.inbox.unread()) == (0, (), 0)


def test_what_is_put_away_comes_back_until_it_is_settled(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, told: list[str]
) -> None:
    model, heard = InboxModel(store), Heard()
    page = InboxPage(model, go=heard.go, say=heard.say)
    show(qtbot, page)
    row = page.findChildren(Told)[0]
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Delete)
    assert (len(model.rows), model.unread, workspace.inbox.list()[0]) == (2, 1, 3)
    assert heard.said == ["Put away"]
    heard.undo()  # type: ignore[operator]
    assert len(model.rows) == 3
    model.dismiss("announcement")
    model.dismiss("enrolled")  # the one before is so for good
    assert workspace.inbox.list()[0] == 2
    page.leave()
    assert [each.id for each in workspace.inbox.list()[1]] == ["course_updated"]
    assert {op.kind for op in workspace.sync.outbox()} == {"min"}


def test_an_empty_inbox_says_what_will_be_there(qtbot: QtBot, store: InlineStore) -> None:
    page = InboxPage(InboxModel(store), go=lambda _: None, say=lambda *_: None)
    show(qtbot, page)
    assert "Nothing has happened yet" in {each.words for each in page.findChildren(type(page._count))}


def test_it_speaks_the_language_of_the_app(store: InlineStore, told: list[str]) -> None:
    model = InboxModel(store)
    speak("de")
    try:
        model.refresh()
        assert [each.title for each in model.rows][1:] == ["„Tides“ hat eine neue Version", "Du lernst jetzt „Tides“"]
    finally:
        speak("en")


def test_the_rail_counts_what_is_not_read(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, told: list[str]
) -> None:
    rail = Rail(lambda _: None)
    qtbot.addWidget(rail)
    rail.show_places([Place("inbox", lambda _: rail, "Inbox", "inbox")])
    came: list[str] = []
    Unread(store, lambda count: rail.show_count("inbox", count), lambda each: came.append(each.title), rail)
    qtbot.waitUntil(lambda: rail.items["inbox"].count == 2)
    workspace.inbox.read("announcement")
    qtbot.waitUntil(lambda: rail.items["inbox"].count == 1)
    assert came == []  # what was there before the start has not just come
    tell(
        workspace,
        "notification",
        "n4",
        **FRESH | {"user_id": workspace.account, "created_at": workspace.clock.ms() + 9},
    )
    qtbot.waitUntil(lambda: came == ["We are back"])
    workspace.inbox.read("n4")
    qtbot.waitUntil(lambda: rail.items["inbox"].count == 1)
    assert came == ["We are back"]
    rail.show_here("inbox", compact=True)  # built anew
    assert (rail.items["inbox"].count, rail.items["inbox"].accessibleDescription()) == (1, "1 is not read")


def test_kinds_and_mails_are_switched_where_one_is(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tmp_path: Path
) -> None:  # USR-02, USR-04
    preferences = Preferences(tmp_path)
    section = NotifyingSection(NotifyingModel(store, preferences))
    show(qtbot, section)
    section._model.refresh()
    boxes = {box.text(): box for box in section.findChildren(QCheckBox)}
    message = boxes.pop("Also as messages of this computer")
    assert all(box.isChecked() for box in boxes.values())
    assert not message.isChecked()
    message.click()
    assert Preferences(tmp_path).get("messages") is True
    boxes["My results"].click()
    boxes["Also by e-mail"].click()
    assert workspace.personal.settings().notifications == {"grade": False, "completion": False, "certificate": False}
    assert workspace.personal.profile().receive_email_notifications is False
    workspace.personal.change_settings(notifications={"announcement": False})
    assert {name for name, box in boxes.items() if not box.isChecked()} == {
        "My results", "Also by e-mail", "Announcements"
    }  # fmt: skip
