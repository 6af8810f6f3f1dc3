"""Six things that a well known program with sync loses or asks the person to give up: here nothing is.

Real databases on both sides, two laptops of one person.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import count

import pytest

from lms_core.learning.entities import NOTE
from lms_core.ops import Draft, create
from lms_core.profiles import Profiles
from lms_core.workspace import Workspace
from tests.core.school import School, forge
from tests.fakes import MemorySecrets, SeqId


@dataclass
class Pair:
    """Two laptops that show the same note."""

    school: School
    one: Workspace
    two: Workspace
    note: str

    def meet(self) -> None:
        self.school.sync(self.one, self.two, self.one)


@pytest.fixture
def pair(school: School) -> Pair:
    sam = school.person("sam")
    one, two = school.laptop(sam), school.laptop(sam)
    note = one.notes.add("first\n\nsecond\n\nthird")
    found = Pair(school, one, two, note)
    found.meet()
    return found


def everything(*laptops: Workspace) -> str:
    """All that a person can still read: notes, open conflicts and what waits for a decision."""
    found = []
    for laptop in laptops:
        found += [n.body for n in laptop.notes.all()]
        found += [c.mine for c in laptop.conflicts.open()]
        found += [str(p.op.args) for p in laptop.sync.parked()]
    return "\n".join(found)


@pytest.mark.postgresql
def test_different_fields_of_one_note_on_two_laptops(pair: Pair) -> None:
    pair.one.notes.change(pair.note, colour="mint")
    pair.two.notes.change(pair.note, tags=["tides"])
    pair.two.notes.edit(pair.note, base="first\n\nsecond\n\nthird", body="first\n\nsecond\n\nthird of two")
    pair.meet()
    for laptop in (pair.one, pair.two):
        note = laptop.notes.get(pair.note)
        assert (note.colour, list(note.tags), note.body) == ("mint", ["tides"], "first\n\nsecond\n\nthird of two")


@pytest.mark.parametrize("first", ["delete", "edit"])
@pytest.mark.postgresql
def test_a_delete_against_an_edit(pair: Pair, first: str) -> None:
    pair.one.notes.delete(pair.note)
    pair.two.notes.edit(pair.note, base="first\n\nsecond\n\nthird", body="first\n\nsecond\n\nthird and a new word")
    pair.school.sync(*((pair.one, pair.two) if first == "delete" else (pair.two, pair.one)))
    pair.meet()
    assert "a new word" in everything(pair.two)
    told = {p.code for laptop in (pair.one, pair.two) for p in laptop.sync.parked()}
    assert told == ({"gone"} if first == "delete" else {"edited_elsewhere"})
    shown = [[n.id for n in laptop.notes.all()] for laptop in (pair.one, pair.two)]
    assert shown == ([[], []] if first == "delete" else [[pair.note], [pair.note]])


@pytest.mark.postgresql
def test_the_same_field_in_the_same_second(pair: Pair) -> None:
    for laptop, colour in ((pair.one, "mint"), (pair.two, "sky")):
        laptop.notes.change(pair.note, colour=colour)
        laptop.notes.edit(pair.note, base="first\n\nsecond\n\nthird", body=f"first {colour}\n\nsecond\n\nthird")
    pair.meet()
    seen = {(n.colour, n.body) for laptop in (pair.one, pair.two) for n in laptop.notes.all()}
    assert len(seen) == 1
    for laptop in (pair.one, pair.two):
        assert {"first mint", "first sky"} <= set(everything(laptop).split("\n"))


@pytest.mark.postgresql
def test_two_rows_by_the_same_id(pair: Pair) -> None:
    for laptop, body in ((pair.one, "of one"), (pair.two, "of two")):
        values = {"user_id": laptop.account, "course_id": None, "lesson_id": None, "body": body, "created_at": 1}
        forge(laptop, create(NOTE, "the-same-id", values))
    pair.meet()
    assert pair.one.notes.get("the-same-id").body == "of one"
    assert [(p.code, p.op.args["body"]) for p in pair.two.sync.parked()] == [("id_reused", "of two")]


@pytest.mark.postgresql
def test_a_field_that_only_one_side_knows(pair: Pair) -> None:
    pair.one.notes.change(pair.note, colour="mint")
    forge(pair.one, Draft(NOTE.name, pair.note, "attr", {"field": "mood", "value": "cheerful"}))
    pair.one.notes.add("after it")
    pair.meet()
    assert {n.body for n in pair.two.notes.all()} == {"first\n\nsecond\n\nthird", "after it"}
    assert pair.two.notes.get(pair.note).colour == "mint"
    kept = [p.op for p in pair.one.sync.parked()] + pair.one.sync.outbox()
    assert [op.args["value"] for op in kept] == ["cheerful"]


@pytest.mark.postgresql
def test_an_edit_on_a_restored_copy_of_the_file(pair: Pair) -> None:
    school, secrets, numbers = pair.school, MemorySecrets(), count(300)
    root, backup = school.folder / "restored", school.folder / "backup"
    profiles = Profiles(root, secrets, school.clock, new_id=SeqId(299))

    def opened() -> Workspace:
        profile = profiles.open(profiles.list()[0].id)
        return Workspace(profile, secrets=secrets, clock=school.clock, new_id=SeqId(next(numbers)))

    profiles.create("x", server_url="http://hub.invalid", account_id=pair.one.account).close()
    laptop = opened()
    school.sync(laptop)
    laptop.close()
    shutil.copytree(root, backup)
    laptop = opened()
    laptop.notes.add("after the backup")
    school.sync(laptop)
    laptop.close()
    shutil.rmtree(root)
    shutil.copytree(backup, root)
    laptop = opened()
    laptop.notes.add("on the copy")
    school.sync(laptop)
    pair.meet()
    for one in (laptop, pair.one):
        assert {n.body.split("\n")[0] for n in one.notes.all()} == {"first", "after the backup", "on the copy"}
        assert not one.sync.parked()
    laptop.close()
