"""The `lms` command on one machine: what it answers, refuses and leaves behind."""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lms_core.cli import main
from lms_core.cli_opening import opened
from lms_core.content.pack import build_key_pack, build_pack
from lms_core.courses.drafts import from_draft
from lms_core.db.engine import connect
from lms_core.errors import Denied
from lms_core.permissions import is_admin, is_instructor
from lms_core.secrets import KeyringSecrets
from lms_core.session import Sessions

PASSWORD = "Harbour-Lantern-42"
QUIZ = """
title: What stays
questions:
  - text: Which one?
    options: [{text: "This", correct: true}, {text: "That"}]
  - text: Which ones?
    kind: multiple
    options: [{text: "One", correct: true}, {text: "Two", correct: true}, {text: "Three"}]
"""

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with JSON; `status` is the exit status that is expected."""
    monkeypatch.setenv("LMS_PASSWORD", PASSWORD)

    def go(*arguments: str, status: int = 0, folder: Path = data) -> dict[str, Any]:
        assert main(["--data-dir", str(folder), *arguments, "--json"]) == status
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert answer["ok"] == (status == 0)
        return answer

    return go


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course as somebody keeps it."""
    lessons = tmp_path / "tides" / "01-shore"
    lessons.mkdir(parents=True)
    (lessons / "01-waves.md").write_text("# Waves\n\nThe wind makes waves.\n")
    (lessons / "02-shells.md").write_text("# Shells\n\nLimpets weigh little.\n")
    (tmp_path / "tides" / "README.md").write_text("# Between the tides\n\nA week at the shore.\n")
    return tmp_path / "tides"


def test_a_command_is_refused_to_whom_its_predicate_leaves_out(run: Run, data: Path) -> None:  # ROL-11
    run("start", "Amara")
    given = argparse.Namespace(data_dir=data, profile=None)
    assert opened(lambda _, workspace: {"role": workspace.person.role}, is_instructor)(given) == {"role": "instructor"}
    with pytest.raises(Denied):
        opened(lambda _, workspace: {}, is_admin)(given)


def install(data: Path, course: str) -> None:
    """Make packs of the draft, as the hub does, and install them."""
    sessions = Sessions(data, secrets=KeyringSecrets(data))
    workspace = sessions.unlock(sessions.list()[0].id)
    with workspace.work() as unit:
        document, keys = from_draft(unit, course)
    names = [workspace.media.put(build_pack(document)), workspace.media.put(build_key_pack(keys))]
    workspace.installed.install_pack(names[0], build_pack(document), key_pack=names[1])
    workspace.close()


@pytest.fixture
def course(run: Run, data: Path, folder: Path, tmp_path: Path) -> str:
    """A local profile with a course that is a draft and installed."""
    run("start", "Ada")
    made: str = run("import", str(folder))["course"]
    (tmp_path / "quiz.yaml").write_text(QUIZ)
    run("add-quiz", "Between", str(tmp_path / "quiz.yaml"))
    install(data, made)
    return made


def test_a_dry_run_writes_nothing(run: Run, data: Path, folder: Path) -> None:
    answer = run("import", str(folder), "--dry-run")
    assert (answer["title"], answer["modules"], answer["counts"]["lesson"]) == ("Between the tides", 1, 2)
    assert not data.exists()
    assert run("import", str(folder), status=1)["code"] == "no_profile"


def test_writing(run: Run, course: str, tmp_path: Path) -> None:
    text = tmp_path / "new.md"
    text.write_text("Now it is **new**.")
    run("edit", course, "Waves", "--file", str(text))
    run("edit", course, "Waves", "--append", "And longer.")
    answer = run("publish", "between the tides", "--note", "First")
    assert answer["course"] == course
    assert {f["severity"] for f in answer["findings"]} == {"warning"}
    (draft,) = run("courses")["drafts"]
    assert (draft["status"], draft["change_note"], draft["lessons"]) == ("published", "First", 3)
    assert run("roster", course)["people"] == []
    text.write_bytes(b"\xff\xfe\xff")
    assert run("edit", course, "Waves", "--file", str(text), status=1)["code"] == "not_utf8"
    assert run("edit", course, "Waves", "--file", str(tmp_path / "none.md"), status=1)["code"] == "no_such_path"
    assert run("edit", course, "Sand", "--append", "x", status=1)["code"] == "no_lesson"
    assert run("add-quiz", course, str(tmp_path / "none.yaml"), status=1)["code"] == "quiz_unreadable"


def test_learning(run: Run, course: str, tmp_path: Path) -> None:
    run("enroll", "Between")
    assert "wind" in run("read", "Waves")["body"]
    run("complete", "Shells")
    lessons = {x["title"]: x["status"] for x in run("lessons", course)["lessons"]}
    assert lessons == {"Waves": "in_progress", "Shells": "done", "What stays": "not_started"}
    run("complete", "Shells", "--undo")
    assert run("courses")["mine"][0]["percent"] == 0.0
    note = run("note", "Ask about limpets", "--lesson", "Waves")["note"]
    loose = run("note", "Buy a lens")["note"]
    assert {n["id"] for n in run("note")["notes"]} == {note, loose}
    for name in ("notes.md", "notes.pdf", ""):
        written = run("notes", "export", str(tmp_path / name))
        assert (written["notes"], written["bookmarks"]) == (2, 0)
        assert all(Path(file).stat().st_size > 100 for file in written["files"])
    assert run("notes", "export", str(tmp_path / "no" / "notes.md"), status=1)["code"] == "file_unwritable"
    assert {h["key"] for h in run("search", "limp")["hits"]} >= {note}
    assert len(run("search", "limp", "--limit", "1")["hits"]) == 1
    card = run("card", "Ebb", "going out", "--tag", "sea")["card"]
    assert (run("review")["due"]["new"], [c["id"] for c in run("review")["cards"]]) == (1, [card])
    assert run("review", card[:6])["card"]["back"] == "going out"
    assert run("review", card[:6], "good")["card"]["memory"]["reps"] == 1
    assert run("review")["due"]["new"] == 0
    assert run("review", card[:6], status=1)["code"] == "not_found"
    assert {h["key"] for h in run("search", "limp", "--kind", "note")["hits"]} == {note}
    assert run("search", "limp", "--type", "link")["hits"] == []
    told = run("search", "limpts", "--facets")
    assert (told["meant"], told["is_corrected"], told["facets"]["kind"]["note"]) == ("limpets", True, 1)
    assert run("status")["waiting"] > 0


def test_a_quiz(run: Run, course: str) -> None:
    for wrong in (["1", "4"], ["one"], ["1", "1", "1"], ["1,2"]):
        assert run("quiz", "What", *wrong, status=1)["code"] == "bad_choice"
    receipt = run("quiz", "What", "1", "1, 2")["receipt"]
    assert receipt["answered"] == 2
    (attempt,) = run("quiz", "What")["attempts"]
    assert (attempt["id"], attempt["grade"]["percent"], attempt["grade"]["final"]) == (
        receipt["attempt_id"],
        100.0,
        False,
    )


def test_copies(run: Run, course: str, data: Path, tmp_path: Path) -> None:
    note = run("note", "Before")["note"]
    assert Path(run("backup")["path"]).is_file()
    run("note", "After")
    restored = run("restore")
    assert Path(restored["damaged"]).is_file()
    assert {n["body"] for n in run("note")["notes"]} == {"Before", "After"}, "what waits to be sent is taken over"
    parcel = tmp_path / "ada.lms"
    run("backup", "--to", str(parcel))
    second = tmp_path / "second"
    assert run("restore", str(parcel), folder=second)["name"] == "Ada"
    assert note in {n["id"] for n in run("note", folder=second)["notes"]}
    assert run("restore", str(parcel), folder=second, status=1)["code"] == "profile_exists"
    assert run("restore", str(tmp_path / "quiz.yaml"), folder=second, status=1)["code"] == "bad_profile_file"
    assert run("restore", folder=tmp_path / "empty", status=1)["code"] == "no_profile"


def test_health(run: Run, course: str, data: Path) -> None:
    answer = run("doctor")
    assert (answer["database"], answer["missing_files"], answer["damaged_files"], answer["server"]) == (
        "ok",
        [],
        [],
        "none",
    )
    assert run("sync", status=1)["code"] == "local_profile"
    (profile,) = run("profiles")["profiles"]
    assert run("--profile", "Ada", "status")["name"] == run("--profile", profile["id"], "status")["name"] == "Ada"
    assert run("--profile", "Eve", "status", status=1)["code"] == "no_profile"


def test_names_that_fit_several_things(run: Run, course: str, folder: Path) -> None:
    run("import", str(folder))
    assert run("enroll", "Between", status=1)["code"] == "ambiguous"
    assert run("enroll", course)["course"] == course
    assert run("install", "Below", status=1)["code"] == "no_course"


def test_a_server_that_is_not_there(run: Run) -> None:
    who = ("--server", "http://127.0.0.1:9", "--email", "x@y.example")
    assert run("sign-in", *who, status=1)["code"] == "unreachable"
    assert run("register", *who, "--first-name", "X", "--last-name", "Y", status=1)["code"] == "unreachable"


def test_people_read_sentences(
    run: Run, course: str, data: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str, status: int = 0) -> tuple[str, str]:
        assert main(["--data-dir", str(data), *arguments]) == status
        told = capsys.readouterr()
        return told.out, told.err

    assert said("lessons", course)[0].splitlines()[0].split() == ["not_started", "Waves"]
    assert said("search", "zebra")[0] == "Nothing found.\n"
    assert said("note") == ("", "")
    out, err = said("install", "Below", status=1)
    assert (out, err.endswith("\n"), "Traceback" in err) == ("", True, False)
    assert err == "No course is called “Below”.\n"
    assert said("complete", "Wawes", status=1) == ("", "No lesson is called “Wawes”.\n")
    assert f"Between the tides  written by you, draft  {course}\n" in said("courses")[0]
    lesson = folder / "01-shore" / "01-waves.md"
    wanted = f"{lesson} is a file. An import takes the folder that holds the lessons.\n"
    assert said("import", str(lesson), status=1) == ("", wanted)
    said("quiz", "What", "2")
    assert said("quiz", "What")[0] == "Attempt 1: 0.0 %, provisional\n"


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    def ends(*arguments: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return ended.value.code

    assert [ends(), ends("fly"), ends("edit", "c", "l"), ends("search")] == [2, 2, 2, 2]
    assert [ends("--help"), ends("--version"), ends("import", "--help")] == [0, 0, 0]
    told = capsys.readouterr().out
    for command in ("register", "sign-in", "sync", "import", "publish", "courses", "enroll", "install", "complete",
                    "note", "search", "status", "backup", "restore", "doctor"):  # fmt: skip
        assert command in told


def test_the_password_may_come_in_by_standard_input(
    run: Run, course: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LMS_PASSWORD")
    parcel = tmp_path / "ada.lms"
    for typed, folder, command in (
        ("one two three\n", data, ("backup", "--to", str(parcel))),
        ("one two three\r\n", tmp_path / "b", ("restore", str(parcel))),
        ("one two three", tmp_path / "b", ("status",)),
    ):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        run(*command, folder=folder)
    monkeypatch.setattr(sys, "stdin", io.StringIO("wrong\n"))
    assert run("status", folder=tmp_path / "b", status=1)["code"] == "wrong_password"
    who = ("--server", "http://127.0.0.1:9", "--email", "x@y.example")
    for words in (("status",), ("sign-in", *who), ("register", *who, "--first-name", "X", "--last-name", "Y")):
        for nothing in ("", "\n"):
            monkeypatch.setattr(sys, "stdin", io.StringIO(nothing))
            assert run(*words, folder=tmp_path / "b", status=1)["code"] == "password_needed"


def test_a_profile_of_a_newer_app_is_left_alone(run: Run, data: Path) -> None:
    run("start", "Ada")
    run("note", "written by this version")
    sessions = Sessions(data, secrets=KeyringSecrets(data))
    with sessions.profiles.open(sessions.list()[0].id, None) as profile:
        path, key = profile.path, profile.key

    def made_by(version: str) -> str:
        with closing(connect(path, key)) as conn:
            (before,) = conn.execute("SELECT version_num FROM alembic_version").fetchone()
            conn.execute("UPDATE alembic_version SET version_num = ?", (version,))
            conn.commit()
        return str(before)

    ours = made_by("9999")
    before = path.read_bytes()
    refused = run("note", status=1)
    assert (refused["code"], path.read_bytes()) == ("too_new", before)
    assert refused["message"] == "This file was made by a newer version of the app. Update the app to open it."
    made_by(ours)
    assert [note["body"] for note in run("note")["notes"]] == ["written by this version"]


def test_a_profile_that_another_process_has_open(run: Run, data: Path) -> None:
    run("start", "Ada")
    hold = (
        "import sys\nfrom pathlib import Path\nfrom lms_core.secrets import KeyringSecrets\n"
        "from lms_core.session import Sessions\nfolder = Path(sys.argv[1])\n"
        "sessions = Sessions(folder, secrets=KeyringSecrets(folder))\n"
        "workspace = sessions.unlock(sessions.list()[0].id)\nprint('open', flush=True)\nsys.stdin.read()\n"
        "workspace.close()\n"
    )
    command = [sys.executable, "-c", hold, str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        refused = run("note", "meanwhile", status=1)
        assert refused["code"] == "profile_in_use"
        assert refused["message"] == "This profile is open in another window or program. Close it there first."
        assert run("profiles")["profiles"], "who lives here can be seen all the same"
        other.communicate()
    assert other.returncode == 0
    assert run("note")["notes"] == []
