"""How long a long lesson takes from its Markdown to what the reader draws."""

from __future__ import annotations

import time
from itertools import cycle
from pathlib import Path

from bench.figure import Context, Figure, figure, percentile
from desktop_lms.widgets.theme import Theme
from lms_core.content.render import RenderTheme, render
from lms_core.folders import shipped

NAMES = ("lesson.rendered_ms",)
SIZE, FORMULAS, TIMES = 50_000, 20, 25


def run(context: Context) -> list[Figure]:
    """Render 50 KB of the sample course, its tables, code and formulas included."""
    text, theme = lesson_text(shipped("resources") / "sample_course"), RenderTheme(Theme().colors)
    render("Loaded.", theme=theme)
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        render(text, theme=theme)
        spent.append((time.perf_counter() - began) * 1000)
    note = f"median of {TIMES}, worst {max(spent):.0f} ms; beside the window, which then draws what is in view"
    value = percentile(spent, 50)
    return [figure(NAMES[0], value, unit="ms", better="lower", bar=100, size=f"{SIZE // 1000} KB", note=note)]


def lesson_text(course: Path) -> str:
    """Lessons of a course in order, as often as it takes to fill the size."""
    out = ""
    for lesson in cycle(sorted(course.rglob("*.md"))):
        out += lesson.read_text(encoding="utf-8") + "\n\n"
        if len(out) >= SIZE:
            break
    return out[:SIZE]


def with_formulas(text: str, n: int) -> str:
    """A lesson of that size which begins with formulas of its own, so that nothing is remembered of another one."""
    formulas = "".join(f"Then $x_{{{n}}}^{k} + \\frac{{{k}}}{{{n + 1}}}$ follows.\n\n" for k in range(FORMULAS))
    return f"Lesson {n} begins.\n\n{formulas}{text}"[:SIZE]
