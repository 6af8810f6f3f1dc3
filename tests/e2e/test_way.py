"""The main job, end to end: a course that someone wrote, a student without a network, and a second laptop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


def _synced(machine: Machine, *command: str) -> dict[str, Any]:
    machine.run("sync")
    return machine.run(*command)


@dataclass
class Course:
    """What the steps of the way hand on."""

    folder: Path
    real: bool
    id: str = ""
    title: str = ""
    lesson: str = ""
    quiz: str = ""
    note: str = ""
    attempt: str = ""


def test_the_whole_way(tmp_path: Path, server: Server) -> None:
    samples = find_samples()
    folder = samples / "markdown" / "IoT-For-Beginners" if samples else PROJECT / "resources" / "sample_course"
    course = Course(folder, real=samples is not None)
    teacher = instructor(Machine(tmp_path / "teacher"), server)
    student, third = Machine(tmp_path / "student"), Machine(tmp_path / "third")
    imports(teacher, course)
    edits_and_publishes(teacher, course, tmp_path / "quiz.yaml")
    joins(student, server, course)
    server.stop()
    learns_alone(student, course)
    finds_all_again(student, course)
    server.start()
    shows_the_same(student, third, server, course)
    sees_the_roster(teacher, course)


def imports(teacher: Machine, course: Course) -> None:
    """An instructor imports a folder; everything in it is found and reported."""
    plan = teacher.run("import", str(course.folder), "--dry-run")
    if course.real:
        found = {name: plan["counts"][name] for name in ("lesson", "assignment", "page")}
        assert (plan["modules"], found) == (6, {"lesson": 24, "assignment": 24, "page": 67})
        assert len(plan["lessons"]) == sum(found.values()), "each of them is a lesson of the draft"
    assert teacher.run("courses")["drafts"] == [], "a dry run writes nothing"
    course.id = teacher.run("import", str(course.folder))["course"]
    course.title, course.lesson = plan["title"], plan["lessons"][0]
    assert [d["title"] for d in teacher.run("courses")["drafts"]] == [course.title]


def edits_and_publishes(teacher: Machine, course: Course, quiz: Path) -> None:
    """The instructor edits a lesson, adds a quiz and publishes."""
    teacher.run("edit", course.id, course.lesson, "--append", "A paragraph written on a train.")
    quiz.write_text(QUIZ)
    course.quiz = teacher.run("add-quiz", course.id, str(quiz))["lesson"]
    teacher.run("publish", course.id, "--note", "First version")
    eventually(lambda: [c for c in _synced(teacher, "courses")["catalog"] if c["version"] == "1.0"])


def joins(student: Machine, server: Server, course: Course) -> None:
    """A student registers on a second machine, enrols and installs."""
    student.run("register", "--server", server.url, "--email", "sam@school.example", "--first-name", "Sam",
                "--last-name", "Student")  # fmt: skip
    student.run("enroll", course.title)
    assert student.run("install", course.title)["version"] == "1.0"
    student.run("sync")


def learns_alone(student: Machine, course: Course) -> None:
    """Without the hub the student reads, takes notes, completes lessons and a quiz."""
    assert "written on a train" in student.run("read", course.lesson)["body"]
    course.note = student.run("note", "Ask about *sensors*.", "--lesson", course.lesson)["note"]
    for title in done_lessons(student, course):
        student.run("complete", title)
    course.attempt = student.run("quiz", course.quiz, "1", "2")["receipt"]["attempt_id"]
    assert student.run("sync", status=1)["code"] == "offline"


def done_lessons(machine: Machine, course: Course) -> list[str]:
    """The first three lessons of the course."""
    return [x["title"] for x in machine.run("lessons", course.title)["lessons"][:3]]


def finds_all_again(student: Machine, course: Course) -> None:
    """Every command opens the profile anew with its password, without a network: all is there."""
    status = student.run("status")
    assert status["waiting"] > 5
    assert all(run["down"] > 0 and run["ms"] is not None for run in status["runs"])
    assert status["runs"]
    assert [n["id"] for n in student.run("note")["notes"]] == [course.note]
    assert any(hit["key"] == course.note for hit in student.run("search", "sens")["hits"])
    states = {x["title"]: x["status"] for x in student.run("lessons", course.title)["lessons"]}
    assert {states[title] for title in done_lessons(student, course)} == {"done"}
    attempts = student.run("quiz", course.quiz)["attempts"]
    assert [(a["id"], a["grade"]) for a in attempts] == [(course.attempt, None)], "the key never leaves the hub"


def shows_the_same(student: Machine, third: Machine, server: Server, course: Course) -> None:
    """After one sync a third machine of the student shows the same progress, note and graded attempt."""
    assert student.run("sync")["waiting"] == 0
    assert student.run("status")["needs_you"] == 0
    third.run("sign-in", "--server", server.url, "--email", "sam@school.example")
    third.run("install", course.title)
    attempt = eventually(lambda: [a for a in _synced(third, "quiz", course.quiz)["attempts"] if a["grade"]])[0]
    assert (attempt["id"], attempt["grade"]["percent"], attempt["grade"]["final"]) == (course.attempt, 100.0, True)
    student.run("sync")
    for command in (("note",), ("lessons", course.title), ("quiz", course.quiz)):
        assert third.run(*command) == student.run(*command)
    assert [n["body"] for n in third.run("note")["notes"]] == ["Ask about *sensors*."]


def sees_the_roster(teacher: Machine, course: Course) -> None:
    """The instructor sees who learns, how far and how well."""
    people = eventually(lambda: [p for p in _synced(teacher, "roster", course.id)["people"] if p["best_score"]])
    assert [(p["name"], p["status"], p["best_score"]) for p in people] == [("Sam Student", "active", 100.0)]
    assert people[0]["percent"] > 0


def test_bad_input_gets_a_sentence(tmp_path: Path, server: Server) -> None:
    machine = instructor(Machine(tmp_path / "laptop"), server)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "README.md").write_text("# Only a title\n")
    (tmp_path / "file.bin").write_bytes(b"\0\1\2")
    cases = [
        (("sign-in", "--server", "http://127.0.0.1:9", "--email", "x@y.example"), "unreachable"),
        (("sign-in", "--server", "not an address", "--email", "x@y.example"), "bad_server_address"),
        (("import", str(empty)), "no_lessons"),
        (("import", str(tmp_path / "file.bin")), "folder_wanted"),
        (("import", str(tmp_path / "nowhere")), "no_such_path"),
        (("install", "No such course"), "no_course"),
        (("publish", "No such course"), "no_course"),
    ]
    for command, code in cases:
        answer = machine.run(*command, status=1)
        assert answer["code"] == code, answer
        assert answer["message"].endswith((".", "!"))
    assert machine.run("status")["waiting"] == 0
