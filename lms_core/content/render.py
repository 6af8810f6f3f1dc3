"""Markdown as the rich text that a QTextBrowser draws right: safe whoever wrote it, coloured by the tokens of a theme.

Markdown -> HTML (Python-Markdown) -> only allowed tags (nh3) -> dressed for Qt (lms_core.content.dress).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from typing import Any

import nh3
from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions.toc import slugify_unicode

from lms_core.content.dress import Dresser, Formula, Heading, Rendered, RenderTheme
from lms_core.content.embeds import MOST, Embed, EmbedKind, embed_key
from lms_core.content.folds import fold
from lms_core.content.grids import RULE, grid_html
from lms_core.content.lists import nested
from lms_core.content.text import MOST_SHOWN

__all__ = ["Formula", "Heading", "RenderTheme", "Rendered", "has_active_parts", "render"]

_EXTENSIONS = [
    "tables", "footnotes", "def_list", "abbr", "sane_lists", "toc", "admonition", "pymdownx.superfences",
    "pymdownx.highlight", "pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.mark", "pymdownx.tilde",
    "pymdownx.caret", "pymdownx.tasklist", "pymdownx.details",
]  # fmt: skip
_SETTINGS: dict[str, dict[str, Any]] = {
    "tables": {"use_align_attribute": True},
    "toc": {"slugify": slugify_unicode},
    "footnotes": {"BACKLINK_TEXT": "↩", "SUPERSCRIPT_TEXT": "{}"},
    "pymdownx.highlight": {"guess_lang": False, "use_pygments": True, "css_class": "highlight"},
    "pymdownx.arithmatex": {"generic": True, "smart_dollar": True},
    "pymdownx.superfences": {"css_class": "highlight", "custom_fences": []},
}
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"id", "class", "dir", "lang"},
    "a": {"href", "title", "name"},
    "img": {"src", "alt", "title", "width"},
    "input": {"type", "checked"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
_CALLOUT = re.compile(r"^( {0,3})> ?\[!(\w+)\][-+]?[ \t]*(.*)$")
_QUOTED = re.compile(r"^ {0,3}> ?(.*)$")
_BOX = re.compile(
    r"^[ \t]*(?:</?(?:div|section|article|aside|center|figure|main|p|span)(?:\s[^<>]*)?>[ \t]*)+$", re.IGNORECASE
)
_ID = re.compile(r"\sid\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_RULE = re.compile(r"^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
_MONEY = re.compile(r"(?<=[A-Za-z])\$(?=\d)")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")
_DOLLAR = "\ue024"
_DEEP = re.compile(r"^[ \t]+(?=[ \t]{32})")
_QUOTES = re.compile(r"^((?: {0,3}>){8})[ >]*")
"""Nobody can read deeper lists and quotes, and each level costs as much as all above it."""
MOST_BRACKETS = 500
"""In one paragraph; the search for the end of each goes through all behind it."""
MOST_ROWS, MOST_COLUMNS = 500, 50
LARGE_ROWS, LARGE_COLUMNS, LARGE_CELLS = 5000, 200, 20_000
"""Of a table that stands by itself: it is laid out piece by piece (see `large`)."""
_HEADING = re.compile(r"<(/?)h[1-6][^>]*>")
_NESTED = re.compile(r"<(/?)(table|details|blockquote|ul|ol|dl|div)\b")
_GRID_FENCE, _GRID_CELLS = "~" * 12, 400
"""What grid tables of one text are read up to; the others stand as they were written."""
MOST_READ, MOST_TAGS = 40_000, 1_000
_ACTIVE_TAGS = frozenset({"script", "iframe", "object", "embed", "applet"})
_MAYBE_ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed|applet)\b|\son[a-z]{2,30}\s{0,9}=|(?:href|action)\s{0,9}=", re.IGNORECASE
)
_local = threading.local()


def render(markdown: str, *, theme: RenderTheme, files: Mapping[str, str] | None = None) -> Rendered:
    """Rich text with what a reader needs beside it; never fails, whatever the text.

    Pictures keep `media:<sha256>` as their source, formulas become `math:<key>` (see `formulas.formula_svg`),
    pictures on the web become links, and nothing loads from the network. `files` are the MIME types of what the
    course has, by SHA-256: what is no picture is embedded (see `embeds`), as are folds, cards and questions; without
    `files` nothing is, and those are shown as callouts and code.
    """
    whole, markdown = len(markdown), markdown[:MOST_SHOWN]
    text, found = (markdown, {}) if files is None else fold(markdown)
    _local.found, _local.room = None if files is None else found, _GRID_CELLS
    try:
        html = _parser().reset().convert(_callouts(nested(_plain(text)))).replace(_DOLLAR, "$")
    except (RecursionError, ValueError, AssertionError):
        html = f"<pre><code>{escape(markdown)}</code></pre>"
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "svg", "math", "template", "noscript"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "lesson", "media", "embed"},
        link_rel=None,
    )
    if whole > MOST_SHOWN:
        clean += f"<p><em>{escape(theme.word('The rest is too long to be shown'))}</em></p>"
    return Dresser(theme, found, files).dress(_short_tables(clean, theme, lifts=files is not None))


def has_active_parts(markdown: str) -> bool:
    """Whether a text has scripts, frames or handlers, which `render` leaves out; in code they are words."""
    if not _MAYBE_ACTIVE.search(markdown):
        return False
    if len(markdown) > MOST_READ or markdown.count("<") > MOST_TAGS:
        return True  # not read in full: such a text may have been written to take minutes
    try:
        found = _Active()
        _local.found, _local.room = None, 0
        found.feed(_parser().reset().convert(_callouts(markdown)))
        found.close()
    except (RecursionError, ValueError, AssertionError):
        return False  # `render` shows such a text as it was written
    return found.any


class _Active(HTMLParser):
    any = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        schemes = ((value or "").strip().casefold() for name, value in attrs if name in ("href", "src", "action"))
        self.any |= (
            tag in _ACTIVE_TAGS
            or any(name.startswith("on") for name, _ in attrs)
            or any(scheme.startswith(("javascript:", "vbscript:", "data:text/html")) for scheme in schemes)
        )


def _exercise(source: str, language: str, *_: object, **__: object) -> str:
    """A fenced block of cards or of a question, as a picture that the dresser knows."""
    found: dict[str, Embed] | None = _local.found
    if found is None or len(found) >= MOST:
        return f"<pre><code>{escape(source)}</code></pre>"
    kind: EmbedKind = "cards" if language == "cards" else "check"
    embed = Embed(embed_key(source, found), kind, source=source)
    found[embed.key] = embed
    return f'<p><img src="embed:{embed.key}" alt=""></p>'


def _grid(source: str, *_: object, **__: object) -> str:
    """A grid table that `_plain` fenced."""
    room, _local.room = _local.room, 0  # a grid in a cell stands as it is
    made = grid_html(source, _cell, room)
    _local.room = room - made.count("<td>") - made.count("<th>")
    return made or f"<pre><code>{escape(source)}</code></pre>"


def _cell(text: str) -> str:
    """One cell of it; what is a heading there is none of the lesson."""
    html = _parser("cells").reset().convert(nested(_plain(text)))
    return _HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", html)


_SETTINGS["pymdownx.superfences"]["custom_fences"] = [
    {"name": name, "class": name, "format": make}
    for name, make in (("cards", _exercise), ("check", _exercise), ("grid", _grid))
]


class _Indented(HashHeaderProcessor):
    """Headings that are indented by up to three spaces, as those in lists often are."""

    RE = re.compile(r"(?:^|\n) {0,3}(?P<level>#{1,6})(?P<header>(?:\\.|[^\\])*?)#*(?:\n|$)")


def _parser(use: str = "text") -> Markdown:
    """One parser a thread for the text, one for cells in it: building it costs more than a page of text."""
    found = getattr(_local, use, None)
    if not isinstance(found, Markdown):
        found = Markdown(extensions=_EXTENSIONS, extension_configs=_SETTINGS, output_format="html", tab_length=4)
        found.parser.blockprocessors.register(_Indented(found.parser), "hashheader", 70)
        setattr(_local, use, found)
    return found


def _narrow(row: str, most: int) -> str:
    """A row with its first columns."""
    for end in ("</td>", "</th>"):
        if row.count(end) > most:
            row = end.join(row.split(end)[:most]) + end
    return row


def _alone(clean: str) -> list[bool]:
    """Of each table, in the order of their ends, whether it stands in nothing else."""
    found, deep = [], 0
    for tag in _NESTED.finditer(clean):
        deep += -1 if tag[1] else 1
        if tag[1] and tag[2] == "table":
            found.append(deep == 0)
    return found


def _short_tables(clean: str, theme: RenderTheme, *, lifts: bool) -> str:
    """Tables with as many rows and columns as can be laid out; how many rows are left out is said below."""
    if clean.count("<tr") <= MOST_ROWS and clean.count("<t") <= MOST_COLUMNS:
        return clean
    parts, alone = clean.split("</table>"), _alone(clean)
    for n, part in enumerate(parts[:-1]):
        large = lifts and alone[n]
        wide = LARGE_COLUMNS if large else MOST_COLUMNS
        rows = [_narrow(row, wide) for row in part.split("</tr>")]
        columns = max(1, *(row.count("</td>") + row.count("</th>") for row in rows))
        most = min(LARGE_ROWS, LARGE_CELLS // columns) if large else MOST_ROWS
        left = len(rows) - 1 - most
        parts[n] = "</tr>".join(rows if left <= 0 else [*rows[:most], "</tbody>"]) + "</table>"
        if left > 0:
            parts[n] += f"<p><em>{escape(theme.word('Rows left out:'))} {left}</em></p>"
    return "".join(parts)


def _plain(text: str) -> str:
    """Without the lines that are only boxes of HTML, in which Markdown would not be read; grid tables are fenced.

    A dollar behind a letter and before a figure is money, not a formula.
    """
    out: list[str] = []
    fence, grid, opened = "", "", 0
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not grid:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        ruled = None if fence else RULE.match(line)
        if ruled and not grid:
            grid = f"{ruled[1]}{_GRID_FENCE}"
            out += ["", f"{grid} grid"]
        elif grid and not ruled and not line.lstrip(" ").startswith("|"):
            out += [grid, ""]
            grid = ""
        if (
            not fence
            and _RULE.match(line)
            and len(out) > 1
            and "|" in out[-1]
            and out[-2].strip()
            and "|" not in out[-2]
        ):
            out.insert(-1, "")  # a table may stand right below words
        opened = opened + line.count("[") if line.strip() else 0
        if opened > MOST_BRACKETS:
            line = line.replace("[", "&#91;")
        line = line if fence else _QUOTES.sub(r"\1", _DEEP.sub("", line))
        box = not fence and not grid and _BOX.match(line)
        out.append(_anchored(line) if box else line if fence or grid else _MONEY.sub(_DOLLAR, line))
    return "\n".join([*out, grid] if grid else out)


def _anchored(box: str) -> str:
    """What remains of a line of boxes: anchors with their ids, a paragraph of their own, unless it would be code."""
    ids = _ID.findall(box) if len(box) - len(box.lstrip()) < 4 and "\t" not in box else []
    return "\n" + "".join(f'<span id="{name}"></span>' for name in ids) + "\n" if ids else ""


def _callouts(text: str) -> str:
    """Quotes that begin with [!NOTE] as callouts, outside of code."""
    if "[!" not in text:
        return text
    out: list[str] = []
    fence, inside = "", False
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        quoted = None if fence else _QUOTED.match(line)
        start = None if fence else _CALLOUT.match(line)
        if start:
            title = start[3].replace('"', "”").strip()
            out += ["", f"!!! {start[2].lower()}" + (f' "{title}"' if title else ""), ""]
            inside = True
        elif inside and quoted:
            out.append(f"    {quoted[1]}")
        else:
            if inside:
                out.append("")
            inside = False
            out.append(line)
    return "\n".join(out)
