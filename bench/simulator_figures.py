"""How many random histories the simulator plays in a second on this machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench.figure import Context, Figure, figure

NAMES = ("sim.seeds_per_s",)
SEEDS, FULL_SEEDS = (50, 100, 200), (250, 500, 1000)
TOLD = re.compile(r"(\d+) seeds, ([\d.]+)/s, (\d+) broke something")
PROJECT = Path(__file__).resolve().parents[1]


def run(context: Context) -> list[Figure]:
    """Play the first seeds, on all cores; a seed that breaks something fails the figure."""
    taken = {seeds: _play(seeds) for seeds in (FULL_SEEDS if context.full else SEEDS)}
    (*smaller, (seeds, rate)) = taken.items()
    grown = ", ".join(f"{other:.1f} with {n}" for n, other in smaller)
    note = f"every invariant checked at every quiet point; {grown}"
    return [figure(NAMES[0], rate, unit="seeds/s", better="higher", bar=1000 / 60, size=f"{seeds} seeds", note=note)]


def _play(seeds: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulator", "--seeds", str(seeds)],
        capture_output=True, text=True, check=False, cwd=PROJECT,
    )  # fmt: skip
    told = TOLD.search(done.stdout)
    if told is None or int(told[1]) != seeds or told[3] != "0":
        raise RuntimeError(done.stdout[-500:] + done.stderr[-500:])
    return float(told[2])
