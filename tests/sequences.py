"""A course of somebody else whose lessons open one after the other, and that another course comes before."""

from __future__ import annotations

from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc, Prerequisite
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.told import tell

COURSE, BEFORE = "01a1fda2-0000-7000-a382-9d7d46771000", "01a1fda2-0000-7000-a382-9d7d46771001"
PARTS = {
    "Asking a good question": (("What do you want to know?", "reading"), ("Who is asked", "video")),
    "Sampling": (("A spoonful of soup", "reading"), ("Stir first", "lab_exercise"), ("When samples lie", "video")),
    "Comparing groups": (("Two means and a question", "reading"), ("Paired measurements", "discussion")),
}
KEPT = (
    Prerequisite(BEFORE, "Numbers for beginners"),
    Prerequisite(COURSE[:-1] + "2", "Maps and scales", mandatory=False),
)


def lesson(number: int) -> str:
    """The id of one of its lessons, from 0."""
    return f"{COURSE[:-3]}{number:03d}"


def one_by_one(workspace: Workspace) -> str:
    """Install the course, known from the catalogue; returns its id."""
    numbers = iter(range(100))
    modules = tuple(
        ModuleDoc(f"m{n}", title, lessons=tuple(
            LessonDoc(lesson(next(numbers)), name, kind=kind, body="Count what you see, twice.", minutes=12 + 3 * at)
            for at, (name, kind) in enumerate(lessons)
        ))
        for n, (title, lessons) in enumerate(PARTS.items())
    )  # fmt: skip
    document = CourseDocument(
        COURSE, "1.0", "Statistics for everyday questions", language="en", level="beginner", authors=("Jonas Weber",),
        modules=modules, sequential=True, prerequisites=KEPT,
    )  # fmt: skip
    body = build_pack(document)
    pack = workspace.media.put(body)
    workspace.installed.install_pack(pack, body)
    needed = [{"course_id": p.course_id, "title": p.title, "mandatory": p.mandatory} for p in KEPT]
    tell(workspace, "course_card", "sequence", course_id=COURSE, title=document.title, version="1.0", pack=pack,
         is_published=True, lessons=len(document.lessons()), prerequisites=needed)  # fmt: skip
    tell(workspace, "course_card", "before", course_id=BEFORE, title=KEPT[0].title, version="1.0", is_published=True)
    return COURSE
