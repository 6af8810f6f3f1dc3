"""The words of a Markdown text, for search, excerpts and reading time."""

from __future__ import annotations

import re
from functools import lru_cache

from lms_core.content.model import LessonDoc
from lms_core.media.duration import minutes_of

_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t:|-]*)?$", re.MULTILINE)
_DISPLAY = re.compile(r"\$\$.{1,2000}?\$\$", re.DOTALL)
_MATH = re.compile(r"\$(?=\S)([^$\n]{1,200})(?<=\S)\$(?!\d)")
_DOTS, _COMMAND = re.compile(r"\\[clv]?dots\b"), re.compile(r"\\[A-Za-z]+|\}\{")
_SCRIPT = re.compile(r"[{}^_\\]")
_FENCE = re.compile(r"^(```|~~~).*$", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[A-Za-z/!?][^>\n]{0,200}>")
_MARKS = re.compile(
    r"^[ \t]*(?:#{1,6}|>+|[-*+:]|\d+[.)])[ \t]+|\||(?<=\w)[*_`~]{1,3}(?=\w)|^[ \t]*[-:|= ]+$", re.MULTILINE
)
_AROUND = re.compile(r"(?!(?<=\s)[*~](?=\s))[*_`~]{1,3}")
_MARKED = re.compile(r"(?<!\w)==(?=[^\s=])([^=\n]{1,300})(?<=[^\s=])==(?!\w)")
"""These two leave a star between blanks and the signs of equality of a program or a sum as they are."""
_WIDE = re.compile(r"[ \t]{9,}")
_SPACE = re.compile(r"\s+")
WORDS_A_MINUTE = 200
MOST_SHOWN = 400_000
"""Characters of a text that are shown; the import takes 250,000. What comes behind is not read for anything else."""


def plain_text(markdown: str) -> str:
    """The text without its marks, on one line: so much of it as is shown."""
    markdown = _WIDE.sub(" " * 8, markdown[:MOST_SHOWN])  # long runs would be gone through again and again
    text = _DISPLAY.sub(" ", _RULE.sub(" ", _FENCE.sub(" ", markdown)))
    text = _MATH.sub(lambda found: _SCRIPT.sub("", _COMMAND.sub(" ", _DOTS.sub("…", found[1]))), text)
    for pattern in (_IMAGE, _LINK, _MARKED):
        text = pattern.sub(r"\1", text)
    return _SPACE.sub(" ", _AROUND.sub("", _MARKS.sub(" ", _TAG.sub(" ", text)))).strip()


@lru_cache(maxsize=64)
def reading_minutes(markdown: str) -> int:
    """Minutes to read a text, at least one."""
    return max(1, round(len(plain_text(markdown).split()) / WORDS_A_MINUTE))


def lesson_minutes(lesson: LessonDoc) -> int:
    """Minutes that a lesson takes: as set by hand, else its primary video rounded up (LES-14), else to read it."""
    videos = sorted((x for x in lesson.items if x.kind == "video"), key=lambda x: not x.is_primary)
    seconds = videos[0].duration if videos else None
    return lesson.minutes or minutes_of(seconds) or reading_minutes(lesson.body)
