"""Text in the roles of the look. Labels follow the look when it changes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from unicodedata import bidirectional, combining

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop_lms.widgets.theme import current, look

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
LONG, LONG_LARGE, LARGE = 24, 16, 1.2
"""So many letters a word has that is never broken, at text of up to a scale and at larger text."""


def own_direction(text: str) -> str:
    """Let a text keep its own direction in a mirrored window: a question mark stays at the end of an English title."""
    if not current().rtl:
        return text
    first = next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "")
    return f"\u2066{text}\u2069" if first == "L" else text


def shortened(text: str, most: int) -> str:
    """A text that ends in an ellipsis after so many letters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


class Label(QLabel):
    """One line of text, or several with `wrap`. `role` is a type role, `color` a colour of the look.

    What is `selectable` is copied as it is: its words are never broken.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        color: str = "text",
        *,
        wrap: bool = False,
        weight: int | None = None,
        size: int | None = None,
        selectable: bool = False,
    ) -> None:
        super().__init__()
        self._words, self._role, self._color, self._weight, self._size = text, role, color, weight, size
        self._breakable = (lambda markup: markup) if selectable else breakable
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        if wrap:
            self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._restyle()
        look().changed.connect(self._restyle)

    def say(self, text: str, color: str | None = None) -> None:
        """Show other words."""
        same, self._words = self._words == text, text
        if color is not None and color != self._color:
            self._color = color
            self._restyle()
        elif not same:
            self._spell()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def _restyle(self) -> None:
        theme = current()
        self.setFont(theme.font(self._role, weight=self._weight, size=self._size))
        palette = self.palette()
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
            palette.setColor(role, theme.color(self._color))
        self.setPalette(palette)
        self._align()
        self._spell()

    def _spell(self) -> None:
        """Show the words in the present look."""
        theme = current()
        if self.wordWrap():
            # a plain QLabel has no line height
            style = f"line-height:{theme.line(self._role)}px; -qt-line-height-type:fixed; margin:0"
            self.setText("".join(f'<p style="{style}">{self._breakable(p)}</p>' for p in self._paragraphs()))
        else:
            self.setMinimumHeight(theme.line(self._role) if self._size is None else 0)
            self.setText(own_direction(self._words))
        self.setAccessibleName(self._words)

    def _align(self) -> None:
        """Begin lines where the window does; Qt would begin a title where its own language does."""
        if self.wordWrap() and self._role in ("body", "read"):
            return  # a paragraph is read in its own direction
        across = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        if across in (Qt.AlignmentFlag.AlignLeft, _LEFT, _RIGHT):
            begin = _RIGHT if current().rtl else _LEFT
            self.setAlignment(begin | (self.alignment() & Qt.AlignmentFlag.AlignVertical_Mask))

    def _paragraphs(self) -> list[str]:
        return [html.escape(line) for line in self._words.split("\n")]


_UNBROKEN = re.compile(r"<[^>]*>|[^\s<>\u0600-\U0010ffff]+")
"""A tag, or what stands without a blank in a script that has blanks and does not join its letters."""


def breakable(markup: str) -> str:
    """Let a long word go on in the next line; QLabel breaks none, and would be as wide as it."""
    most = LONG if current().scale <= LARGE else LONG_LARGE

    def spell(found: re.Match[str]) -> str:
        word = found[0]
        letters = html.unescape(word) if len(word) > most and word[0] != "<" else ""
        if len(letters) <= most:
            return word
        return "".join(html.escape(each) if combining(each) else f"\u200b{html.escape(each)}" for each in letters)

    return _UNBROKEN.sub(spell, markup)


_FENCED = re.compile(r"^(?:```|~~~)[^\n]*\n(.*?)\n?^(?:```|~~~)[ \t]*$", re.DOTALL | re.MULTILINE)
_LITERAL = re.compile(r"(`+[^`]+`+|\$[^$\n]+\$)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_TAG = re.compile(r"(<[^>]+>)")
_ITALIC = re.compile(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])")


class Marked(Label):
    """Short Markdown, such as a question: bold, italic, code and the source of formulas; links as their words."""

    _sought, _present = "", -1

    def find_all(self, words: str, present: int = -1) -> None:
        """Mark every place of some words, the present one stronger; none marks nothing."""
        if (words, present) != (self._sought, self._present):
            self._sought, self._present = words, present
            self._spell()

    def _spell(self) -> None:
        super()._spell()
        self.setAccessibleName(html.unescape(re.sub(r"<[^>]+>", "", " ".join(self._paragraphs()))))

    def _paragraphs(self) -> list[str]:
        made: list[str] = []
        for n, part in enumerate(_FENCED.split(self._words)):
            if n % 2:
                made += [_code(line) for line in part.split("\n")]
            elif part.strip():
                made += [_inline(line, self._strong()) for line in re.split(r"\n{2,}", part.strip("\n"))]
        return list(_found(made, self._sought, self._present)) if self._sought else made

    def _strong(self) -> str:
        """There is no face bolder than 600: what is strong in a title is underlined."""
        if current().font(self._role).weight() >= QFont.Weight.DemiBold:
            return r"<u>\2</u>"
        return r'<span style="font-weight:600">\2</span>'


def _inline(text: str, strong: str) -> str:
    said = ""
    for n, part in enumerate(_LITERAL.split(text)):
        if n % 2:
            said += f"<i>{html.escape(part.strip('$'))}</i>" if part.startswith("$") else _code(part.strip("`"))
        else:
            plain = _LINK.sub(r"\1", html.escape(part, quote=False))
            said += _ITALIC.sub(r"<i>\2</i>", _BOLD.sub(strong, plain))
    return said


def _found(paragraphs: list[str], words: str, present: int) -> Iterator[str]:
    """Mark words in rich text, also those that a tag parts."""
    sought, look, nth = re.compile(re.escape(words), re.IGNORECASE), current(), 0
    others = f"background-color:{look.hex('found')}; color:{look.hex('text')}"
    strong = f"background-color:{look.hex('accent')}; color:{look.hex('textOnAccent')}"
    for markup in paragraphs:
        pieces, made, at = _TAG.split(markup), "", 0
        said = [html.unescape(piece) for piece in pieces[::2]]
        spots = [found.span() for found in sought.finditer("".join(said).replace("\u00a0", " "))]
        for text, tag in zip(said, [*pieces[1::2], ""], strict=True):
            last = 0
            for n, (first, end) in enumerate(spots, nth):
                start, stop = max(0, first - at), min(len(text), end - at)
                if start < stop:
                    style = strong if n == present else others
                    made += html.escape(text[last:start])
                    made += f'<span style="{style}">{html.escape(text[start:stop])}</span>'
                    last = stop
            made += html.escape(text[last:]) + tag
            at += len(text)
        nth += len(spots)
        yield made


def _code(text: str) -> str:
    kept = html.escape(text).replace(" ", "\u00a0")
    return f"<span style=\"font-family:'JetBrains Mono'\">{kept}</span>"


class Elided(Label):
    """One line that ends in an ellipsis instead of being cut; the whole is in its tooltip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        self.setToolTip(self.words if shown != self.text() else "")
