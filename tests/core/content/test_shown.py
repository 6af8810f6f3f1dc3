"""Lessons that people wrote read right: what is shown of them is held against their Markdown."""

from __future__ import annotations

from collections import Counter

import pytest

from lms_core.content.render import render
from tests.core.content.shown import faults
from tests.core.content.test_render import THEME
from tests.samples import course, find_samples

SAMPLES = find_samples()
KNOWN = {
    ("odin-foundations", "Join the odin community"): {"left fence": 4},
    ("odin-foundations", "Flexbox intro"): {"dead link": 1},
    ("IoT-For-Beginners", "Keep your plant secure"): {"dead link": 1},
    ("IoT-For-Beginners", "Geofences"): {"dead link": 2},
}
"""What remains, with its reason in docs/formats.md."""


@pytest.mark.skipif(SAMPLES is None, reason="no samples on this machine")
@pytest.mark.parametrize(
    ("folder", "lessons"), [("git-novice", 14), ("IoT-For-Beginners", 100), ("odin-foundations", 50)]
)
def test_real_lessons_read_right(folder: str, lessons: int) -> None:
    document = course(folder).document
    files = {file.sha256: file.mime for file in document.media}
    lessons_by_id = {lesson.id: lesson.body for lesson in document.lessons()}
    broken = {}
    for lesson in document.lessons():
        found = faults(lesson.body, THEME, files, lessons_by_id)
        if found != Counter(KNOWN.get((folder, lesson.title), {})):
            broken[lesson.title] = dict(found)
    assert broken == {}
    assert len(document.lessons()) >= lessons


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |", set()),
        ("words\n| a | b |\n|---|---|\n| 1 | 2 |", set()),
        ("a\n|---|---|---|\n| 1 | 2 |", {"table", "left table"}),
        ("$\\frac{1}{2$", set()),
        ("$\\frac{1}{2} \\foo{$ and", {"formula"}),
        ("![x](../there.png)", {"picture", "picture lost"}),
        ("<!-- said --> kept **bold**", set()),
        ("# A\n\n\\# B ** c", {"left heading"}),
        ("text \\*\\*no\\*\\*", {"left emphasis"}),
        ("[a](#here)\n\n## There", {"dead link"}),
        ("[a](#here)\n\n## Here", set()),
        ("[a](lesson:one#here)", {"dead link"}),
        ("[a](lesson:two#x)", {"dead link"}),
        ("[a](lesson:one#task---there)", set()),
    ],
)
def test_what_is_broken_is_counted(text: str, kinds: set[str]) -> None:
    assert set(faults(text, THEME, {}, {"one": "## Task - there"})) == kinds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('<div class="note" markdown="1">\n\n#### A head\n\n- **bold**\n\n</div>', "<b>"),
        ("1. one\n\n   <div>\n\n   #### A head\n\n   </div>\n", "A head</h4>"),
        ("It costs US$4 here and US$5 there, $x$ times.", "It costs US$4 here and US$5 there, "),
        ("`US$4`", "US$4"),
        ("[![A film](https://example.org/a.jpg)](https://example.org/b)", '<a href="https://example.org/b">Picture on'),
        ("+-----+-----+\n| a   | b   |\n+=====+=====+\n| 1   | 2   |\n+-----+-----+", "<th>a</th><th>b</th>"),
    ],
)
def test_what_other_programs_write_is_read(text: str, wanted: str) -> None:
    html = render(text, theme=THEME).html.replace("<strong>", "<b>")
    assert wanted in html
