"""What a reader waits for: a lesson opened for the first time, again, and the next one, until its first screen stands.

The real window over the encrypted profile of `bench.library`, and courses of lessons of 50 KB with formulas and code.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from bench.lesson_figures import FORMULAS, SIZE, lesson_text, with_formulas
from bench.library import Size, grown, library
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.folders import shipped
from lms_core.session import Sessions
from lms_core.workspace import Workspace

NAMES = ("learn.open_cold_p95_ms", "learn.open_warm_p95_ms", "learn.next_p95_ms", "learn.open_stall_max_ms")
KINDS = ("cold", "again", "next", "stalls")
BARS = (150, 30, 50, 50)
COURSES, LESSONS, TIMES = 25, 12, 24
PATIENCE_S = 600


def run(context: Context) -> list[Figure]:
    """Measure on a profile with a year of study, then on one ten times as large."""
    size, (many, much) = Size(), grown()
    small = measure(library(context.folder / "reading", size, password=None))
    later = measure(Path(shutil.copytree(many, context.folder / "reading-grown")))
    about = f"{SIZE // 1000} KB with {FORMULAS} formulas; {size}"
    made = []
    for name, kind, bar in zip(NAMES, KINDS, BARS, strict=True):
        value = _value(name, small[kind])
        note = f"{len(small[kind])} times, p50 {percentile(small[kind], 50):.0f} ms; "
        note += f"{_value(name, later[kind]):.0f} ms with {much.lessons:,} lessons and {much.notes:,} notes"
        made.append(figure(name, value, unit="ms", better="lower", bar=bar, size=about, note=note))
    return made


def _value(name: str, taken: list[float]) -> float:
    return max(taken) if "max" in name else percentile(taken, 95)


def measure(folder: Path, times: int = TIMES) -> dict[str, list[float]]:
    """Read in a profile without a password, in a process of its own; returns what `bench.reader` tells."""
    sessions = Sessions(folder)
    workspace = sessions.unlock(sessions.list()[0].id)
    try:
        if "c0" not in {each.course_id for each in workspace.installed.installed()}:
            fill(workspace)
    finally:
        workspace.close()
    command = [sys.executable, "-m", "bench.reader", str(folder), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return told


def fill(workspace: Workspace) -> None:
    """Install courses whose lessons differ, so that nothing is remembered of another one."""
    text = lesson_text(shipped("resources") / "sample_course")
    for course in range(COURSES):
        lessons = tuple(
            LessonDoc(f"{course}-{n}", f"Lesson {n}", body=with_formulas(text, course * 1000 + n))
            for n in range(LESSONS)
        )
        document = CourseDocument(
            f"c{course}", "1", f"Course {course}", modules=(ModuleDoc("m", "M", lessons=lessons),)
        )
        workspace.installed.install_pack(workspace.media.put(build_pack(document)), build_pack(document))


if __name__ == "__main__":
    for name, values in measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else TIMES).items():
        print(name, " ".join(f"{value:.0f}" for value in values))
