"""Requests that nobody would think of, made from the interface's own description, against a real server process.

No answer may be a fault of the server, have a status or a kind that the description does not name, or another shape.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.people import API, Client
from tests.server.test_process import Running, run, running

PROGRAM = "from schemathesis.cli import schemathesis; schemathesis()"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
UNLIMITED = {f"LMS_HUB_{name}": "0" for name in ("REQUESTS_PER_MINUTE", "SIGN_INS_PER_ADDRESS")}
ENDS = r"logout|/auth/sessions/|/users/me$"
OWN = (
    r"/users/\{user_id\}(/password|/role|/deactivate|/sessions/.*)?$"
    r"|/replicas/\{replica_id\}$|/devices/\{replica_id\}/revoke$"
)
"""What would take the caller's own session or account away in the middle: the first always, the second with an id that
other answers tell, so that it comes last."""
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "30")
"""Odd requests to each operation, in `make soak`."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "hub"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Running]:
    with running(data, env=UNLIMITED) as each:
        yield each


def person(server: Running, data: Path, role: str) -> Client:
    """Somebody with a role, who has what the role can have: a class, a published course with a quiz."""
    server.client.join(role)
    done = run("set-role", "--data", data, "--email", f"{role}@school.example", "--role", role)
    assert done.returncode == 0, done.stderr
    signed_in = server.client.sign_in(role)
    if role in ("manager", "admin"):
        assert signed_in.post("/classes", {"name": f"Class of {role}"}).status_code == 201
    if role in ("instructor", "admin"):
        teach(signed_in)
    course = signed_in.get("/courses").json()["results"]
    if course:
        assert signed_in.post("/enrollments", {"course_id": course[0]["id"]}).status_code == 201
    return signed_in


def teach(author: Client) -> None:
    """Publish a course with a text and a quiz."""
    about = {"title": f"Tides of {author.user['role']}", "description": "A week at the shore, from tide to tide."}
    course = author.post("/courses", about).json()["id"]
    module = author.post("/modules", {"course": course, "title": "The shore"}).json()["id"]
    lesson, quiz = (
        author.post("/lessons", {"module_id": module, "title": title, **more}).json()["id"]
        for title, more in (("Waves", {"body": "Wind makes waves."}), ("What do you know?", {"kind": "quiz"}))
    )
    paper = author.post(f"/lessons/{quiz}/assessment", {"title": "What do you know?"}).json()["id"]
    asked = {"kind": "single", "text": "What makes waves?", "options": ["Wind", "Fish"], "correct": [0]}
    assert author.post(f"/assessments/{paper}/questions", asked).status_code == 201
    done = author.post(f"/courses/{course}/publish", {})
    assert done.status_code in (200, 201), done.text
    assert author.get(f"/lessons/{lesson}").status_code == 200


def fuzz(server: Running, token: str, folder: Path, *arguments: str) -> str:
    """Run schemathesis; returns what it says."""
    headers = ["-H", f"Authorization: Bearer {token}"] if token else []
    command = [
        sys.executable, "-c", PROGRAM, "run", f"{server.url}{API}/openapi.json", *headers,
        "--checks", CHECKS, "--seed", "1", "--no-color", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    return done.stdout


def test_odd_requests_find_no_fault(server: Running, data: Path, tmp_path: Path) -> None:  # API-12, SEC-08
    token = person(server, data, "student").token
    assert "passed" in fuzz(server, token, tmp_path, "--exclude-path-regex", ENDS, "--phases", "fuzzing", "-n", "1")


@pytest.mark.soak
@pytest.mark.parametrize("role", ["", "student", "instructor", "manager", "admin"])
def test_many_odd_requests_of_each_role_find_no_fault(server: Running, data: Path, tmp_path: Path, role: str) -> None:
    caller = person(server, data, role) if role else server.client
    how = ("--phases", "coverage,fuzzing,stateful", "-n", EXAMPLES)
    print(fuzz(server, caller.token, tmp_path, *how, "--exclude-path-regex", f"{ENDS}|{OWN}")[-1500:])
    assert not role or caller.get("/users/me").status_code == 200, "the session lasted to the end"
    print(fuzz(server, caller.token, tmp_path, *how, "--include-path-regex", OWN)[-1500:])
