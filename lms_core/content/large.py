"""Tables and code that are too large for the lines of a text: each stands in it as an Embed of its dressed HTML."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

LINES, ROWS, CELLS = 80, 40, 240
"""Of code, and of a table: what is longer takes so long to lay out that a window would halt."""
WIDE, STIFF, COLUMN = 84, 52, 18
"""Characters: of a table whose columns are as wide as is well read, COLUMN each at most; of one whose columns are as
narrow as their longest words."""
PIECE_LINES, PIECE_CELLS = 40, 60
GAP = '<p style="margin:0; font-size:8px">&nbsp;</p>'
"""Tables have no margins and touch each other without it."""
_START = '<table border="0" cellspacing="0" cellpadding="8"'
_CELL = re.compile(r"<(t[dh])((?: [^>]*)?)>(.*?)</t[dh]>", re.DOTALL)
_PRE = re.compile(r"<pre[^>]*>(.*)</pre>", re.DOTALL)
_PICTURE = re.compile(r'<img [^>]*alt="([^"]*)"[^>]*>')
_BREAK = re.compile(r"</?(?:br|p|div|li|ul|ol)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_SPANNED = re.compile(r"<t[dh][^>]* (?:col|row)span=")


class Cell(NamedTuple):
    """A cell: `th` or `td`, its attributes, its HTML, and its words; a formula counts as its source."""

    tag: str
    attributes: str
    html: str

    @property
    def words(self) -> str:
        """What it says, in one line."""
        return _words_of(_PICTURE.sub(r" \1 ", self.html))

    @property
    def said(self) -> str:
        """What can be found and chosen in it: its words as they stand in a document, where a formula is a picture."""
        return _words_of(self.html)


def _words_of(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", _BREAK.sub(" ", html))).split())


Grid = list[list[Cell]]


def read_grid(html: str) -> Grid:
    """The cells of a table, row by row."""
    return [cells for row in html.split("</tr>") if (cells := [Cell(*found) for found in _CELL.findall(row)])]


def is_large_table(html: str) -> bool:
    """Whether a table is too long or too wide for the text; not one with something embedded or with joined cells."""
    if 'src="embed:' in html or _SPANNED.search(html):
        return False
    grid = read_grid(html)
    if len(grid) > ROWS or sum(map(len, grid)) > CELLS:
        return True
    likes, needs = [0] * max(map(len, grid), default=0), [0] * max(map(len, grid), default=0)
    for row in grid:
        for n, cell in enumerate(row):
            words = cell.words
            likes[n] = max(likes[n], min(len(words), COLUMN) + 2)
            needs[n] = max(needs[n], max(map(len, words.split()), default=0) + 2)
    return sum(likes) > WIDE or sum(needs) > STIFF


def is_large_code(html: str) -> bool:
    """Whether code is too long for the text."""
    return html.count("\n") >= LINES


def _lines(html: str) -> list[str]:
    found = _PRE.search(html)
    return (found[1] if found else html).removeprefix("<code>").removesuffix("</code>").split("\n")


def code_of(html: str) -> str:
    """Code as it was written."""
    return unescape(_TAG.sub("", "\n".join(_lines(html))))


def code_pieces(html: str) -> tuple[str, ...]:
    """Code in pieces of some lines, each a block of its own; the newline between two of them is the cut."""
    pieces, lines, n = [], _lines(html), 0
    said = [bool(_TAG.sub("", line).strip()) for line in lines]
    while n < len(lines):
        end = n + PIECE_LINES
        while end < len(lines) and not (said[end - 1] and said[end]):
            end += 1  # an empty line at either end of a block would be lost
        part = "\n".join(lines[n:end])
        pieces.append(f'<pre dir="ltr" style="white-space:pre-wrap; margin:0">{part}</pre>')
        n = end
    return tuple(pieces)


def table_pieces(grid: Grid, widths: list[str], whole: str) -> tuple[str, ...]:
    """A table as tables of some rows whose columns are equally wide (HTML's `width`); `whole` is that of each."""
    pieces, n = [], 0
    while n < len(grid):
        some = max(1, PIECE_CELLS // max(1, len(widths)))
        rows = ("".join(_cell(*each) for each in zip(row, widths, strict=False)) for row in grid[n : n + some])
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        pieces.append(f'{_START} width="{whole}">{body}</table>')
        n += some
    return tuple(pieces)


def _cell(cell: Cell, width: str) -> str:
    return f'<{cell.tag}{cell.attributes} width="{width}">{cell.html}</{cell.tag}>'
