"""From a draft to a version that everybody may have, with two authors, lost rights and hostile hands."""

from __future__ import annotations

import pytest

from lms_core import ops
from lms_core.content.model import MediaRef
from lms_core.content.pack import read_key_pack, read_pack
from lms_core.courses import entities as e
from lms_core.courses.publishing import published_plans
from lms_core.courses.rules import instructor_id
from lms_core.errors import Denied, NotFound, UserError
from lms_core.workspace import Workspace
from tests.core.school import Line, School, add_quiz, forge, refusals, right_answers


@pytest.fixture
def tess(school: School) -> Workspace:
    return school.laptop(school.person("tess", "instructor"))


def _draft(author: Workspace) -> tuple[str, str, str]:
    courses = author.courses
    course = courses.create_course("Between the tides", category="Nature", authors=["Tess"])
    module = courses.add_module(course, "One")
    return course, module, courses.add_lesson(module, "Waves", body="Wind makes waves.")


def _joined(school: School, lead: Workspace, course: str, **rights: bool) -> Workspace:
    """Another instructor of a course."""
    other = school.person("ola", "instructor")
    with lead.work() as unit:
        values = {"course_id": course, "user_id": other, **rights}
        unit.emit(ops.create(e.COURSE_INSTRUCTOR, instructor_id(course, other), values))
    school.sync(lead)
    return school.laptop(other)


@pytest.mark.postgresql(soak=True)
def test_a_version_is_a_pack_and_a_card(school: School, tess: Workspace) -> None:  # CRS-21
    course, module, lesson = _draft(tess)
    graded = add_quiz(tess, module, "Graded", mode="graded")
    practice = add_quiz(tess, module, "Practice", mode="practice")
    school.sync(tess)
    sam = school.laptop(school.person("sam"))
    assert sam.courses.catalog() == []
    with pytest.raises(NotFound):
        sam.courses.card(course)
    tess.courses.change_course(course, thumbnail="a" * 64)
    tess.courses.publish(course, change_note="First")
    school.sync(tess, sam)
    card = sam.courses.card(course)
    assert card.thumbnail == "a" * 64
    assert (card.version, card.lessons, card.modules, card.authors, card.change_note) == (
        "1.0",
        3,
        1,
        ("Tess",),
        "First",
    )
    document = read_pack(school.packs.read(card.pack))
    assert [x.id for x in document.lessons()] == [lesson, graded, practice]
    assert all(not q.explanation for x in document.lessons() if x.assessment for q in x.assessment.questions)
    assert set(read_key_pack(school.packs.read(card.key_pack))) == {e.ASSESSMENT.id_for(practice)}
    assert tess.courses.draft(course).version == "1.0"
    tess.courses.change_course(course, title="Below the tides")
    school.sync(tess, sam)
    assert sam.courses.card(course) == card, "a draft moves on without its readers"
    tess.courses.unpublish(course)
    school.sync(tess, sam)
    assert sam.courses.catalog() == []
    tess.courses.publish(course)
    school.sync(tess, sam)
    assert sam.courses.card(course).version == "2.0"


@pytest.mark.postgresql(soak=True)
def test_the_catalogue_is_filtered(school: School, tess: Workspace) -> None:
    for title, level in (("Between the tides", "beginner"), ("Above the clouds", "advanced")):
        course = tess.courses.create_course(title, category="Nature", level=level, language="en")
        tess.courses.add_lesson(tess.courses.add_module(course, "One"), "First", body="Words.")
        tess.courses.publish(course)
    school.sync(tess)
    found = tess.courses.catalog
    assert [c.title for c in found()] == ["Above the clouds", "Between the tides"]
    assert [c.title for c in found("the TIDE")] == ["Between the tides"]
    assert [c.title for c in found(level="advanced", category="Nature", language="en")] == ["Above the clouds"]
    assert found(category="History") == []


@pytest.mark.postgresql(soak=True)
def test_what_a_co_author_changed_must_be_seen_first(school: School, tess: Workspace) -> None:  # SYNC.md section 7
    course, module, lesson = _draft(tess)
    school.sync(tess)
    ola = _joined(school, tess, course)
    ola.courses.add_lesson(module, "Shells", body="Limpets.")
    tess.courses.edit_lesson(lesson, base="Wind makes waves.", text="The wind makes waves.")
    tess.courses.publish(course)
    school.sync(ola)
    school.sync(tess)
    assert ("course", "draft_moved") in refusals(tess)
    assert tess.courses.draft(course).status == "draft"
    tess.courses.publish(course)
    school.sync(tess)
    assert tess.courses.card(course).lessons == 2


def test_the_hub_asks_the_checklist_itself(school: School, tess: Workspace) -> None:
    course, module, _ = _draft(tess)
    quiz = tess.courses.add_lesson(module, "Quiz", kind="quiz")
    forge(tess, ops.act(e.COURSE, course, "publish", expect="draft", extra={"cursor": 0, "media": []}))
    school.sync(tess)
    assert refusals(tess) == [("course", "not_ready")]
    assert tess.courses.catalog() == []
    tess.courses.trash(quiz)
    school.sync(tess)
    tess.courses.publish(course)
    school.sync(tess)
    assert tess.courses.card(course).lessons == 1


def test_a_missing_file_holds_a_version_back(school: School, tess: Workspace) -> None:
    course, module, _ = _draft(tess)
    sha = tess.media.put(b"a picture")
    tess.courses.add_lesson(module, "Waves", body=f"![A wave](media:{sha})")
    tess.courses.add_file(course, MediaRef(sha, "wave.png", "image/png", 9))
    tess.courses.publish(course)
    school.sync(tess)
    assert refusals(tess) == [("course", "blob_missing")]
    tess.sync.offer(sha)
    tess.courses.publish(course)
    school.sync(tess)
    assert tess.courses.card(course).media_size == 9


def test_a_version_names_no_file_that_nothing_in_it_shows(school: School, tess: Workspace) -> None:  # LES-09
    course, module, _ = _draft(tess)
    cover, shown, key, left = (tess.media.put(text.encode()) for text in ("cover", "shown", "key", "left over"))
    tess.courses.add_lesson(module, "Waves", body=f"![A wave](media:{shown})")
    quiz = tess.courses.ensure_assessment(add_quiz(tess, module, mode="exam"))
    tess.courses.add_question(quiz, "Wet?", options=["Yes", "No"], correct=[0], explanation=f"![Why](media:{key})")
    tess.courses.change_course(course, thumbnail=cover)
    for name in (cover, shown, key, left):
        tess.courses.add_file(course, MediaRef(name, f"{name[:6]}.png", "image/png", 9))
        tess.sync.offer(name)
    school.sync(tess)
    tess.courses.publish(course)
    school.sync(tess)
    document = read_pack(school.packs.read(tess.courses.card(course).pack))
    assert {file.sha256 for file in document.media} == {cover, shown, key}


def test_students_write_no_drafts(school: School, tess: Workspace) -> None:  # ROL-08
    course, _, lesson = _draft(tess)
    school.sync(tess)
    sam = school.laptop(school.person("sam"))
    with pytest.raises(Denied):
        sam.courses.create_course("Mine")
    forge(
        sam,
        ops.create(e.COURSE, school.ids(), {"created_by": sam.account, "title": "Mine"}),
        ops.change(e.LESSON, lesson, "title", "Mine"),
        ops.act(e.COURSE, course, "publish", expect="draft", extra={"cursor": 99, "media": []}),
        ops.create(
            e.COURSE_INSTRUCTOR, instructor_id(course, sam.account), {"course_id": course, "user_id": sam.account}
        ),
        ops.create(e.COURSE_CARD, e.COURSE_CARD.id_for(course), {"course_id": course}),
    )
    school.sync(sam, tess)
    assert sorted(refusals(sam)) == [
        ("course", "forbidden"), ("course", "forbidden"), ("course_card", "reserved_field"),
        ("course_instructor", "forbidden"), ("lesson", "forbidden"),
    ]  # fmt: skip
    assert tess.courses.lesson_draft(lesson).title == "Waves"


@pytest.mark.postgresql(soak=True)
def test_rights_of_co_authors(school: School, tess: Workspace) -> None:  # ROL-08
    course, _, lesson = _draft(tess)
    school.sync(tess)
    ola = _joined(school, tess, course, can_edit_content=False)
    assert ola.courses.my_courses() == []
    forge(ola, ops.change(e.LESSON, lesson, "title", "Mine"))
    forge(ola, ops.change(e.COURSE_INSTRUCTOR, instructor_id(course, ola.account), "can_edit_content", True))
    school.sync(ola)
    assert [code for _, code in refusals(ola)] == ["forbidden", "forbidden"]
    with tess.work() as unit:
        for right, on in (("can_edit_content", True), ("can_manage_students", False)):
            unit.emit(ops.change(e.COURSE_INSTRUCTOR, instructor_id(course, ola.account), right, on))
    school.sync(tess)
    school.sync(ola)
    ola.courses.change_lesson(lesson, title="Waves and wind")
    school.sync(ola, tess)
    assert tess.courses.lesson_draft(lesson).title == "Waves and wind"
    with tess.work() as unit:
        unit.emit(ops.change(e.COURSE_INSTRUCTOR, instructor_id(course, ola.account), "is_active", False))
    school.sync(tess)
    school.sync(ola)
    assert ola.courses.my_courses() == []
    school.clock.advance(ms=1000)
    admin = school.laptop(school.person("root", "admin"))
    forge(admin, ops.change(e.LESSON, lesson, "title", "By order"))
    forge(admin, ops.change(e.COURSE_INSTRUCTOR, instructor_id(course, ola.account), "is_active", True))
    school.sync(admin, tess)
    assert refusals(admin) == []
    assert tess.courses.lesson_draft(lesson).title == "By order"


def test_nobody_hangs_rows_on_a_foreign_course(school: School, tess: Workspace) -> None:
    course, module, lesson = _draft(tess)
    school.sync(tess)
    ron = school.laptop(school.person("ron", "instructor"))
    own = ron.courses.create_course("A trap")
    mine = ron.courses.add_lesson(ron.courses.add_module(own, "One"), "x")
    squat = {"course_id": own, "lesson_id": lesson}
    spot = {"parent": module, "after": []}
    forge(
        ron,
        ops.create(e.ASSESSMENT, e.ASSESSMENT.id_for(lesson), squat),
        ops.create(e.LESSON, school.ids(), {"course_id": own, "title": "x", "place": spot}),
        ops.place(e.LESSON, mine, parent=module, after=[]),
        ops.create(e.MODULE, school.ids(), {"course_id": own, "title": "x", "place": {"parent": course, "after": []}}),
    )
    school.sync(ron)
    assert refusals(ron) == [
        ("assessment", "forbidden"), ("lesson", "forbidden"), ("lesson", "forbidden"), ("module", "forbidden"),
    ]  # fmt: skip
    tess.courses.change_lesson(lesson, kind="quiz")
    tess.courses.ensure_assessment(lesson)
    school.sync(tess)
    assert refusals(tess) == []


def test_a_pack_that_is_gone_tells_no_lessons(school: School, tess: Workspace) -> None:
    course, _, lesson = _draft(tess)
    tess.courses.publish(course)
    school.sync(tess)
    ask = published_plans(school.packs)
    with school.hub.unit() as unit:
        assert ask(unit, course).ids == ask(unit, course).ids == {lesson}
        assert ask(unit, "unknown").ids == frozenset()
    school.packs.delete(tess.courses.card(course).pack)
    with school.hub.unit() as unit:
        assert published_plans(school.packs)(unit, course).ids == frozenset()


def test_shapes_that_no_reader_could_read_are_refused(school: School, tess: Workspace) -> None:
    course, module, _ = _draft(tess)
    quiz = add_quiz(tess, module, mode="graded")
    school.sync(tess)
    question = tess.courses.assessment_draft(quiz).questions[0].id  # type: ignore[union-attr]
    wrong = [
        ops.change(e.QUESTION, question, "options", value)
        for value in ([1], ["a"], [{"id": "a"}], [{"id": "a", "text": 5}], [{"id": "a", "text": "x" * 5000}],
                      [{"id": "a", "text": {}}])
    ]  # fmt: skip
    wrong += [ops.change(e.QUESTION, question, "correct", [{}]), ops.change(e.COURSE, course, "authors", [None])]
    for draft in wrong:
        with pytest.raises(UserError), tess.work() as unit:
            unit.emit(draft)
    for draft in wrong:  # a later op of the same field would take the place of one that waits
        forge(tess, draft)
        school.sync(tess)
    assert [code for _, code in refusals(tess)] == ["bad_value"] * len(wrong)
    tess.courses.publish(course)
    school.sync(tess)
    assert tess.courses.card(course).version == "1.0"


def test_a_version_is_the_draft_as_it_stood_when_it_was_published(school: School, tess: Workspace) -> None:  # SYNC.md 7
    course, module, lesson = _draft(tess)
    sand = tess.courses.add_lesson(module, "Sand", body="Sand is old stone.")
    quiz = add_quiz(tess, module, "Practice", mode="practice")
    school.sync(tess)
    tess.courses.publish(course, change_note="First")
    tess.courses.edit_lesson(lesson, base="Wind makes waves.", text="Wind makes waves. And half a sen")
    tess.courses.add_lesson(module, "Begun", body="")
    tess.courses.trash(sand)
    tess.courses.change_course(course, title="Another title")
    for question in right_answers(tess, course, quiz):
        tess.courses.change_question(question, correct=[])
    school.sync(tess)
    card = tess.courses.card(course)
    document = read_pack(school.packs.read(card.pack))
    assert [x.title for x in document.lessons()] == ["Waves", "Sand", "Practice"]
    assert document.lessons()[0].body == "Wind makes waves."
    assert (document.version, card.version, card.title, card.lessons) == ("1.0", "1.0", "Between the tides", 3)
    (key,) = read_key_pack(school.packs.read(card.key_pack)).values()
    assert key.version == "1.0"
    assert all(key.correct.values())


def test_what_a_co_author_writes_before_it_is_built_belongs_to_the_next_version(
    school: School, tess: Workspace
) -> None:
    course, _, lesson = _draft(tess)
    school.sync(tess)
    ola = _joined(school, tess, course)
    school.sync(ola, tess)
    tess.courses.publish(course)
    tess.sync.run(Line(school, tess.account))  # taken, and not built yet
    ola.courses.edit_lesson(lesson, base="Wind makes waves.", text="Ola was here.")
    school.sync(ola)
    assert [x.body for x in read_pack(school.packs.read(ola.courses.card(course).pack)).lessons()] == [
        "Wind makes waves."
    ]
    school.sync(tess)
    tess.courses.publish(course)
    school.sync(tess)
    card = tess.courses.card(course)
    assert (card.version, read_pack(school.packs.read(card.pack)).lessons()[0].body) == ("2.0", "Ola was here.")


def test_a_refused_wish_leaves_nothing_behind(school: School, tess: Workspace) -> None:
    course, _, lesson = _draft(tess)
    school.sync(tess)
    forge(tess, ops.act(e.COURSE, course, "publish", expect="archived", extra={"cursor": 10_000, "media": []}))
    school.sync(tess)
    assert [entity for entity, _ in refusals(tess)] == ["course"]
    tess.courses.edit_lesson(lesson, base="Wind makes waves.", text="Better words.")
    tess.courses.publish(course)
    school.sync(tess)
    assert read_pack(school.packs.read(tess.courses.card(course).pack)).lessons()[0].body == "Better words."
