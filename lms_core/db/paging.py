"""Pages of a list that is asked for again and again: its statements are made once for each choice of conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, select


class Paging:
    """A list of rows: `rows` selects them, `counted` is the table of which each is one row.

    `conditions` are by the name of the one parameter that each has.
    """

    def __init__(
        self, rows: Select[Any], counted: Table, conditions: Mapping[str, Any], *, order: Sequence[Any]
    ) -> None:
        self._rows, self._counted, self._conditions, self._order = rows, counted, conditions, order
        self._kept = cache(self._statements)

    def page(
        self, conn: Connection, values: Mapping[str, Any], *, offset: int, limit: int, also: Sequence[Any] = ()
    ) -> tuple[int, Sequence[Any]]:
        """How many rows there are under the conditions that are given a value and under `also`, and a page of them."""
        names = frozenset(values)
        page, count = self._statements(names, tuple(also)) if also else self._kept(names, ())
        found = conn.execute(page, {**values, "skip": offset, "most": limit}).all()
        if len(found) < limit and (found or not offset):
            return offset + len(found), found
        return conn.scalar(count, values) or 0, found

    def _statements(self, names: frozenset[str], also: tuple[Any, ...]) -> tuple[Select[Any], Select[Any]]:
        where = (*(self._conditions[name] for name in sorted(names)), *also)
        page = self._rows.where(*where).order_by(*self._order).offset(bindparam("skip")).limit(bindparam("most"))
        return page, select(func.count()).select_from(self._counted).where(*where)
