"""The demonstration: accounts and the sample course at a hub, made with the same verbs as everything else."""

from __future__ import annotations

from contextlib import suppress

from lms_core.errors import AuthExpired
from lms_core.folders import shipped
from lms_core.formats.markdown_folder import scan
from lms_core.session import Sessions
from lms_core.workspace import Workspace

SAMPLES = shipped("resources")
COURSES = ("sample_course", "second_course")
PASSWORD = "Lantern-and-limpet-7"
TEACHER = ("tess@demo.example", "Tess", "Harbour")
STUDENT = ("amara@demo.example", "Amara", "Okafor")


def write_courses(teacher: Workspace) -> tuple[str, ...]:
    """Import and ask to publish the sample courses, those that are not there yet."""
    there = {c.title for c in teacher.courses.my_courses()}
    made = []
    for name in COURSES:
        folder = SAMPLES / name
        if not folder.is_dir():
            continue
        plan = scan(folder)
        if plan.document.title in there:
            continue
        course = teacher.import_plan(plan)
        teacher.courses.publish(course)
        made.append(course)
    return tuple(made)


def open_sample(workspace: Workspace) -> str:
    """The sample course on this device without any server: as a draft that is installed; returns its id.

    A draft of it that is here already is installed again, instead of another.
    """
    plan = scan(SAMPLES / COURSES[0])
    for here in workspace.installed.installed():
        if here.title == plan.document.title:
            return here.course_id
    drafts = (each.id for each in workspace.courses.my_courses() if each.title == plan.document.title)
    course = next(drafts, None) or workspace.import_plan(plan)
    install_draft(workspace, course)
    return course


def install_draft(workspace: Workspace, course: str) -> None:
    """Install a draft as it stands and join it, as its students would have it."""
    from lms_core.content.pack import build_key_pack, build_pack
    from lms_core.courses.drafts import from_draft

    with workspace.work() as unit:
        document, keys = from_draft(unit, course, version="1.0")
    practice = {
        x.assessment.id: keys[x.assessment.id] for x in document.lessons() if x.assessment and x.assessment.id in keys
    }
    body = build_pack(document)
    pack, key_pack = workspace.media.put(body), workspace.media.put(build_key_pack(practice))
    workspace.installed.install_pack(pack, body, key_pack=key_pack)
    workspace.learning.enroll(course)


def sign_in(sessions: Sessions, url: str, person: tuple[str, str, str]) -> Workspace:
    """Sign a person of the demonstration in, registering them first where they are not known."""
    email, first, last = person
    with suppress(AuthExpired):
        return sessions.sign_in(url, email, PASSWORD, remember=True)
    sessions.register(url, email=email, password=PASSWORD, first_name=first, last_name=last)
    return sessions.sign_in(url, email, PASSWORD, remember=True)
