"""Whatever a changed program sends gets a verdict: nothing of it makes the hub fail, and it holds up no other op."""

from __future__ import annotations

from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms_core.entities import SCHEMA
from lms_core.errors import MESSAGES, UserError
from lms_core.ops import ROOT_CHAIN, Op, seal, unseal
from lms_core.ports import new_uuid7
from lms_core.schema import Entity, Field
from lms_core.sync.checks import read_op
from lms_core.sync.wire import MOST_SCOPES, PROTOCOL, Reply, Request, pack, unpack_request
from tests.core.school import School, add_quiz

KINDS = ("create", "append", "attr", "max", "min", "text", "place", "state", "trash", "restore", "delete", "x")
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(1 << 63), (1 << 64) - 1), st.floats(), st.text(max_size=4),
    st.sampled_from(["\0", "/", "a/b", "x" * 300_000, new_uuid7()]), st.binary(max_size=3),
)  # fmt: skip
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NUMBERS = st.sampled_from([0, 1, -1, 1 << 60, -(1 << 63), (1 << 64) - 1])
PLAIN: dict[Any, Any] = {str: "text", int: 1, float: 1.0, bool: True, list: [], dict: {}}


def _value(field: Field) -> st.SearchStrategy[Any]:
    """Mostly what a field may hold."""
    kind = field.type[0] if isinstance(field.type, tuple) else field.type
    fits = field.default if field.kind == "state" else PLAIN[kind]
    return st.one_of(st.just(fits), st.just(fits), JSON)


def _spot(rows: list[str]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"parent": st.sampled_from(rows) | JSON, "after": st.just([]) | JSON})


@st.composite
def _ops(draw: st.DrawFn, rows: dict[str, list[str]], account: str) -> bytes:
    """An op nearly as it should be: what it is made of is missing, of another type or too large."""
    entity: Entity = SCHEMA[draw(st.sampled_from(sorted(SCHEMA.entities)))]
    kind = draw(st.sampled_from(KINDS))
    there = [row for mine in rows.values() for row in mine]
    own = rows.get(entity.name) or [new_uuid7()]
    args: Any
    if kind in ("create", "append"):
        args = {name: draw(_value(field)) for name, field in entity.fields.items() if draw(st.integers(0, 5))}
        args |= {name: draw(st.sampled_from(there) | JSON) for name in (*entity.refs, *entity.key) if name in args}
        args |= {"place": draw(_spot(there))} if "place" in args else {}
        args |= {entity.owner: account} if entity.owner and draw(st.integers(0, 5)) else {}
        row = entity.id_for(*(str(args.get(k)) for k in entity.key)) if entity.key else new_uuid7()
    else:
        row = draw(st.sampled_from(own))
        name = draw(st.sampled_from(sorted(entity.fields)))
        field = st.sampled_from([name, name, name + "/x", name + "/", "nothing"]) | JSON
        args = (
            draw(_spot(there))
            if kind == "place"
            else {"field": draw(field), "value": draw(_value(entity.fields[name]))}
        )
        args |= {
            k: draw(st.text(max_size=3) | JSON) for k in ("text", "base", "verb", "expect") if kind in ("text", "state")
        }
        args |= (
            {"verb": "publish", "expect": "draft", "cursor": draw(JSON), "media": draw(JSON)} if kind == "state" else {}
        )
    draws: list[Any] = [entity.name, row, kind, args, draw(st.none() | st.tuples(NUMBERS, NUMBERS)), draw(NUMBERS), 0]
    at = draw(st.integers(0, 40))
    if at < len(draws):
        draws[at] = draw(JSON)
    return msgspec.msgpack.encode(draws)


@pytest.fixture
def taught(school: School) -> tuple[School, str, dict[str, list[str]]]:
    """A school with an instructor who has a row of most kinds."""
    tess = school.laptop(school.person("tess", "instructor"))
    course = tess.courses.create_course("Between the tides")
    lesson = add_quiz(tess, tess.courses.add_module(course, "One"))
    tess.learning.enroll(course)
    tess.notes.add("A note", lesson=lesson)
    ops = tess.sync.outbox(MOST_SCOPES)
    school.sync(tess)
    rows: dict[str, list[str]] = {"account": [tess.account]}
    for op in ops:
        rows.setdefault(op.entity, []).append(op.row)
    return school, tess.account, rows


@pytest.mark.postgresql(soak=True)
def test_no_op_makes_the_hub_fail(taught: tuple[School, str, dict[str, list[str]]]) -> None:
    school, account, rows = taught
    numbers = count(1)
    codes: set[str] = set()

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(_ops(rows, account) | st.binary(max_size=8), min_size=10, max_size=20))
    def all_are_answered(bodies: list[bytes]) -> None:
        last = seal(Op("note", new_uuid7(), "create", {"user_id": account, "body": "the last"}, None, 1, 0))
        said = _said(school, account, next(numbers), [*bodies, last]).verdicts
        assert [v.c for v in said] == list(range(1, len(bodies) + 2))
        assert said[-1].verdict == "applied"
        codes.update(v.code for v in said)

    all_are_answered()
    assert school.hub.troubles().ops == 0, "nothing was quarantined"
    assert codes >= {"malformed", "bad_op", "bad_value", "unknown_field", "reserved_field", ""}
    assert codes - {"", "conflict"} <= MESSAGES.keys()


def _said(school: School, account: str, number: int, bodies: list[bytes]) -> Reply:
    ops = [msgspec.Raw(body) for body in bodies]
    request = Request(PROTOCOL, 1, f"{number:016x}", account, len(ops), 0, ROOT_CHAIN, 0, None, {}, ops)
    return school.hub.exchanges.exchange(request, account)


HEAD, TAIL = b"\x97\xa4note\xa1r\xa6create\x81\xa4body", b"\xc0\x01\x00"


@pytest.mark.parametrize("value", [b"\xa2\xff\xfe", b"\x91" * 900 + b"\xc0", b"\x91" * 5 + b"\xc0"])
def test_bytes_that_are_no_op(value: bytes) -> None:
    assert read_op(HEAD + value + TAIL).kind == "unreadable"
    assert unseal(HEAD + b"\xa1x" + TAIL) == read_op(HEAD + b"\xa1x" + TAIL)


@pytest.mark.parametrize("inside", [b"\x91" * 5000 + b"\xc0", b"\xa2\xff\xfe"])
def test_a_request_that_cannot_be_read_is_refused_whole(inside: bytes) -> None:
    body = pack(Request(PROTOCOL, 1, "r", "a", 1, 0, b"", 0, None, {}, [msgspec.Raw(HEAD + inside + TAIL)]))
    if inside[0] == 0x91:
        with pytest.raises(UserError, match="read"):
            unpack_request(body)
    else:
        assert read_op(unpack_request(body).ops[0]).kind == "unreadable"
