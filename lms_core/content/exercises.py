"""Cards and questions that stand in a lesson's text, from their Markdown (see `embeds`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from lms_core.content.text import MOST_SHOWN

_ANSWER = re.compile(r"^ {0,3}[-*+] +\[([ xX])\][ \t]+(.+)$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([A-Za-z-]*)[^\n]*$")
MOST_CARDS, MOST_ANSWERS = 500, 20


class Face(NamedTuple):
    """A flashcard: Markdown on both sides."""

    front: str
    back: str


class Answer(NamedTuple):
    """An answer to choose."""

    text: str
    right: bool


class Check(NamedTuple):
    """A question to check oneself with; `why` is told afterwards."""

    question: str
    answers: tuple[Answer, ...]
    why: str

    @property
    def several(self) -> bool:
        """Whether more than one answer is right."""
        return sum(answer.right for answer in self.answers) > 1


def read_cards(source: str) -> tuple[Face, ...]:
    """The cards of a block, `front :: back` on each line; a line without `::` goes on where the last one ended."""
    found: list[Face] = []
    for line in source.split("\n"):
        front, sign, back = line.partition("::")
        if sign and front.strip() and back.strip():
            found.append(Face(front.strip(), back.strip()))
        elif found and line.strip():
            found[-1] = found[-1]._replace(back=f"{found[-1].back}\n{line.strip()}")
    return tuple(found[:MOST_CARDS])


def cards_in(body: str) -> tuple[Face, ...]:
    """The cards of all blocks of a lesson's Markdown, in order."""
    found: list[Face] = []
    inside: list[str] = []
    fence = kind = ""
    for line in body[:MOST_SHOWN].split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, kind, inside = mark[1], mark[2], []
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            found += read_cards("\n".join(inside)) if kind == "cards" else ()
            fence = ""
        elif fence:
            inside.append(line)
    return tuple(found)


def read_check(source: str) -> Check | None:
    """The question of a block; None without answers or where none of them is right."""
    question: list[str] = []
    answers: list[Answer] = []
    why: list[str] = []
    for line in source.split("\n"):
        if (answer := _ANSWER.match(line)) and not any(map(str.strip, why)):
            answers.append(Answer(answer[2].strip(), answer[1] != " "))
        elif answers:
            why.append(line)
        else:
            question.append(line)
    if not any(answer.right for answer in answers) or len(answers) > MOST_ANSWERS:
        return None
    return Check("\n".join(question).strip(), tuple(answers), "\n".join(why).strip())
