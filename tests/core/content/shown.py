"""Holds what is shown of a lesson against its Markdown: tables, pictures, links, formulas, code, and stray marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape

from lms_core.content.formulas import formula_problem
from lms_core.content.render import Rendered, RenderTheme, render
from lms_core.content.targets import find_target

FENCE = re.compile(r"^([ \t>]*)(`{3,}|~{3,})(.*)$")
RULE = re.compile(r"^[ >]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$|^[ >]*\|[ \t]*:?-+:?[ \t]*\|[ \t]*$")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
MARK = re.compile(r"^ {0,3}(?:[-*+]|\d{1,2}[.)]) +[A-Za-z]", re.MULTILINE)
ITEM = re.compile(r"^(?:[ >]{0,8}|\s*)(?:[-*+]|\d{1,9}[.)]) +\S")
IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?((?:[^()\s>]|\([^()]*\))+)")
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|!\[[^\]]*\]\([^)]*\)|\\.)+\]\(\s*<?((?:[^()\s>]|\([^()]*\))+)")
TAG = re.compile(r"<[^>]*>")
BLOCKS = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
NO_LIST = re.compile(r"<(pre|code|h[1-6])\b.*?</\1>", re.DOTALL)
LEFT = {
    "emphasis": re.compile(r"(?<![\w*/\\])\*\*(?=\w)[^*\n]+\*\*|(?<!\w)__(?=\w)[^_\n]+__(?!\w)"),
    "heading": re.compile(r"^#{1,6} +\S", re.MULTILINE),
    "fence": re.compile(r"```|~~~"),
    "div": re.compile(r"^:{3,}", re.MULTILINE),
    "link": re.compile(r"\]\((?:https?:|\.|/|#|media:|lesson:)"),
    "tag": re.compile(r"</?(?:div|span|p|br|details|summary|img|a|table|td|tr|kbd|sup|sub|b|i)\b[^>]{0,200}>"),
    "attributes": re.compile(r"\{:?\s*[.#]\w[^}\n]{0,80}\}|\{%|\{\{"),
    "callout": re.compile(r"\[!(?:NOTE|TIP|WARNING|IMPORTANT|CAUTION)\]", re.IGNORECASE),
    "table": re.compile(r"^\|.*\|\s*$", re.MULTILINE),
    "comment": re.compile(r"<!--|-->"),
    "front": re.compile(r"\A---\n"),
    "reference": re.compile(r"^\[[^\]\n]+\]:\s*(?:https?:|\.|/)", re.MULTILINE),
}


def plain(markdown: str) -> tuple[str, int]:
    """The text without its blocks of code, and how many of them there were."""
    out, fence, blocks = [], "", 0
    for line in markdown.split("\n"):
        mark = FENCE.match(line)
        if mark and not fence:
            fence, blocks = mark[2], blocks + 1
        elif mark and mark[2].startswith(fence) and not mark[3].strip():
            fence = ""
        elif not fence:
            out.append(line)
    return "\n".join(out), blocks


def whole(markdown: str, theme: RenderTheme, files: Mapping[str, str]) -> Iterator[Rendered]:
    """What is shown of a text and of what is folded in it."""
    made = render(markdown, theme=theme, files=files)
    yield made
    for embed in made.embeds:
        if embed.kind == "details":
            yield from whole(embed.source, theme, files)


def anchors(html: str) -> list[str]:
    """The names of the places in a text that links can lead to."""
    return [unescape(name) for name in re.findall(r'<[^>]* id="([^"]*)"', html)]


def dead(html: str, within: str, lessons: Mapping[str, str], theme: RenderTheme) -> int:
    """How many links lead to a place that is not there, in the text itself (`within`) or in another lesson."""
    count = 0
    for link in map(unescape, re.findall(r'<a href="([^"]*)"', html)):
        lesson, _, name = link.partition("#")
        if lesson.startswith("lesson:") and name:
            body = lessons.get(lesson.removeprefix("lesson:"), "")
            count += not find_target(anchors(render(body, theme=theme, files={}).html), name)
        elif name and not lesson:
            count += not find_target(anchors(within), name)
    return count


def faults(
    markdown: str, theme: RenderTheme, files: Mapping[str, str], lessons: Mapping[str, str] | None = None
) -> Counter[str]:
    """How many of each kind are broken in a lesson; `lessons` are the texts of the course by id."""
    found: Counter[str] = Counter()
    text, blocks = plain(markdown)
    words = CODE.sub("", text)
    shown = list(whole(markdown, theme, files))
    large = [embed.source for made in shown for embed in made.embeds if embed.kind in ("table", "code")]
    html = "\n".join([made.html for made in shown] + large)
    tables = sum(1 for line in text.split("\n") if RULE.match(line) and "|" in line)
    found["table"] = max(0, tables - html.count('cellpadding="8"'))
    found["code"] = max(0, blocks - html.count("<pre"))
    wanted = Counter(target for target in IMAGE.findall(words))
    there = sum(len(made.embeds) for made in shown) + html.count("<img") + html.count("Picture on the web")
    found["picture"] = sum(1 for target in wanted if not target.startswith(("media:", "http")))
    found["picture lost"] = max(0, sum(wanted.values()) - there)
    linked = {unescape(target) for target in re.findall(r'<a href="([^"]*)"', html)}
    for target in set(LINK.findall(words)):
        if unescape(target) not in linked:
            found["link"] += 1
    found["dead link"] = dead(html, shown[0].html, lessons or {}, theme)
    found["formula"] = sum(bool(formula_problem(formula.tex)) for made in shown for formula in made.formulas)
    items = sum(1 for line in text.split("\n") if ITEM.match(line) and not RULE.match(line))
    found["list"] = max(0, items - html.count("<li"))
    seen = unescape(TAG.sub("", BLOCKS.sub("", html)))
    for name, pattern in LEFT.items():
        found[f"left {name}"] = len(pattern.findall(seen))
    running = unescape(TAG.sub("", re.sub(r"(?<=<li>)\s+", "", NO_LIST.sub("x", html))))
    found["left list"] = len(MARK.findall(running))
    return +found
