"""What a laptop wrote is not sent back to it, and it holds the same as if it were."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lms_core.entities import SCHEMA
from lms_core.ops import Op
from lms_core.sync.bench import Bench
from lms_core.sync.echo import told_by_op
from lms_core.sync.rows import Cell
from lms_core.sync.sealed import Sealed
from tests.sync.school import School, change, note, post, rewrite


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


@pytest.mark.parametrize(("name", "told"), [("attempt", False), ("note", True)])
def test_a_row_to_which_the_hub_adds_is_sent(name: str, told: bool) -> None:
    bench = Bench(SCHEMA, None, (1, 1))  # type: ignore[arg-type]
    bench.rows["r"] = None
    bench.touch(name, "r").cells["user_id"] = Cell("ada", (1, 1), 5, "x", 1)
    bench.keep()
    made = Sealed(1, Op(name, "r", "append", {}, None, 5, 0), b"")
    assert told_by_op(bench, made, "account/ada", replica="x") is told


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


def test_a_run_of_ops_that_are_not_here_is_told_again_and_nothing_counts_as_complete() -> None:
    school = School()
    x = school.laptop("x")
    note(x, "n")
    reply = school.exchange(x)
    known = x.tx.state().lo
    far = [replace(piece, own=[(seq, c, count + 5) for seq, c, count in piece.own]) for piece in reply.slices]
    x.receive(replace(reply, slices=far))
    assert x.tx.state().lo == known
    school.sync(x)
    assert x.tx.state().lo > known
    school.settle()


def test_a_row_made_again_while_its_first_making_is_held_looks_as_the_hub_has_it() -> None:
    """Found by seed 305530."""
    school = School()
    x, y = school.laptop("x"), school.laptop("y", "a1")
    backup = school.hub.backup()
    post(y, "first")
    school.sync(y, x)
    post(x, "answer", "to the first", re="first")
    school.sync(x)
    school.hub.restore(backup)
    school.sync(x)  # held: what it answers is not there
    post(x, "answer", "by the same id")
    school.sync(x)
    assert x.values("answer")["txt"] == "by the same id"
    school.settle()
