"""Two texts of one thing: yours, theirs and the result; each paragraph that differs is chosen alone."""

from __future__ import annotations

import html
from collections.abc import Callable
from difflib import SequenceMatcher

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QStackedWidget, QWidget

from desktop_lms.features.syncing.board import Undecided
from desktop_lms.features.syncing.phrases import thing_words, time_words
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.inputs import Paper
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.surfaces import Card, Chip, Line
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Elided, Label, breakable
from desktop_lms.widgets.theme import current
from desktop_lms.words import counted, dotted, tr
from lms_core.content.dress import RenderTheme
from lms_core.sync.conflicts import Choice, Part, compose

CARDS = 700
RENDER_MS = 250
CHOICES: tuple[Choice, ...] = ("mine", "theirs", "both")


class Decision(QWidget):
    """One conflict. The result follows the choices and can be edited; it is shown as readers will see it, too."""

    def __init__(self, model: SyncModel, found: Undecided, *, go: Callable[[str], None]) -> None:
        super().__init__()
        self._model, self._found, self._go = model, found, go
        self._parts = model.parts
        self._choices: list[Choice] = ["both"] * len(self._parts)
        self.result = Paper(name=tr("Result"), lines=10)
        self.result.setFont(current().font("read"))
        self.seen = LessonText(name=tr("Preview"))
        self._later = once(self, RENDER_MS, self._render)
        model.previewed.connect(self._on_previewed)
        self.result.textChanged.connect(self._later.start)
        self._cards = row(*((card, 1) for card in self._three()), gap=16)
        self.segments: list[Segments] = []
        self.setLayout(column(*self._head(), *self._former(), boxed(self._cards), *self._foot(), gap=0))
        self._compose()

    def _head(self) -> list[Item]:
        item = self._found.item
        said = dotted(self._found.title, thing_words(item.entity))
        safe = tr("Until you decide everybody sees their text, and yours waits here. You can undo it for 30 days.")
        title = tr("Two people changed the same text")
        if item.alone:
            title = tr("You changed the same text on two devices")
            safe = tr("Until you decide the text of the other device is shown. You can undo it for 30 days.")
        if not item.own:
            safe = tr("Its author decides. Until then everybody sees the text under “Theirs”.")
        chip = (
            Chip(tr("Needs you"), "warning", "circle-alert") if item.own else Chip(tr("With others"), "info", "users")
        )
        return [
            row(chip, (Elided(said, "small", "text2"), 1)), 8,
            Label(title, "title", wrap=True), 12,
            Banner(tr("Nothing is lost"), safe, icon="shield"), 12,
        ]  # fmt: skip

    def _former(self) -> list[Item]:
        """What stood there before both changes, where that is known."""
        text = "\n\n".join(part.before for part in self._parts if part.before)
        if not text:
            return []
        words = column(
            Label(tr("Before both changes"), "small", "text2"),
            read(html.escape(text), text),
            gap=4,
            margin=(16, 12, 16, 12),
        )
        return [Card(words, fill="canvas"), 12]

    # --- three cards
    def _three(self) -> list[QWidget]:
        item = self._found.item
        author = tr("You") if item.own else item.author
        when = time_words(item.at)
        mine = self._side(
            tr("Yours") if item.own else tr("Set aside"),
            tr("{name}, {when}", name=author, when=when) if author else when, "mine", tr("Keep mine"),
        )  # fmt: skip
        by = "" if item.alone else tr("You") if item.by_me else item.by
        theirs = self._side(
            tr("On the other device") if item.alone else tr("Theirs"), by or tr("What everybody sees now"), "theirs",
            tr("Keep this one") if item.alone else tr("Keep theirs"),
        )  # fmt: skip
        return [mine, theirs, self._outcome()] if item.own else [mine, theirs]

    def _side(self, title: str, who: str, side: Choice, verb: str) -> QWidget:
        text, added, removed = told(self._parts, side)
        shown = read(text, compose(self._parts, [side] * len(self._parts), like=""))
        counts = tr("{removed} removed −, {added} added +", removed=removed, added=added)
        keep = wide(Button(verb))
        keep.clicked.connect(lambda: self._model.settle(self._text([side] * len(self._parts))))
        return Card(
            column(headed(title), Elided(who, "small", "text2"), 4, Line(), 8, (shown, 1), 8,
                   Label(counts, "caption", "text2"), keep if self._found.item.own else None, gap=4, margin=16)
        )  # fmt: skip

    def _outcome(self) -> QWidget:
        use = wide(Button(tr("Use this result"), "primary"))
        use.clicked.connect(lambda: self._model.settle(self.result.toPlainText()))
        self.views = Segments([tr("Write"), tr("Preview")], name=tr("View"))
        stack = QStackedWidget()
        stack.addWidget(self.result)
        stack.addWidget(self.seen)
        self.views.chosen.connect(stack.setCurrentIndex)
        self.views.chosen.connect(lambda _: self._render())
        card = Card(
            column(headed(tr("Result"), self.views), Label(tr("Edit freely"), "small", "text2"), 4,
                   Line(), 8, (stack, 1), 8, use, gap=4, margin=16)
        )  # fmt: skip
        card.select(True)
        return card

    # --- paragraph by paragraph
    def _foot(self) -> list[Item]:
        look = Button(tr("Open it"), "link", "external-link")
        look.clicked.connect(lambda: self._go(self._found.route))
        shown = look if self._found.route else None
        if not self._found.item.own:
            return [16, row("~", shown)]
        both = Button(tr("Keep both"), icon="copy")
        both.clicked.connect(lambda: self._model.settle(self._text(["both"] * len(self._parts))))
        rows: list[Item] = [self._choice(n, part) for n, part in enumerate(self._parts) if part.differs]
        words = counted("1 paragraph differs", "{count} paragraphs differ", len(rows))
        return [20, Label(words, "heading"), 4, *listed(*rows), 16, row(both, "~", shown)]

    def _choice(self, at: int, part: Part) -> QWidget:
        pick = Segments([tr("Mine"), tr("Theirs"), tr("Both")], CHOICES.index(self._choices[at]))
        name = tr("Paragraph {number} of {count}", number=at + 1, count=len(self._parts))
        pick.setAccessibleName(name)
        pick.chosen.connect(lambda chosen: self._choose(at, CHOICES[chosen]))
        self.segments.append(pick)
        words = column(Label(name, "small"), Elided(part.mine.replace("\n", " "), "caption", "text2"), gap=0)
        return boxed(row((words, 1), pick, gap=16, margin=(0, 8, 0, 8)))

    def _choose(self, at: int, choice: Choice) -> None:
        self._choices[at] = choice
        self._compose()

    def _text(self, choices: list[Choice]) -> str:
        return compose(self._parts, choices, like=self._found.item.current)

    def _compose(self) -> None:
        """Write what the choices lead to; typing over it is undone with Ctrl+Z as anywhere."""
        self.result.show_text(self._text(self._choices))
        self._render()

    def _render(self) -> None:
        if self._found.item.own and self.views.at == 1:
            self._model.preview(self.result.toPlainText(), RenderTheme(current().colors))

    def _on_previewed(self, made: str) -> None:
        self.seen.show_html(made)

    # --- room
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < CARDS * current().scale
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._cards.setDirection(way)


def headed(title: str, *right: QWidget) -> QBoxLayout:
    """The head of a card, as high as the one with a switch, so that all three texts begin in one line."""
    head = row(Label(title, "heading"), "~", *right)
    head.addStrut(current().px(32))
    return head


def wide(button: Button) -> Button:
    """A button as wide as its card."""
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button


def read(text: str, name: str) -> QLabel:
    """Rich text as it is read, with its plain words as its name."""
    shown = QLabel(breakable(text.replace("\n", "<br>")))
    shown.setWordWrap(True)
    shown.setFont(current().font("read"))
    shown.setTextFormat(Qt.TextFormat.RichText)
    shown.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    shown.setAccessibleName(name)
    return shown


def told(parts: list[Part], side: Choice) -> tuple[str, int, int]:
    """One side as rich text: paragraphs that differ marked, runs of those alike shortened; how much came and went."""
    out: list[str] = []
    added = removed = alike = 0
    for n, part in enumerate(parts):
        if not part.differs:
            near = any(p.differs for p in parts[max(0, n - 1) : n + 2])
            alike = 0 if near else alike + 1
            if near:
                out.append(html.escape(part.theirs))
            elif alike == 1:
                out[-1:] = [f"{out[-1]} ⋯"] if out else ["⋯"]
            continue
        alike = 0
        before, after = (part.theirs, part.mine) if side == "mine" else (part.mine, part.theirs)
        text, more, less = differences(before, after)
        out, added, removed = [*out, text], added + more, removed + less
    return "\n\n".join(out), added, removed


def differences(before: str, after: str) -> tuple[str, int, int]:
    """`after` as rich text with what was added underlined and what was removed struck out, and how much of each."""
    theme = current()
    old, new = before.split(" "), after.split(" ")
    out: list[str] = []
    added = removed = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, False).get_opcodes():
        gone, came = html.escape(" ".join(old[i1:i2])), html.escape(" ".join(new[j1:j2]))
        if tag == "equal":
            out.append(came)
            continue
        if gone:
            removed += 1
            out.append(f'<s style="background:{theme.hex("diffDel")};color:{theme.hex("danger")}">{gone}</s>')
        if came:
            added += 1
            out.append(f'<u style="background:{theme.hex("diffAdd")};color:{theme.hex("success")}">{came}</u>')
    return " ".join(out), added, removed
