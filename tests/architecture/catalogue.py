"""Read docs/requirements.md: each requirement of the catalogue with the tests that prove it, or why there are none.

A row is `| ID | state |`; the state is one or more tests (`tests/core/x/test_y.py::test_z`, separated by commas),
`later: area` while it is not built, or `n/a: reason`. `make requirements` prints the counts.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

from tests.samples import PROJECT

DOCUMENT = PROJECT / "docs" / "requirements.md"
# the last number of each area; numbers run from 1 without gaps
AREAS = {
    "ACC": 21, "USR": 11, "ROL": 14, "CAT": 6, "CRS": 36, "MOD": 8, "LES": 18, "RES": 14, "ASM": 16, "ATT": 13,
    "ASG": 8, "ENR": 12, "PRG": 14, "REV": 7, "CER": 11, "INS": 17, "BLD": 19, "AI": 7, "ANA": 15, "DSC": 8,
    "NTF": 8, "SUP": 3, "SUB": 9, "CNT": 2, "SRC": 8, "API": 17, "RT": 6, "SEC": 14, "PRF": 12, "OFF": 14,
    "OPS": 11, "C": 53,
}  # fmt: skip
ROW = re.compile(r"^\| ([A-Z]+-\d\d) \| (.+) \|$")
OPEN = re.compile(r"(later|n/a): \S.*")
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


def catalogue() -> list[str]:
    """Every ID, in order."""
    return [f"{area}-{number:02}" for area, last in AREAS.items() for number in range(1, last + 1)]


def rows(text: str) -> list[tuple[str, str]]:
    """ID and state of each row, as they stand."""
    return [(match[1], match[2].strip()) for line in text.splitlines() if (match := ROW.match(line))]


@cache
def tests_in(path: Path) -> frozenset[str]:
    """Names of the test functions of a file; none when there is no such file."""
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def fault(state: str, project: Path = PROJECT) -> str | None:
    """What is wrong with a state, or None."""
    if OPEN.fullmatch(state):
        return None
    for named in state.split(", "):
        match = TEST.fullmatch(named.strip("`"))
        if match is None:
            return f"neither a test, nor `later: area`, nor `n/a: reason`: {named}"
        if match[2] not in tests_in(project / match[1]):
            return f"no such test: {named}"
    return None


def counts(text: str) -> Counter[str]:
    """How many requirements are proved, later and n/a."""
    return Counter(state.split(":")[0] if OPEN.fullmatch(state) else "proved" for _, state in rows(text))


def report() -> None:
    """Print the counts, in total and by area."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for area in AREAS:
        part = "\n".join(line for line in text.splitlines() if line.startswith(f"| {area}-"))
        print(f"{area:5}", "  ".join(f"{name} {number}" for name, number in sorted(counts(part).items())))
    print("total", "  ".join(f"{name} {number}" for name, number in sorted(counts(text).items())))


if __name__ == "__main__":
    report()
