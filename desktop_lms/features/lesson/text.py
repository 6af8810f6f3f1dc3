"""A lesson's Markdown and its formulas as what the reading view shows; meant to run off the screen's thread."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from threading import Lock

from desktop_lms.ahead import load_formulas
from desktop_lms.words import tr
from lms_core.content.embeds import Embed
from lms_core.content.model import LessonDoc
from lms_core.content.render import Formula, RenderTheme, render

MEDIA = re.compile(r"media:([0-9a-f]{64})")
KEPT = 12
"""Rendered lessons that are kept."""
START, LONG = 4000, 12_000
"""Characters of Markdown that fill the first screen, and of a lesson that is long enough to show that one first."""
_BREAK = re.compile(r"\n\n(?=#{1,6} |[^\W\d_])")
_OPENS = re.compile(r"^[ \t]*(?:```|~~~|\$\$)|\$\$[ \t]*$", re.MULTILINE)
_DEFINED = re.compile(r"^ {0,3}(\*?)\[([^\]\n]+)\]:", re.MULTILINE)
_PARAGRAPH = re.compile(r"\s*<(?:p|h[1-6])\b")
_FIRST = re.compile(r"^\s*#\s+(.+?)\s*#*\s*(?:\n|$)")


@dataclass(frozen=True)
class Dress:
    """What rendering needs of the look: colours by token, words for callouts, and the size of text in px."""

    colors: Mapping[str, object]
    words: Mapping[str, str]
    size: float

    @property
    def look(self) -> object:
        """Tells looks apart."""
        return self.size, str(self.colors.get("text")), str(self.colors.get("page")), tuple(self.words.values())


@dataclass(frozen=True)
class Body:
    """A lesson as rich text, with the formulas that are still to be drawn."""

    html: str
    formulas: tuple[Formula, ...]
    anchors: tuple[str, ...]
    embeds: tuple[Embed, ...] = ()
    pieces: tuple[str, ...] = ()
    """The text in pieces, each but the first beginning a paragraph."""


def render_body(body: str, *, title: str, dress: Dress, files: Mapping[str, str]) -> Body:
    """Render a lesson; `files` are the MIME types of what the course has, by SHA-256.

    A first heading that repeats the title is left out, for the page shows it.
    """
    first = _FIRST.match(body)
    if first and first.group(1).strip().casefold() == title.strip().casefold():
        body = body[first.end() :]
    made = render(body, theme=RenderTheme(dress.colors, dress.words), files=files)
    spans = pairwise((0, *made.cuts, len(made.html)))
    pieces = tuple(made.html[start:end] for start, end in spans)
    return Body(made.html, made.formulas, tuple(h.id for h in made.headings), made.embeds, pieces)


def first_screen(body: str) -> str:
    """The Markdown of a first screen, which can be read without the rest; nothing where there is no such."""
    if len(body) < LONG:
        return ""
    for found in _BREAK.finditer(body, START, LONG):
        start = body[: found.start()]
        if len(_OPENS.findall(start)) % 2 == 0 and not start.endswith(">"):  # an anchor belongs to what follows
            words = start.casefold()
            far = (name.casefold() if star else f"[{name.casefold()}]" for star, name in _DEFINED.findall(body))
            return "" if any(name in words for name in far) else start
    return ""


def behind(start: Body, whole: Body) -> tuple[str, ...]:
    """The pieces of a text behind its start; none when it does not begin so."""
    at = len(start.html)
    if not whole.html.startswith(start.html) or not _PARAGRAPH.match(whole.html, at):
        return ()
    ends = (end for end in accumulate(map(len, whole.pieces)) if end > at)
    return tuple(whole.html[one:other] for one, other in pairwise((at, *ends)))


class Rendering:
    """The lessons that were rendered last, so that going back and on takes no time; for any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[object, Body] = OrderedDict()

    def find(self, lesson: LessonDoc, dress: Dress, files: Mapping[str, str]) -> Body | None:
        """What was rendered of a lesson in this look, if it is kept."""
        with self._lock:
            return self._kept.get(_key(lesson, dress, files))

    def render(self, lesson: LessonDoc, dress: Dress, files: Mapping[str, str]) -> Body:
        """Render a lesson unless it is kept."""
        if (found := self.find(lesson, dress, files)) is not None:
            return found
        made = render_body(lesson.body, title=lesson.title, dress=dress, files=files)
        with self._lock:
            self._kept[_key(lesson, dress, files)] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _key(lesson: LessonDoc, dress: Dress, files: Mapping[str, str]) -> object:
    """What a rendered lesson depends on; MIME types count for what is named in it."""
    named = tuple((name, files.get(name)) for name in MEDIA.findall(lesson.body))
    return lesson.title, lesson.body, named, dress.look


RENDERED = Rendering()


def draw_formulas(
    formulas: tuple[Formula, ...], *, dress: Dress, wanted: Callable[[], bool] = lambda: True
) -> dict[str, bytes]:
    """The pictures of formulas by source; those that come before nobody wants them any more."""
    ink = str(dress.colors["text"])[:7]
    found: dict[str, bytes] = {}
    for each in formulas:
        if not wanted():
            break
        found[f"math:{each.key}"] = load_formulas()(each.tex, display=each.display, colour=ink, size=dress.size)
    return found


def callout_words() -> dict[str, str]:
    """What callouts are called."""
    return {
        "Note": tr("Note"), "Info": tr("Info"), "Tip": tr("Tip"), "Hint": tr("Hint"), "Warning": tr("Warning"),
        "Important": tr("Important"), "Danger": tr("Danger"), "Example": tr("Example"), "Caution": tr("Caution"),
        "Question": tr("Question"), "The rest is too long to be shown": tr("The rest is too long to be shown"),
        "Rows left out:": tr("Rows left out:"), "Picture on the web": tr("Picture on the web"),
    }  # fmt: skip
