"""Nothing that happens at the edge of a command becomes a traceback, and every code has a sentence."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lms_core import cli
from lms_core.edge import told
from lms_core.errors import MESSAGES, LmsError
from sync_server import cli as server_cli
from tests.samples import PROJECT

ERRORS = {"UserError", "Conflict", "NotFound", "Denied", "Busy", "Corrupt", "StorageError", "LmsError", "Offline",
          "ServerError", "AuthExpired", "Refused"}  # fmt: skip


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    """What a refused command says in JSON."""
    assert cli.main([*arguments, "--json"]) == 1
    said: dict[str, str] = json.loads(capsys.readouterr().out)
    return said


def test_what_the_system_refuses_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_PASSWORD", "Lantern-and-limpet-7")
    (tmp_path / "file").write_text("no folder")
    assert refusal(capsys, "--data-dir", str(tmp_path / "file"), "start", "Ada")["code"] == "system_refused"
    assert cli.main(["--data-dir", str(tmp_path), "start", "Ada"]) == 0
    capsys.readouterr()
    said = refusal(capsys, "--data-dir", str(tmp_path), "backup", "--to", str(tmp_path / "no" / "dir" / "x.lms"))
    assert said["code"] == "system_refused"
    assert "x.lms" in said["message"]
    (tmp_path / "blocked").write_text("")
    assert server_cli.main(["migrate", "--data", str(tmp_path / "blocked"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "system_refused"


def test_half_a_character_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--data-dir", str(tmp_path), "start", "Ada"]) == 0
    capsys.readouterr()
    assert refusal(capsys, "--data-dir", str(tmp_path), "note", "half \udc80")["code"] == "bad_characters"


def test_a_reader_that_leaves_is_no_fault(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lms_core.cli", "--data-dir", str(tmp_path), "profiles", "--json"]
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_of_the_program_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LMS_DEBUG", raising=False)
    with pytest.raises(LmsError, match=r"fault of the program \(ZeroDivisionError\)"), told():
        print(1 // 0)
    monkeypatch.setenv("LMS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError), told():
        print(1 // 0)


def test_every_code_has_a_sentence() -> None:
    missing: set[str] = set()
    for part in ("lms_core", "sync_server", "desktop_lms"):
        for path in (PROJECT / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                    continue
                first = node.args[0]
                if node.func.id in ERRORS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    missing |= {first.value} - MESSAGES.keys()
    assert sorted(missing) == []
