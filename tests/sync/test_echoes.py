"""What a laptop wrote is not sent back to it, and it holds the same as if it were."""

from __future__ import annotations

from tests.sync.school import School, change, note, rewrite


def entries(reply: object) -> int:
    return sum(len(piece.entries) for piece in reply.slices)  # type: ignore[attr-defined]


def test_a_row_that_its_author_made_is_told_by_its_number() -> None:
    school = School()
    x = school.laptop("x")
    for n in range(3):
        note(x, f"n{n}")
    reply = school.exchange(x)
    assert entries(reply) == 0
    assert [piece.own for piece in reply.slices if piece.own] == [[(reply.slices[0].frm + 1, 1, 3)]]
    x.receive(reply)
    y = school.laptop("y")
    assert {scope.doc.values["body"] for n in range(3) for scope in y.tx.base((f"n{n}",))[f"n{n}"]} == {
        "one\n\ntwo\n\nthree"
    }
    school.settle()


def test_a_row_that_was_changed_since_is_sent() -> None:
    school = School()
    x = school.laptop("x")
    note(x, "n")
    change(x, "n", "star", 3)
    reply = school.exchange(x)
    assert (entries(reply), [piece.own for piece in reply.slices]) == (1, [[]])
    x.receive(reply)
    school.settle()


def test_a_lost_reply_costs_nothing() -> None:
    school = School()
    x, y = school.laptop("x"), school.laptop("y")
    note(x, "n")
    school.exchange(x)
    assert entries(school.exchange(x)) == 0
    school.sync(y)
    rewrite(y, "n", "new")
    school.sync(y)
    reply = school.exchange(x)
    assert entries(reply) == 1
    x.receive(reply)
    assert (x.values("n") or {})["body"] == "new"
    school.settle()
