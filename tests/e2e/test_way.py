"""The main job, end to end: a course that someone wrote, a student without a network, and a second laptop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.programs import Machine, Server
from tests.samples import PROJECT, find_samples

QUIZ = """
title: What stays with you
mode: graded
pass_percent: 50
questions:
  - text: What does a sensor do?
    options: [{text: "It measures", correct: true}, {text: "It decides"}]
    explanation: It turns a state of the world into a number.
  - kind: true_false
    text: A device needs a screen to be useful.
    correct: false
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A hub with its administrator."""
    made = Server(tmp_path / "hub")
    made.command("create-admin", "--email", "ada@school.example", "--first-name", "Ada", "--last-name", "Keeper")
    made.start()
    yield made
    made.stop()


def instructor(machine: Machine, server: Server) -> Machine:
    """Tess registers, and the keeper of the server makes her an instructor."""
    machine.run("register", "--server", server.url, "--email", "tess@school.example", "--first-name", "Tess",
                "--last-name", "Teacher")  # fmt: skip
    server.command("set-role", "--email", "tess@school.example", "--role", "instructor")
    machine.run("sync")
    return machine


def eventually(ask: Callable[[], Any], *, seconds: float = 15) -> Any:
    """Ask until there is an answer; what follows from a write takes the hub a moment."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, "it did not come"
    return answer


def test_the_whole_way(tmp_path: Path, server: Server) -> None:
    samples = find_samples()
    folder = samples / "markdown" / "IoT-For-Beginners" if samples else PROJECT / "resources" / "sample_course"
    student, other = Machine(tmp_path / "student"), Machine(tmp_path / "other")

    # an instructor imports, edits, adds a quiz and publishes
    teacher = instructor(Machine(tmp_path / "teacher"), server)
    plan = teacher.run("import", str(folder), "--dry-run")
    if samples:
        assert plan["modules"] == 6
        assert plan["counts"]["lesson"] == 24
        assert plan["counts"]["assignment"] == 24
    course = teacher.run("import", str(folder))["course"]
    title = plan["title"]
    drafts = teacher.run("courses")["drafts"]
    assert [d["title"] for d in drafts] == [title]
    lesson = plan["lessons"][0]
    teacher.run("edit", course, lesson, "--append", "A paragraph written on a train.")
    quiz_file = tmp_path / "quiz.yaml"
    quiz_file.write_text(QUIZ)
    quiz = teacher.run("add-quiz", course, str(quiz_file))["lesson"]
    teacher.run("publish", course, "--note", "First version")
    teacher.run("sync")
    eventually(lambda: [c for c in _synced(teacher, "courses")["catalog"] if c["version"] == "1.0"])

    # a student registers on a second machine, enrols and installs
    student.run("register", "--server", server.url, "--email", "sam@school.example", "--first-name", "Sam",
                "--last-name", "Student")  # fmt: skip
    student.run("enroll", title)
    assert student.run("install", title)["version"] == "1.0"
    student.run("sync")

    # the hub is gone; everything goes on
    server.stop()
    assert "written on a train" in student.run("read", lesson)["body"]
    note = student.run("note", "Ask about *sensors*.", "--lesson", lesson)["note"]
    student.run("complete", lesson)
    receipt = student.run("quiz", "What stays with you", "1", "2")["receipt"]
    refused = student.run("sync", status=1)
    assert refused["code"] == "offline"
    status = student.run("status")
    assert status["waiting"] > 5
    assert any(h["key"] == note for h in student.run("search", "sens")["hits"])
    assert student.run("quiz", quiz)["attempts"][0]["grade"] is None, "the key of a graded quiz never leaves the hub"

    # the hub is back; one sync, and a third machine shows the same
    server.start()
    assert student.run("sync")["waiting"] == 0
    assert student.run("status")["needs_you"] == 0
    other.run("sign-in", "--server", server.url, "--email", "sam@school.example")
    other.run("install", title)
    assert [n["id"] for n in other.run("note")["notes"]] == [note]
    states = {x["title"]: x["status"] for x in other.run("lessons", title)["lessons"]}
    assert states[lesson] == "done"
    attempt = eventually(lambda: [a for a in _synced(other, "quiz", quiz)["attempts"] if a["grade"]])[0]
    assert attempt["id"] == receipt["attempt_id"]
    assert attempt["grade"]["percent"] == 100.0
    assert attempt["grade"]["final"]

    # and the instructor sees who learns
    roster = eventually(lambda: [p for p in _synced(teacher, "roster", course)["people"] if p["best_score"]])
    assert [(p["name"], p["status"], p["best_score"]) for p in roster] == [("Sam Student", "active", 100.0)]


def _synced(machine: Machine, *command: str) -> dict[str, Any]:
    machine.run("sync")
    return machine.run(*command)


def test_bad_input_gets_a_sentence(tmp_path: Path, server: Server) -> None:
    machine = instructor(Machine(tmp_path / "laptop"), server)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "README.md").write_text("# Only a title\n")
    (tmp_path / "file.bin").write_bytes(b"\0\1\2")
    cases = [
        (("sign-in", "--server", "http://127.0.0.1:9", "--email", "x@y.example"), "offline"),
        (("sign-in", "--server", "not an address", "--email", "x@y.example"), "bad_server_address"),
        (("import", str(empty)), "no_lessons"),
        (("import", str(tmp_path / "file.bin")), "not_a_course"),
        (("import", str(tmp_path / "nowhere")), "no_such_path"),
        (("install", "No such course"), "not_found"),
        (("publish", "No such course"), "not_found"),
    ]
    for command, code in cases:
        answer = machine.run(*command, status=1)
        assert answer["code"] == code, answer
        assert answer["message"].endswith((".", "!"))
    assert machine.run("status")["waiting"] == 0
