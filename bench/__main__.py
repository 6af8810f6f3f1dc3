"""Run the benchmarks of this folder: each module names its figures in NAMES and takes them in `run(context)`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import msgspec

import bench
from bench.figure import Context, Figure, unmeasured
from bench.table import text_table, write_docs
from lms_core.memory import keep_loaded

PROJECT = Path(__file__).resolve().parents[1]
REPORT = PROJECT / "build" / "bench.json"


def modules() -> list[ModuleType]:
    """Every module of this folder that names figures; the start of the app first, for which a machine was idle."""
    names = [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name != "__main__"]
    found = [importlib.import_module(f"bench.{name}") for name in names]
    return sorted((m for m in found if hasattr(m, "NAMES")), key=lambda m: "start.today_s" not in m.NAMES)


def chosen(names: Sequence[str], only: Sequence[str]) -> frozenset[str]:
    """The names that are asked for, in full or by their first part; without a choice all."""
    return frozenset(name for name in names if not only or any(name == o or name.startswith(f"{o}.") for o in only))


def measure(module: ModuleType, names: frozenset[str], *, full: bool) -> list[Figure]:
    """Take the figures of one module; those it cannot take come back as unmeasured."""
    build = PROJECT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as folder:
        try:
            found = module.run(Context(full=full, folder=Path(folder), names=names))
        except Exception as error:  # noqa: BLE001 - one benchmark that fails must not keep the others from running
            traceback.print_exc()
            return [unmeasured(name, f"{type(error).__name__}: {error}") for name in sorted(names)]
    taken = [each for each in found if each.name in names]
    missing = names - {each.name for each in taken}
    return [*taken, *(unmeasured(name, "the benchmark did not deliver it") for name in sorted(missing))]


def measure_all(only: Sequence[str], *, full: bool) -> list[Figure]:
    """Take the chosen figures of all modules, telling how long each module took."""
    figures: list[Figure] = []
    loaded = modules()
    keep_loaded()  # as the programs do: laptops of the benchmarks run in this process
    for module in loaded:
        names = chosen((*module.NAMES, *(getattr(module, "FULL_NAMES", ()) if full or only else ())), only)
        if names:
            begun = time.monotonic()
            figures += measure(module, names, full=full)
            print(f"{module.__name__}: {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table and write build/bench.json; 1 when a figure could not be taken, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure the product.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a figure or a group of them")
    parser.add_argument("--full", action="store_true", help="full size: may take longer than 15 minutes")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    options = parser.parse_args(arguments)
    figures = measure_all(options.only, full=options.full)
    if not figures:
        known = sorted(name for each in modules() for name in (*each.NAMES, *getattr(each, "FULL_NAMES", ())))
        print(f"no such benchmark: {', '.join(options.only)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    print(text_table(figures))
    if options.write_docs:
        write_docs(PROJECT / "docs" / "performance.md", figures)
    return 1 if any(each.value is None for each in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
