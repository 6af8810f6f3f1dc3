"""A learner's real workspace on real files, with a small course made through the core's own verbs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lms_core.content.pack import build_key_pack, build_pack, pack_name
from lms_core.courses.drafts import from_draft
from lms_core.ports import Clock, NewId
from lms_core.profiles import Profiles
from lms_core.workspace import Workspace
from tests.fakes import FakeClock, MemorySecrets, SeqId


@dataclass(frozen=True)
class Tides:
    """Ids of the course that the tests read."""

    course: str
    waves: str
    shells: str
    quiz: str
    assessment: str


WAVES = """# Waves

A sample is a witness, and witnesses differ. Count the waves for a minute.

## What the wind does

Wind makes waves; the longer it blows, the higher they are.
"""
SHELLS = "# Shells\n\nTwelve limpets weighed 4.6 g each. See [the waves](lesson:{waves}).\n"


def open_workspace(
    folder: Path, *, name: str = "Amara", clock: Clock | None = None, new_id: NewId | None = None
) -> Workspace:
    """A fresh local profile, open."""
    secrets, clock = MemorySecrets(), clock or FakeClock()
    profiles = Profiles(folder, secrets, clock, new_id=SeqId(7))
    return Workspace(profiles.create(name), secrets=secrets, clock=clock, new_id=new_id or SeqId())


def write_course(workspace: Workspace, *, title: str = "Between the tides", limit: int | None = None) -> Tides:
    """Write a draft with three lessons, the last one a quiz of three questions."""
    courses = workspace.courses
    course = courses.create_course(title, subtitle="A shore in a week", category="Nature", level="beginner")
    first = courses.add_module(course, "The shore")
    waves = courses.add_lesson(first, "Waves", body=WAVES)
    shells = courses.add_lesson(first, "Shells", body=SHELLS.format(waves=waves))
    second = courses.add_module(course, "What you know")
    quiz = courses.add_lesson(second, "Quiz: waves", kind="quiz")
    assessment = courses.ensure_assessment(quiz)
    courses.change_assessment(assessment, mode="practice", attempts_allowed=None, time_limit_minutes=limit)
    courses.add_question(
        assessment, "What makes waves?", options=["Fish", "Wind"], correct=[1], explanation="It blows."
    )
    courses.add_question(
        assessment, "Which live here?", kind="multiple", options=["Limpets", "Mussels", "Owls"], correct=[0, 1]
    )
    courses.add_question(assessment, "The sea is salt.", kind="true_false", options=["True", "False"], correct=[0])
    return Tides(course, waves, shells, quiz, assessment)


def install(workspace: Workspace, course: str) -> None:
    """Make packs of a draft and install them, as the hub and a download would."""
    with workspace.work() as unit:
        document, keys = from_draft(unit, course)
    body, key_body = build_pack(document), build_key_pack(keys)
    workspace.media.put(body)
    workspace.media.put(key_body)
    workspace.installed.install_pack(pack_name(body), body, key_pack=pack_name(key_body))
