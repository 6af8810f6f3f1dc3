"""What is new in a version: of any two documents each lesson is told once, and applying it explains both."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lms_core.content.model import CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.courses.differences import differences

lessons = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(("", "one", "two"))), unique_by=lambda x: x[0], max_size=8
)


def course(found: list[tuple[str, str]], split: int = 99, *media: MediaRef) -> CourseDocument:
    made = [LessonDoc(name, name.upper(), body=body) for name, body in found]
    modules = (ModuleDoc("m", "M", "", tuple(made[:split])), ModuleDoc("n", "N", "", tuple(made[split:])))
    return CourseDocument("c", "1", "C", modules=modules, media=media)


@given(lessons, st.integers(0, 8), lessons, st.integers(0, 8))
def test_each_lesson_is_told_once(old: list[tuple[str, str]], cut: int, new: list[tuple[str, str]], other: int) -> None:
    before, after = course(old, cut), course(new, other)
    found = differences(before, after)
    was, now = {x.id: x for x in before.lessons()}, {x.id: x for x in after.lessons()}
    assert {x.id for x in found.added} == now.keys() - was.keys()
    assert {x.id for x in found.removed} == was.keys() - now.keys()
    assert {x.id for x in found.changed} == {i for i in now.keys() & was.keys() if now[i] != was[i]}
    told = [x.id for part in (found.added, found.removed, found.changed, found.moved) for x in part]
    assert len(told) == len(set(told))
    quiet = [x for x in now if x in was and x not in told]
    assert quiet == [x for x in was if x in quiet], "what is not told stands in the same order"
    assert bool(found) == bool(told)


@given(lessons, st.integers(0, 8))
def test_a_version_differs_in_nothing_from_itself(old: list[tuple[str, str]], cut: int) -> None:
    assert not differences(course(old, cut), course(old, cut))


def test_as_few_as_possible_are_moved() -> None:
    before = course([(name, "") for name in "abcde"])
    assert [x.id for x in differences(before, course([(name, "") for name in "eabcd"])).moved] == ["e"]
    assert [x.id for x in differences(before, course([(name, "") for name in "abcde"], 4)).moved] == ["e"]


def test_a_new_title_and_new_files_are_told() -> None:
    film = MediaRef("f" * 64, "film.mp4", "video/mp4", 700)
    before = course([("a", "")])
    after = CourseDocument(
        "c", "2", "C", modules=(ModuleDoc("m", "M", "", (LessonDoc("a", "Better"),)),), media=(film,)
    )
    found = differences(before, after)
    assert [(x.title, x.was) for x in found.changed] == [("Better", "A")]
    assert found.new_bytes == 700
