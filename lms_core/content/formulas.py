"""Formulas as pictures: TeX to SVG without a browser. About 30 ms each, so worth doing off the window's thread once."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from threading import Lock
from xml.etree import ElementTree as ET

from ziamath.config import config
from ziamath.zmath import Latex

MAX_TEX = 2000
X_HEIGHT = 0.47
"""Height of a small letter of the reading font, in parts of its size."""
LINE = 1.1
"""Least height of a formula in a line; Qt lifts lower pictures above the line."""

# QtSvg draws nothing for glyphs that are <use> elements of nested symbols
config.svg2 = False
_drawing = Lock()


def formula_svg(tex: str, *, display: bool = False, colour: str = "#000000", size: float = 16) -> bytes:
    """The formula as SVG in px; one that cannot be read comes out as its source with the reason as title."""
    return _draw(tex, display, colour, size)[0]


def formula_problem(tex: str) -> str:
    """Why a formula cannot be drawn, or nothing."""
    return _draw(tex, False, "#000000", 16)[1]


@lru_cache(maxsize=512)
def _draw(tex: str, display: bool, colour: str, size: float) -> tuple[bytes, str]:
    if len(tex) > MAX_TEX:
        return _source(tex, "longer than 2000 characters", colour=colour, size=size), "longer than 2000 characters"
    try:
        with _drawing:
            picture = Latex(_signs(tex), size=size, color=colour, inline=not display)
            width, height = picture.getsize()
            svg = picture.svgxml()
            below = -float(picture.getyofst())
    except Exception as error:  # noqa: BLE001 the parser raises whatever its code meets
        why = str(error) or "it is not complete"
        return _source(tex, why, colour=colour, size=size), why
    top = 0.0 if display else _centre(height - below, below, size=size)
    return _padded(svg, float(width), float(height), pad=top, least=0.0 if display else LINE * size), ""


def _signs(tex: str) -> str:
    """Less and greater by name: the parser writes them into XML as they are."""
    return tex.replace("<", r"\lt ").replace(">", r"\gt ")


def _centre(above: float, below: float, *, size: float) -> float:
    """What to add above (below when negative) so that the middle of the picture meets the middle of small letters."""
    return below + X_HEIGHT * size - above


def _padded(svg: ET.Element, width: float, height: float, *, pad: float, least: float) -> bytes:
    left, top, wide, high = (float(v) for v in svg.get("viewBox", f"0 0 {width} {height}").split())
    top, high = top - max(pad, 0), high + abs(pad)
    even = max(0.0, least - high) / 2
    top, high = top - even, high + 2 * even
    svg.set("viewBox", f"{left:.3f} {top:.3f} {wide:.3f} {high:.3f}")
    svg.set("width", f"{wide:.3f}")
    svg.set("height", f"{high:.3f}")
    return bytes(ET.tostring(svg, encoding="utf-8"))


def _source(tex: str, why: str, *, colour: str, size: float) -> bytes:
    shown = tex if len(tex) <= 80 else tex[:79] + "…"
    wide, high = max(1.0, len(shown) * size * 0.62), size * 1.4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.1f}" height="{high:.1f}" '
        f'viewBox="0 0 {wide:.1f} {high:.1f}"><title>{escape(why)}</title>'
        f'<text x="0" y="{size:.1f}" font-family="JetBrains Mono" font-size="{size * 0.9:.1f}" '
        f'fill="{escape(colour)}">{escape(shown)}</text></svg>'
    ).encode()
