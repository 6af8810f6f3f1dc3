"""Show figures as a table on the screen and in docs/performance.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure

BEGIN, END = "<!-- figures: written by make bench ARGS=--write-docs -->", "<!-- end of figures -->"
HEAD = ("figure", "value", "bar", "", "size", "note")


def cells(each: Figure) -> tuple[str, ...]:
    """One row of the table."""
    sign = "<=" if each.better == "lower" else ">="
    value = "not measured" if each.value is None else f"{number(each.value)} {each.unit}".strip()
    bar = "" if each.bar is None else f"{sign} {number(each.bar)} {each.unit}".strip()
    verdict = "FAILED" if each.value is None else "" if each.bar is None else "ok" if each.ok else "MISSED"
    return each.name, value, bar, verdict, each.size, each.note


def number(value: float) -> str:
    """Three digits that count, thousands set apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def text_table(figures: Sequence[Figure]) -> str:
    """Columns in line, for a terminal."""
    rows = [HEAD, *(cells(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def machine() -> str:
    """Where the figures come from, in one line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model n")
        ]
        cpu = models[0] if models else cpu
    return f"{os.cpu_count()} cores of {cpu}, {platform.system()}, Python {platform.python_version()}"


def write_docs(document: Path, figures: Sequence[Figure]) -> None:
    """Replace the rows of these figures between the two marks, each with its commit; rows of other figures stay."""
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    old, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{document} has no marks for the figures")
    rows = {line.split("|")[1].strip(): line for line in old.splitlines() if line.startswith("| ")}
    rows.pop(HEAD[0], None)
    head, commit = (*HEAD, "commit"), _commit()
    rows |= {
        each.name: f"| {' | '.join(cell.replace('|', '/') for cell in (*cells(each), commit))} |" for each in figures
    }
    table = "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(rows[name] for name in sorted(rows))])
    today = datetime.now(UTC).date().isoformat()
    last = f"Last run {today} on {machine()}."
    document.write_text(f"{before}{BEGIN}\n\n{last}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _commit() -> str:
    """What was measured; nothing where that is no checkout."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip()
