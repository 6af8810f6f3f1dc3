"""Tables for spreadsheet programs: CSV in UTF-8, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from litestar import Response

BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(head: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str) -> Response[bytes]:
    """A file of that name; with a byte order mark, for without one some programs take it for Latin-1."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=headers)


def _plain(cell: Any) -> Any:
    """The cell; text that a program would compute is led by an apostrophe (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGINS_FORMULA) else cell
