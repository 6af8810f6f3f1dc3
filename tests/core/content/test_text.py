"""Words for search and excerpts hold no marks of Markdown."""

from __future__ import annotations

import pytest

from lms_core.content.text import plain_text, reading_minutes


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("| Question | Sample |\n| :-- | --: |\n| salty? | pot |", "Question Sample salty? pot"),
        ("Population\n:   Everything", "Population Everything"),
        ("Before\n\n$$\n\\frac{g}{n}\n$$\n\nafter", "Before after"),
        ("The spread $s$ of $\\bar{x}$", "The spread s of x"),
        ("The mean of $x_1, \\ldots, x_{10}$ is $\\frac{g}{n}$", "The mean of x1, …, x10 is g n"),
        ("It costs $5 or $20.", "It costs $5 or $20."),
        ("## A *bold* [link](to/x.md)\n\n---\n\n1. one\n- two", "A bold link one two"),
        ("![A pot](media:00) and <b>more</b>", "A pot and more"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("What holds a **limpet**? Its *foot*, or `foot`.", "What holds a limpet? Its foot, or foot."),
        ("snake_case, ==seen== and |a|b|", "snake case, seen and a b"),
        ("3 -- 4 and 2024-05", "3 -- 4 and 2024-05"),
        ("`a <= b`, x >= 3, y == 4, z != 5, 2 * 3 = 6", "a <= b, x >= 3, y == 4, z != 5, 2 * 3 = 6"),
        ("Limpets\n=======\n\n==All of **them**==", "Limpets All of them"),
    ],
)
def test_words_without_marks(markdown: str, words: str) -> None:
    assert plain_text(markdown) == words


def test_reading_takes_a_minute_at_least() -> None:
    assert reading_minutes("") == 1
    assert reading_minutes("word " * 1000) == 5
