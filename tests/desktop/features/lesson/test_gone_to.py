"""A lesson opened at a note or at what a search found begins there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop_lms.features.lesson.view import LessonPage
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.desktop.features.lesson.conftest import Make

Open = Callable[[str], LessonPage]


@pytest.fixture
def opened(make_page: Make, tides: Tides) -> Open:
    made = make_page(tides.waves)

    def go_to(place: str) -> LessonPage:
        made.open(tides.waves, place)
        made.show()
        return made

    return go_to


def test_a_note_is_gone_to_from_elsewhere(opened: Open, workspace: Workspace, tides: Tides) -> None:
    note = workspace.notes.add("", lesson=tides.waves, quote="Wind makes waves", colour="mint")
    page = opened(note)
    assert page.text.textCursor().position() == page.text.toPlainText().index("Wind makes waves")


@pytest.mark.parametrize("found", ["at:text:waves", "at:text:nothing", "at:video:75", "at:page:7:abc", "at:odd"])
def test_what_search_found_is_gone_to(opened: Open, found: str) -> None:
    page = opened(found)
    at = page.text.toPlainText().index("waves") if found == "at:text:waves" else 0
    assert page.text.textCursor().position() == at
    seen = found == "at:text:waves"
    assert (page.finding.isVisible(), bool(page.text.finding.marks)) == (seen, seen), "the words stand out"


def test_what_was_found_does_not_stand_out_for_ever(opened: Open) -> None:
    page = opened("at:text:waves")
    page.leave()
    page = opened("")
    assert page.finding.isHidden()
    assert not page.text.finding.marks
