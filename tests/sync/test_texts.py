"""Several people who write one text, or delete it (SYNC.md section 3, `text` and `delete`)."""

from __future__ import annotations

import pytest

from tests.sync.school import School, change, lesson, note, remove, rewrite, section, shared_lesson


def test_two_authors_rewrite_one_paragraph() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y", "a1")
    section(x, "s")
    lesson(x, "l", "s", body="one\n\ntwo\n\nthree")
    school.sync(x, y)
    rewrite(x, "l", "one\n\ntwo of X\n\nthree")
    for text in ("of", "of Y", "of Y!"):
        rewrite(y, "l", f"one\n\ntwo {text}\n\nthree\n\nfour")
    y.request()  # lost
    rewrite(y, "l", "one\n\ntwo of Y!\n\nthree\n\nfour\n\nfive")
    school.sync(x)
    school.settle()
    assert school.value("l", "body") == "one\n\ntwo of X\n\nthree\n\nfour\n\nfive"
    assert [c.value("mine") for c in school.conflicts()] == ["two of Y!"]
    for z in (x, y):
        kept = [values for entity, values in z.shown.values() if entity == "conflict"]
        assert [(c["row"], c["field"], c["mine"], c["account_id"]) for c in kept] == [("l", "body", "two of Y!", "a1")]


def test_an_edit_of_a_text_that_nobody_else_changed_fast_forwards() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n", "one")
    rewrite(x, "n", "two")
    x.request()
    rewrite(x, "n", "three")
    school.settle()
    assert school.value("n", "body") == "three"
    assert not school.conflicts()


def test_a_merged_text_belongs_to_nobody() -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one")
    school.sync(x, y)
    rewrite(x, "n", "one\n\nx")
    rewrite(y, "n", "y\n\none")
    school.sync(x)
    reply = school.exchange(y)
    remove(y, "n")  # of a text that lacks the words of X
    y.receive(reply)
    school.settle()
    assert not school.row("n").gone
    assert [code for _, code, _ in y.parked] == ["edited_elsewhere"]


@pytest.mark.parametrize("deleter_first", [True, False])
def test_note_deleted_here_and_edited_there(deleter_first: bool) -> None:
    school = School()
    x, y = school.laptop("X"), school.laptop("Y")
    note(x, "n", "one")
    school.sync(x, y)
    remove(x, "n")
    rewrite(y, "n", "one\n\nmore")
    school.sync(*((x, y) if deleter_first else (y, x)))
    school.settle()
    if deleter_first:
        assert school.row("n").gone
        assert [(op.args["text"], code) for op, code, _ in y.parked] == [("one\n\nmore", "gone")]
    else:
        assert school.value("n", "body") == "one\n\nmore"
        assert [code for _, code, _ in x.parked] == ["edited_elsewhere"]


def test_own_pending_edit_does_not_save_a_note_from_its_own_delete() -> None:
    school = School()
    x = school.laptop("X")
    note(x, "n")
    school.sync(x)
    change(x, "n", "star", 1)
    remove(x, "n")
    school.settle()
    assert school.row("n").gone


def test_two_texts_of_one_author_that_lose_at_once_are_both_kept() -> None:
    school = School()
    x, y, z = school.laptop("X"), school.laptop("Y"), school.laptop("Z", "a1")
    shared_lesson(school, x, y, z)
    for who in (x, y):  # on two laptops, in the same millisecond
        change(who, "l", "summary", f"A text of {who.name} that is long enough to be missed by people")
    school.now += 1
    change(z, "l", "summary", "A text of Z that is long enough to be missed by people")
    school.sync(z, x, y)
    school.settle()
    assert sorted(c.value("mine")[:11] for c in school.conflicts()) == ["A text of X", "A text of Y"]
