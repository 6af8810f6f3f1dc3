"""The parts that the protocol stands on: text merge, fold, order of siblings, checks, the wire."""

from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lms_core import ops
from lms_core.errors import UserError
from lms_core.merge import merge_text, paragraphs
from lms_core.ops import Draft, Op, Place, Values, arrange, fold, next_chain, seal, unseal
from lms_core.schema import Entity
from lms_core.sync.checks import check_args, check_group
from lms_core.sync.rows import Cell, Writer
from lms_core.sync.wire import (
    MAX_COMPRESSED,
    MAX_DECOMPRESSED,
    MAX_OPS,
    Reply,
    Request,
    pack,
    unpack_reply,
    unpack_request,
)
from tests.simulator.entities import COUNTER, ENROLMENT, LESSON, NOTE, POST, PROGRESS

WORDS = st.sampled_from(["ant", "bee", "cat", "dog", "eel", "fox"])
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
TEXT = st.lists(PARAGRAPH, max_size=5).map("\n\n".join)


@settings(max_examples=300, deadline=None)
@given(base=TEXT, mine=TEXT, hub=TEXT)
def test_merge_loses_no_word_that_anybody_brought(base: str, mine: str, hub: str) -> None:
    merged = merge_text(base, mine, hub)
    kept = set(paragraphs(merged.text)) | set(paragraphs(merged.lost))
    old = set(paragraphs(base))
    assert set(paragraphs(mine)) - old <= kept
    assert set(paragraphs(hub)) - old <= kept
    assert kept <= set(paragraphs(mine)) | set(paragraphs(hub))


@settings(max_examples=100, deadline=None)
@given(base=TEXT, mine=TEXT)
def test_merge_with_what_did_not_change_is_no_merge(base: str, mine: str) -> None:
    assert merge_text(base, mine, base) == (mine, "")
    assert merge_text(base, base, mine).text == mine
    assert merge_text(base, mine, mine) == (mine, "")


@settings(max_examples=100, deadline=None)
@given(base=TEXT, mine=TEXT, hub=TEXT)
def test_merge_again_adds_nothing(base: str, mine: str, hub: str) -> None:
    once = merge_text(base, mine, hub).text
    assert len(paragraphs(merge_text(base, mine, once).text)) <= len(paragraphs(once)) + len(paragraphs(mine))
    assert "<<<<" not in once


def test_code_is_one_paragraph() -> None:
    text = "intro\n\n```py\na = 1\n\nb = 2\n```\n\nend"
    assert paragraphs(text) == ["intro", "```py\na = 1\n\nb = 2\n```", "end"]
    merged = merge_text(text, text.replace("b = 2", "b = 3"), text.replace("intro", "Intro"))
    assert merged == ("Intro\n\n```py\na = 1\n\nb = 3\n```\n\nend", "")


def _op(kind: str, **args: object) -> Op:
    return Op("x", "r", kind, args, None, 5, 0)


def _fold(entity: Entity, base: Values | None, *ops: Op) -> Values | None:
    return fold(entity, base, [replace(op, entity=entity.name) for op in ops])


def test_fold_shows_each_kind() -> None:
    note = _fold(NOTE, None, _op("create", account_id="a", body="b"), _op("attr", field="tags/k", value=1))
    assert note is not None
    assert (note["body"], note["tags"], note.get("star")) == ("b", {"k": 1}, None)
    assert _fold(NOTE, {"body": "b"}, _op("text", field="body", base="b", text="c")) == {"body": "c"}
    assert _fold(NOTE, {"body": "b"}, _op("delete"), _op("attr", field="star", value=1)) is None
    assert _fold(PROGRESS, {"pct": 9}, _op("max", field="pct", value=5), _op("min", field="first", value=3)) == {
        "pct": 9, "first": 3,
    }  # fmt: skip
    assert _fold(PROGRESS, {"pct": 9, "flag": 1}, _op("create", pct=11, flag=2)) == {"pct": 11, "flag": 2}
    assert _fold(LESSON, {}, _op("trash"), _op("restore"), _op("trash")) == {"trashed_at": 5}
    apply = _op("state", field="status", verb="apply", expect="none")
    assert _fold(ENROLMENT, {"status": "none"}, apply) == {"status": "applied"}
    assert _fold(ENROLMENT, {"status": "active"}, apply) == {"status": "active"}
    assert _fold(NOTE, None, _op("attr", field="star", value=1)) is None


def test_arrange_puts_moves_behind_their_anchors() -> None:
    placed = {"a": Place("p", 10), "b": Place("p", 20), "c": Place("p", 30)}
    assert arrange(placed) == ["a", "b", "c"]
    assert arrange({**placed, "d": Place("p", None, ("b",), 1), "e": Place("p", None, ("d",), 2)}) == list("abdec")
    assert arrange({**placed, "d": Place("p", None, (), 1)}) == list("dabc")
    assert arrange({**placed, "d": Place("p", None, ("x", "y"), 1)}) == list("abcd")
    assert arrange({**placed, "d": Place("p", None, ("x", "a"), 1)}) == list("adbc")


@pytest.mark.parametrize(
    ("op", "code"),
    [
        (_op("create", account_id="a", nothing=1), "unknown_field"),
        (_op("append", account_id="a"), "bad_op"),
        (_op("attr", field="body", value="x"), "bad_op"),
        (_op("attr", field="star", value="x"), "bad_value"),
        (_op("attr", field="star", value=True), "bad_value"),
        (_op("attr", value=1), "bad_op"),
        (_op("text", field="body", base="", text="x" * 262_145), "out_of_range"),
        (_op("place", parent="p", after=[]), "bad_op"),
        (_op("attr", field="nothing", value=1), "unknown_field"),
        (_op("jump"), "bad_op"),
    ],
)
def test_an_op_that_does_not_fit_is_refused(op: Op, code: str) -> None:
    with pytest.raises(UserError) as refusal:
        check_args(NOTE, op)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "place",
    [
        "here",
        {"parent": 5, "after": []},
        {"parent": "c"},
        {"parent": "c", "after": [1]},
        {"parent": "c", "after": "ab" * 9},
    ],
)
def test_a_place_that_is_none_is_refused(place: object) -> None:
    with pytest.raises(UserError):
        check_args(LESSON, _op("create", title="l", place=place))
    if isinstance(place, dict):
        with pytest.raises(UserError):
            check_args(LESSON, _op("place", **place))


def test_rows_that_may_not_be_deleted_and_rows_of_the_hub() -> None:
    for entity, op, code in (
        (POST, _op("delete"), "bad_op"),
        (COUNTER, _op("create", n=1), "reserved_field"),
        (COUNTER, _op("attr", field="n", value=1), "reserved_field"),
        (ENROLMENT, _op("create", account_id="a", course_id="c", status="active"), "bad_choice"),
    ):
        with pytest.raises(UserError) as refusal:
            check_args(entity, op)
        assert refusal.value.code == code


def test_a_group_has_a_size() -> None:
    check_group([Draft("note", "r", "attr", {"field": "star", "value": 1})] * 500)
    with pytest.raises(UserError):
        check_group([Draft("note", "r", "attr", {"field": "star", "value": 1})] * 501)
    with pytest.raises(UserError):
        check_group([Draft("note", "r", "attr", {"field": "body", "value": "x" * 300_000})] * 2)


def test_one_writer_under_several_ids() -> None:
    writer = Writer("new", "a", "student", (("old", 5),))
    assert writer.wrote(Cell(1, (1, 1), 0, "old", 5), 1)
    assert not writer.wrote(Cell(1, (1, 1), 0, "old", 6), 1)
    assert writer.wrote(Cell(1, (1, 1), 0, "new", 6), 7)
    assert not writer.wrote(Cell(1, (1, 1), 0, "new", 7), 7)


def test_sealed_bytes_read_back_and_chain() -> None:
    op = Op("note", "r", "attr", {"field": "star", "value": 1}, (3, 4), 5, 6, "g")
    assert unseal(seal(op)) == op
    assert next_chain(b"x", seal(op)) != next_chain(b"y", seal(op))


def _request(**values: object) -> Request:
    return msgspec.structs.replace(Request(1, 1, "r", "a", 0, 0, b"", 0, None, {}), **values)


def test_messages_travel() -> None:
    request = _request(ops=[msgspec.Raw(seal(_op("delete")))], times={5: b"m"}, cursors={"account/a": -1})
    assert bytes(unpack_request(pack(request)).ops[0]) == seal(_op("delete"))
    reply = Reply("ok", "r", 1, b"c", 2, b"r", (1, 2))
    assert unpack_reply(pack(reply)) == reply


def _bomb(plain: bytes, *, told: bool) -> bytes:
    return zstandard.ZstdCompressor(level=19, write_content_size=told).compress(plain)


@pytest.mark.parametrize("told", [True, False])
def test_a_bomb_is_not_unpacked(told: bool) -> None:
    bomb = _bomb(bytes(MAX_DECOMPRESSED + 1), told=told)
    assert len(bomb) < 10_000
    with pytest.raises(UserError) as refusal:
        unpack_request(bomb)
    assert refusal.value.code == "too_large"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (bytes(MAX_COMPRESSED + 1), "too_large"),
        (b"", "bad_request"),
        (b"not zstd", "bad_request"),
        (zstandard.compress(b"\xc1"), "bad_request"),
        (zstandard.compress(msgspec.msgpack.encode(["x"])), "bad_request"),
        (pack(_request(ops=[msgspec.Raw(b"\xc0")] * (MAX_OPS + 1))), "too_large"),
    ],
)
def test_a_request_that_is_none_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(UserError) as refusal:
        unpack_request(body)
    assert refusal.value.code == code


def test_a_torn_frame_is_refused() -> None:
    whole = pack(_request(account="a" * 500))
    for end in range(1, len(whole)):
        with pytest.raises(UserError):
            unpack_request(whole[:end])
    with pytest.raises(UserError) as refusal:
        unpack_reply(b"rubbish")
    assert refusal.value.code == "bad_reply"


def test_drafts_are_made_by_kind() -> None:
    assert ops.create(POST, "p", {}).kind == "append"
    assert ops.change(PROGRESS, "p", "pct", 1).kind == "max"
    assert len(ops.place(LESSON, "l", parent="s", after=[str(n) for n in range(20)]).args["after"]) == 8
