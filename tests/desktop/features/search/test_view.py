"""The page of results as it is clicked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.search.hits.view import FacetValue
from desktop_lms.features.search.view import SearchPage
from desktop_lms.features.search.viewmodel import SearchModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.theme import Theme, use
from lms_core.content.model import RESOURCE_KINDS, CourseDocument, LessonDoc, ModuleDoc, ResourceDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.workspace import Workspace


def shown(page: SearchPage, facet: str) -> dict[str, FacetValue]:
    """Values of a facet that can be clicked, by what is said of them."""
    QApplication.processEvents()
    return {each.accessibleName(): each for each in page._facets[facet].findChildren(FacetValue) if each.isVisible()}


def test_resources_are_narrowed_by_what_they_are(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    kinds = {"Ebb and tide": "video", **{f"Tide {kind}": kind for kind in RESOURCE_KINDS}}  # SRC-06
    given = tuple(ResourceDoc(id=title, title=title, kind=kind) for title, kind in kinds.items())
    modules = (ModuleDoc("m", "One", lessons=(LessonDoc("l1", "Tides", resources=given),)),)
    body = build_pack(CourseDocument("c", "1", "The shore", modules=modules))
    workspace.media.put(body)
    workspace.installed.install_pack(pack_name(body), body)
    while workspace.search.catch_up():
        pass
    model = SearchModel(store)
    page = SearchPage(model, go=lambda route: None)
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.show()
    model.search_now("tide")
    model._count()
    assert list(shown(page, "type")) == [
        "Video, 2", "Sound, 1", "Code, 1", "Data, 1", "Document, 1", "Picture, 1", "Link, 1", "Template, 1",
        "Program, 1",
    ]  # fmt: skip
    qtbot.mouseClick(shown(page, "type")["Data, 1"], Qt.MouseButton.LeftButton)
    model._count()
    assert [hit.title for hit in model.results or ()] == ["Tide dataset"]
    assert list(shown(page, "type"))[:2] == ["Data, 1, chosen", "Video, 2"]
    assert page._choices["type"].value == "dataset"
    model.rest()


def test_choices_go_on_in_the_next_line_of_a_narrow_window(
    qtbot: QtBot, qapp: QApplication, store: InlineStore
) -> None:
    use(qapp, Theme(scale=2.0))
    model = SearchModel(store)
    page = SearchPage(model, go=lambda route: None)
    qtbot.addWidget(page)
    page.resize(866, 535)
    page.show()
    page._bar.setVisible(True)
    for choice in page._choices.values():
        choice.show_entries([("", choice.accessibleName())])
        choice.fit()
        choice.setVisible(True)
    QApplication.processEvents()
    wide, lines = page.body.width(), len({choice.y() for choice in page._choices.values()})
    use(qapp, Theme())
    model.rest()
    assert wide == page.viewport().width()
    assert lines > 1
