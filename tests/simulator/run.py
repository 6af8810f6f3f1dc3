"""Play many seeds, with the engine as it is or with one rule switched off."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import logging
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from tests.simulator.mutants import MUTANTS, install

SOON = 25
"""Seeds that a mutant meets before the scenarios; those that they spare meet the rest."""


def play(seed: int, trace: bool = False) -> str:
    """Play one seed; returns what broke, or ''."""
    from tests.simulator.mirror import Differs
    from tests.simulator.world import World

    try:
        World(seed, trace=trace).run()
    except (AssertionError, Differs) as broken:
        return str(broken.args[0]) if broken.args else "assert"
    except Exception as error:  # noqa: BLE001 a mutant may break anything
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} {error} ({where.name}:{where.lineno})"
    return ""


def kill(name: str, seeds: Sequence[int]) -> tuple[str, str]:
    """Play a mutant until a seed or a named scenario notices it; returns name and who did, or ''."""
    install(name)
    for seed in seeds[:SOON]:
        if broken := play(seed):
            return name, f"seed {seed}: {broken}"
    if failed := scenarios():
        return name, failed
    for seed in seeds[SOON:]:
        if broken := play(seed):
            return name, f"seed {seed}: {broken}"
    return name, ""


def scenarios() -> str:
    """Run the named scenarios in this process; returns the first that fails."""
    import pytest

    class Watch:
        failed = ""

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed and not self.failed:
                self.failed = report.nodeid.rpartition("::")[2]

    watch = Watch()
    quiet = ["-n0", "-x", "-q", "--no-header", "--no-summary", "-p", "no:cacheprovider"]
    quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # a library that names itself a plugin is loaded
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        # the vectors pin what the engine does, right or wrong
        code = pytest.main(["tests/sync", "--ignore=tests/sync/test_vectors.py", *quiet], plugins=[watch])
    if code not in (0, 1):
        raise RuntimeError(f"the scenarios did not run: {code}")
    return watch.failed


def main() -> None:
    """Read the command line and play."""
    if "PYTHONHASHSEED" not in os.environ:  # the order of sets must not make a seed play otherwise
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulator", *sys.argv[1:]])
    parser = argparse.ArgumentParser(
        prog="tests.simulator", description="Play random histories of devices and failures."
    )
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--mutant", default="", help="a name, several with commas, or all")
    parser.add_argument("--both", action="store_true", help="play the seeds, then every mutant")
    parser.add_argument("--green", action="store_true", help="the scenarios have just passed: do not run them first")
    parser.add_argument("--seed", type=int, help="play one and tell why it fails")
    parser.add_argument("--trace", action="store_true", help="tell everything that happens")
    parser.add_argument("--sql", action="store_true", help="keep the product's databases beside, which must agree")
    parser.add_argument("--digest", action="store_true", help="tell what the hub holds at the end")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if args.sql:
        from tests.simulator import mirror

        mirror.ON = True
    if args.seed is not None:
        sys.exit(_one(args.seed, args.mutant, args.trace, args.digest))
    seeds = range(args.first, args.first + args.seeds)
    names = list(MUTANTS) if args.mutant == "all" else args.mutant.split(",") if args.mutant else []
    if (names or args.both) and not args.green and (red := _red()):
        sys.exit(f"no mutant was played: with every rule in place the scenario {red} fails")
    if args.both:
        broke = _seeds(seeds, args.jobs)
        sys.exit(_mutants(list(MUTANTS), seeds, args.jobs) or broke)
    sys.exit(_mutants(names, seeds, args.jobs) if names else _seeds(seeds, args.jobs))


def _one(seed: int, mutant: str, trace: bool, digest: bool) -> int:
    if mutant:
        install(mutant)
    from tests.simulator.world import World

    world = World(seed, trace=trace)
    world.run()
    if digest:
        for row in sorted(world.hub.rows.values(), key=lambda row: row.id):
            print(row.id, row.ver, row.gone, sorted(row.cells.items()))
    print(f"seed {seed}: nothing broke")
    return 0


def _seeds(seeds: Sequence[int], jobs: int) -> int:
    start, bad = time.monotonic(), dict[str, list[int]]()
    with multiprocessing.get_context("fork").Pool(jobs, _begin) as pool:
        for seed, broken in zip(seeds, pool.imap(play, seeds, 10), strict=True):
            if broken:
                bad.setdefault(broken, []).append(seed)
    rate = len(seeds) / (time.monotonic() - start)
    print(f"{len(seeds)} seeds, {rate:.1f}/s, {sum(map(len, bad.values()))} broke something")
    for what, where in sorted(bad.items()):
        print(f"  {what}: {len(where)} seeds, first {where[:6]}")
    return bool(bad)


def _begin() -> None:
    """Load the engine and let the collector look at large heaps only: a history is short."""
    importlib.import_module("tests.simulator.world")
    gc.freeze()
    gc.set_threshold(200_000)


def kills(names: Sequence[str], seeds: Sequence[int], jobs: int) -> Iterator[tuple[str, str]]:
    """Play mutants, each in a process of its own."""
    tasks: list[Any] = [(name, seeds) for name in names]
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_kill, tasks, 1)


def _kill(task: tuple[str, Sequence[int]]) -> tuple[str, str]:
    return kill(*task)


def _red() -> str:
    """A scenario that fails without any mutant and so would notice every one; in a process of its own, or ''."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(scenarios)


def _mutants(names: Sequence[str], seeds: Sequence[int], jobs: int) -> int:
    alive = []
    for name, noticed in kills(names, seeds, jobs):
        print(f"  {name}: {noticed or 'alive'}", flush=True)
        if not noticed:
            alive.append(name)
    print(f"{len(names) - len(alive)} of {len(names)} mutants died; alive: {', '.join(sorted(alive)) or 'none'}")
    return bool(alive)
