"""A cluster can shard the sync path: each table has its key, and each statement names it or says why not."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from lms_core.sync import tables as t
from tests.core.school import School

SMALL = {
    "hub_state": "four figures of the whole hub",
    "epoch_end": "a row for each start of the hub",
}
KEYS = {
    "replica": "account", "taken": "account", "held": "account", "quarantined": "account", "usage": "account",
    "refused": "account", "grant_of": "account", "hub_row": "home", "dirty": "home", "stuck": "home",
    "feed": "scope", "scope": "name",
}  # fmt: skip
NAMES_NO_KEY = {
    r"SELECT .* FROM replica WHERE replica.id": "an id that another account has must be refused",
    r"SELECT \* FROM hub_row WHERE id": "an op names its row by id; where it is at home is known once it was read",
    r"SELECT parent, id FROM hub_row WHERE parent": "children may be at home elsewhere than their parent",
    r'SELECT "row" FROM refused WHERE "row"': "asked for rows that are not there, by whoever names them",
    r"SELECT .* FROM dirty LIMIT": "the projector takes what comes next, wherever it is",
    r"DELETE FROM refused WHERE": "a row that came after all is refused to nobody any more",
    r'SELECT \* FROM held WHERE "row"': "a row frees the groups of whoever waits for it",
    r"DELETE FROM grant_of WHERE grant_of.row": "a row takes back what it granted, to whomever",
    r"SELECT .* FROM scope WHERE scope.name IN": "the heads of one account's scopes, each by its name",
}
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)\"?")


def test_each_table_has_its_key_in_its_primary_key() -> None:
    assert KEYS.keys() | SMALL.keys() == set(t.HUB.tables), "say by which key a new table is sharded"
    for name, key in KEYS.items():
        assert key in t.HUB.tables[name].primary_key.columns, name


@pytest.fixture
def said(school: School) -> list[str]:
    """The statements of exchanges: notes written, changed, deleted, refused, from two laptops of one account."""
    account = school.person("ada")
    statements: list[str] = []

    @event.listens_for(school.engine, "before_cursor_execute")
    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(" ".join(statement.split()))

    here, there = school.laptop(account), school.laptop(account)
    here.notes.add("The tide comes in.")
    school.sync(here, there)
    (note_id,) = [each.id for each in there.notes.all()]
    there.notes.delete(note_id)
    school.sync(there, here)
    return statements


def test_each_statement_of_an_exchange_names_its_key(said: list[str]) -> None:
    assert len(said) > 50
    lost = set()
    for statement in said:
        tables = [name for name in _TABLE.findall(statement) if name in KEYS]
        where = statement.partition(" WHERE ")[2] or statement.partition(" (")[2]
        for name in tables:
            named = re.search(rf"\b{KEYS[name]}\b", where)
            if not named and not any(re.match(known, statement) for known in NAMES_NO_KEY):
                lost.add(statement)
    assert lost == set()
