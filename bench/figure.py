"""What a benchmark is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec


@dataclass(frozen=True)
class Context:
    """How to measure: `full` asks for the full size, `folder` is empty, on a real disk, and removed afterwards."""

    full: bool
    folder: Path
    names: frozenset[str] = field(default_factory=frozenset)
    """The figures that are asked for; a module may leave the others out."""
    database: str = ""
    """Where the hub's tables are, unless they are in a file of its folder."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure, as it stands in build/bench.json."""

    name: str
    value: float | None
    unit: str
    better: Literal["lower", "higher"]
    bar: float | None
    ok: bool
    size: str
    note: str = ""


def figure(
    name: str,
    value: float,
    *,
    unit: str,
    better: Literal["lower", "higher"],
    bar: float | None = None,
    size: str = "",
    note: str = "",
) -> Figure:
    """Hold a value against its bar; without a bar it is always ok."""
    ok = bar is None or (value <= bar if better == "lower" else value >= bar)
    return Figure(name=name, value=value, unit=unit, better=better, bar=bar, ok=ok, size=size, note=note)


def unmeasured(name: str, reason: str) -> Figure:
    """Stand in for a figure that could not be taken; it fails the run."""
    return Figure(name=name, value=None, unit="", better="lower", bar=None, ok=False, size="", note=reason)


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of all values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
