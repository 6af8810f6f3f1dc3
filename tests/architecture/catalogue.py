"""Read docs/requirements.md: each requirement of the catalogue with the tests that prove it, or why there are none.

A row is `| ID | state |`; the state is one or more tests (`tests/core/x/test_y.py::test_z`, separated by commas),
`later: area` while it is not built, or `n/a: reason`. `make requirements` prints the counts, and fails where a row
names no test that is there or says later in an area that is `DONE`; ARGS="--run SEC API" runs the tests of areas.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Collection, Sequence
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
DONE = ("ACC", "USR", "ROL", "CAT", "LES", "RES", "ENR", "SRC", "API", "RT", "SEC", "PRF", "OFF", "OPS")
"""Areas of which nothing may be later any more."""
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


def wrong(text: str, done: Collection[str] = DONE) -> list[str]:
    """What is wrong with the rows: a test that is not there, a requirement without a row, later where all is done."""
    states = dict(rows(text))
    faults = [f"{name}: {said}" for name, state in states.items() if (said := fault(state))]
    faults += [f"{name}: there is no row" for name in catalogue() if name not in states]
    late = [name for name, state in states.items() if state.startswith("later") and name.partition("-")[0] in done]
    return faults + [f"{name}: {states[name]}" for name in late]


def tests_of(text: str, areas: Collection[str]) -> list[str]:
    """The tests that prove areas, each once."""
    states = [state for name, state in rows(text) if name.partition("-")[0] in areas]
    return sorted({f"{path}::{test}" for state in states for path, test in TEST.findall(state)})


def report(text: str) -> None:
    """Print the counts, in total and by area."""
    for area in AREAS:
        part = "\n".join(line for line in text.splitlines() if line.startswith(f"| {area}-"))
        print(f"{area:5}", "  ".join(f"{name} {number}" for name, number in sorted(counts(part).items())))
    print("total", "  ".join(f"{name} {number}" for name, number in sorted(counts(text).items())))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts and what is wrong; with areas run their tests. Returns the exit status."""
    parser = argparse.ArgumentParser(description="Look at docs/requirements.md.")
    parser.add_argument("--run", nargs="+", choices=AREAS, default=(), metavar="AREA", help="run the tests of areas")
    chosen = parser.parse_args(arguments)
    text = DOCUMENT.read_text(encoding="utf-8")
    report(text)
    faults = wrong(text)
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    if faults or not chosen.run:
        return 1 if faults else 0
    import pytest

    # those of `make soak` are run by it
    return int(pytest.main(["-q", *tests_of(text, chosen.run)]))


if __name__ == "__main__":
    sys.exit(main())
