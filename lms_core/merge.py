"""Three-way merge of human text, paragraph by paragraph, that never loses a word (SYNC.md section 3, `text`)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_BREAK = re.compile(r"\n[ \t]*\n\s*")


class Merged(NamedTuple):
    """The merged text, and what of mine found no place in it ('' when everything did)."""

    text: str
    lost: str


def paragraphs(text: str) -> list[str]:
    """Split a text at blank lines outside fenced code."""
    out: list[str] = []
    fence = ""
    for part in _BREAK.split(text.strip("\n")):
        if fence and out:
            out[-1] += "\n\n" + part
        elif part:
            out.append(part)
        for line in part.splitlines():
            mark = line.lstrip()[:3]
            if mark in ("```", "~~~") and (not fence or mark == fence):
                fence = "" if fence else mark
    return out


def merge_text(base: str, mine: str, hub: str) -> Merged:
    """Merge my change of `base` into the hub's; where both changed one paragraph the hub's stays and mine is `lost`."""
    if hub in (base, mine):
        return Merged(mine, "")
    if mine == base:
        return Merged(hub, "")
    old = paragraphs(base)
    my_cells, my_gaps = _edits(old, paragraphs(mine))
    hub_cells, hub_gaps = _edits(old, paragraphs(hub))
    out: list[str] = []
    lost: list[str] = []
    for i in range(len(old) + 1):
        out += hub_gaps[i] + _beyond(hub_gaps[i], my_gaps[i])
        if i == len(old):
            break
        untouched = [old[i]]
        if my_cells[i] != untouched and hub_cells[i] != untouched and my_cells[i] != hub_cells[i]:
            lost += _beyond(hub_cells[i], my_cells[i])
            out += hub_cells[i]
        else:
            out += hub_cells[i] if my_cells[i] == untouched else my_cells[i]
    tail = "\n" if mine.endswith("\n") or hub.endswith("\n") else ""
    return Merged("\n\n".join(out) + tail, "\n\n".join(lost))


def added(base: str, mine: str) -> str:
    """The paragraphs that I changed or put in."""
    return "\n\n".join(_beyond(paragraphs(base), paragraphs(mine)))


def _beyond(there: list[str], new: list[str]) -> list[str]:
    return [p for p in new if p not in there]


def _edits(old: list[str], new: list[str]) -> tuple[list[list[str]], list[list[str]]]:
    """What became of each old paragraph, and what was put into each gap before, between and behind them."""
    cells = [[p] for p in old]
    gaps: list[list[str]] = [[] for _ in range(len(old) + 1)]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "insert":
            gaps[i1] = new[j1:j2]
        elif tag != "equal":
            for k, i in enumerate(range(i1, i2)):
                cells[i] = new[j1 + k : min(j2, j1 + k + 1)]
            if j2 - j1 > i2 - i1:
                cells[i2 - 1] = cells[i2 - 1] + new[j1 + i2 - i1 : j2]
    return cells, gaps
