"""The card in the place of a file that is not here."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop_lms.widgets.away import AwayCard
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.surfaces import Bar


def test_it_says_what_is_missing_and_asks_for_it_once(qtbot: QtBot) -> None:
    card = AwayCard("Limpets at night", 12_000_000, "video")
    qtbot.addWidget(card)
    card.show()
    words, (get,), (bar,) = card._words, card.findChildren(Button), card.findChildren(Bar)
    assert words.words == "Not on this device yet · 12 MB"
    assert not bar.isVisible()
    with qtbot.waitSignal(card.wanted):
        get.click()
    assert (words.words, get.isVisible()) == ("Getting ready… · 12 MB", False)
    card.show_state("running", 0.5)
    assert (bar.isVisible(), bar.accessibleName()) == (True, "50 %")
    card.show_state("offline")
    assert words.words == "Comes as soon as you are online · 12 MB"
    card.show_state("metered")
    assert get.isVisible(), "it comes if one says so"
