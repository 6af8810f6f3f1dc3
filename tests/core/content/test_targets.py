"""Links within a text lead somewhere: its anchors are kept, and names are read as other programs write them."""

from __future__ import annotations

import pytest

from lms_core.content.render import render
from lms_core.content.targets import find_target
from tests.core.content.shown import anchors
from tests.core.content.test_render import THEME


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("task-x", "task-x"),
        ("task---x", "task-x"),
        ("Task-X", "task-x"),
        ("Azure-IoT-Edge", "azure-iot-edge"),
        ("-go", "go"),
        ("%C3%A9tude", "étude"),
        ("twice-1", "twice_1"),
        ("X", "X"),
        ("x", "x"),
        ("tasks-x", ""),
        ("", ""),
        ("---", ""),
    ],
)
def test_a_link_finds_its_anchor(wanted: str, found: str) -> None:
    names = ["--", "X", "x", "task-x", "azure-iot-edge", "go", "étude", "twice", "twice_1"]
    assert find_target(iter(names), wanted) == found


@pytest.mark.parametrize(
    "text",
    [
        'Some <span id="x">marked</span> words.',
        "Some <a name='x'></a>marked words.",
        'Some <a id="x"></a>marked words.',
        '<div id="x" class="note" markdown="1">\n\n#### A head\n\n</div>',
        "   <section class='a' id=x><div>\n\nwords\n\n</div></section>",
        '<span id="x"></span>\n\n### A head',
        '<p id="x">words</p>',
        '| a |\n|---|\n| <span id="x">b</span> |',
    ],
)
def test_anchors_are_kept(text: str) -> None:
    assert "x" in anchors(render(text, theme=THEME).html)


def test_boxes_leave_nothing_but_anchors() -> None:
    for text in ("- one\n\n        <div id='x'>\n\n- two", "```\n<div id='x'>\n```", "<div id='a&quot;><b'>\n\nwords"):
        html = render(text, theme=THEME).html
        assert "<span id" not in html
        assert "&lt;span" not in html
    html = render('**a**\n<div id="x">\n\n*b*\n\n</div>', theme=THEME).html
    assert [each in html for each in ("<strong>a", '<span id="x"></span>', "<em>b", "div")] == [True, True, True, False]


def test_names_of_anchors_are_read_as_hostile_text() -> None:
    html = render("<span id='\"><script>'>a</span> <a name='x\x07y'>b</a>", theme=THEME).html
    assert "<script" not in html
    assert "\x07" not in html


def test_no_piece_ends_with_an_anchor() -> None:
    """One that nothing follows would be lost: it belongs to the words behind it."""
    text = "".join(f'<div id="x{n}">\n\n## Head {"o" * (n % 7)}\n\n</div>\n\n' for n in range(400))
    made = render(text, theme=THEME)
    assert len(made.cuts) > 5
    assert not [cut for cut in made.cuts if made.html[:cut].rstrip().endswith("</span></p>")]
