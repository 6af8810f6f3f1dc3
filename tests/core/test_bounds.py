"""The limits of API-16 stand once: rows, the interface, imports and forms take and refuse the same."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.courses import entities as courses
from lms_core.errors import UserError
from lms_core.formats.markdown_folder import _minutes
from lms_core.learning.entities import PROGRESS
from lms_core.schema import MINUTES, PERCENT, PRICE, TITLE, Field
from sync_server.routes.course_bodies import WholeAssessment, WholeCourse, WholeLesson
from sync_server.routes.learning import WholeProgress

NUMBERS = st.integers(-20_000, 20_000) | st.floats(-20_000, 20_000) | st.sampled_from([0, 100, 10_000, 10_080, 10_081])
BOTH: list[tuple[type[Any], Any, str]] = [
    (WholeCourse, courses.COURSE, "price"),
    (WholeLesson, courses.LESSON, "minutes"),
    (WholeAssessment, courses.ASSESSMENT, "pass_percent"),
    (WholeProgress, PROGRESS, "percent"),
]


def takes(field: Field, value: Any) -> bool:
    try:
        field.check("x", value)
    except UserError:
        return False
    return True


@pytest.mark.parametrize(("body", "entity", "name"), BOTH)
@given(value=NUMBERS)
def test_the_interface_refuses_no_number_that_rows_take(body: type[Any], entity: Any, name: str, value: float) -> None:
    """What the interface lets through meets the row's own check, so the row decides; nothing else is refused before."""
    kind = get_type_hints(body, include_extras=True)[name]
    try:
        msgspec.convert(value, kind)
        let_in = True
    except msgspec.ValidationError:
        let_in = False
    assert let_in or not takes(entity.fields[name], value)


@given(value=st.integers(-20_000, 20_000))
def test_whole_numbers_have_their_bounds(value: int) -> None:  # API-16
    for field, (least, most) in (
        (courses.COURSE.fields["price"], PRICE),
        (courses.LESSON.fields["minutes"], MINUTES),
        (courses.ASSESSMENT.fields["pass_percent"], PERCENT),
        (PROGRESS.fields["percent"], PERCENT),
    ):
        assert takes(field, value) == (least <= value <= most)
    assert not takes(courses.ASSESSMENT.fields["pass_percent"], value + 0.5), "a share of the points is whole"


@given(cents=st.integers(0, 1_000_000), more=st.floats(0.001, 0.009))
def test_money_has_two_decimals(cents: int, more: float) -> None:  # API-16
    price = courses.COURSE.fields["price"]
    assert takes(price, cents / 100)
    assert not takes(price, round(cents / 100 + more, 4))


@given(around=st.text(" \t\n\u00a0", max_size=5), text=st.text(st.characters(categories=["L", "N"]), max_size=6))
def test_a_text_counts_without_the_white_space_around_it(around: str, text: str) -> None:  # API-16
    title = courses.COURSE.fields["title"]
    assert takes(title, around + text + around) == (len(text) >= TITLE[0])


@given(items=st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none()), max_size=5), most=st.integers(0, 5))
def test_a_list_is_checked_by_number_and_item(items: list[Any], most: int) -> None:  # API-16
    fits = len(items) <= most and all(isinstance(each, str) for each in items)
    assert takes(Field("attr", list, most=most, items=str), items) == fits


@given(front=st.dictionaries(st.sampled_from(["minutes", "duration", "teaching", "exercises"]), NUMBERS))
def test_an_import_brings_no_lesson_that_would_be_refused(front: dict[str, float]) -> None:  # API-16
    assert takes(courses.LESSON.fields["minutes"], _minutes(front))
