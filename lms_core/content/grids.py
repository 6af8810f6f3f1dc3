"""Grid tables, drawn with signs as Pandoc has them: their cells may hold lists, code and whatever Markdown knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from textwrap import dedent

RULE = re.compile(r"^( *)\+(?:[-=]{3,}\+)+[ \t]*$")
_ONE = re.compile(r"^<p>((?:(?!</?p>).)*)</p>$", re.DOTALL)

Row = list[str]


def grid_html(source: str, convert: Callable[[str], str], most: int) -> str:
    """A table of at most so many cells as HTML, each cell by `convert`.

    Empty where there are more, or where a row has other columns than the first.
    """
    found = read_rows(source)
    if found is None or sum(map(len, (*found[0], *found[1]))) > most:
        return ""
    head = "".join(_row(row, "th", convert) for row in found[0])
    body = "".join(_row(row, "td", convert) for row in found[1])
    return "<table>" + (f"<thead>{head}</thead>" if head else "") + f"<tbody>{body}</tbody></table>"


def _row(row: Row, kind: str, convert: Callable[[str], str]) -> str:
    cells = (_ONE.sub(r"\1", convert(cell).strip()) if cell else "" for cell in row)
    return f"<tr>{''.join(f'<{kind}>{cell}</{kind}>' for cell in cells)}</tr>"


def read_rows(source: str) -> tuple[list[Row], list[Row]] | None:
    """The rows of the head and of the body as Markdown; None where the columns are not the same throughout."""
    lines = [line.rstrip() for line in dedent(source).split("\n") if line.strip()]
    if len(lines) < 3 or not all(RULE.match(lines[at]) for at in (0, -1)):
        return None
    bounds = [at for at, sign in enumerate(lines[0]) if sign == "+"]
    head: list[Row] = []
    rows: list[Row] = []
    row: list[str] = []
    for line in lines[1:]:
        if any(at >= len(line) or line[at] not in "+|" for at in bounds):
            return None
        if not RULE.match(line):
            row.append(line)
            continue
        if row:
            rows.append(_cells(row, bounds))
            row = []
        if "=" in line:
            head, rows = head + rows, []
    return head, rows


def _cells(lines: list[str], bounds: list[int]) -> Row:
    spans = list(pairwise(bounds))
    return [dedent("\n".join(line[left + 1 : right].rstrip() for line in lines)).strip("\n") for left, right in spans]
