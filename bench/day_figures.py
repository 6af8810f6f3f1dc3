"""What a long day with the app is like: the longest time that its window stood, and how its memory grows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figure import Context, Figure, figure
from bench.library import Size, library

NAMES = ("learn.gui_stall_max_ms", "learn.rss_growth_pct")
SECONDS, FULL_SECONDS = 900, 7200
STALL_MS, GROWTH_PCT = 50.0, 10.0
WARM_S, STEP_MS = 600, 200
"""When what a day needs is in memory."""


def run(context: Context) -> list[Figure]:
    """Let a student use a large profile for a quarter of an hour, or for two hours."""
    folder = library(context.folder / "library", Size(), password=None)
    return measure(folder, FULL_SECONDS if context.full else SECONDS)


def measure(folder: Path, seconds: float) -> list[Figure]:
    """Use a profile that is there."""
    size = Size()
    told = use(folder, seconds, courses=size.courses, lessons=size.lessons // size.courses)
    longest: dict[str, float] = told["longest"]
    pages = ", ".join(f"{page} {ms:.0f}" for page, ms in sorted(longest.items(), key=lambda pair: -pair[1]))
    busiest = max(told["busiest"].values())
    visits = min(told["visits"].values())
    done = ", ".join(f"{name} {times}" for name, times in told["done"].items())
    warm, last = grown(told["memory"])
    about = f"{size}, {seconds / 60:.0f} min"
    return [
        figure(
            NAMES[0], max(longest.values()), unit="ms", better="lower", bar=STALL_MS, size=about,
            note=f"ms by page: {pages}; each visited {visits} times or more; {busiest:.0f} ms of its own time",
        ),
        figure(
            NAMES[1], (last / warm - 1) * 100, unit="%", better="lower", bar=GROWTH_PCT, size=about,
            note=f"from {warm:.0f} MB to {last:.0f} MB; done: {done}",
        ),
    ]  # fmt: skip


def use(folder: Path, seconds: float, *, courses: int, lessons: int, step_ms: int = STEP_MS) -> dict[str, Any]:
    """Use a profile in a process of its own; returns what `bench.long_use` tells."""
    numbers = map(str, (seconds, courses, lessons, step_ms))
    command = [sys.executable, "-m", "bench.long_use", str(folder), *numbers]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 300, check=False)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def grown(memory: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """MB after ten minutes (two thirds of a shorter use) and at the end, of (second, MB)."""
    end = memory[-1][0]
    warm = next(mb for second, mb in memory if second >= min(WARM_S, end * 2 / 3))
    return warm, memory[-1][1]


if __name__ == "__main__":
    for each in measure(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS):
        print(each.name, round(each.value or 0, 1), each.unit, "ok" if each.ok else "over the bar", each.note)
