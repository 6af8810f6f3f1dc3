"""Grid tables: cells with lists and code in them; what is no plain grid stands as it was written."""

from __future__ import annotations

import pytest

from lms_core.content.grids import read_rows
from lms_core.content.render import render
from tests.core.content.test_render import THEME

RULE = "+----------+-------------+\n"
GRID = (
    RULE
    + "| Written  | Shown       |\n"
    + RULE.replace("-", "=")
    + "| ```      | - one       |\n| * one    | - *two*     |\n"
    "| * two    |             |\n| ```      |             |\n" + RULE + RULE + "| # A      | ## A        |\n" + RULE
)


def shown(text: str) -> str:
    return render(text, theme=THEME).html


def test_cells_hold_lists_and_code() -> None:
    head, rows = read_rows(GRID) or ([], [])
    assert head == [["Written", "Shown"]]
    assert rows == [["```\n* one\n* two\n```", "- one\n- *two*"], ["# A", "## A"]]
    html = shown(GRID)
    assert html.count("<tr") >= 3
    assert "<li>one</li>" in html
    assert "* one\n* two" in html
    assert "+---" not in html
    assert render(GRID, theme=THEME).headings == ()


@pytest.mark.parametrize("before", ['!!! note "More"\n\n', "- an item\n\n"])
def test_a_grid_stands_in_a_callout_and_in_a_list(before: str) -> None:
    inside = before + "".join(f"    {line}\n" for line in GRID.splitlines())
    assert "<li>one</li>" in shown(inside)
    assert "+---" not in shown(inside)


@pytest.mark.parametrize(
    "odd",
    [
        GRID.replace("| # A      | ## A        |", "| over both columns      |"),
        GRID.removesuffix(RULE),
        GRID.replace("| # A      |", "| # A longer |"),
    ],
)
def test_what_is_no_plain_grid_stands_as_it_was_written(odd: str) -> None:
    assert "+----------+" in shown(odd)
    assert "<li>" not in shown(odd)


def test_a_grid_in_a_cell_and_more_cells_than_are_read_do_no_harm() -> None:
    inner = RULE + "| a        | b           |\n" + RULE
    wide = len(RULE) + 1
    rule = f"+{'-' * wide}+\n"
    outer = rule + "".join(f"| {line.ljust(wide - 1)}|\n" for line in inner.splitlines()) + rule
    assert "+----------+" in shown(outer)
    many = RULE + ("| a        | b           |\n" + RULE) * 300
    assert "+----------+" in shown(many)
    assert "+----------+" not in shown(many[: len(many) // 3 // len(RULE * 2) * len(RULE * 2) + len(RULE)])


def test_scripts_in_a_cell_are_left_out() -> None:
    html = shown(RULE + "| <script> | <b onclick= |\n| x()      | y()>z</b>   |\n| </script>| :)          |\n" + RULE)
    assert "script" not in html
    assert "onclick" not in html
