"""Random histories hold every invariant; rules switched off are noticed (SYNC.md section 11)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.samples import PROJECT
from tests.simulator.mutants import MUTANTS, Patch, patched

SEEDS, PARTS = 600, 6
SAMPLE = ("nochain", "noretain", "hlconly", "textlww", "nomark", "resetkeeps", "nohold", "noseen")


def _simulator(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONHASHSEED": "0", **env}
    command = [sys.executable, "-m", "tests.simulator", "--jobs", "1", *args]
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("part", range(PARTS))
def test_random_histories_hold_every_invariant(part: int) -> None:
    size = SEEDS // PARTS
    done = _simulator("--from", str(part * size), "--seeds", str(size))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_product_s_databases_answer_as_the_dictionaries_do() -> None:
    done = _simulator("--sql", "--seeds", "3")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_seed_plays_the_same_history_whatever_the_order_of_sets() -> None:
    runs = []
    for order in ("0", "7"):
        env = {**os.environ, "PYTHONHASHSEED": order}
        command = [sys.executable, "-m", "tests.simulator", "--seed", "5", "--digest"]
        runs.append(subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=True).stdout)
    assert runs[0] == runs[1]


def test_rules_switched_off_are_noticed() -> None:
    # the scenarios are tests of this run, too
    done = _simulator("--mutant", ",".join(SAMPLE), "--seeds", "60", "--green")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_mutant_is_played_while_a_scenario_fails(tmp_path: Path) -> None:
    (tmp_path / "red.py").write_text("def pytest_runtest_call(item):\n    raise AssertionError\n")
    search = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    done = _simulator("--mutant", SAMPLE[0], "--seeds", "1", PYTHONPATH=search, PYTEST_ADDOPTS="-p red")
    assert done.returncode == 1
    assert "no mutant was played" in done.stderr
    assert SAMPLE[0] not in done.stdout


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_every_mutant_finds_the_rule_that_it_switches_off(name: str) -> None:
    for module in {patch.module for patch in MUTANTS[name]}:
        compile(patched(module, MUTANTS[name]), module, "exec")


def test_a_mutant_without_its_rule_fails() -> None:
    with pytest.raises(LookupError):
        patched("lms_core.sync.hub.judge", (Patch("lms_core.sync.hub.judge", "no such text", ""),))
