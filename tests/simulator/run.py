"""Play many seeds, with the engine as it is or with one rule switched off."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from tests.simulator.mutants import MUTANTS, install

FIRST = 1000
"""A mutant must die within so many seeds."""


def play(seed: int, trace: bool = False) -> str:
    """Play one seed; returns what broke, or ''."""
    from tests.simulator.world import World

    try:
        World(seed, trace=trace).run()
    except AssertionError as broken:
        return str(broken.args[0]) if broken.args else "assert"
    except Exception as error:  # noqa: BLE001 a mutant may break anything
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} {error} ({where.name}:{where.lineno})"
    return ""


def kill(name: str, seeds: Sequence[int]) -> tuple[str, int | None, str]:
    """Play a mutant until a seed notices it; returns name, seed and what broke."""
    install(name)
    for seed in seeds:
        if broken := play(seed):
            return name, seed, broken
    return name, None, ""


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
    parser.add_argument("--seed", type=int, help="play one and tell why it fails")
    parser.add_argument("--trace", action="store_true")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if args.seed is not None:
        sys.exit(_one(args.seed, args.mutant, args.trace))
    seeds = range(args.first, args.first + args.seeds)
    names = list(MUTANTS) if args.mutant == "all" else args.mutant.split(",") if args.mutant else []
    sys.exit(_mutants(names, seeds, args.jobs) if names else _seeds(seeds, args.jobs))


def _one(seed: int, mutant: str, trace: bool) -> int:
    if mutant:
        install(mutant)
    from tests.simulator.world import World

    World(seed, trace=trace).run()
    print(f"seed {seed}: nothing broke")
    return 0


def _seeds(seeds: Sequence[int], jobs: int) -> int:
    start, bad = time.monotonic(), dict[str, list[int]]()
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for seed, broken in zip(seeds, pool.imap(play, seeds, 10), strict=True):
            if broken:
                bad.setdefault(broken, []).append(seed)
    rate = len(seeds) / (time.monotonic() - start)
    print(f"{len(seeds)} seeds, {rate:.1f}/s, {sum(map(len, bad.values()))} broke something")
    for what, where in sorted(bad.items()):
        print(f"  {what}: {len(where)} seeds, first {where[:6]}")
    return bool(bad)


def kills(names: Sequence[str], seeds: Sequence[int], jobs: int) -> Iterator[tuple[str, int | None, str]]:
    """Play mutants, each in a process of its own."""
    tasks: list[Any] = [(name, seeds) for name in names]
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_kill, tasks, 1)


def _kill(task: tuple[str, Sequence[int]]) -> tuple[str, int | None, str]:
    return kill(*task)


def _mutants(names: Sequence[str], seeds: Sequence[int], jobs: int) -> int:
    alive = []
    for name, seed, broken in kills(names, seeds, jobs):
        print(f"  {name}: " + ("alive" if seed is None else f"died at seed {seed}: {broken}"), flush=True)
        if seed is None:
            alive.append(name)
    print(f"{len(names) - len(alive)} of {len(names)} mutants died; alive: {', '.join(sorted(alive)) or 'none'}")
    return bool(alive)
