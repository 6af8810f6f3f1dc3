"""All files of an author's courses in one place, with where each is used (RES-10)."""

from __future__ import annotations

import hashlib

from sqlalchemy import event

from lms_core import ops
from lms_core.content.model import MediaRef
from lms_core.courses.entities import COURSE_INSTRUCTOR
from lms_core.courses.library import LibraryService, Use
from lms_core.courses.rules import instructor_id
from lms_core.schema import Actor
from lms_core.workspace import Workspace
from tests.core.school import School


def ref(workspace: Workspace, name: str, mime: str = "image/png", alt: str = "") -> MediaRef:
    """A file whose bytes are its name."""
    data = name.encode()
    return MediaRef(workspace.media.put(data), name, mime, len(data), alt)


def named(library: LibraryService, typed: str = "", kind: str = "") -> list[str]:
    return [file.name for file in library.files(typed=typed, kind=kind)[1]]  # type: ignore[arg-type]


def test_every_way_to_use_a_file_is_found(workspace: Workspace) -> None:
    courses, contents, library = workspace.courses, workspace.contents, workspace.library
    course = courses.create_course("Weather")
    lesson = courses.add_lesson(courses.add_module(course, "One"), "Wind")
    quiz = courses.add_lesson(courses.add_module(course, "Two"), "Check yourself", kind="quiz")
    shown, asked, film, words, sheet, cover, idle = (
        ref(workspace, "a.png"), ref(workspace, "b.png"), ref(workspace, "c.mp4", "video/mp4"),
        ref(workspace, "d.vtt", "text/vtt"), ref(workspace, "e.pdf", "application/pdf"), ref(workspace, "f.png"),
        ref(workspace, "g.zip", "application/zip"),
    )  # fmt: skip
    for file in (shown, asked, words, cover, idle):
        courses.add_file(course, file)
    twice = f"![](media:{shown.sha256}) and ![](media:{shown.sha256})"
    courses.change_lesson(lesson, body=twice, guest_content=f"![](media:{shown.sha256}) {idle.sha256}")
    courses.add_question(courses.ensure_assessment(quiz), f"![](media:{asked.sha256})", options=("Yes", "No"),
                         correct=(0,))  # fmt: skip
    contents.add_item(lesson, "video", file=film, captions=[{"language": "en", "media": words.sha256}])
    contents.add_resource(lesson, "To print", file=sheet)
    courses.change_course(course, thumbnail=cover.sha256)
    found = library.files()[1]
    assert [(f.name, f.kind, f.used) for f in found] == [
        ("a.png", "image", 1), ("b.png", "image", 1), ("c.mp4", "video", 1), ("d.vtt", "document", 1),
        ("e.pdf", "document", 1), ("f.png", "image", 1), ("g.zip", "other", 0),
    ]  # fmt: skip
    assert library.uses(shown.sha256) == [Use(course, "Weather", lesson, "Wind", "text")]
    assert library.uses(asked.sha256) == [Use(course, "Weather", quiz, "Check yourself", "text")]
    assert [library.uses(f.sha256)[0].what for f in (film, words, sheet)] == ["item", "caption", "resource"]
    assert library.uses(cover.sha256) == [Use(course, "Weather", "", "", "cover")]
    assert library.uses(idle.sha256) == []


def test_a_file_of_two_courses_stands_there_once(workspace: Workspace) -> None:
    courses, library = workspace.courses, workspace.library
    file = ref(workspace, "map.png")
    for title in ("Tides", "Weather"):
        course = courses.create_course(title)
        courses.add_file(course, file)
        courses.add_lesson(courses.add_module(course, "One"), "Maps", body=f"![](media:{file.sha256})")
    count, (found,) = library.files()
    assert (count, found.used, found.size, found.is_here) == (1, 2, 7, True)
    assert [use.course_title for use in library.uses(file.sha256)] == ["Tides", "Weather"]


def test_what_lies_in_the_trash_does_not_count(workspace: Workspace) -> None:
    courses, contents, library = workspace.courses, workspace.contents, workspace.library
    course = courses.create_course("Weather")
    module = courses.add_module(course, "One")
    file = ref(workspace, "map.png")
    shown = courses.add_lesson(module, "Wind", body=f"![](media:{file.sha256})")
    courses.add_file(course, file)
    held = contents.add_resource(courses.add_lesson(module, "Rain"), "To print", file=file)
    assert library.files()[1][0].used == 2
    courses.trash(held)
    assert library.files()[1][0].used == 1
    courses.trash(shown)
    assert library.files()[1][0].used == 0
    courses.restore(shown)
    courses.trash(module)
    assert library.uses(file.sha256) == []


def test_files_are_found_by_words_and_kind_and_come_in_pages(workspace: Workspace) -> None:
    courses, library = workspace.courses, workspace.library
    course = courses.create_course("Weather")
    for name, mime, alt in (
        ("wind map.png", "image/png", ""), ("100%.png", "image/png", "A gauge"), ("Map.pdf", "application/pdf", ""),
        ("storm.mp3", "audio/mpeg", "A map read aloud"), ("data.bin", "application/octet-stream", ""),
    ):  # fmt: skip
        courses.add_file(course, ref(workspace, name, mime, alt))
    assert named(library, "MAP") == ["Map.pdf", "storm.mp3", "wind map.png"]
    assert named(library, "map wind") == ["wind map.png"]
    assert named(library, "%") == ["100%.png"]
    assert named(library, "map", "image") == ["wind map.png"]
    assert [named(library, kind=kind) for kind in ("audio", "document", "other", "video")] == [
        ["storm.mp3"], ["Map.pdf"], ["data.bin"], [],
    ]  # fmt: skip
    count, page = library.files(offset=2, limit=2)
    assert (count, [file.name for file in page]) == (5, ["Map.pdf", "storm.mp3"])


def test_only_what_one_edits_is_shown(school: School) -> None:
    tess, omar = (school.laptop(school.person(name, "instructor")) for name in ("tess", "omar"))
    courses = tess.courses
    course = courses.create_course("Weather")
    file = ref(tess, "map.png")
    courses.add_file(course, file)
    courses.add_lesson(courses.add_module(course, "One"), "Wind", body=f"![](media:{file.sha256})")
    helper, rights = instructor_id(course, omar.account), {"course_id": course, "user_id": omar.account}
    with tess.work() as unit:
        unit.emit(ops.create(COURSE_INSTRUCTOR, helper, {**rights, "can_edit_content": False}))
    school.sync(tess, omar)
    at_hub = LibraryService(lambda: school.hub.unit(Actor(omar.account, role="instructor")))
    for library in (omar.library, at_hub):
        assert (library.files(), library.uses(file.sha256)) == ((0, []), [])
    with tess.work() as unit:
        unit.emit(ops.change(COURSE_INSTRUCTOR, helper, "can_edit_content", True))
    school.sync(tess, omar)
    for library in (omar.library, at_hub):
        (found,) = library.files()[1]
        assert (found.name, found.used, found.is_here) == ("map.png", 1, False)


def test_more_files_do_not_ask_more_often(workspace: Workspace) -> None:
    courses, library = workspace.courses, workspace.library
    course = courses.create_course("Weather")
    module = courses.add_module(course, "One")

    def asked() -> int:
        said: list[str] = []
        with workspace.work() as unit:
            engine = unit.conn.engine
            event.listen(engine, "before_cursor_execute", note := lambda *args: said.append(args[2]))
            try:
                library.files()
            finally:
                event.remove(engine, "before_cursor_execute", note)
        return len(said)

    def add(count: int) -> None:
        for n in range(count):
            name = hashlib.sha256(f"{count}-{n}".encode()).hexdigest()
            courses.add_file(course, MediaRef(name, f"{n}.png", "image/png", 1))
            courses.add_lesson(module, f"Lesson {n}", body=f"![](media:{name})")

    add(1)
    few = asked()
    add(9)
    assert asked() == few
