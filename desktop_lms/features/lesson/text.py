"""Markdown of a lesson as rich text that is safe whoever wrote it; meant to run off the screen's thread."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import markdown
import nh3

MEDIA = re.compile(r"media:([0-9a-f]{64})")
_TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "li", "mark", "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title", "name"}, "img": {"src", "alt"}, "td": {"align"}, "th": {"align"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "media", "lesson"}
_EXTENSIONS = ["tables", "fenced_code", "footnotes", "sane_lists", "def_list"]
_PRE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
_QUOTE = re.compile(r"<blockquote>\s*<p>\[!(\w+)\]\s*(.*?)</blockquote>", re.DOTALL)
_REMOTE = re.compile(r'<img[^>]*src="(?!media:|math:)([^"]*)"[^>]*>')
_FIRST = re.compile(r"^\s*#\s+(.+?)\s*#*\s*(?:\n|$)")


@dataclass(frozen=True)
class Inks:
    """Colours that the text needs as attributes, for rich text knows no classes."""

    code: str
    callout: str


def render(body: str, *, title: str, inks: Inks) -> str:
    """A lesson as HTML. A first heading that repeats the title is left out."""
    first = _FIRST.match(body)
    if first and first.group(1).strip().casefold() == title.strip().casefold():
        body = body[first.end() :]
    made = markdown.markdown(body, extensions=_EXTENSIONS, output_format="html")
    clean = nh3.clean(made, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    clean = _REMOTE.sub(lambda found: f'<a href="{found.group(1)}">{html.escape(found.group(1))}</a>', clean)
    clean = _PRE.sub(lambda found: _box(f"<pre>{found.group(1).rstrip()}</pre>", inks.code), clean)
    clean = _QUOTE.sub(lambda found: _box(f"<p>{found.group(2)}", inks.callout), clean)
    return clean.replace("<table>", '<table border="0" cellpadding="6" width="100%">').replace("</pre>\n", "</pre>")


def _box(inner: str, color: str) -> str:
    cell = f'<tr><td bgcolor="{color}">{inner}</td></tr>'
    gap = '<p style="font-size:4px">&nbsp;</p>'
    return f'{gap}<table border="0" width="100%" cellpadding="12" cellspacing="0">{cell}</table>{gap}'
