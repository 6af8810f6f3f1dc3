"""A stretch of text that was found ends at its second line, and says that there is more."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop_lms.features.search.hits.view import Excerpt


def test_words_that_two_lines_have_no_room_for_end_in_an_ellipsis(qtbot: QtBot) -> None:
    excerpt = Excerpt()
    qtbot.addWidget(excerpt)
    excerpt.resize(900, excerpt.height())
    excerpt.show_parts([("Everything about ", False), ("sample", True), (" size is in this little formula.", False)])
    assert "formula." in excerpt.text()
    assert "…" not in excerpt.text()
    excerpt.resize(120, excerpt.height())
    assert "formula" not in excerpt.text()
    assert "…" in excerpt.text()
    assert excerpt.heightForWidth(120) <= excerpt.height()
    assert "formula." in excerpt.accessibleName(), "a screen reader says it whole"
