"""Notes that are shared with a course, and that nobody else has the others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select

from lms_core import ops
from lms_core.accounts.entities import ACCOUNT
from lms_core.db.engine import read
from lms_core.erasing import erase
from lms_core.errors import UserError
from lms_core.learning import tables as t
from lms_core.learning.entities import CONTRIBUTOR, NOTE
from lms_core.workspace import Workspace
from tests.core.school import School, forge, refusals

ABOUT = "A week at the shore, told day by day, from one tide to the next."


class Shore:
    """A course with its teacher, two learners, and somebody who has nothing to do with it."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.tess = school.laptop(school.person("tess", "instructor"))
        self.sam, self.ada, self.out = (school.laptop(school.person(name)) for name in ("sam", "ada", "out"))
        self.course = self.tess.courses.create_course("Between the tides", description=ABOUT)
        module = self.tess.courses.add_module(self.course, "The shore")
        self.lesson = self.tess.courses.add_lesson(module, "Waves", body="Wind makes waves.")
        self.tess.courses.publish(self.course)
        school.sync(self.tess, *self.learners)
        for each in self.learners:
            each.learning.enroll(self.course)
        school.sync(*self.learners, self.out)
        for each in self.everybody:
            each.installed.install(self.course)

    @property
    def learners(self) -> tuple[Workspace, Workspace]:
        return self.sam, self.ada

    @property
    def everybody(self) -> tuple[Workspace, ...]:
        return self.tess, self.sam, self.ada, self.out

    def settle(self) -> None:
        for _ in range(2):
            self.school.sync(*self.everybody)

    def shown(self, who: Workspace) -> list[tuple[str, str]]:
        return [(each.author, each.note.body) for each in who.notes.shared(self.lesson)]


@pytest.fixture
def shore(school: School) -> Shore:
    return Shore(school)


def raw(workspace: Workspace) -> list[Any]:
    """Every note on a device, whoever wrote it."""
    with workspace.work() as unit:
        return list(unit.all(select(t.note.c.body)))


@pytest.mark.postgresql(soak=True)
def test_a_note_is_its_authors_until_it_is_shared_and_again_afterwards(shore: Shore) -> None:  # PRG-13
    note = shore.sam.notes.add("Ask about foam.", lesson=shore.lesson, quote="Wind", colour="mint")
    shore.settle()
    assert [raw(each) for each in (shore.tess, shore.ada, shore.out)] == [[], [], []]
    shore.sam.notes.change(note, is_private=False)
    shore.settle()
    told = [("Sam Moyo", "Ask about foam.")]
    assert [shore.shown(each) for each in shore.everybody] == [told, [], told, []]
    assert raw(shore.out) == []
    assert [each.id for each in shore.ada.notes.all()] == [], "what others share is none of one's own"
    assert shore.ada.search.find("foam", kinds=["note"]) == []
    shore.sam.notes.edit(note, base="Ask about foam.", body="Ask about spray.")
    shore.settle()
    assert shore.shown(shore.ada) == [("Sam Moyo", "Ask about spray.")]
    shore.sam.notes.change(note, is_private=True)
    shore.settle()
    assert [raw(each) for each in (shore.tess, shore.ada, shore.out)] == [[], [], []]
    with shore.ada.work() as unit:
        assert unit.all(select(t.contributor)) == [], "nor who shared something once"
    assert shore.sam.notes.get(note).body == "Ask about spray."


def test_a_shared_note_goes_when_it_is_deleted_and_its_author_is_named_anew(shore: Shore) -> None:
    note = shore.sam.notes.add("Foam.", lesson=shore.lesson, is_private=False)
    shore.settle()
    with shore.school.hub.unit() as unit:
        row = {name: value for name, value in (unit.row(ACCOUNT, shore.sam.account) or {}).items() if name != "id"}
        unit.derive(ACCOUNT, shore.sam.account, row | {"last_name": "Otieno"})
    shore.settle()
    assert shore.shown(shore.ada) == [("Sam Otieno", "Foam.")]
    shore.sam.notes.delete(note)
    shore.settle()
    assert raw(shore.ada) == []
    with shore.ada.work() as unit:
        assert unit.all(select(t.contributor)) == [], "nor who shared it"


def test_a_note_looks_at_its_own_author_alone(shore: Shore) -> None:
    """However many share, one note asks for the name of one (PRF-05)."""
    asked: list[tuple[str, Any]] = []

    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT contributor.id"):
            asked.append((statement, parameters))

    note = shore.sam.notes.add("Foam.", lesson=shore.lesson, is_private=False)
    shore.ada.notes.add("Spray.", lesson=shore.lesson, is_private=False)
    shore.settle()
    event.listen(shore.school.engine, "before_cursor_execute", listen)
    shore.sam.notes.change(note, is_private=True)
    shore.settle()
    event.remove(shore.school.engine, "before_cursor_execute", listen)
    named = CONTRIBUTOR.id_for(shore.course, shore.sam.account)
    found = [statement for statement, parameters in asked if named in str(parameters)]
    assert found, asked
    with read(shore.school.engine) as conn:
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {found[0]}", asked[0][1]).all()
    assert not [row for row in plan if row[-1].startswith("SCAN")], plan


def test_nothing_but_the_name_is_told_of_who_shares(shore: Shore) -> None:
    shore.sam.notes.add("Foam.", lesson=shore.lesson, is_private=False)
    shore.settle()
    with shore.ada.work() as unit:
        (named,) = unit.all(select(t.contributor))
        assert {*named._mapping} == {"id", "course_id", "user_id", "name"}
        assert [row.email for row in unit.all(select(ACCOUNT_TABLE))] == ["ada@school.example"]


def test_with_an_account_what_it_shared_goes_from_every_device(shore: Shore) -> None:
    shore.sam.notes.add("Foam.", lesson=shore.lesson, is_private=False)
    shore.settle()
    assert shore.shown(shore.ada) == [("Sam Moyo", "Foam.")]
    with shore.school.hub.unit() as unit:
        row = unit.row(ACCOUNT, shore.sam.account) or {}
        erase(unit, shore.sam.account, {name: value for name, value in row.items() if name != "id"})
    for _ in range(2):
        shore.school.sync(shore.ada)
    assert raw(shore.ada) == []
    with shore.ada.work() as unit:
        assert unit.all(select(t.contributor)) == []


def test_only_who_learns_or_teaches_shares(shore: Shore) -> None:
    out = shore.out
    private = out.notes.add("Mine.", lesson=shore.lesson)
    for write in (
        lambda: out.notes.change(private, is_private=False),
        lambda: out.notes.add("Look!", lesson=shore.lesson, is_private=False),
        lambda: out.notes.add("Loose.", is_private=False),
    ):
        with pytest.raises(UserError, match="Enrol"):
            write()
    forge(out, ops.change(NOTE, private, "is_private", False))
    shore.settle()
    assert refusals(out) == [("note", "not_enrolled")]
    assert raw(shore.ada) == []
    shore.tess.notes.add("From your teacher.", lesson=shore.lesson, is_private=False)
    shore.settle()
    assert shore.shown(shore.sam) == [("Tess Moyo", "From your teacher.")]


def test_who_left_the_course_no_longer_speaks_in_it_but_takes_back(shore: Shore) -> None:
    note = shore.sam.notes.add("Foam.", lesson=shore.lesson, is_private=False)
    shore.settle()
    shore.sam.learning.drop(shore.course)
    shore.settle()
    with pytest.raises(UserError, match="Enrol"):
        shore.sam.notes.edit(note, base="Foam.", body="Spam.")
    shore.sam.notes.change(note, is_private=True)
    shore.sam.notes.edit(note, base="Foam.", body="Mine again.")
    shore.settle()
    assert raw(shore.ada) == []
    assert shore.shown(shore.sam) == []


def test_nobody_writes_in_a_note_of_somebody_else(shore: Shore) -> None:
    note = shore.sam.notes.add("Foam.", lesson=shore.lesson, is_private=False)
    shore.settle()
    forge(shore.ada, ops.change(NOTE, note, "is_private", True), ops.delete(NOTE, note))
    shore.settle()
    assert {code for _, code in refusals(shore.ada)} == {"forbidden"}
    assert shore.sam.notes.get(note).is_private is False


def test_two_devices_of_one_person_edit_a_note(school: School) -> None:  # OFF-05
    account = school.person("sam")
    one, two = school.laptop(account), school.laptop(account)
    note = one.notes.add("First.\n\nSecond.", tags=["sea"])
    school.sync(one, two)
    one.notes.edit(note, base="First.\n\nSecond.", body="First, told better.\n\nSecond.")
    one.notes.change(note, tags=["sea", "shore"])
    school.clock.advance(ms=1000)
    two.notes.edit(note, base="First.\n\nSecond.", body="First.\n\nSecond.\n\nThird.")
    two.notes.change(note, colour="sky")
    school.sync(one, two, one)
    for laptop in (one, two):
        found = laptop.notes.get(note)
        assert (found.body, found.tags, found.colour) == (
            "First, told better.\n\nSecond.\n\nThird.", ("sea", "shore"), "sky",
        )  # fmt: skip
    body = one.notes.get(note).body
    one.notes.edit(note, base=body, body=body.replace("Second.", "Second, mine."))
    two.notes.edit(note, base=body, body=body.replace("Second.", "Second, theirs."))
    school.sync(one, two, one, two)
    assert one.notes.get(note).body == two.notes.get(note).body
    (kept,) = two.conflicts.open()
    assert {"Second, mine.", "Second, theirs."} & {kept.mine.strip()}, "no words are lost"


def test_tags_are_words(workspace: Workspace) -> None:  # PRG-12
    note = workspace.notes.add("x", tags=["sea", "shore"])
    for tags in (["a"], ["sea", " b "], ["x" * 51], ["ab"] * 11):
        with pytest.raises(UserError):
            workspace.notes.change(note, tags=tags)
        with pytest.raises(UserError):
            workspace.notes.add("x", tags=tags)
    assert workspace.notes.get(note).tags == ("sea", "shore")


ACCOUNT_TABLE = t.note.metadata.tables["account"]
