"""Flashcards that an author wrote into a text: a fenced block `cards`, each card `front :: back` on a line."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*([A-Za-z-]*)[^\n]*$")
_PARTS = re.compile(r"[ \t]::[ \t]")


def flashcards(source: str) -> list[tuple[str, str]]:
    """Read the inside of a `cards` block: (front, back) in Markdown; lines without both sides are no cards."""
    cards = []
    for line in source.splitlines():
        front, *back = _PARTS.split(f" {line.strip()} ", maxsplit=1)
        if front.strip() and back and back[0].strip():
            cards.append((front.strip(), back[0].strip()))
    return cards


def flashcards_in(body: str) -> list[tuple[str, str]]:
    """All flashcards of a lesson's Markdown, in order."""
    cards: list[tuple[str, str]] = []
    inside: list[str] = []
    fence = kind = ""
    for line in body.splitlines():
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, kind, inside = mark[1], mark[2], []
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            cards += flashcards("\n".join(inside)) if kind == "cards" else []
            fence = ""
        elif fence:
            inside.append(line)
    return cards
