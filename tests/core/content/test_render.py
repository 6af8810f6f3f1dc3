"""Lesson text: dressed for the reading view, and harmless whoever wrote it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_core.content.render import RenderTheme, render

ROOT = Path(__file__).parents[3]
COLORS = json.loads((ROOT / "resources/themes/tokens.json").read_text("utf-8"))["color"]
THEME = RenderTheme(COLORS["light"])
SHA = "ab" * 32

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "[a](javascript:alert(1))",
    '<a href="java\tscript:alert(1)">a</a>',
    '<a href="data:text/html,x">a</a>',
    '<p style="background:url(http://e.org/x)">a</p>',
    "![a](file:///etc/passwd)",
    "![a](http://e.org/x.png)",
    "<iframe src='http://e.org'></iframe>",
    "<svg><script>1</script></svg>",
    '<span class="arithmatex"><b onclick=x>\\(a\\)</b></span>',
    '$"><img src=x onerror=y>$',
    '!!! note "<script>x</script>"\n    b',
    '``` {.python onclick="x"}\na\n```',
    "<style>p{}</style>",
    "</td></tr></table><h1 id='\"><script>'>x</h1>",
]


class Audit(HTMLParser):
    """Collects what could do harm."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "iframe", "object", "link", "meta", "form", "svg"):
            self.bad.append(tag)
        for name, value in attrs:
            target = value or ""
            if name.startswith("on"):
                self.bad.append((tag, name))
            if name == "src" and not re.fullmatch(r"media:[0-9a-f]{64}|math:[0-9a-f]{24}", target):
                self.bad.append((tag, target))
            if name == "href" and not re.match(r"(?i)(https?:|mailto:|lesson:|media:|#)", target):
                self.bad.append((tag, target))
            if name == "style" and "url" in target:
                self.bad.append((tag, target))


def harm(html: str) -> list[object]:
    audit = Audit()
    audit.feed(html)
    audit.close()
    return audit.bad


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text: str) -> None:
    assert harm(render(text, theme=THEME).html) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "\n\n", "> ", "    ", "- ", "`", "$", "|a|\n|-|\n", '"', "<", "&lt;", "x"])))
def test_no_mixture_does_harm(parts: list[str]) -> None:
    assert harm(render("".join(parts), theme=THEME).html) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_renders(text: str) -> None:
    assert harm(render(text, theme=THEME).html) == []


@pytest.mark.parametrize("text", [">" * 2000 + "a", "[" * 2000, "<div>" * 2000, "\0\ufffe"])
def test_deep_nesting_ends(text: str) -> None:
    assert harm(render(text, theme=THEME).html) == []


def test_code_lies_in_a_filled_cell_with_colours() -> None:
    html = render('```python\nx = "1"\n```', theme=THEME).html
    assert f'<td bgcolor="{THEME.hex("sunken")}"><pre' in html
    assert f'<span style="color:{THEME.hex("codeString")}">"1"</span>' in html
    assert "\n</code></pre>" not in html


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
def test_colours_come_from_the_theme(mode: str) -> None:
    theme = RenderTheme(COLORS[mode])
    html = render("> [!WARNING] Careful\n> hot\n\n==a== `b`\n\n```python\nif 1: pass  # c\n```", theme=theme).html
    allowed = {str(value)[:7] for value in COLORS[mode].values() if isinstance(value, str)}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", html)) <= allowed


@pytest.mark.parametrize(
    "text",
    ["> [!TIP] Mine\n> body", '!!! tip "Mine"\n    body', '??? tip "Mine"\n    body', "> [!tip]- Mine\n>\n> body"],
)
def test_all_spellings_of_a_callout_look_alike(text: str) -> None:
    html = render(text, theme=THEME).html
    assert f'bgcolor="{THEME.hex("successSoft")}"' in html
    assert f'<p style="color:{THEME.hex("success")}; font-weight:600; margin-bottom:4px">Mine</p>' in html
    assert "<p>body</p>" in html


def test_callout_without_a_title_is_named_in_the_language_shown() -> None:
    theme = RenderTheme(COLORS["light"], {"Warning": "Achtung"})
    html = render("> [!WARNING]\n> Warning", theme=theme).html
    assert ">Achtung</p>" in html
    assert "<p>Warning</p>" in html


def test_callout_marks_inside_code_are_code() -> None:
    assert "[!NOTE]" in render("```\n> [!NOTE]\n```", theme=THEME).html


def test_what_stands_beside_the_text() -> None:
    text = f"# One *two*\n\n## One two\n\n$a$ and $a$ ![p](media:{SHA}) [l](lesson:x#y) [t](#one-two)\n\n$5 or $6"
    found = render(text, theme=THEME)
    assert [(h.level, h.text) for h in found.headings] == [(1, "One two"), (2, "One two")]
    assert len({h.id for h in found.headings}) == 2
    assert [(f.tex, f.display) for f in found.formulas] == [("a", False)]
    assert found.images == (SHA,)
    assert found.links == ("lesson:x#y",)
    assert "$5 or $6" in found.html
    assert f"math:{found.formulas[0].key}" in found.html


def test_display_formula_has_its_own_line() -> None:
    found = render("text\n\n$$\n\\frac{a}{b} < c\n$$\n", theme=THEME)
    assert [(f.tex, f.display) for f in found.formulas] == [("\\frac{a}{b} < c", True)]
    assert '<p align="center"><img src="math:' in found.html


def test_picture_on_the_web_becomes_a_link_in_the_language_shown() -> None:
    theme = RenderTheme(COLORS["light"], {"Picture on the web": "Bild im Netz"})
    found = render("![A cat](https://e.org/c.png)", theme=theme)
    assert '<a href="https://e.org/c.png">Bild im Netz: A cat</a>' in found.html
    assert found.images == ()


def test_tables_keep_their_alignment_and_lists_their_boxes() -> None:
    html = render("| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open", theme=THEME).html
    assert '<td align="right">2</td>' in html
    assert "☑" in html
    assert "☐" in html
    assert '<ul style="list-style-type:none">' in html


def test_boxes_to_tick_have_no_bullets_beside_them() -> None:
    html = render("- plain\n    - [ ] within\n- and on\n\nThen:\n\n- [x] done\n\n- [ ] open", theme=THEME).html
    plain, within, loose = re.findall(r"<ul[^>]*>", html)
    assert (plain, within, loose) == ("<ul>", *['<ul style="list-style-type:none">'] * 2)


def test_words_are_those_of_the_reader() -> None:
    assert render("# A b\n\nc **d** [e](https://e.org)", theme=THEME).words == 5
