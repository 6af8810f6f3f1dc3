"""A pack holds a whole course and nothing hostile gets through."""

from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import MAX_BYTES, build_key_pack, build_pack, pack_name, read_key_pack, read_pack
from lms_core.errors import UserError

text = st.text(max_size=40)
lessons = st.builds(LessonDoc, id=text, title=text, body=text, minutes=st.none() | st.integers(0, 600),
                    assessment=st.none() | st.builds(AssessmentDoc, id=text, title=text))  # fmt: skip
modules = st.builds(ModuleDoc, id=text, title=text, lessons=st.lists(lessons, max_size=3).map(tuple))
documents = st.builds(
    CourseDocument, course_id=text, version=text, title=text, modules=st.lists(modules, max_size=3).map(tuple),
    media=st.lists(st.builds(MediaRef, text, text, text, st.integers(0, 2**40)), max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(documents)
def test_a_course_comes_out_as_it_went_in(document: CourseDocument) -> None:
    data = build_pack(document)
    assert read_pack(data) == document
    assert pack_name(build_pack(document)) == pack_name(data)


def test_keys_travel_apart() -> None:
    keys = {"q": AnswerKey("q", "1", {"a": ("o1",)}, {"a": "because"})}
    assert read_key_pack(build_key_pack(keys)) == keys


def test_lessons_are_found_in_order() -> None:
    one, two = LessonDoc("1", "One"), LessonDoc("2", "Two")
    document = CourseDocument("c", "1", "C", modules=(ModuleDoc("m", "M", "", (one,)), ModuleDoc("n", "N", "", (two,))))
    assert document.lessons() == (one, two)
    assert document.lesson("2") is two
    assert document.lesson("3") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing of ours",
        zstandard.compress(b""),
        zstandard.compress(b"\xc1"),
        zstandard.compress(msgspec.msgpack.encode({"course_id": 1})),
        zstandard.compress(b"\x91" * 100_000),
        build_pack(CourseDocument("c", "1", "C" * 500))[:-9],
    ],
    ids=["empty", "text", "no-document", "reserved-byte", "wrong-kind", "deep", "cut"],
)
def test_a_damaged_pack_is_refused(data: bytes) -> None:
    for read in (read_pack, read_key_pack):
        with pytest.raises(UserError) as caught:
            read(data)
        assert caught.value.code == "bad_pack"


def test_a_pack_that_swells_is_refused() -> None:
    with pytest.raises(UserError, match="damaged"):
        read_pack(zstandard.compress(bytes(MAX_BYTES + 1)))
