"""What a long day with the app is like: the longest time that its window stood, and how its memory grows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figure import Context, Figure, figure
from bench.library import Size, grown, library

NAMES = ("learn.gui_stall_max_ms", "learn.rss_growth_pct")
SECONDS, FULL_SECONDS, GROWN_SECONDS = 900, 7200, 300
STALL_MS, GROWTH_PCT = 50.0, 10.0
WARM_S, STEP_MS = 600, 200
"""When what a day needs is in memory."""


def run(context: Context) -> list[Figure]:
    """Let a student use a large profile for a quarter of an hour, or for two hours; and one ten times as large."""
    folder = library(context.folder / "library", Size(), password=None)
    many, much = grown()
    later = use(Path(shutil.copytree(many, context.folder / "library-grown")), GROWN_SECONDS, much)
    return measure(folder, FULL_SECONDS if context.full else SECONDS, (much, later))


def measure(folder: Path, seconds: float, later: tuple[Size, dict[str, Any]] | None = None) -> list[Figure]:
    """Use a profile of `Size()` that is there; `later` is what came of a larger one."""
    told = use(folder, seconds, Size())
    longest: dict[str, float] = told["longest"]
    pages = ", ".join(f"{page} {ms:.0f}" for page, ms in sorted(longest.items(), key=lambda pair: -pair[1]))
    done = ", ".join(f"{name} {times}" for name, times in told["done"].items())
    about = f"{Size()}, {seconds / 60:.0f} min"
    stall = f"ms by page: {pages}; each visited {min(told['visits'].values())} times or more; "
    stall += f"{max(told['busiest'].values()):.0f} ms of its own time"
    growth = f"{_memory(told)}; done: {done}"
    if later:
        much = f" in {GROWN_SECONDS // 60} min with {later[0]}"
        stall += f"; {max(later[1]['longest'].values()):.0f} ms{much}"
        growth += f"; {_memory(later[1])} in the last third of {much.removeprefix(' in ')}"
    return [
        figure(
            NAMES[0], max(longest.values()), unit="ms", better="lower", bar=STALL_MS, size=about, note=stall,
        ),
        figure(
            NAMES[1], _percent(told), unit="%", better="lower", bar=GROWTH_PCT, size=about, note=growth,
        ),
    ]  # fmt: skip


def _memory(told: dict[str, Any]) -> str:
    warm, last = warmed(told["memory"])
    return f"from {warm:.0f} MB to {last:.0f} MB"


def _percent(told: dict[str, Any]) -> float:
    warm, last = warmed(told["memory"])
    return (last / warm - 1) * 100


def use(folder: Path, seconds: float, size: Size, *, step_ms: int = STEP_MS) -> dict[str, Any]:
    """Use a profile in a process of its own; returns what `bench.long_use` tells."""
    numbers = map(str, (seconds, size.courses, size.lessons // size.courses, step_ms))
    command = [sys.executable, "-m", "bench.long_use", str(folder), *numbers]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 300, check=False)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def warmed(memory: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """MB after ten minutes (two thirds of a shorter use) and at the end, of (second, MB)."""
    end = memory[-1][0]
    warm = next(mb for second, mb in memory if second >= min(WARM_S, end * 2 / 3))
    return warm, memory[-1][1]


if __name__ == "__main__":
    for each in measure(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS):
        print(each.name, round(each.value or 0, 1), each.unit, "ok" if each.ok else "over the bar", each.note)
