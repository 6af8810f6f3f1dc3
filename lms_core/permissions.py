"""Who may do what, by name (ROL-01 to ROL-10): one pure function each, the same on a laptop and at the hub.

`who` is None for a guest. A row is None where there is none; who asks has looked it up. Deny by default: what is not
known is not allowed. What only reads passes the `..._or_read_only` forms with `reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

STUDENT, INSTRUCTOR, MANAGER, ADMIN = "student", "instructor", "manager", "admin"
ROLES = (STUDENT, INSTRUCTOR, MANAGER, ADMIN)
"""From the least to the most."""

AUTHORS = frozenset({INSTRUCTOR, ADMIN})
LEARNING = frozenset({"active", "completed"})
"""States of an enrolment in which somebody learns."""
LEFT = frozenset({"dropped", "unenrolled"})
"""States of an enrolment that was given up; enrolling again goes on with it."""
OUTSIDE = frozenset({"none", "suspended"})
"""States of an enrolment in which nobody reads the course by it."""

OFFLINE_GRACE_MS = 30 * 86_400_000
"""How long a laptop goes on with what was paid for without hearing from the hub."""

Right = Literal["can_edit_content", "can_manage_students", "can_view_analytics"]
Row = Mapping[str, Any]


class Who(Protocol):
    """Somebody who is signed in."""

    @property
    def account(self) -> str:
        """Whose account it is."""

    @property
    def role(self) -> str:
        """One of ROLES."""


# --- the person alone
def is_anyone(who: Who | None) -> bool:
    """Everybody, guests too."""
    return True


def is_authenticated(who: Who | None) -> bool:
    """Whoever is signed in."""
    return who is not None


def is_student(who: Who | None) -> bool:
    """A student and no more."""
    return who is not None and who.role == STUDENT


def is_instructor(who: Who | None) -> bool:
    """An instructor by role."""
    return who is not None and who.role == INSTRUCTOR


def is_instructor_or_admin(who: Who | None) -> bool:
    """Who may write courses of their own (ROL-04)."""
    return who is not None and who.role in AUTHORS


def is_admin(who: Who | None) -> bool:
    """An administrator."""
    return who is not None and who.role == ADMIN


def is_instructor_or_read_only(who: Who | None, *, reading: bool) -> bool:
    """Everybody reads, authors write."""
    return reading or is_instructor_or_admin(who)


# --- the person and a row
def is_active_instructor(who: Who | None, profile: Row | None) -> bool:
    """Who may begin and publish courses (INS-03): administrators, and instructors who are not suspended.

    `profile` is the person's instructor profile; None where the role was given before the profile could follow.
    """
    active = profile is None or (_of(who, profile) and profile["status"] == "active")
    return is_admin(who) or (is_instructor(who) and active)


def is_verified_user(who: Who | None, person: Row | None) -> bool:
    """Whose e-mail address is verified; `person` is the account's row."""
    return _of(who, person, "id") and bool((person or {})["is_email_verified"])


def is_owner(who: Who | None, owner: str | None) -> bool:
    """Whose account a row belongs to."""
    return who is not None and bool(owner) and who.account == owner


def is_owner_or_admin(who: Who | None, owner: str | None) -> bool:
    """The owner of a row, or an administrator."""
    return is_owner(who, owner) or is_admin(who)


def is_owner_or_read_only(who: Who | None, owner: str | None, *, reading: bool) -> bool:
    """Everybody reads, the owner writes."""
    return reading or is_owner(who, owner)


def is_enrolled(who: Who | None, enrollment: Row | None) -> bool:
    """Who learns the course of an enrolment, or has completed it (ROL-09)."""
    return _of(who, enrollment) and (enrollment or {})["status"] in LEARNING


def is_enrolled_or_read_only(who: Who | None, enrollment: Row | None, *, reading: bool) -> bool:
    """Everybody reads, who learns the course writes."""
    return reading or is_enrolled(who, enrollment)


def is_premium_user(who: Who | None, subscription: Row | None, *, now_ms: int) -> bool:
    """Who has a premium subscription that runs now (SUB-03)."""
    if not _of(who, subscription) or subscription is None:
        return False
    ends = subscription["ends_at"]
    return subscription["tier"] == "premium" and subscription["status"] == "active" and (ends is None or ends > now_ms)


def is_premium_offline(who: Who | None, subscription: Row | None, *, heard_ms: int, now_ms: int) -> bool:
    """The same on a laptop that last heard of the subscription at `heard_ms`: for thirty days at most (ACC-16).

    What is over when the hub spoke stays over, however far the clock is set back.
    """
    running = is_premium_user(who, subscription, now_ms=max(now_ms, heard_ms))
    return running and now_ms - heard_ms <= OFFLINE_GRACE_MS


def is_course_instructor(who: Who | None, membership: Row | None) -> bool:
    """Who teaches the course of a `course_instructor` row."""
    return _of(who, membership) and bool((membership or {})["is_active"])


def is_lead_instructor(who: Who | None, membership: Row | None) -> bool:
    """Who leads the course."""
    return is_course_instructor(who, membership) and bool((membership or {})["is_lead"])


def can_manage_course(who: Who | None, membership: Row | None, right: Right = "can_edit_content") -> bool:
    """Who may change a course, or with another right its students, or see its figures (ROL-08)."""
    return is_admin(who) or (is_course_instructor(who, membership) and bool((membership or {})[right]))


def can_read_course(who: Who | None, *, card: Row | None, enrollment: Row | None, membership: Row | None) -> bool:
    """Who may have what readers of a course get: everybody who is signed in while it is published for free.

    Else those who learn or have learned it, who teach it, and administrators. Who is suspended is nobody here.
    """
    status = (enrollment or {})["status"] if _of(who, enrollment) else "none"
    free = card is not None and bool(card["is_published"]) and card["price"] == 0 and is_authenticated(who)
    learns = status not in OUTSIDE or (free and status != "suspended")
    return learns or is_course_instructor(who, membership) or is_admin(who)


def is_cohort_member(who: Who | None, membership: Row | None) -> bool:
    """Who learns or teaches in a class."""
    return _of(who, membership) and bool((membership or {})["is_active"])


def can_manage_cohort(who: Who | None, membership: Row | None) -> bool:
    """Who runs a class: its instructors, managers and administrators."""
    teaches = is_cohort_member(who, membership) and (membership or {})["kind"] == INSTRUCTOR
    return teaches or is_moderator_or_up(who)


def can_invite(who: Who | None, role: str) -> bool:
    """Who may let others in as this role: administrators as any, managers as students."""
    return is_admin(who) or (who is not None and who.role == MANAGER and role == STUDENT)


def is_moderator_or_up(who: Who | None, membership: Row | None = None) -> bool:
    """Managers and administrators, and within a course those who teach it (ROL-10)."""
    return (who is not None and who.role in (MANAGER, ADMIN)) or is_course_instructor(who, membership)


def _of(who: Who | None, row: Row | None, field: str = "user_id") -> bool:
    return row is not None and is_owner(who, row[field])


PREDICATES: Mapping[str, Callable[..., bool]] = {
    each.__name__: each
    for each in (
        is_anyone, is_authenticated, is_verified_user, is_student, is_instructor, is_instructor_or_admin,
        is_instructor_or_read_only, is_active_instructor, is_admin, is_owner, is_owner_or_admin,
        is_owner_or_read_only, is_enrolled, is_enrolled_or_read_only, is_premium_user, is_premium_offline,
        is_course_instructor, is_lead_instructor, can_manage_course, can_read_course, is_cohort_member,
        can_manage_cohort, can_invite, is_moderator_or_up,
    )
}  # fmt: skip
"""By name: every route, op and command asks one of them, which tests hold."""
