"""The buttons to rate a card say when it comes back, or stand over that where room is short."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop_lms.features.review.session.view import Rating, Ratings
from desktop_lms.widgets.text import Label


def test_the_time_goes_below_where_buttons_have_no_room_for_it(qtbot: QtBot) -> None:
    made = [Rating(n, name, wait, print) for n, (name, wait) in enumerate([("Again", "10 min"), ("Good", "2 days")], 1)]
    ratings = Ratings(made)
    qtbot.addWidget(ratings)
    ratings.show()
    seen = {}
    for width in (600, sum(each.whole for each in made) - 20):
        ratings.resize(width, 120)
        seen[width] = [each.text().strip() for each in made], [label.words for label in ratings.findChildren(Label)]
        assert all(each.width() >= each.sizeHint().width() for each in made)
    wide, narrow = seen.values()
    assert wide == (["Again · 10 min", "Good · 2 days"], ["1", "2"])
    assert narrow == (["Again", "Good"], ["1 · 10 min", "2 · 2 days"])
    assert made[0].accessibleName() == "1. Again, 10 min"
