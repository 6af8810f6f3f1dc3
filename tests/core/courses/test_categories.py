"""Categories at the hub: who keeps them, what a tree forbids, and how courses and devices follow."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from lms_core.cache import Cache
from lms_core.courses import tables as t
from lms_core.courses.categories import DEFAULT, CategoriesService, ensure_default
from lms_core.courses.naming import MOST, course_slug, name_all, slug_of
from lms_core.db.engine import read
from lms_core.errors import Conflict, Denied, UserError
from lms_core.schema import Actor
from lms_core.workspace import Workspace
from tests.core.school import School

ADA = Actor("ada", "admin")


@pytest.fixture
def categories(school: School) -> CategoriesService:
    made = CategoriesService(school.hub.unit, partial(read, school.engine), Cache(school.clock.ms, most=0, kept_ms=1))
    with school.hub.unit() as unit:
        ensure_default(unit)
        ensure_default(unit)
    return made


def published(school: School, tess: Workspace, **settings: str) -> str:
    course = tess.courses.create_course("Between the tides", **settings)
    tess.courses.add_lesson(tess.courses.add_module(course, "One"), "Waves", body="Wind makes waves.")
    tess.courses.publish(course)
    school.sync(tess)
    return course


def faults(refused: pytest.ExceptionInfo[UserError]) -> dict[str, list[str]]:
    assert refused.value.code == "invalid_fields"
    found: dict[str, list[str]] = refused.value.values["fields"]
    return found


@pytest.mark.postgresql
def test_the_order_and_who_sees_hidden_ones(categories: CategoriesService) -> None:  # CAT-01, CAT-02
    for name, order, active in (("Zoology", 0, True), ("art", 0, True), ("Music", 2, True), ("Hidden", 0, False)):
        made = categories.create(ADA, {"name": name, "sort_order": order, "is_active": active})
        assert (made.slug, made.course_count, made.parent_category) == (name.lower(), 0, None)
    assert [c.name for c in categories.all(None)] == ["art", "General", "Zoology", "Music"]
    assert [c.name for c in categories.all(ADA)] == ["art", "General", "Hidden", "Zoology", "Music"]
    assert [c.name for c in categories.all(None, "OLO")] == ["Zoology"]
    assert categories.one(None, "music").name == "Music"


@pytest.mark.postgresql
def test_names_are_unique_and_slugs_last(categories: CategoriesService) -> None:  # CAT-01
    first = categories.create(ADA, {"name": "Física"})
    assert first.slug == "fisica"
    with pytest.raises(UserError) as refused:
        categories.create(ADA, {"name": "FÍSICA"})
    assert faults(refused) == {"name": ["name_taken"]}
    assert categories.create(ADA, {"name": "Fisica"}).slug == "fisica-2"
    assert [categories.create(ADA, {"name": name}).slug for name in ("علوم", "فنون")] == ["category", "category-2"]
    assert categories.change(ADA, first.id, {"name": "Physics"}).slug == "fisica"
    assert categories.change(ADA, first.id, {"name": "PHYSICS"}).name == "PHYSICS", "its own name is not taken"
    for wrong in ({"name": "x"}, {"name": "x" * 101}, {"icon": "x" * 51}, {"sort_order": -1}):
        with pytest.raises(UserError) as refused:
            categories.change(ADA, first.id, wrong)
        assert faults(refused) == {name: ["invalid"] for name in wrong}


@pytest.mark.postgresql
def test_the_tree_has_no_cycles(categories: CategoriesService) -> None:  # CAT-01
    above = categories.create(ADA, {"name": "Science"})
    middle = categories.create(ADA, {"name": "Physics", "parent_category": above.id})
    below = categories.create(ADA, {"name": "Optics", "parent_category": middle.id})
    for row, parent in ((above.id, below.id), (above.id, above.id), (middle.id, "nobody")):
        with pytest.raises(UserError) as refused:
            categories.change(ADA, row, {"parent_category": parent})
        assert faults(refused) == {"parent_category": ["category_parent"]}
    assert categories.change(ADA, below.id, {"parent_category": None}).parent_category is None
    assert categories.change(ADA, above.id, {"parent_category": below.id}).parent_category == below.id


def test_only_administrators_write(categories: CategoriesService) -> None:  # CAT-04
    for who in (None, *(Actor("x", role) for role in ("student", "instructor", "manager"))):
        with pytest.raises(Denied):
            categories.create(who, {"name": "Mine"})
        with pytest.raises(Denied):
            categories.change(who, DEFAULT, {"name": "Mine"})
        with pytest.raises(Denied):
            categories.delete(who, DEFAULT)


def test_the_same_again_gives_the_same(categories: CategoriesService) -> None:  # API-14
    first = categories.create(ADA, {"name": "Physics"}, "row")
    assert categories.create(ADA, {"name": "Physics"}, "row") == first
    with pytest.raises(Conflict) as refused:
        categories.create(ADA, {"name": "Chemistry"}, "row")
    assert refused.value.code == "id_reused"


@pytest.mark.postgresql(soak=True)
def test_a_category_with_courses_is_kept(school: School, categories: CategoriesService) -> None:  # CAT-03, CAT-05
    tess = school.laptop(school.person("tess", "instructor"))
    nature = categories.create(ADA, {"name": "Nature"})
    child = categories.create(ADA, {"name": "Sea", "parent_category": nature.id})
    course = published(school, tess, category=nature.id)
    other = published(school, tess)
    assert {c.name: c.course_count for c in categories.all(None)} == {"General": 1, "Nature": 1, "Sea": 0}
    assert (tess.courses.card(course).category, tess.courses.card(other).category) == ("Nature", "General")
    for name, code in (("nature", "category_in_use"), ("general", "category_default")):
        with pytest.raises(Conflict) as refused:
            categories.delete(ADA, name)
        assert refused.value.code == code
    categories.change(ADA, "nature", {"name": "Outdoors"})
    school.sync(tess)
    assert tess.courses.card(course).category == "Outdoors", "a card says the name as it is now"
    tess.courses.change_course(course, category="general")
    tess.courses.unpublish(course)
    school.sync(tess)
    assert {c.name: c.course_count for c in categories.all(None)} == {"General": 1, "Outdoors": 0, "Sea": 0}
    with pytest.raises(Conflict):
        categories.delete(ADA, "nature")
    categories.delete(ADA, child.id)
    categories.delete(ADA, "nature")
    assert [c.name for c in categories.all(ADA)] == ["General"]


def test_what_a_course_of_before_says_is_found_by_name(school: School, categories: CategoriesService) -> None:
    tess = school.laptop(school.person("tess", "instructor"))
    categories.create(ADA, {"name": "Nature"})
    named, unknown = published(school, tess, category="nature"), published(school, tess, category="Knots")
    assert (tess.courses.card(named).category, tess.courses.card(unknown).category) == ("Nature", "General")
    assert tess.courses.document(named).category == "Nature"


def test_every_device_has_the_active_tree(school: School, categories: CategoriesService) -> None:  # CAT-06
    sam = school.laptop(school.person("sam"))
    above = categories.create(ADA, {"name": "Science"})
    categories.create(ADA, {"name": "Physics", "parent_category": above.id})
    school.sync(sam)
    found = sam.courses.categories()
    assert [(c.name, c.parent_category) for c in found] == [
        ("General", None), ("Physics", above.id), ("Science", None)
    ]  # fmt: skip
    categories.change(ADA, above.id, {"is_active": False})
    school.sync(sam)
    assert [c.name for c in sam.courses.categories()] == ["General", "Physics"]


@pytest.mark.postgresql(soak=True)
def test_courses_get_slugs_that_last(school: School) -> None:  # CRS-03
    tess = school.laptop(school.person("tess", "instructor"))
    first, second = published(school, tess), published(school, tess)
    tess.courses.change_course(first, title="Above the clouds")
    tess.courses.publish(first)
    school.sync(tess)
    with read(school.engine) as conn:
        cards = dict(conn.execute(select(t.course_card.c.course_id, t.course_card.c.slug)).all())  # type: ignore[arg-type]
    assert cards == {first: "between-the-tides", second: "between-the-tides-2"}
    with school.hub.unit() as unit:  # as if they came from before there were slugs
        unit.local(course_slug.delete())
        name_all(unit)
        name_all(unit)
        again = dict(unit.all(select(course_slug.c.course_id, course_slug.c.slug)))
    assert again == {first: "above-the-clouds", second: "between-the-tides"}


def test_slugs() -> None:
    assert slug_of("  Ünder the  Sea: Part 2! ", "x") == "under-the-sea-part-2"
    assert slug_of("海", "course") == "course"
    assert len(slug_of("long " * 60, "x")) <= MOST
