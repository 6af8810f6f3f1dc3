"""What is folded in a Markdown text: `??? kind "Title"` with an indented text, and `<details>` with its `<summary>`.

Each becomes a picture `![title](embed:<key>)` and an Embed with the Markdown inside. What is open from the start
(`???+`, `<details open>`) stays where it is: it is a callout.
"""

from __future__ import annotations

import re
from textwrap import dedent

from lms_core.content.embeds import MOST, Embed, embed_key

_MARKED = re.compile(r'^( {0,3})\?\?\?(?: +([\w -]+?))?(?: +"(.*)")? *$')
_START = re.compile(r"^ {0,3}<details(?=[\s>])([^>]*)>", re.IGNORECASE)
_STEP = re.compile(r"<(/?)details(?=[\s>])", re.IGNORECASE)
_SUMMARY = re.compile(r"\s*<summary(?:\s[^>]*)?>(.{0,2000}?)</summary>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>\n]{1,200}>")
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})(.*)$")


def fold(text: str) -> tuple[str, dict[str, Embed]]:
    """The text with a picture in place of each fold, and the folds by key."""
    if "???" not in text and "<details" not in text.casefold():
        return text, {}
    lines, at, fence = text.split("\n"), 0, ""
    ends = _ends(lines)
    out: list[str] = []
    found: dict[str, Embed] = {}
    while at < len(lines):
        line = lines[at]
        if mark := FENCE.match(line):
            fence = _fenced(fence, mark)
        taken = None if fence or len(found) >= MOST else _take(lines, at, ends)
        if taken is None:
            out.append(line)
            at += 1
            continue
        title, source, at = taken
        embed = Embed(embed_key(f"{title}\n{source}", found), "details", title, source=source)
        found[embed.key] = embed
        words = re.sub(r"[\[\]\\`*_<>]", " ", title).strip()
        out += ["", f"![{words}](embed:{embed.key})", ""]
    return "\n".join(out), found


def _fenced(fence: str, mark: re.Match[str]) -> str:
    """The fence that is open after a line that looks like one."""
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) and not mark[2].strip() else fence


def _take(lines: list[str], at: int, ends: dict[int, tuple[int, int]]) -> tuple[str, str, int] | None:
    """Title and Markdown of the fold that begins at a line, and the line behind it."""
    if marked := _MARKED.match(lines[at]):
        return _marked(lines, at, marked)
    start = _START.match(lines[at])
    if start and at in ends and "open" not in start[1].casefold().split():
        return _tagged(lines, at, start.end(), *ends[at])
    return None


def _marked(lines: list[str], at: int, marked: re.Match[str]) -> tuple[str, str, int]:
    inside = len(marked[1]) + 4
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" " * inside)):
        end += 1
    title = marked[3] or (marked[2] or "").split(" ")[0].capitalize()
    return title, dedent("\n".join(lines[at + 1 : end])).strip("\n"), end


def _tagged(lines: list[str], at: int, begin: int, end: int, stop: int) -> tuple[str, str, int]:
    last = lines[end][:stop]
    whole = "\n".join([lines[at][begin:], *lines[at + 1 : end], last]) if end > at else last[begin:]
    summary = _SUMMARY.match(whole)
    title = _TAG.sub("", summary[1]).strip() if summary else ""
    source = whole[summary.end() :] if summary else whole
    return " ".join(title.split()), dedent(source).strip("\n"), end + 1


def _ends(lines: list[str]) -> dict[int, tuple[int, int]]:
    """Line and column of the end tag that belongs to the first start tag of each line, in one pass."""
    found: dict[int, tuple[int, int]] = {}
    begun: list[tuple[int, bool]] = []
    fence = ""
    for n, line in enumerate(lines):
        if mark := FENCE.match(line):
            fence = _fenced(fence, mark)
        first = True
        for step in () if fence else _STEP.finditer(line):
            if not step[1]:
                begun.append((n, first))
                first = False
            elif begun:
                start, counts = begun.pop()
                if counts:
                    found[start] = (n, step.start())
    return found
