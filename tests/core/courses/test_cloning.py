"""A copy of a course: what goes along, whose it is, its version and its title."""

from __future__ import annotations

import pytest

from lms_core.content.model import MediaRef
from lms_core.copying import copy_course
from lms_core.courses import entities as e
from lms_core.courses.cloning import next_version
from lms_core.courses.rules import instructor_id
from lms_core.errors import NotFound, UserError
from lms_core.workspace import Workspace
from tests.core.school import School, add_quiz, refusals

SEEN, UNSEEN = "a" * 64, "b" * 64


def begun(workspace: Workspace) -> str:
    courses = workspace.courses
    course = courses.create_course("Between the tides", description="A week.", price=5.0, skills=["Counting"])
    one, two = courses.add_module(course, "One"), courses.add_module(course, "Two")
    second = courses.add_lesson(one, "Waves", body=f"![A wave](media:{SEEN})")
    courses.add_lesson(one, "Foam", body=f"After [waves](lesson:{second}).")
    courses.change_lesson(second, access_level="guest", minutes=7)
    add_quiz(workspace, two, "How much?", mode="practice")
    gone = courses.add_lesson(two, "Gone")
    courses.trash(gone)
    for name in (SEEN, UNSEEN):
        courses.add_file(course, MediaRef(name, f"{name[0]}.png", "image/png", 3))
    return course


def files(workspace: Workspace, course: str) -> set[str]:
    return {each.sha256 for each in workspace.courses.document(course).media}


def test_a_copy_has_everything_and_goes_its_own_way(workspace: Workspace) -> None:  # CRS-29, CRS-30
    courses, old = workspace.courses, begun(workspace)
    new = copy_course(workspace, old)
    was, is_now = courses.document(old), courses.document(new)
    assert [(m.title, [x.title for x in m.lessons]) for m in is_now.modules] == [
        ("One", ["Waves", "Foam"]), ("Two", ["How much?"]),
    ]  # fmt: skip
    assert not {x.id for x in was.lessons()} & {x.id for x in is_now.lessons()}
    waves, foam, quiz = is_now.lessons()
    assert foam.body == f"After [waves](lesson:{waves.id})."
    assert courses.lesson_draft(waves.id).access_level == "guest"
    assert (waves.minutes, quiz.assessment.mode) == (7, "practice")
    assert [q.text for q in quiz.assessment.questions] == [q.text for q in was.lessons()[2].assessment.questions]
    assert files(workspace, new) == {SEEN, UNSEEN}
    with workspace.work() as unit:
        row = unit.row(e.COURSE, new)
        lead = unit.row(e.COURSE_INSTRUCTOR, instructor_id(new, workspace.account))
    assert (row["parent_version"], row["family_root"], row["first_version"]) == (old, old, "1.1")
    assert (row["title"], row["status"], row["price"], row["skills"]) == (
        "Between the tides (v1.1)", "draft", 5.0, ["Counting"],
    )  # fmt: skip
    assert lead["is_lead"]
    courses.edit_lesson(waves.id, base=waves.body, text="Changed.")
    assert courses.document(old).lessons()[0].body == was.lessons()[0].body


def test_what_is_left_out(workspace: Workspace) -> None:  # CRS-29
    courses, old = workspace.courses, begun(workspace)
    bare = copy_course(workspace, old, title="Bare", description="Mine.", copy_modules=False, copy_resources=False)
    assert (courses.document(bare).modules, courses.document(bare).description) == ((), "Mine.")
    assert files(workspace, bare) == set()
    lean = copy_course(workspace, old, title="Lean", copy_resources=False, copy_assessments=False)
    assert [x.kind for x in courses.document(lean).lessons()] == ["reading", "reading", "reading"]
    assert files(workspace, lean) == {SEEN}
    with pytest.raises(NotFound):
        copy_course(workspace, "nothing")


def test_titles_are_unique_in_a_family(workspace: Workspace) -> None:  # CRS-31
    old = begun(workspace)
    first = copy_course(workspace, old)
    for course, title in ((old, "between the TIDES"), (first, "Between the tides (v1.1)")):
        with pytest.raises(UserError) as caught:
            copy_course(workspace, course, title=title)
        assert caught.value.values["fields"] == {"title": ["name_taken"]}
    with pytest.raises(UserError):
        copy_course(workspace, old)
    second = copy_course(workspace, first)
    with workspace.work() as unit:
        row = unit.row(e.COURSE, second)
    assert (row["parent_version"], row["family_root"], row["first_version"]) == (first, old, "1.2")
    workspace.courses.create_course("Between the tides")  # another family


@pytest.mark.parametrize(
    ("version", "copy"), [("1.0", "1.1"), ("1.9", "2.0"), ("3.0", "3.1"), ("0.4", "1.1"), ("9.9", "10.0")]
)
def test_the_version_of_a_copy(version: str, copy: str) -> None:  # CRS-30
    assert next_version(version) == copy


def test_the_hub_publishes_a_copy_with_its_own_version(school: School) -> None:  # CRS-30
    tess = school.laptop(school.person("tess", "instructor"))
    old = begun(tess)
    school.sync(tess)
    new = copy_course(tess, old, title="Between two tides", copy_modules=False, copy_resources=False)
    module = tess.courses.add_module(new, "One")
    tess.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    tess.courses.publish(new)
    school.sync(tess)
    assert refusals(tess) == []
    assert tess.courses.card(new).version == "1.1"
    tess.courses.publish(new)
    school.sync(tess)
    assert tess.courses.card(new).version == "2.0"
    again = copy_course(tess, new)
    with tess.work() as unit:
        assert unit.row(e.COURSE, again)["first_version"] == "2.1"


def test_the_picture_of_a_video_goes_along(workspace: Workspace) -> None:  # LES-04
    courses = workspace.courses
    course = courses.create_course("Between the tides")
    lesson = courses.add_lesson(courses.add_module(course, "One"), "Waves", kind="video")
    courses.add_file(course, MediaRef(SEEN, "a.png", "image/png", 3))
    film = {"url": "https://vimeo.com/1", "thumbnail": SEEN, "quality": "720p"}
    workspace.contents.add_item(lesson, "video", **film)
    with pytest.raises(UserError, match="thumbnail"):
        workspace.contents.add_item(lesson, "video", url=film["url"], thumbnail="a.png")
    copies = [copy_course(workspace, course), courses.import_document(courses.document(course))]
    for made in map(courses.document, copies):
        (video,) = made.lessons()[0].items
        assert (video.url, video.thumbnail, video.quality) == (*film.values(),)
        assert SEEN in {each.sha256 for each in made.media}
