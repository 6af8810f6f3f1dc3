"""What of a lesson somebody is served: one rule for the hub, the laptop and an author's preview (LES-07 to LES-09)."""

from __future__ import annotations

from typing import Literal

import msgspec

from lms_core.content.model import ACCESS, LessonDoc, ResourceDoc

Need = Literal["sign_in", "enroll", "subscribe"]
GUEST, REGISTERED, PREMIUM = range(3)
"""Levels of a reader, as those of lessons (LES-08)."""

NEEDS = {
    "sign_in": "Sign in to read this lesson.",
    "enroll": "Enrol in the course to read this lesson.",
    "subscribe": "Subscribe, or enrol in the course, to read this lesson.",
}
"""What is said of what somebody lacks, unless the lesson has words of its own."""


class Served(msgspec.Struct, frozen=True):
    """What somebody gets of a lesson; `body` is None where nothing is for them, and then `denied` may say why.

    Unless it `is_full`, `need` names what would give all of it, and neither files nor transcript go with it.
    """

    body: str | None
    is_full: bool = False
    need: Need | None = None
    denied: str = ""
    is_preview: bool = False
    """Whether the text stands for one of a higher level and says so (C-51)."""


def level_of(*, signed_in: bool, premium: bool) -> int:
    """The level of a reader: 0 without an account, 2 with a premium subscription (LES-08)."""
    return PREMIUM if premium and signed_in else REGISTERED if signed_in else GUEST


def serve(lesson: LessonDoc, level: int, *, enrolled: bool = False, manages: bool = False) -> Served:
    """Serve a lesson; the first that fits wins (LES-09).

    `enrolled` is who learns the course now or has completed it, `manages` its instructors and administrators.
    """
    if lesson.preview or manages or enrolled or level >= PREMIUM:
        return Served(lesson.body, is_full=True)
    needed = ACCESS.index(lesson.access)
    need: Need = "sign_in" if level == GUEST else "subscribe" if needed == PREMIUM else "enroll"
    text = (lesson.registered or lesson.guest) if level == REGISTERED else lesson.guest
    if not text:
        return Served(None, need=need, denied=lesson.denied)
    return Served(text, need=need, is_preview=level < needed)


def is_given(resource: ResourceDoc, served: Served, level: int, *, paid: bool = False) -> bool:
    """Whether somebody gets a resource: premium ones ask for a subscription or a paid enrolment (RES-04)."""
    return served.is_full and (not resource.premium or level >= PREMIUM or paid)
