"""Many accounts at once, from a table as a school's office writes it: every line is checked, none stops the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from lms_core.accounts import joining
from lms_core.accounts.audit import By, check_admin
from lms_core.accounts.model import Registration, key_of
from lms_core.accounts.passwords import PasswordHasher
from lms_core.accounts.tables import credential
from lms_core.errors import UserError
from lms_core.permissions import ROLES
from lms_core.schema import Actor
from lms_core.unit import Unit

MOST_LINES = 10_000
MOST_BYTES = 4 << 20
TOGETHER = 200
"""Accounts that are made in one transaction."""
COLUMNS = ("email", "first_name", "last_name", "username", "cohort", "role", "password")
NEEDED = ("email", "first_name", "last_name")
NAMES: Mapping[str, str] = {
    "e-mail": "email", "mail": "email", "firstname": "first_name", "given name": "first_name",
    "lastname": "last_name", "surname": "last_name", "family name": "last_name", "user": "username", "group": "cohort",
}  # fmt: skip
"""Other names of columns; those of unknown columns are told and left out."""
ROLE_NAMES: Mapping[str, str] = {"": "student", "teacher": "instructor", "administrator": "admin"}


@dataclass(frozen=True)
class Line:
    """One line of the table, counted with the heading as 1."""

    number: int
    wish: Registration
    role: str
    faults: Mapping[str, list[str]]


@dataclass(kw_only=True)
class Report:
    """What became of a table: `faults` by line number and field, `existing` lines whose address has an account.

    `invited` are those of `created` whose people are (or would be) mailed a way in, as they have no password.
    """

    lines: int
    created: list[int] = field(default_factory=list)
    existing: list[int] = field(default_factory=list)
    faults: dict[int, dict[str, list[str]]] = field(default_factory=dict)
    invited: list[int] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    dry_run: bool = False


def read_table(data: bytes) -> tuple[list[Line], list[str]]:
    """The lines of a table, and the names of columns that nobody knows.

    UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252; between the values commas, semicolons
    or tabs.

    Raises:
        UserError: `too_large`, `too_many` lines, `columns_missing`.
    """
    if len(data) > MOST_BYTES:
        raise UserError("too_large")
    rows = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=_delimiter(_decoded(data)))
    try:
        heading = [_column(name) for name in next(rows, [])]
        missing = [name for name in NEEDED if name not in heading]
        if missing:
            raise UserError("columns_missing", names=", ".join(missing))
        lines = list(_lines(rows, heading))
    except csv.Error as error:
        raise UserError("bad_request") from error
    return lines, [name for name in heading if name and name not in COLUMNS]


def _lines(rows: Iterator[list[str]], heading: list[str]) -> Iterator[Line]:
    seen: dict[str, int] = {}
    count = 0
    for number, row in enumerate(rows, 2):
        if not any(map(str.strip, row)):
            continue
        count += 1
        if count > MOST_LINES:
            raise UserError("too_many", most=MOST_LINES)
        said = {name: value.strip() for name, value in zip(heading, row, strict=False) if name in COLUMNS}
        yield _line(number, said, seen)


def _line(number: int, said: dict[str, str], seen: dict[str, int]) -> Line:
    role = said.pop("role", "").casefold()
    role = ROLE_NAMES.get(role, role)
    password = said.pop("password", "")
    told = {name: said.get(name, "") for name in ("email", "first_name", "last_name", "username", "cohort")}
    wish = Registration(password=password, password_confirm=password, **told).cleaned()
    faults: dict[str, list[str]] = {} if role in ROLES else {"role": ["invalid"]}
    try:
        wish.check(with_password=bool(password))
    except UserError as error:
        faults |= error.values["fields"]
    for name in ("email", "username"):
        key = f"{name} {key_of(told[name])}"
        if told[name] and seen.setdefault(key, number) != number:
            faults.setdefault(name, ["twice"])
    return Line(number, wish, role, faults)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _column(name: str) -> str:
    plain = name.strip().casefold().replace("_", " ")
    return NAMES.get(plain, plain.replace(" ", "_"))


class ImportService:
    """Make the accounts of a table; for administrators and the command line."""

    def __init__(
        self,
        *,
        work: Callable[[Actor], AbstractContextManager[Unit]],
        look: Callable[[], AbstractContextManager[Connection]],
        hasher: PasswordHasher,
        invite: Callable[[Unit, Any, By], None],
    ) -> None:
        self._work, self._look, self._hasher, self._invite = work, look, hasher, invite

    def run(
        self,
        data: bytes,
        by: By,
        *,
        dry_run: bool = False,
        most_passwords: int = MOST_LINES,
        invite: bool = False,
    ) -> Report:
        """Check every line and make the accounts of those in order; the same table again makes nothing twice.

        With `invite`, who comes without a password gets a mail by which to choose one.

        Raises:
            Denied. UserError as `read_table`, `too_many` passwords, for each takes a moment to hash.
        """
        actor = Actor(by.account or "hub", "admin")
        with self._work(actor) as unit:
            check_admin(unit, by)
        lines, ignored = read_table(data)
        if sum(bool(line.wish.password) for line in lines) > most_passwords:
            raise UserError("too_many", most=most_passwords)
        report = Report(lines=len(lines), ignored=ignored, dry_run=dry_run)
        report.faults = {line.number: dict(line.faults) for line in lines if line.faults}
        good = [line for line in lines if not line.faults]
        for start in range(0, len(good), TOGETHER):
            self._part(actor, by, good[start : start + TOGETHER], report, invite=invite)
        return report

    def _part(self, actor: Actor, by: By, lines: Sequence[Line], report: Report, *, invite: bool) -> None:
        with self._look() as conn:
            fresh = self._fresh(conn, lines, report)
        without = {line.number for line in fresh if invite and not line.wish.password}
        if report.dry_run:
            report.created += [line.number for line in fresh]
            report.invited += sorted(without)
            return
        hashes = {x.number: self._hasher.hash(x.wish.password) if x.wish.password else "" for x in fresh}
        with self._work(actor) as unit:
            check_admin(unit, by)
            for line in fresh:
                try:
                    row = joining.make(unit, line.wish, hashes[line.number], role=line.role, by=by)
                except UserError as error:  # somebody took the name meanwhile
                    report.faults[line.number] = error.values["fields"]
                    continue
                report.created.append(line.number)
                if line.number in without:
                    self._invite(unit, row, by)
                    report.invited.append(line.number)

    def _fresh(self, conn: Connection, lines: Sequence[Line], report: Report) -> list[Line]:
        """Lines whose address and username nobody has."""
        c = credential.c
        emails = {key_of(line.wish.email) for line in lines}
        names = {key_of(line.wish.username) for line in lines if line.wish.username}
        known = set(conn.scalars(select(c.email_key).where(c.email_key.in_(emails))))
        taken = set(conn.scalars(select(c.username_key).where(c.username_key.in_(names))))
        fresh = []
        for line in lines:
            if key_of(line.wish.email) in known:
                report.existing.append(line.number)
            elif line.wish.username and key_of(line.wish.username) in taken:
                report.faults[line.number] = {"username": ["username_taken"]}
            else:
                fresh.append(line)
        return fresh
