"""The `lms` command over a damaged file, as a process of its own: it says once what became of the file."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from lms_core.db.engine import connect
from lms_core.db.pages import PAGE
from lms_core.secrets import KeyringSecrets
from lms_core.session import Sessions
from tests.samples import PROJECT


def lms(data: Path, *arguments: str, status: int = 0) -> tuple[dict[str, Any], str]:
    """Run a command with JSON; returns its answer and what went to standard error."""
    command = [sys.executable, "-m", "lms_core.cli", "--data-dir", str(data), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout), done.stderr


def made(data: Path) -> Path:
    """The file of a profile with a note, a copy, and a later note."""
    workspace = Sessions(data, secrets=KeyringSecrets(data)).start_local("Ada")
    with closing(workspace):
        workspace.notes.add("before the copy")
        workspace.profile.back_up()
        workspace.notes.add("after the copy")
    return workspace.profile.path


def spoil(file: Path) -> bytes:
    with file.open("rb+") as out:
        out.write(b"\x5a" * PAGE)
    return file.read_bytes()


def test_the_next_command_says_it_and_later_ones_only_when_asked(tmp_path: Path) -> None:
    file = made(tmp_path)
    spoiled = spoil(file)
    answer, said = lms(tmp_path, "note")
    assert {note["body"] for note in answer["notes"]} == {"before the copy", "after the copy"}
    restored = answer["restored"]
    assert (restored["rescued"], restored["lost"]) == (1, 0)
    assert restored["copied_at"]
    assert (Path(restored["folder"]) / file.name).read_bytes() == spoiled
    assert said.count("\n") == 1
    assert "unsent changes rescued: 1, lost: 0;" in said
    assert restored["folder"] in said
    answer, said = lms(tmp_path, "note")
    assert "restored" not in answer
    assert said == ""
    for command in ("status", "doctor"):
        answer, said = lms(tmp_path, command)
        assert answer["restored"] == restored
        assert said == ""


def test_a_newer_file_stays_where_it_is(tmp_path: Path) -> None:
    file = made(tmp_path)
    sessions = Sessions(tmp_path, secrets=KeyringSecrets(tmp_path))
    with sessions.profiles.open(sessions.list()[0].id) as opened, closing(connect(file, opened.key)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    for command in ("status", "restore"):
        answer, _ = lms(tmp_path, command, status=1)
        assert answer["code"] == "too_new"
        assert "newer version" in answer["message"]
    assert file.read_bytes() == before
    assert not list(file.parent.glob("damaged-*"))
