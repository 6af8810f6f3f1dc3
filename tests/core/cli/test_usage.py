"""Every command says what it is for, with an example that it takes; it answers in JSON and with 0, 1 or 2."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from lms_core import cli
from sync_server import cli as server

NOWHERE = "http://127.0.0.1:9"
OWN_PROFILE = {"profiles", "start"}


@pytest.mark.parametrize("command", cli.EXAMPLES)
def test_help_of_lms(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert " ".join(f"example: lms {cli.EXAMPLES[command]}".split()) in shown
    assert "--json" in shown


@pytest.mark.parametrize("command", cli.EXAMPLES)
def test_examples_of_lms_are_understood(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a profile most are refused, with a code and a sentence."""
    monkeypatch.setenv("LMS_PASSWORD", "Harbour-Lantern-42")
    words = shlex.split(cli.EXAMPLES[command].replace("https://lms.school.example", NOWHERE))
    status = cli.main(["--data-dir", str(tmp_path), "--json", *words])
    answer = json.loads(capsys.readouterr().out)
    assert (status, answer["ok"]) == ((0, True) if command in OWN_PROFILE else (1, False))
    if status:
        assert answer["code"]
        assert answer["message"].endswith((".", "!"))


@pytest.mark.parametrize("words", [[], ["dance"], ["sync", "--loud"], ["complete"], ["search", "x", "--limit", "x"]])
def test_wrong_usage_of_lms(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--json"], "required: COMMAND"),
        (["--json", "dance"], "dance"),
        (["dance", "--json"], "dance"),
        (["complete", "--json"], "required: lesson"),
        (["search", "x", "--limit", "x", "--json"], "'x'"),
        (["sync", "--json", "--loud"], "--loud"),
    ],
)
def test_wrong_usage_of_lms_is_told_to_scripts(words: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert (ended.value.code, answer["ok"], answer["code"], said.err) == (2, False, "wrong_usage", "")
    assert why in answer["message"]
    assert answer["details"]["usage"].startswith("usage: lms")


def test_wrong_usage_of_lms_is_told_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["complete"])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("usage: lms complete")
    assert said.err.endswith("lms complete: error: the following arguments are required: lesson\n")


@pytest.mark.parametrize("command", server.EXAMPLES)
def test_help_of_the_server(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        server.main([command, "--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"example: lms-server {command} --data /srv/lms {server.EXAMPLES[command]}".rstrip() in shown
    assert "--json" in shown


@pytest.mark.parametrize("command", sorted(set(server.EXAMPLES) - {"serve", "migrate", "create-admin"}))
def test_examples_of_the_server_are_refused_without_data(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = server.EXAMPLES[command].replace("/backup", str(tmp_path / "backup")).split()
    assert server.main([command, "--data", str(tmp_path / "none"), "--json", *words]) == 1
    said = capsys.readouterr()
    assert "{" in said.out + said.err
    assert not (tmp_path / "none" / "hub.db").exists()


@pytest.mark.parametrize("words", [[], ["dance"], ["check"], ["set-role", "--data", "x", "--role", "king"]])
def test_wrong_usage_of_the_server(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        server.main(words)
    assert ended.value.code == 2
