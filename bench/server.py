"""A real hub in a process of its own for benchmarks, with accounts that are signed in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PASSWORD = "Lantern-and-limpet-7"


@dataclass(frozen=True)
class Account:
    """One account of the benchmark: its id and a client that is signed in."""

    id: str
    client: httpx.Client


@contextmanager
def hub(folder: Path) -> Iterator[str]:
    """Serve a fresh hub on a free port of this machine; yields its URL."""
    url_file = folder / "url"
    command = [sys.executable, "-m", "sync_server.cli", "serve", "--data", str(folder / "hub"), "--port", "0"]
    env = {
        **os.environ,
        "LMS_HUB_REQUESTS_PER_MINUTE": "0",
        "LMS_HUB_REGISTRATIONS_PER_ADDRESS": "0",
        "LMS_HUB_SIGN_INS_PER_ADDRESS": "0",
    }
    with subprocess.Popen(
        [*command, "--url-file", str(url_file)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # printed once the hub answers
        try:
            yield url_file.read_text().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def account(url: str, number: int) -> Account:
    """Register an account and sign it in."""
    client = httpx.Client(base_url=url + "/api/v1", timeout=120)
    email = f"person{number}@bench.example"
    wish = {
        "email": email,
        "password": PASSWORD,
        "password_confirm": PASSWORD,
        "first_name": "Bench",
        "last_name": f"Person {number}",
    }
    client.post("/auth/register", json=wish).raise_for_status()
    answer = client.post("/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {answer['access']}"
    client.headers["Content-Type"] = "application/msgpack"
    client.headers["Content-Encoding"] = "zstd"
    client.headers["Accept"] = "application/msgpack"
    return Account(answer["user"]["id"], client)
