"""Accounts from a table: however an office writes it, line by line, over HTTP and by the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_core.accounts.audit import SERVER
from lms_core.accounts.importing import MOST_LINES, read_table
from lms_core.errors import UserError
from sync_server.cli import main
from sync_server.opening import Opened
from tests.server.accounts.conftest import School
from tests.server.people import PASSWORD, Client

TABLE = f"""email,first_name,last_name,username,cohort,role,password,shoe size
noor@school.example,Noor,Ali,noor,8b,student,{PASSWORD},38
zoe@school.example,Zoë,Öz,,8b,teacher,,
ADA@school.example,Ada,Moyo,,,,,
broken,No,Address,,,,,
NOOR@school.example,Noor,Again,,,,,
new@school.example,New,Person,noor,,king,short,
,,,,,,,
"""
FAULTS = {
    5: {"email": ["email_invalid"]},
    6: {"email": ["twice"]},
    7: {"username": ["twice"], "role": ["invalid"], "password": ["password_too_short"]},
}


def send(who: Client, table: str | bytes, *, dry_run: bool = False, kind: str = "text/csv") -> Any:
    data = table.encode() if isinstance(table, str) else table
    path = "/users/import?dry_run=true" if dry_run else "/users/import"
    return who.ask("POST", path, content=data, headers={"Content-Type": kind})


@pytest.mark.postgresql
def test_good_lines_become_accounts_and_the_others_say_why_not(client: Client, school: School) -> None:
    root = school.root
    dry = send(root, TABLE, dry_run=True).json()
    assert root.get("/users").json()["count"] == 5, "nothing was made"
    real = send(root, TABLE).json()
    assert real | {"dry_run": True} == dry
    assert (real["lines"], real["created"], real["existing"], real["ignored_columns"]) == (
        6,
        [2, 3],
        [4],
        ["shoe_size"],
    )
    assert {each["line"]: each["fields"] for each in real["faults"]} == FAULTS
    assert client.sign_in("noor").user["cohort"] == "8b"
    zoe = root.get("/users?search=zoe@").json()["results"][0]
    assert (zoe["first_name"], zoe["last_name"], zoe["role"], zoe["username"]) == ("Zoë", "Öz", "instructor", "zoe.oz")
    again = send(root, TABLE).json()
    assert (again["created"], again["existing"]) == ([], [2, 3, 4]), "twice is once"
    assert root.get("/audit?action=account.created").json()["count"] == 2


def test_only_admins_and_only_tables(school: School) -> None:
    for who in (school.mina, school.tess, school.ada):
        assert send(who, TABLE).json()["code"] == "denied"
    for table, code in (
        ("name,shoe\nx,y\n", "columns_missing"), ("", "columns_missing"), (b"\x00" * 10, "columns_missing"),
    ):  # fmt: skip
        assert send(school.root, table).json()["code"] == code
    assert send(school.root, "{}", kind="application/json").status_code == 415
    many = "email,first_name,last_name,password\n" + "".join(f"u{n}@x.example,A,B,{PASSWORD}\n" for n in range(301))
    assert send(school.root, many).json()["code"] == "too_many"
    assert school.root.get("/users").json()["count"] == 5


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables_of_every_office(coding: str, mark: str) -> None:
    rows = [["E-Mail", "First Name", "Surname", "Group"], ["zoe@x.example", ' "Zoë', "Öz", "a b"]]
    text = "\r\n".join(mark.join(row).replace('"', "") for row in rows)
    (line,), ignored = read_table(text.encode(coding))
    assert (line.wish.first_name, line.wish.last_name, line.wish.cohort, line.role) == ("Zoë", "Öz", "a b", "student")
    assert (line.number, line.faults, ignored) == (2, {}, [])


def test_quoted_values_and_a_limit() -> None:
    (line,), _ = read_table(b'email,first_name,last_name\n"a@x.example","Ann, B.","O""Neil"\n')
    assert (line.wish.first_name, line.wish.last_name) == ("Ann, B.", 'O"Neil')
    head = b"email,first_name,last_name\n"
    assert len(read_table(head + b"a@x.example,A,B\n" * MOST_LINES)[0]) == MOST_LINES
    for data, code in ((head + b"a@x.example,A,B\n" * (MOST_LINES + 1), "too_many"), (bytes(5 << 20), "too_large")):
        with pytest.raises(UserError) as caught:
            read_table(data)
        assert caught.value.code == code


def test_a_name_that_is_taken_is_told(school: School, opened: Opened) -> None:
    table = b"email,first_name,last_name,username\nx@school.example,X,Y,ADA.moyo\n"
    report = opened.served.imports.run(table, SERVER)
    assert (report.created, report.faults) == ([], {2: {"username": ["username_taken"]}})


def test_the_command(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email;first_name;last_name;role\nnoor@x.example;Noor;Ali;teacher\nbad;No;One;\n", "utf-8")
    run = ["import-users", "--data", str(data), str(file)]
    assert main([*run, "--dry-run"]) == 1
    assert capsys.readouterr().out == (
        "1 of 2 accounts would be made, 0 were there already.\nline 3, email: This is not an e-mail address.\n"
    )
    assert main(run) == 1
    assert main([*run[:-1], str(tmp_path / "none.csv")]) == 1
    file.write_text("email;first_name;last_name;role\nnoor@x.example;Noor;Ali;teacher\n", "utf-8")
    capsys.readouterr()
    assert main(run) == 0
    assert capsys.readouterr().out == "0 of 1 accounts were made, 1 were there already.\n"
