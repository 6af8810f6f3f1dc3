"""A cluster can shard the sync path: each table has its key, and each statement names it or says why not."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine, event, select

from lms_core.db.engine import read
from lms_core.errors import Offline
from lms_core.ops import unseal
from lms_core.sync import tables as t
from lms_core.workspace import Workspace
from tests.core.school import Line, School, refusals

SMALL = {
    "hub_state": "four figures of the whole hub",
    "epoch_end": "a row for each start of the hub",
}
KEYS = {
    "replica": "account", "taken": "account", "held": "account", "quarantined": "account", "usage": "account",
    "refused": "account", "grant_of": "account", "hub_row": "home", "dirty": "home", "stuck": "home",
    "feed": "scope", "scope": "name",
}  # fmt: skip
AMONG = r"(?:IN \(SELECT value FROM json_each\(\?\)\)|= ANY\(%b::text\[\]\))"
LISTED = r"IN \(.*\)"
NAMES_NO_KEY = {
    r"SELECT [^()]* FROM replica WHERE replica.id = \S+ ORDER BY replica.account":
        "an id that another account has must be refused",
    rf"SELECT [^()]* FROM hub_row WHERE id {AMONG}(?: ORDER BY id FOR UPDATE)?":
        "an op names its row by id; where it is at home is known once it was read",
    rf"SELECT parent, id FROM hub_row WHERE parent {AMONG}":
        "children may be at home elsewhere than their parent",
    rf'SELECT "row" FROM refused WHERE "row" {AMONG}':
        "asked for rows that are not there, by whoever names them",
    r"SELECT .* FROM dirty LIMIT \S+(?: OFFSET \S+)?":
        "the projector takes what comes next, wherever it is",
    rf'DELETE FROM refused WHERE refused\."?row"? {LISTED}':
        "a row that came after all is refused to nobody any more",
    rf'SELECT [^()]* FROM held WHERE "row" {AMONG}':
        "a row frees the groups of whoever waits for it",
    rf'DELETE FROM grant_of WHERE grant_of\."?row"? {LISTED} RETURNING (?:grant_of\.)?account':
        "a row takes back what it granted, to whomever",
}  # fmt: skip
_LITERAL = re.compile(r"x?'(?:[^']|'')*'", re.IGNORECASE)
_BEHIND = re.compile(r" (?:ORDER BY|RETURNING) ")
_TABLE = re.compile(r"\b(?:FROM|INTO|JOIN|UPDATE)\s+\"?(\w+)\"?")


def test_each_table_has_its_key_in_its_primary_key() -> None:
    assert KEYS.keys() | SMALL.keys() == set(t.HUB.tables), "say by which key a new table is sharded"
    for name, key in KEYS.items():
        assert key in t.HUB.tables[name].primary_key.columns, name


class Lossy(Line):
    """A line on which the hub's first answer is lost."""

    lost = 0

    def exchange(self, body: bytes) -> bytes:
        reply = super().exchange(body)
        if not self.lost:
            self.lost = 1
            raise Offline
        return reply


@pytest.fixture
def said(school: School) -> list[str]:
    """The statements of exchanges: every kind of op in ordinary use, refusals and a resend, from two laptops."""
    account = school.person("tess", "instructor")
    statements = _heard(school.engine)
    here, there = school.laptop(account), school.laptop(account)
    written = here.notes.add("The tide comes in.\n\nThe tide goes out.")
    course = here.courses.create_course("Between the tides")
    first, second = (here.courses.add_module(course, title) for title in ("The shore", "The sea"))
    lesson = here.courses.add_lesson(first, "Waves", body="Wind makes waves.")
    here.courses.publish(course)
    school.sync(here, there)
    there.installed.install(course)
    there.learning.enroll(course)
    there.learning.drop(course)
    here.notes.change(written, colour="mint")
    here.courses.move(lesson, parent=second, after=None)
    for laptop, last in ((here, "The tide goes far out."), (there, "The tide goes out and stays there.")):
        laptop.notes.edit(
            written, base="The tide comes in.\n\nThe tide goes out.", body=f"The tide comes in.\n\n{last}"
        )
    school.sync(here, there, here)
    quota, school.hub.exchanges.quota = school.hub.exchanges.quota, 1
    there.notes.add("Refused for now.")
    school.sync(there)
    assert refusals(there) == [("note", "quota")]
    school.hub.exchanges.quota = quota
    there.sync.try_again(there.sync.parked()[0].key)
    school.sync(there)
    there.notes.delete(written)
    line = Lossy(school, account)
    with pytest.raises(Offline):
        there.sync.run(line)
    there.sync.run(line)
    school.sync(there, here)
    assert (line.lost, [each.body for each in here.notes.all()]) == (1, ["Refused for now."])
    assert _kinds(here) | _kinds(there) >= {"create", "attr", "state", "place", "text", "delete"}
    return statements


def _heard(engine: Engine) -> list[str]:
    """All that the database is told from now on, without the values, also what goes straight to SQLite's driver."""
    statements: list[str] = []

    def note(statement: str) -> None:
        statements.append(" ".join(_LITERAL.sub("?", statement).split()))

    if engine.dialect.name == "postgresql":
        event.listen(engine, "before_cursor_execute", lambda *told: note(told[2]))
    else:
        event.listen(engine, "checkout", lambda plain, *_: plain.set_trace_callback(note))
    return statements


def _kinds(laptop: Workspace) -> set[str]:
    """The kinds of op that a laptop has written."""
    with read(laptop.engine) as conn:
        return {unseal(body).kind for body in conn.execute(select(t.oplog.c.body)).scalars()}


@pytest.mark.postgresql
def test_each_statement_of_an_exchange_names_its_key(said: list[str]) -> None:
    lost, used = set(), set()
    for statement in said:
        where = statement.partition(" WHERE ")[2] or statement.partition(" (")[2]
        where = _BEHIND.split(where)[0]
        for name in _TABLE.findall(statement):
            if name in KEYS and not re.search(rf"\b{KEYS[name]}\b", where):
                known = {each for each in NAMES_NO_KEY if re.fullmatch(each, statement)}
                used |= known
                lost |= set() if known else {statement}
    assert lost == set()
    assert used == NAMES_NO_KEY.keys(), "an exception that no exchange needs"
