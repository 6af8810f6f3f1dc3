"""A lesson's Markdown and its formulas as what the reading view shows; meant to run off the screen's thread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from desktop_lms.words import tr
from lms_core.content.embeds import Embed
from lms_core.content.render import Formula, RenderTheme, render

MEDIA = re.compile(r"media:([0-9a-f]{64})")
_FIRST = re.compile(r"^\s*#\s+(.+?)\s*#*\s*(?:\n|$)")


@dataclass(frozen=True)
class Dress:
    """What rendering needs of the look: colours by token, words for callouts, and the size of text in px."""

    colors: Mapping[str, object]
    words: Mapping[str, str]
    size: float


@dataclass(frozen=True)
class Body:
    """A lesson as rich text, with the formulas that are still to be drawn."""

    html: str
    formulas: tuple[Formula, ...]
    anchors: tuple[str, ...]
    embeds: tuple[Embed, ...] = ()


def render_body(body: str, *, title: str, dress: Dress, files: Mapping[str, str]) -> Body:
    """Render a lesson; `files` are the MIME types of what the course has, by SHA-256.

    A first heading that repeats the title is left out, for the page shows it.
    """
    first = _FIRST.match(body)
    if first and first.group(1).strip().casefold() == title.strip().casefold():
        body = body[first.end() :]
    made = render(body, theme=RenderTheme(dress.colors, dress.words), files=files)
    return Body(made.html, made.formulas, tuple(h.id for h in made.headings), made.embeds)


def draw_formulas(formulas: tuple[Formula, ...], *, dress: Dress) -> dict[str, bytes]:
    """The pictures of formulas by source."""
    from lms_core.content.formulas import formula_svg  # loading it costs more than most lessons

    ink = str(dress.colors["text"])[:7]
    return {f"math:{f.key}": formula_svg(f.tex, display=f.display, colour=ink, size=dress.size) for f in formulas}


def callout_words() -> dict[str, str]:
    """What callouts are called."""
    return {
        "Note": tr("Note"), "Info": tr("Info"), "Tip": tr("Tip"), "Hint": tr("Hint"), "Warning": tr("Warning"),
        "Important": tr("Important"), "Danger": tr("Danger"), "Example": tr("Example"), "Caution": tr("Caution"),
        "Question": tr("Question"),
    }  # fmt: skip
