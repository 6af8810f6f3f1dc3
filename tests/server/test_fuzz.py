"""Requests that nobody would think of, made from the interface's own description, against a real server process.

No answer may be a fault of the server, have a status or a kind that the description does not name, or another shape.
"""

from __future__ import annotations

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
"""What would take the caller's own session or account away in the middle."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "hub"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Running]:
    with running(data, env=UNLIMITED) as each:
        yield each


def person(server: Running, data: Path, role: str) -> Client:
    """Somebody with a role, who at the desk has a class."""
    server.client.join(role)
    done = run("set-role", "--data", data, "--email", f"{role}@school.example", "--role", role)
    assert done.returncode == 0, done.stderr
    signed_in = server.client.sign_in(role)
    if role in ("manager", "admin"):
        assert signed_in.post("/classes", {"name": f"Class of {role}"}).status_code == 201
    return signed_in


def fuzz(server: Running, token: str, folder: Path, *arguments: str) -> str:
    """Run schemathesis; returns what it says."""
    headers = ["-H", f"Authorization: Bearer {token}"] if token else []
    command = [
        sys.executable, "-c", PROGRAM, "run", f"{server.url}{API}/openapi.json", *headers,
        "--checks", CHECKS, "--exclude-path-regex", ENDS, "--seed", "1", "--no-color", *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
    return done.stdout


def test_odd_requests_find_no_fault(server: Running, data: Path, tmp_path: Path) -> None:  # API-12, SEC-08
    said = fuzz(server, person(server, data, "student").token, tmp_path, "--phases", "fuzzing", "-n", "1")
    assert "passed" in said


@pytest.mark.soak
@pytest.mark.parametrize("role", ["", "student", "instructor", "manager", "admin"])
def test_many_odd_requests_of_each_role_find_no_fault(server: Running, data: Path, tmp_path: Path, role: str) -> None:
    token = person(server, data, role).token if role else ""
    print(fuzz(server, token, tmp_path, "--phases", "coverage,fuzzing,stateful", "-n", "30")[-1500:])
