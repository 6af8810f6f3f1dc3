"""Lists as CommonMark reads them, for a parser that knows levels of four blanks only and wants a blank line before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ITEM = re.compile(r"^( *)([-*+]|(\d{1,9})[.)])(?:( +)(.*)|$)")
_RULE = re.compile(r"^ *([-*_])(?: *\1){2,} *$")
_FENCE = re.compile(r"^ *(`{3,}|~{3,})([^`]*)$")
_BOX = re.compile(r"^( *)(?:!!!|\?\?\?\+?) ?\S")
_QUOTE = re.compile(r"^ {0,3}> ?")
_NO_TEXT = re.compile(r" *(?:#{1,6} |>|</?[a-zA-Z!]|\||\[\^?[^\]]+\]:|:{1,4} )")
"""Begins something that is no text, so that it does not belong to the paragraph above it."""
_OPENS = re.compile(r"^ *(?:<pre\b|\\\[|\\begin\{|\$\$)")
_SHUTS = {"<": "</pre>", "\\[": "\\]", "\\b": "\\end{", "$$": "$$"}
NOTHING = "&#8203;"
"""Stands in an item that begins with code, which would not be read behind its number."""
LEVEL, DEEPEST, MOST_LINES = 4, 8, 300


@dataclass
class _Open:
    """A list item or box that is open: where its content stands, and what mark began it (nothing for a box)."""

    column: int
    least: int
    """What stands as far to the right belongs to it: below a number two blanks do, as many write them."""
    mark: str = ""


@dataclass
class _Reading:
    """What was read so far."""

    out: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    text: bool = False
    """Whether the line before is text that goes on."""
    items: bool = False
    """Whether what stands since the last blank line began with an item."""

    @property
    def lead(self) -> str:
        """The blanks before what stands in all that is open."""
        return " " * LEVEL * min(len(self.stack), DEEPEST)

    def put(self, line: str, column: int) -> None:
        """Add a line that stands at a column of the source."""
        self.out.append(self.lead + line[min(column, _indent(line)) :] if line.strip() else "")

    @property
    def column(self) -> int:
        """Where the content of what is open stands."""
        return self.stack[-1].column if self.stack else 0

    def leave(self, indent: int) -> str:
        """Close what a line at an indent is no part of; returns the mark of the item closed last."""
        mark = ""
        while self.stack and indent < self.stack[-1].least:
            mark = self.stack.pop().mark
        return mark


def nested(text: str) -> str:
    """A text whose lists have levels of four blanks and a blank line before them; code and formulas as they are."""
    if not re.search(r"^[ >]*(?:[-*+]|\d{1,9}[.)]) ", text, re.MULTILINE):
        return text
    reading, lines, at = _Reading(), text.split("\n"), 0
    while at < len(lines):
        if _QUOTE.match(lines[at]):
            end = next((n for n in range(at, len(lines)) if not _QUOTE.match(lines[n])), len(lines))
            inner = nested("\n".join(_QUOTE.sub("", line) for line in lines[at:end]))
            reading.leave(_indent(lines[at]))
            reading.out += [f"{reading.lead}> {line}" for line in inner.split("\n")]
            reading.text = reading.items = False
            at = end
        elif (end := _verbatim(lines, at)) > at:
            reading.leave(_indent(lines[at]))
            if reading.stack and _FENCE.match(lines[at]) and reading.out[-1].strip():
                reading.out.append("")
            for line in lines[at:end]:
                reading.put(line, reading.column)
            reading.text = reading.items = False
            at = end
        else:
            lines[at] = _read(reading, lines[at])
            at += not lines[at]
    return "\n".join(reading.out)


def _verbatim(lines: list[str], at: int) -> int:
    """Where code, a formula or what is set already ends that begins at a line; that line where none does."""
    if fence := _FENCE.match(lines[at]):
        ends = re.compile(rf"^ *{fence[1][0]}{{{len(fence[1])},}} *$")
        return next((n + 1 for n in range(at + 1, len(lines)) if ends.match(lines[n])), len(lines))
    if not _OPENS.match(lines[at]):
        return at
    begins = lines[at].lstrip()
    end = _SHUTS["<" if begins[0] == "<" else begins[:2]]
    if end in begins[2:]:
        return at + 1
    return next((n + 1 for n in range(at + 1, min(at + MOST_LINES, len(lines))) if end in lines[n]), at)


def _read(reading: _Reading, line: str) -> str:
    """Take a line that is no code; returns what is left of it where it is an item that begins with code."""
    line = line.expandtabs(LEVEL) if "\t" in line else line
    if not line.strip():
        reading.out.append("")
        reading.text = reading.items = False
        return ""
    indent = _indent(line)
    item = None if _RULE.match(line) else _ITEM.match(line)
    if item and _begins(reading, item, indent):
        mark = reading.leave(indent)
        kind = "1" if item[3] else "-"
        if (not reading.items or mark not in ("", kind)) and reading.out and reading.out[-1]:
            reading.out.append("")
        reading.items = True
        blanks = len(item[4] or " ")
        column = indent + len(item[2]) + (blanks if blanks <= LEVEL else 1)
        words = item[5] or ""
        code = " " * column + words if _FENCE.match(words) else ""
        reading.out.append(f"{reading.lead}{item[3] + '.' if item[3] else item[2]} {NOTHING if code else words}")
        reading.stack.append(_Open(column, indent + 2 if item[3] else column, kind))
        reading.text = not code
        return code
    if not reading.text or (item is None and (_NO_TEXT.match(line) or _RULE.match(line) or _BOX.match(line))):
        reading.leave(indent)
    if box := _BOX.match(line):
        reading.put(line, reading.column)
        reading.stack.append(_Open(len(box[1]) + LEVEL, len(box[1]) + LEVEL))
        reading.text = False
        return ""
    reading.put(line, reading.column)
    reading.text = not _NO_TEXT.match(line)
    return ""


def _begins(reading: _Reading, item: re.Match[str], indent: int) -> bool:
    """Whether what looks like an item is one: not code, and not a number that text happens to go on with."""
    base = max((each.least for each in reading.stack if each.least <= indent), default=0)
    if indent - base >= LEVEL and not (reading.text and reading.stack):
        return False
    inside = any(each.mark for each in reading.stack)
    if reading.text and not inside:
        return indent - base < LEVEL and bool(item[5]) and item[3] in (None, "1")
    return True


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
