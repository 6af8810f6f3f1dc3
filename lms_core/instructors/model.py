"""Values of instructors and what holds for them without looking anything up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from lms_core.errors import Conflict

MOST_REASON = 1000


class Decision(NamedTuple):
    """A step of an administrator: from which states to which, what is told of it, whether it needs a reason."""

    before: frozenset[str]
    after: str
    event: str
    with_reason: bool = False


DECISIONS: Mapping[str, Decision] = {
    "approve": Decision(frozenset({"pending", "rejected"}), "active", "application_approved"),
    "reject": Decision(frozenset({"pending"}), "rejected", "application_rejected", with_reason=True),
    "suspend": Decision(frozenset({"active"}), "suspended", "teaching_suspended", with_reason=True),
    "reactivate": Decision(frozenset({"suspended", "inactive"}), "active", "teaching_resumed"),
}


def decide(verb: str, status: str) -> Decision:
    """The step that a verb is in a state. Raises Conflict `bad_transition`."""
    found = DECISIONS[verb]
    if status not in found.before:
        raise Conflict("bad_transition")
    return found


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who teaches or wishes to, as administrators see them; times in ms since 1970."""

    user_id: str
    email: str
    first_name: str
    last_name: str
    role: str
    display_name: str
    bio: str
    expertise_areas: list[str]
    title: str
    organization: str
    years_experience: int
    website: str
    linkedin_profile: str
    twitter_handle: str
    status: str
    is_verified: bool
    tier: str
    applied_at: int | None
    approved_by: str | None
    approval_date: int | None
    suspension_reason: str


class PublicInstructor(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody may know of an instructor (INS-07)."""

    id: str
    display_name: str
    bio: str
    expertise_areas: list[str]
    title: str
    organization: str
    years_experience: int
    website: str
    linkedin_profile: str
    twitter_handle: str
    tier: str
    total_courses: int
    total_students: int
