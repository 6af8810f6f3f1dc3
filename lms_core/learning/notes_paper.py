"""Notes as a PDF: by course and lesson on A4, each with its quote, its colour, its day and its tags, in any script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lms_core.content.faces import pieces_of, register, width_of
from lms_core.content.script import direction_of
from lms_core.errors import UserError
from lms_core.learning.anchors import read_spot
from lms_core.learning.model import Note
from lms_core.learning.notes_file import Kept, Titles, clock, in_order, plain_words, writing

Progress = Callable[[int, int, str], bool]
"""Told how many notes are set, of how many, and the lesson; False stops."""
WIDTH, HEIGHT = A4
SIDE, TOP, FOOT = 62.0, 64.0, 58.0
STEP = 50
PAINT = {"amber": "#F2C94C", "mint": "#7CCB93", "rose": "#EE9AA2", "sky": "#8DBBEB", "": "#C9CDD3"}
INK, QUIET = HexColor("#1C2430"), HexColor("#5B6573")


class Style(NamedTuple):
    """How a paragraph is set: face, size, distance of its lines and above it, in points."""

    face: str
    size: float
    line: float
    above: float


COURSE, LESSON = Style("bold", 20, 26, 24), Style("label", 11.5, 16, 18)
QUOTE, BODY, LAST = Style("italic", 11, 15.5, 12), Style("sans", 9.5, 14, 5), Style("sans", 7.5, 11, 4)


def write_pdf(
    out: Path,
    kept: Sequence[Kept],
    titles: Titles,
    *,
    title: str = "Notes",
    zone: tzinfo = UTC,
    progress: Progress | None = None,
) -> int:
    """Write notes and bookmarks; returns how many pages. Nothing is left at `out` when it fails or is stopped.

    Raises:
        UserError: `cancelled`. StorageError: `file_unwritable`. DiskFull.
    """
    register()
    with writing(out) as part:
        canvas = Canvas(str(part), pagesize=A4, pageCompression=1)
        canvas.setTitle(title)
        pages = _Pages(canvas)
        _set(pages, in_order(kept, titles), titles, zone, progress)
        pages.end()
        canvas.save()
    return pages.number


def _set(pages: _Pages, kept: Sequence[Kept], titles: Titles, zone: tzinfo, progress: Progress | None) -> None:
    course = lesson = None
    for at, each in enumerate(kept):
        if progress and at % STEP == 0 and not progress(at, len(kept), titles.get(each.lesson_id or "", "")):
            raise UserError("cancelled")
        if each.course_id != course:
            course, lesson = each.course_id, None
            pages.paragraph(titles.get(course or "", ""), COURSE, keep=120)
        if each.lesson_id != lesson:
            lesson = each.lesson_id
            pages.paragraph(titles.get(lesson or "", ""), LESSON, keep=80)
        pages.note(each, _facts(each, zone))


def _facts(each: Kept, zone: tzinfo) -> str:
    spot = read_spot(each.anchor)
    day = datetime.fromtimestamp(each.created_at / 1000, zone).strftime("%Y-%m-%d")
    facts = [day, clock(spot.at_s) if spot.at_s is not None else "", f"p. {spot.page}" if spot.page else ""]
    return "   ".join(filter(None, [*facts, *(f"#{tag}" for tag in getattr(each, "tags", ()))]))


class _Pages:
    """Paragraphs one below the other, page after page; `y` is where the next line may begin."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.number, self.y = canvas, 0, 0.0
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self.y = HEIGHT - TOP

    def end(self) -> None:
        """Finish the page with its number."""
        self._draw(str(self.number), WIDTH / 2, FOOT - 24, LAST, middle=True)
        self.canvas.showPage()

    def _room(self, height: float) -> None:
        if self.y - height < FOOT:
            self.end()
            self._begin()

    def paragraph(
        self, text: str, style: Style, *, keep: float = 0.0, indent: float = 0.0, paint: str = "", like: str = ""
    ) -> None:
        """Set some lines; `keep` is the room that must be left for what follows, `like` has the direction of `text`."""
        if not text.strip():
            return
        if self.y < HEIGHT - TOP:
            self.y -= style.above
        self._room(keep)
        most = WIDTH - 2 * SIDE - indent
        rtl = direction_of(like or text) == "rtl"
        for line in wrapped(text, style.face, style.size, most):
            self._room(style.line)
            if paint:
                self.canvas.setFillColor(HexColor(PAINT[paint]))
                self.canvas.rect(WIDTH - SIDE - 3 if rtl else SIDE, self.y - style.line + 1, 3, style.line, 0, 1)
            self.y -= style.line
            self._draw(line, WIDTH - SIDE - indent if rtl else SIDE + indent, self.y + 3, style, ends=rtl)

    def note(self, each: Kept, facts: str) -> None:
        """A note with its quote and the line of its facts, or a bookmark."""
        quote, body = (each.quote, each.body) if isinstance(each, Note) else ("", each.title)
        colour = each.colour if isinstance(each, Note) else ""
        if not body and not quote:
            quote = "–"
        self.paragraph(" ".join(quote.split()), QUOTE, keep=40, indent=12, paint=colour or "amber")
        above = BODY if quote else BODY._replace(above=QUOTE.above)
        for line in paragraphs(body):
            self.paragraph(line, above, keep=28, indent=12)
            above = BODY._replace(above=2)
        self.paragraph(facts, LAST, indent=12, like=body or quote)

    def _draw(self, line: str, x: float, y: float, style: Style, *, ends: bool = False, middle: bool = False) -> None:
        parts = pieces_of(line, style.face)
        wide = width_of(parts, style.size)
        at = x - (wide / 2 if middle else wide if ends else 0)
        self.canvas.setFillColor(QUIET if style in (LAST, LESSON) else INK)
        for text, font in parts:
            self.canvas.setFont(font, style.size)
            self.canvas.drawString(at, y, text)
            at += width_of([(text, font)], style.size)


def paragraphs(body: str) -> Iterator[str]:
    """The lines of a Markdown text without its marks; items of a list begin with a point."""
    for line in body.splitlines():
        item = line.lstrip().startswith(("- ", "* ", "+ "))
        words = plain_words(line)
        if words:
            yield f"• {words}" if item else words


def wrapped(text: str, face: str, size: float, most: float) -> Iterator[str]:
    """The lines of a paragraph; a word wider than a line is cut."""
    space, line, wide = _wide(" ", face, size), "", 0.0
    for word in text.split():
        for piece in _cut(word, face, size, most):
            more = _wide(piece, face, size)
            if line and wide + space + more > most:
                yield line
                line, wide = piece, more
            else:
                line, wide = (f"{line} {piece}", wide + space + more) if line else (piece, more)
    if line:
        yield line


def _cut(word: str, face: str, size: float, most: float) -> Iterator[str]:
    if _wide(word, face, size) <= most:
        yield word
        return
    part = ""
    for letter in word:
        if part and _wide(part + letter, face, size) > most:
            yield part
            part = ""
        part += letter
    yield part


@lru_cache(16_384)
def _wide(word: str, face: str, size: float) -> float:
    return width_of(pieces_of(word, face), size)
