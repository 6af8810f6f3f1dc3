"""Charts as data (ANA-05): every screen and every caller of the interface draws the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Number = int | float | None


class Dataset(Struct, frozen=True):
    """One row of values, as many as there are labels; null where nothing is known. `label` names it by a code."""

    data: list[Number]
    label: str = ""


class ChartData(Struct, frozen=True):
    """What a chart shows: labels along it, and values for each."""

    labels: list[str]
    datasets: list[Dataset]


class Chart(Struct, frozen=True):
    """A chart; a day among the labels is YYYY-MM-DD."""

    type: Literal["line", "bar"]
    data: ChartData


def chart(kind: Literal["line", "bar"], labels: Sequence[str], **rows: Sequence[Number]) -> Chart:
    """A chart of rows by name."""
    return Chart(kind, ChartData(list(labels), [Dataset(list(data), name) for name, data in rows.items()]))
