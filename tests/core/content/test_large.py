"""Which tables and which code stand by themselves, and how they come in pieces."""

from __future__ import annotations

import pytest

from lms_core.content.large import code_of, code_pieces, read_grid, table_pieces
from lms_core.content.render import LARGE_CELLS, LARGE_COLUMNS, Rendered, RenderTheme, render
from tests.core.content.test_render import THEME as COLOURS

THEME: RenderTheme = COLOURS


def made(text: str) -> Rendered:
    return render(text, theme=THEME, files={})


def table(columns: int, rows: int, cell: str = "x") -> str:
    line = f"|{f' {cell} |' * columns}\n"
    return f"{line}|{'---|' * columns}\n{line * rows}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (table(4, 6, "ten grams"), ""),
        (table(9, 2, "ten grams"), "table"),
        (table(3, 2, "x" * 17), "table"),
        (table(2, 41), "table"),
        (table(2, 41).replace("|", "> |", 1).replace("\n|", "\n> |"), ""),
        ('<table><tr><td colspan="2">x</td></tr><tr><td>a</td><td>b</td></tr></table>' * 50, ""),
        ("```\n" + "x\n" * 60 + "```", ""),
        ("```\n" + "x\n" * 90 + "```", "code"),
    ],
    ids=["narrow", "wide", "long words", "long", "quoted", "joined", "short code", "long code"],
)
def test_what_is_too_large_stands_by_itself(text: str, kind: str) -> None:
    assert [embed.kind for embed in made(f"Before\n\n{text}\n\nAfter").embeds] == ([kind] if kind else [])


def test_a_preview_that_embeds_nothing_shows_them_in_the_text() -> None:
    assert render(table(9, 2, "ten grams"), theme=THEME).embeds == ()


def test_all_rows_come_in_pieces_with_their_widths() -> None:
    rendered = made("x\n\n| a | b |\n|---|--:|\n" + "".join(f"| {n} | **w** $x$ |\n" for n in range(100)))
    grid = read_grid(rendered.embeds[0].source)
    assert len(grid) == 101
    assert [cell.words for cell in grid[100]] == ["99", "w x"]
    assert [cell.said for cell in grid[100]] == ["99", "w"], "a formula is a picture"
    (marked,) = read_grid("<tr><td><b>weed</b>, <code>a</code><br>b &amp; c</td></tr>")[0]
    assert marked.words == marked.said == "weed, a b & c"
    pieces = table_pieces(grid, ["40%", "60%"], "100%")
    assert sum(piece.count("<tr>") for piece in pieces) == 101
    assert all(piece.count('width="60%"') == piece.count("<tr>") for piece in pieces)
    assert 'align="right"' in pieces[3], "a column keeps its alignment"
    assert rendered.words > 200, "its words count"


def test_code_is_cut_where_no_line_is_lost() -> None:
    written = "\n".join("" if n % 7 else f"x = {n} < 'a'" for n in range(203))
    source = made(f"```python\n{written}\n```").embeds[0].source
    assert code_of(source) == written.rstrip("\n")
    pieces = code_pieces(source)
    assert "\n".join(code_of(piece) for piece in pieces) == written.rstrip("\n")
    assert all(code_of(piece) == code_of(piece).strip("\n") for piece in pieces)


def test_there_is_a_limit() -> None:
    wide = read_grid(made(table(900, 20)).embeds[0].source)
    assert {len(row) for row in wide} == {LARGE_COLUMNS}
    rendered = made(table(10, 2600))
    assert len(read_grid(rendered.embeds[0].source)) == LARGE_CELLS // 10
    assert "Rows left out: 601" in rendered.html
