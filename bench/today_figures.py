"""What a person with a year of study feels: how soon Today stands, and how a list of thousands scrolls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from bench.laptop_figures import REAL, timed
from bench.library import Size, grown, library, shelf

NAMES = ("learn.start_s", "learn.scroll_paint_p95_ms")
STARTS, START_S, PAINT_MS = 5, 1.0, 16.0
PAGES, COURSES = ("today", "courses", "notes"), 20_000

SCROLL = """
import json, os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from desktop_lms.start import load
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication
STEPS = 300

def settled(ms):
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()

def scroll(window):
    # through the longest list: first as a wheel goes, then far away as a drag does
    areas = [area for area in window.findChildren(QAbstractScrollArea) if area.isVisible()]
    bar = max((area.verticalScrollBar() for area in areas), key=lambda each: each.maximum())
    spent, step, half = [], max(1, min(bar.pageStep() // 5, bar.maximum())), STEPS // 2
    for n in range(1, STEPS + 1) if bar.maximum() else ():
        at = n * step if n <= half else bar.maximum() * (n - half) // half
        began = time.perf_counter()
        bar.setValue(min(at, bar.maximum()))
        qt.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        window.repaint()
        spent.append((time.perf_counter() - began) * 1000)
    return spent

qt = QApplication([])
app = load().App(qt, Path(sys.argv[1]))
app.start()
settled(3000)
found = {}
for name in sys.argv[2:]:
    app.window.go(name)
    settled(4000)
    found[name] = scroll(app.window)
print(json.dumps(found), flush=True)
app.close()
os._exit(0)
"""


def run(context: Context) -> list[Figure]:
    """Measure on one profile that is made once, and on one that is ten times as large."""
    size, (many, much) = Size(), grown()
    folder = library(context.folder / "library", size, password=None)
    taken = {"learn.start_s": _start, "learn.scroll_paint_p95_ms": _scroll}
    made = []
    for name in (name for name in taken if name in context.names):
        (value, note), (later, _) = taken[name](folder), taken[name](many)
        unit, bar = ("s", START_S) if name == "learn.start_s" else ("ms", PAINT_MS)
        if name == "learn.scroll_paint_p95_ms":
            long, said = _scroll(shelf(context.folder / "shelf", COURSES), ("courses",))
            value, note = max(value, long), f"{note}; of somebody in {COURSES:,} courses: {said}"
        note += f"; {later:.2f} {unit} with {much.lessons:,} lessons and {much.notes:,} notes"
        made.append(figure(name, value, unit=unit, better="lower", bar=bar, size=str(size), note=note))
    return made


def _start(folder: Path) -> tuple[float, str]:
    """From the start of the process until Today stands, and what else to say of it."""
    timed(REAL, str(folder))  # compiles the modules, as installing does
    spent = [timed(REAL, str(folder)) for _ in range(STARTS)]
    seconds, memory = (percentile([each[n] for each in spent], 50) for n in (0, 1))
    return (
        seconds,
        f"the most held until then {memory:.0f} MB (160 MB); median of {STARTS}, worst {max(spent)[0]:.2f} s",
    )


def _scroll(folder: Path, pages: Sequence[str] = PAGES) -> tuple[float, str]:
    """Each list once through, a fifth of a screen at a time: how long the window takes to draw each step."""
    done = subprocess.run(
        [sys.executable, "-c", SCROLL, str(folder), *pages],
        capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    found = {name: spent for name, spent in json.loads(done.stdout.splitlines()[-1]).items() if spent}
    worst = {name: percentile(spent, 95) for name, spent in found.items()}
    note = ", ".join(f"{name} {ms:.1f} ms of {len(found[name])} steps" for name, ms in worst.items())
    return max(worst.values()), f"p95: {note}"
