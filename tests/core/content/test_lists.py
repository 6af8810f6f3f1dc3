"""Lists as people write them: by two or three blanks, right below words, behind numbers with code."""

from __future__ import annotations

import re

import pytest

from lms_core.content.lists import nested
from lms_core.content.render import render
from tests.core.content.test_render import THEME


def shape(markdown: str) -> str:
    """Only the tags of lists, paragraphs and code, and the words."""
    html = render(markdown, theme=THEME).html
    html = re.sub(r"<pre[^>]*>.*?</pre>", lambda code: f"[{re.sub('<[^>]*>', '', code[0])}]", html, flags=re.DOTALL)
    return re.sub(r"(?:\s|&nbsp;)+", " ", re.sub(r"<(?!/?(?:ul|ol|li)\b)[^>]*>", " ", html)).strip()


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("1. a\n   - b\n   - c\n2. d", "<ol> <li>a<ul> <li>b</li> <li>c</li> </ul> </li> <li>d</li> </ol>"),
        ("- a\n  - b\n    - c\n- d", "<ul> <li>a<ul> <li>b<ul> <li>c</li> </ul> </li> </ul> </li> <li>d</li> </ul>"),
        ("12. a\n  - b", '<ol start="12"> <li>a<ul> <li>b</li> </ul> </li> </ol>'),
        (" - a\n - b", "<ul> <li>a</li> <li>b</li> </ul>"),
        ("- a\n    - b\n        - c", "<ul> <li>a<ul> <li>b<ul> <li>c</li> </ul> </li> </ul> </li> </ul>"),
        ("words:\n- a\n- b", "words: <ul> <li>a</li> <li>b</li> </ul>"),
        ("words:\n1) a\n2) b", "words: <ol> <li>a</li> <li>b</li> </ol>"),
        ("in the year\n2019. So it was", "in the year 2019. So it was"),
        ("- a\n1. b", "<ul> <li>a</li> </ul> <ol> <li>b</li> </ol>"),
        ("- a\n\n  more:\n  - b\n\nout", "<ul> <li> a more: <ul> <li>b</li> </ul> </li> </ul> out"),
        ("1. a\n\n   note\n2. b", "<ol> <li> a note </li> <li> b </li> </ol>"),
        ("> words:\n> - a\n>   - b", "words: <ul> <li>a<ul> <li>b</li> </ul> </li> </ul>"),
        ("!!! note\n    words:\n    - a\n      - b", "Note words: <ul> <li>a<ul> <li>b</li> </ul> </li> </ul>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n- c", "a b 1 2 <ul> <li>c</li> </ul>"),
        ("**bold** words\n\n* * *\n\n- a", "bold words <ul> <li>a</li> </ul>"),
    ],
)
def test_lists_read_as_they_were_meant(markdown: str, shown: str) -> None:
    assert shape(markdown) == shown


def test_code_in_items_keeps_its_words_and_the_numbers_go_on() -> None:
    markdown = "1. ```sh\n   - x\n   ```\n\n2. words\n   ```\n   1. y\n   ```\n3. c"
    found = shape(markdown)
    assert "[- x]" in found
    assert "[1. y]" in found
    assert found.count("<li>") == 3


@pytest.mark.parametrize(
    "text",
    ["```\n- a\n  - b\n```", "$$\na\n- b\n+ c\n$$", "    - code\n      - more", "<pre>\n- a\n  - b\n</pre>", "no list"],
)
def test_what_is_no_list_stays_as_it_is(text: str) -> None:
    assert nested(f"{text}\n\n- a").removesuffix("\n\n- a") == text


@pytest.mark.parametrize(
    "text",
    [
        "\\begin{x}\n- a\n" * 20_000,
        "> " * 500 + "- a\n" * 5_000,
        "- " * 5_000,
        "".join(f"{' ' * (n % 40)}- a\n" for n in range(40_000)),
    ],
    ids=["unclosed", "quotes", "marks", "deep"],
)
def test_hostile_lists_come_to_an_end(text: str) -> None:
    assert nested(text).count("- ") == text.count("- ")
