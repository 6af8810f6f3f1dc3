"""First steps that tick themselves: a card that can be put away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import Item, column, row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Bar, Card, IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

Step = tuple[str, str, bool]
"""Words, the route that leads there, and whether it is done."""


ALONE = 440


def centred(card: QWidget | None) -> Item:
    """The card below an empty state."""
    if card is None:
        return None
    card.setFixedWidth(current().px(ALONE))
    return row("~", card, "~")


class Checklist(Card):
    """The card; `go` follows the route of a step, `dismiss` puts the card away."""

    def __init__(self, steps: Sequence[Step], *, go: Callable[[str], None], dismiss: Callable[[], None]) -> None:
        done = sum(ticked for _, _, ticked in steps)
        away = Button("", "ghost", "x", name=tr("Put this list away"))
        away.clicked.connect(dismiss)
        said = tr("{done} of {total}", done=done, total=len(steps))
        head = row(Label(tr("First steps"), "heading"), "~", Label(said, "small", "text2"), away, gap=8)
        rows: list[Item] = [self._step(*step, go) for step in steps]
        super().__init__(column(head, Bar(done / len(steps)), 4, *rows, gap=4, margin=20))
        self.setAccessibleName(f"{tr('First steps')}, {said}")

    def _step(self, words: str, route: str, ticked: bool, go: Callable[[str], None]) -> Clickable:
        made = Clickable(name=f"{words}, {tr('Done') if ticked else tr('Not started')}")
        mark = IconMark("circle-check" if ticked else "circle", 18, "success" if ticked else "text3")
        made.setLayout(
            row(mark, (Label(words, "small", "text2" if ticked else "text", wrap=True), 1), gap=10, margin=4)
        )
        made.clicked.connect(lambda: go(route))
        return made
