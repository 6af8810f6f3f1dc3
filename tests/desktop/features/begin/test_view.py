"""The last step of the first run: tick, start, read; nothing is fetched that was not asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.features.begin.view import BeginPage
from desktop_lms.features.begin.viewmodel import BEGUN, BeginModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.text import Label
from lms_core.content.pack import build_pack
from lms_core.courses.drafts import from_draft
from lms_core.errors import Offline
from lms_core.workspace import Workspace
from tests.desktop.features.learners import write_course
from tests.told import tell


def offer(workspace: Workspace, title: str, **changes: object) -> str:
    """A course in the catalogue whose pack is on this machine already, so that fetching needs no network."""
    course = write_course(workspace, title=title).course
    with workspace.work() as unit:
        document, _ = from_draft(unit, course)
    pack = workspace.media.put(build_pack(document))
    card = {"course_id": course, "title": title, "pack": pack, "pack_size": 2000, "media_size": 8000, "lessons": 3,
            "authors": ["Tess"], "is_published": True, "published_at": 1}  # fmt: skip
    tell(workspace, "course_card", f"card-{title}", **card | changes)
    return course


def press(page: BeginPage, name: str) -> None:
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if b.accessibleName() == name and b.isVisibleTo(page)).click()


def words(page: BeginPage) -> str:
    QApplication.processEvents()
    return "\n".join(x.words for x in page.findChildren(Label) if x.isVisibleTo(page))


def test_own_courses_are_ticked_and_one_click_brings_them(
    qtbot: QtBot, store: InlineStore, workspace: Workspace
) -> None:
    mine, other = offer(workspace, "Tides"), offer(workspace, "Stars")
    left = offer(workspace, "Clouds")
    workspace.learning.enroll(mine)
    routes: list[str] = []
    model = BeginModel(store, Downloads(store))
    page = BeginPage(model, go=routes.append)
    qtbot.addWidget(page)
    page.show()
    assert [(o.title, o.enrolled) for o in model.offers.rows] == [("Tides", True), ("Clouds", False), ("Stars", False)]
    assert [o.id for o in model.chosen] == [mine]
    assert model.size == 10_000
    model.set_text_only(True)
    assert model.size == 2000
    QApplication.processEvents()
    boxes = {b.accessibleName(): b for b in page.findChildren(QCheckBox) if b.isVisibleTo(page)}
    boxes["Stars"].setChecked(True)
    assert "2 courses · 4.0 kB" in words(page)
    press(page, "Start")
    assert routes == ["today"]
    assert {c.course_id for c in workspace.installed.installed()} == {mine, other}
    assert workspace.learning.enrollment(other) == "active"
    assert workspace.learning.enrollment(left) == "none"
    assert workspace.choices.get(BEGUN) is True


def test_a_course_with_a_price_and_one_that_fails_are_told(
    qtbot: QtBot, store: InlineStore, workspace: Workspace
) -> None:
    offer(workspace, "Broken", pack="0" * 64)
    tell(workspace, "course_card", "dear", course_id="dear", title="Dear", pack="p", price=9.0, currency="EUR",
         is_published=True, published_at=1)  # fmt: skip
    model = BeginModel(store, Downloads(store))
    page = BeginPage(model, go=lambda route: None)
    qtbot.addWidget(page)
    page.show()
    assert [(o.title, o.price) for o in model.offers.rows] == [("Broken", ""), ("Dear", "€9.00")]
    model.choose("dear", True)
    assert model.chosen == ()
    model.choose(model.offers.rows[0].id, True)
    press(page, "Start")
    assert model.error is not None
    assert model.phase == "choose"
    assert "That did not work" in words(page)


def test_without_a_server_one_goes_on(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    routes: list[str] = []
    page = BeginPage(BeginModel(store, Downloads(store)), go=routes.append, trouble=Offline)
    qtbot.addWidget(page)
    page.show()
    assert "The catalogue is not here yet" in words(page)
    press(page, "Go on")
    assert routes == ["today"]


def test_an_address_that_is_not_confirmed_is_told(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    routes: list[str] = []
    page = BeginPage(BeginModel(store, Downloads(store)), go=routes.append, trouble=Offline)
    qtbot.addWidget(page)
    page.show()
    assert "amara@school.example" not in words(page)
    person = {"email": "amara@school.example", "username": "amara", "first_name": "Amara", "last_name": "Okafor",
              "joined_at": 1}  # fmt: skip
    tell(workspace, "account", workspace.account, **person, is_email_verified=False)
    page._model.refresh()
    assert "Your server mails a code to amara@school.example." in words(page)
    press(page, "Confirm the address")
    assert routes == ["settings"]
    tell(workspace, "account", workspace.account, **person, is_email_verified=True)
    page._model.refresh()
    assert "amara@school.example" not in words(page)
