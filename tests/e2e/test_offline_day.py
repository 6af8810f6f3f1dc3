"""A student's whole day with no route to anywhere: nothing waits for a network, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_window import display as display
from tests.samples import PROJECT

PICTURES = PROJECT / "build" / "offline-day"
RUN = "import sys; from pathlib import Path; from tests.e2e.offline_day import {0}; {0}(*map(Path, sys.argv[1:]))"
DAY, MORNING = RUN.format("main"), RUN.format("morning")
ALONE = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
"""A network of its own, with nothing in it but the loopback."""
TAKEN = """
today courses catalogue storage course film note card exercises pdf files quiz receipt review answer review-done
palette search found notes progress settings again-today again-lesson again-notes again-progress
"""
CANNOT = {
    "Check": "no answer is chosen yet", "Leave it out": "no words are chosen yet", "Previous page": "it is the first",
    "Take the last rating back": "nothing is rated yet",
}  # fmt: skip
"""What cannot be used, and why: nothing is greyed out for want of a network."""
COUNTED = """
import socket
from tests.e2e.attempts import attempts
assert attempts() == 0
with socket.socket() as tried:
    assert tried.connect_ex(("192.0.2.1", 443))
assert attempts() == 1
"""
REFUSED = """
import socket
from tests.e2e.attempts import attempts
for n, attempt in enumerate((
    lambda: socket.create_connection(("192.0.2.1", 443)), lambda: socket.create_connection(("school.invalid", 443)),
    lambda: socket.gethostbyname("school.invalid"), lambda: socket.socket().connect(("192.0.2.1", 443)),
    lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 443)),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
), 1):
    try:
        attempt()
    except OSError:
        assert attempts() == n
    else:
        raise AssertionError(n)
socket.socket(socket.AF_UNIX).close()
assert attempts() == n
"""
PAST_PYTHON = """
import sitecustomize
from PySide6.QtNetwork import QTcpSocket
assert sitecustomize.is_guarded, "no guard here"
tried = QTcpSocket()
tried.connectToHost("192.0.2.1", 443)
tried.waitForConnected(1000)
"""


def namespace() -> list[str]:
    """What runs a command in a network of its own; nothing where this system does not let us make one."""
    if not shutil.which("unshare") or subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        return []
    return ALONE


def refusing(folder: Path) -> list[str]:
    """What runs a command whose every try to reach the internet is refused and counted."""
    path = os.pathsep.join(filter(None, (str(PROJECT / "tests/e2e/refusing"), os.environ.get("PYTHONPATH"))))
    return ["env", f"PYTHONPATH={path}", f"LMS_REFUSED={folder / 'refused'}"]


@pytest.fixture
def alone(tmp_path: Path) -> list[str]:
    """What runs a command without a network; `LMS_ALONE=refusing` does without a namespace where one may be made."""
    return (os.environ.get("LMS_ALONE") != "refusing" and namespace()) or refusing(tmp_path)


def python(alone: list[str], code: str, *args: object, display: str = "") -> subprocess.CompletedProcess[str]:
    """Run code so, on a screen where one is named."""
    screen = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"} if display else {}
    return subprocess.run(
        [*alone, sys.executable, "-c", code, *map(str, args)], cwd=PROJECT, check=False,
        env={**os.environ, **screen}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip


def test_an_attempt_to_connect_is_counted() -> None:
    if not namespace():
        pytest.skip("This system does not let us make a network; the day runs with every connection refused")
    done = python(ALONE, COUNTED)
    assert done.returncode == 0, done.stderr


def test_without_a_network_of_its_own_each_attempt_is_refused_and_counted(tmp_path: Path) -> None:
    done = python(refusing(tmp_path), REFUSED)
    assert done.returncode == 0, done.stderr


def test_an_attempt_past_python_ends_the_day(tmp_path: Path) -> None:
    done = python(refusing(tmp_path), PAST_PYTHON)
    if "no guard here" in done.stderr:
        pytest.skip("This kernel guards no sockets: what goes past Python is not seen")
    assert done.returncode == -signal.SIGSYS, done.stderr
    assert "in <module>" in done.stderr, "it says where"


def test_a_morning_without_a_network_of_its_own(display: str, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    done = python(refusing(tmp_path), MORNING, tmp_path, pictures, display=display)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(pictures.glob("*.png"))) == 5
    assert json.loads((tmp_path / "attempts.json").read_text()) == 0, (tmp_path / "refused").read_text()


def test_a_day_without_a_network(alone: list[str], display: str, tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    done = python(alone, DAY, tmp_path, PICTURES, display=display)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.stem.partition("-")[2] for path in sorted(PICTURES.glob("*.png"))] == TAKEN.split()
    held, after = (json.loads((tmp_path / f"{part}.json").read_text()) for part in ("day", "evening"))
    disabled = held.pop("disabled") | after.pop("disabled")
    assert held["notes"] == ["Ask on Tuesday: why stir first?"]
    assert (len(held["quotes"]), len(held["bookmarks"]), held["attempts"]) == (2, 1, 1)
    assert held["reviewed"] == held["cards"] == 5, "two of the course, two missed, one made"
    assert held["theme"] == "light"
    [thought] = set(after["notes"]) - set(held["notes"])
    assert thought.startswith("Weigh the windward side too."), "what was typed when the plug was pulled"
    assert after == {**held, "notes": after["notes"]}
    assert {name for names in disabled.values() for name in names} == CANNOT.keys(), disabled
    assert json.loads((tmp_path / "attempts.json").read_text()) == 0
