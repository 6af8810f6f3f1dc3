"""Pull the plug at any moment: what was acknowledged is there, and everything opens again without a hand."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from lms_core.demo import COURSES, SAMPLES, open_sample
from lms_core.formats.markdown_folder import scan
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets
from tests.forks import Program

ROUNDS = 8
SEEDS = [7, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(100, 121))]
EXCHANGES = [(7, 25), (8, 25), *(pytest.param(seed, 50, marks=pytest.mark.soak) for seed in range(100, 120))]
"""Seed, and how many exchanges are cut: by a kill of the app, of the server under an app that goes on, of both."""


def write_until_killed(
    folder: Path, profile: str, start: int, *, after: float, server: Server | None = None, hub: float | None = None
) -> tuple[int, int]:
    """Let a process write notes, and sync them with a server, and kill it.

    With `hub` the server is killed under it first; the app notices, meets the next server and goes on for so many
    seconds, with 0 it dies too. Returns the last number that the app said was saved, and how many of its syncs failed.
    """
    command = (str(folder), profile, str(start), "sync" if server else "alone")
    with Program("tests.e2e.victims:writer", *command, env={**os.environ, "LMS_PASSWORD": PASSWORD}) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(after)  # the moment of the kill is the point of the test
        said = list[str]()
        if server and hub is not None:
            server.stop(kill=True)
        if server and hub:
            while "cut" not in said:
                said.append(process.stdout.readline().strip())
                assert said[-1], "it died by itself"
            server.start()
            time.sleep(hub)
        process.kill()
        said += process.stdout.read().split()
    if server and hub == 0:
        server.start()
    return max((int(line) for line in said if line.isdigit()), default=start), said.count("cut")


def notes_of(folder: Path, profile: str) -> set[str]:
    """What is there after the app is opened again."""
    workspace = Sessions(folder).unlock(profile, PASSWORD)
    try:
        return {note.body for note in workspace.notes.all()}
    finally:
        workspace.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_app_loses_nothing(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "laptop"
    workspace = Sessions(folder).start_local("Ada", PASSWORD)
    profile = workspace.profile.info.id
    workspace.close()
    chance, last = random.Random(seed), 0
    for _ in range(ROUNDS):
        last, _ = write_until_killed(folder, profile, last, after=chance.uniform(0.0, 0.12))
        there = notes_of(folder, profile)
        assert {f"note {n}" for n in range(1, last + 1)} <= there
        last = max([last, *(int(body.split()[1]) for body in there)])
    assert last > 0


@pytest.mark.parametrize(("seed", "rounds"), EXCHANGES)
def test_a_killed_app_and_hub_agree_again(tmp_path: Path, server: Server, seed: int, rounds: int) -> None:
    folder = tmp_path / "laptop"
    sessions = Sessions(folder)
    sessions.register(server.url, email="ada@school.example", password=PASSWORD, first_name="Ada", last_name="L")
    workspace = sessions.sign_in(server.url, "ada@school.example", PASSWORD)
    workspace.synchronize()
    profile = workspace.profile.info.id
    workspace.close()
    chance, last, cuts = random.Random(seed), 0, 0
    for number in range(rounds):
        hub = (None, chance.uniform(0.05, 0.2), 0)[number % 3]
        after = chance.uniform(0.05, 0.25)
        last, cut = write_until_killed(folder, profile, last, after=after, server=server, hub=hub)
        cuts += cut
        last = max([last, *(int(body.split()[1]) for body in notes_of(folder, profile))])
    assert cuts >= rounds // 3, "the server died under a living app"
    workspace = Sessions(folder).unlock(profile, PASSWORD)
    try:
        workspace.synchronize()
        assert workspace.sync.status().waiting == 0
        assert workspace.sync.parked() == []
        mine = sorted(note.body for note in workspace.notes.all())
    finally:
        workspace.close()
    other = Sessions(tmp_path / "other", secrets=MemorySecrets())
    second = other.sign_in(server.url, "ada@school.example", PASSWORD)
    try:
        second.synchronize()
        assert sorted(note.body for note in second.notes.all()) == mine, "each note once, and every one of them"
    finally:
        second.close()
    assert len(mine) == len(set(mine))
    assert {f"note {n}" for n in range(1, last + 1)} <= set(mine)


@pytest.mark.parametrize(("seed", "rounds"), [(7, 4), pytest.param(8, 60, marks=pytest.mark.soak)])
def test_a_killed_app_keeps_answers_and_imports_all_of_a_course_or_nothing(
    tmp_path: Path, seed: int, rounds: int
) -> None:
    workspace = Sessions(tmp_path).start_local("Ada", PASSWORD)
    profile = workspace.profile.info.id
    lessons = workspace.installed.document(open_sample(workspace)).lessons()
    practice = next(x.id for x in lessons if x.assessment and x.assessment.mode == "practice")
    workspace.assessment.start(practice)
    whole = len(scan(SAMPLES / COURSES[1]).document.lessons())
    workspace.close()
    chance, answers, imported = random.Random(seed), dict[str, str](), set[str]()
    for number in range(rounds):
        command = (str(tmp_path), profile, practice, str(number * 10))
        with Program("tests.e2e.victims:learner", *command, env={**os.environ, "LMS_PASSWORD": PASSWORD}) as process:
            assert process.stdout.readline() == "ready\n"
            first = process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.6))  # the moment of the kill is the point of the test
            process.kill()
            said = [json.loads(line) for line in [first, *process.stdout] if line.endswith("]\n")]
        answers |= {row: option for kind, row, option in said if kind == "answer"}
        imported |= {row for kind, row, _ in said if kind == "import"}
        workspace = Sessions(tmp_path).unlock(profile, PASSWORD)
        try:
            kept = workspace.assessment.start(practice).answers
            changed = [row for row, option in answers.items() if list(kept[row]) != [option]]
            assert len(changed) <= 1, "one may be written that was not told any more"
            answers |= {row: option for row, (option,) in kept.items()}
            courses = {c.id for c in workspace.courses.my_courses()}
            assert imported <= courses
            sizes = {c: workspace.courses.outline(c).lesson_count for c in courses}
            assert set(sizes.values()) <= {whole, len(lessons)}, "a course is there as a whole or not at all"
        finally:
            workspace.close()
    assert answers
