"""What a reader waits for: a lesson opened for the first time, again, and the next one, until its first screen stands.

The real window over an encrypted profile with many courses; lessons of 50 KB with formulas, tables and code.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from bench.lesson_figures import SIZE, lesson_text
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.folders import shipped
from lms_core.session import Sessions
from lms_core.workspace import Workspace

NAMES = ("learn.open_cold_p95_ms", "learn.open_warm_p95_ms", "learn.next_p95_ms", "learn.open_stall_max_ms")
KINDS = ("cold", "again", "next", "stalls")
BARS = (150, 30, 50, 50)
COURSES, LESSONS, FORMULAS, GROWTH, TIMES = 50, 12, 20, 10, 24
PATIENCE_S = 600


def run(context: Context) -> list[Figure]:
    """Measure with so many courses, then with ten times the lessons in each."""
    small = measure(context.folder / "small", LESSONS)
    grown = measure(context.folder / "grown", LESSONS * GROWTH)
    size = f"{SIZE // 1000} KB, {COURSES} courses of {LESSONS} lessons"
    made = []
    for name, kind, bar in zip(NAMES, KINDS, BARS, strict=True):
        value, later = _value(name, small[kind]), _value(name, grown[kind])
        note = f"{len(small[kind])} times, p50 {percentile(small[kind], 50):.0f} ms; with {LESSONS * GROWTH} lessons "
        note += f"in each course {later:.0f} ms"
        made.append(figure(name, value, unit="ms", better="lower", bar=bar, size=size, note=note))
    return made


def _value(name: str, taken: list[float]) -> float:
    return max(taken) if "max" in name else percentile(taken, 95)


def measure(folder: Path, lessons: int, times: int = TIMES) -> dict[str, list[float]]:
    """Read in a process of its own; returns what `bench.reader` tells."""
    if not (folder / "profiles").exists():
        workspace = Sessions(folder).start_local("Bench", None)
        try:
            fill(workspace, lessons)
        finally:
            workspace.close()
    command = [sys.executable, "-m", "bench.reader", str(folder), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return told


def fill(workspace: Workspace, count: int) -> None:
    """Install courses whose lessons differ, so that nothing is remembered of another one."""
    text = lesson_text(shipped("resources") / "sample_course")
    for course in range(COURSES):
        lessons = tuple(
            LessonDoc(
                f"{course}-{n}", f"Lesson {n}",
                body=_body(text, course * 1000 + n) if course <= TIMES and n < LESSONS else f"Words {n}.",
            )
            for n in range(count)
        )  # fmt: skip
        document = CourseDocument(
            f"c{course}", "1", f"Course {course}", modules=(ModuleDoc("m", "M", lessons=lessons),)
        )
        workspace.installed.install_pack(workspace.media.put(build_pack(document)), build_pack(document))


def _body(text: str, n: int) -> str:
    formulas = "".join(f"Then $x_{{{n}}}^{k} + \\frac{{{k}}}{{{n + 1}}}$ follows.\n\n" for k in range(FORMULAS))
    return f"Lesson {n} begins.\n\n{formulas}{text}"[:SIZE]


if __name__ == "__main__":
    for name, values in measure(Path(sys.argv[1]), LESSONS, int(sys.argv[2]) if len(sys.argv) > 2 else TIMES).items():
        print(name, " ".join(f"{value:.0f}" for value in values))
