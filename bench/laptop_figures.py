"""What a person feels: how long a click takes to be safe, search to answer, and the app to start."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from bench.laptop import local_workspace
from bench.words import words
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack, pack_name
from lms_core.session import Sessions
from lms_core.workspace import Workspace

NAMES = ("write.durable_p99_ms", "search.first_p95_ms", "start.today_s", "start.rss_mb")
WRITES, DOCUMENTS, QUERIES, COURSES, STARTS = 2000, 100_000, 400, 50, 7

START = """
import os, sys, time, resource
began = float(sys.argv[1])
os.environ["QT_QPA_PLATFORM"] = "offscreen"
def memory():
    # the most this process held; ru_maxrss is never below what the process was that started it
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
{body}
"""
BARE = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("bare")
label.show()
app.processEvents()
print(time.time() - began, memory())
"""
REAL = """
from desktop_lms.start import load
App = load().App
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
qt = QApplication([])
app = App(qt, Path(sys.argv[2]))
app.start()
def ready():
    page = app.window.stack.currentWidget() if app.window else None
    if page is not None and page._shown is not None:
        qt.processEvents()
        print(time.time() - began, memory(), flush=True)
        app.close()
        os._exit(0)
timer = QTimer()
timer.timeout.connect(ready)
timer.start(2)
qt.exec()
"""


def run(context: Context) -> list[Figure]:
    """Measure on a profile of its own."""
    groups = {"start": _start, "write": _writes, "search": _search}
    asked = {name.split(".")[0] for name in context.names}
    return [each for name, take in groups.items() if name in asked for each in take(context.folder / name)]


def _writes(folder: Path) -> list[Figure]:
    """A note typed and saved: from the call until it is on the disk and visible."""
    spent = []
    with local_workspace(folder) as workspace:
        for n in range(WRITES):
            began = time.perf_counter()
            workspace.notes.add(f"A thought worth keeping, number {n}.")
            spent.append((time.perf_counter() - began) * 1000)
    first, last = percentile(spent[:500], 99), percentile(spent[-500:], 99)
    note = f"p50 {percentile(spent, 50):.1f} ms; encrypted file, synchronous=FULL; "
    note += f"first 500 {first:.1f} ms, last 500 {last:.1f} ms"
    value = percentile(spent, 99)
    return [figure("write.durable_p99_ms", value, unit="ms", better="lower", bar=10, size=f"{WRITES} notes", note=note)]


def _search(folder: Path) -> list[Figure]:
    """Search as one types over lessons and notes, common words included."""
    chance = random.Random(3)
    found = words(chance, 400_000)

    def text(n: int) -> str:
        at = chance.randrange(len(found) - n)
        return " ".join(found[at : at + n])

    taken: dict[int, list[float]] = {}
    with local_workspace(folder) as workspace:
        for course in range(12):
            lessons = tuple(LessonDoc(f"{course}-{n}", text(4), body=text(40)) for n in range(7_500))
            document = CourseDocument(f"c{course}", "1", text(3), modules=(ModuleDoc("m", "m", lessons=lessons),))
            body = build_pack(document)
            workspace.installed.install_pack(pack_name(body), body)
            if course in (2, 5, 11):
                with workspace.work():
                    for _ in range(2_500 if course < 11 else 5_000):
                        workspace.notes.add(text(25))
                while workspace.search.catch_up():
                    pass
                asked = [text(chance.randint(1, 3)) for _ in range(QUERIES)]
                taken[(course + 1) * DOCUMENTS // 12] = _ask(workspace, asked, chance)
    spent = taken[DOCUMENTS]
    grown = ", ".join(f"{percentile(v, 95):.0f} ms with {size:,}" for size, v in taken.items() if size != DOCUMENTS)
    note = f"p50 {percentile(spent, 50):.1f} ms, worst {max(spent):.1f} ms; {QUERIES} queries of 1 to 3 words; {grown}"
    value = percentile(spent, 95)
    return [
        figure(
            "search.first_p95_ms", value, unit="ms", better="lower", bar=20, size=f"{DOCUMENTS} documents", note=note
        )
    ]


def _ask(workspace: Workspace, queries: list[str], chance: random.Random) -> list[float]:
    """Milliseconds of each query, its last word cut as while one types."""
    spent = []
    for query in queries:
        typed = query[: max(2, len(query) - chance.randint(0, 3))]
        began = time.perf_counter()
        workspace.search.find(typed)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _start(folder: Path) -> list[Figure]:
    """Process start to usable Today with 50 installed courses, against a bare window started in turn."""
    workspace = Sessions(folder).start_local("Bench")
    for n in range(COURSES):
        lessons = tuple(LessonDoc(f"{n}-{k}", f"Lesson {k}", body="Some text. " * 400) for k in range(20))
        document = CourseDocument(
            f"course-{n}", "1", f"Course {n}", modules=(ModuleDoc("m", "Module", lessons=lessons),)
        )
        body = build_pack(document)
        name = workspace.media.put(body)
        workspace.installed.install_pack(name, body)
    workspace.learning.open_lesson("0-0")
    workspace.close()
    bare, real = [], []
    timed(REAL, str(folder))  # compiles the modules, as installing does
    for _ in range(STARTS):
        bare.append(timed(BARE))
        real.append(timed(REAL, str(folder)))
    floor, seconds = percentile([s for s, _ in bare], 50), percentile([s for s, _ in real], 50)
    memory, least = percentile([m for _, m in real], 50), percentile([m for _, m in bare], 50)
    size = f"{COURSES} courses"
    note = f"a bare window took {floor:.2f} s; median of {STARTS}"
    return [
        figure("start.today_s", seconds, unit="s", better="lower", bar=round(floor + 0.4, 2), size=size, note=note),
        figure(
            "start.rss_mb",
            memory,
            unit="MB",
            better="lower",
            bar=150,
            size=size,
            note=f"the most held until then; a bare window {least:.0f} MB",
        ),
    ]


def timed(body: str, *arguments: str) -> tuple[float, float]:
    """Seconds that one of the programs above took, and the most memory it held, in MB."""
    code = START.format(body=body)
    done = subprocess.run(
        [sys.executable, "-c", code, str(time.time()), *arguments],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )  # fmt: skip
    if done.returncode or not done.stdout.split():
        raise RuntimeError(done.stderr[-2000:])
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)
