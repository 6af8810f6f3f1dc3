"""What keeps some readers out of a text: pictures without words, headings that skip a step, links that say nothing.

After WCAG 2.2, success criteria 1.1.1, 1.3.1 and 2.4.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)\n]*\)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\([^)\n]*\)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+\S", re.MULTILINE)
SAY_NOTHING = frozenset({
    "", "here", "click here", "click", "this", "this link", "this page", "link", "more", "read more", "see here",
    "hier", "hier klicken", "dieser link", "mehr", "weiterlesen",
    "aquí", "haz clic aquí", "este enlace", "más", "leer más",
    "هنا", "اضغط هنا", "هذا الرابط", "المزيد",
})  # fmt: skip
FIRST = 2


def accessibility_faults(markdown: str) -> tuple[str, ...]:
    """Codes of what should be mended in a lesson text, each once."""
    text = _CODE.sub("code", _FENCED.sub("", markdown))
    return tuple(dict.fromkeys(_faults(text)))


def _faults(text: str) -> Iterator[str]:
    if any(not found[1].strip() for found in _IMAGE.finditer(text)):
        yield "image_without_words"
    # the title of the lesson is the heading above
    levels = [FIRST - 1, *(len(found[1]) for found in _HEADING.finditer(text))]
    if any(below > above + 1 for above, below in pairwise(levels)):
        yield "heading_skipped"
    shown = _IMAGE.sub(r"\1", text)
    if any(found[1].strip(" *_.:!").casefold() in SAY_NOTHING for found in _LINK.finditer(shown)):
        yield "link_without_words"
