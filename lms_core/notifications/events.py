"""What people are told of: each event by name, with its kind (NTF-02) and how urgent it is (NTF-03).

What is said of it in the shipped languages stands in `resources/notifications/<language>.toml`, a section an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
"""From the least to the most. What is urgent is mailed at once and cannot be switched off."""
KINDS = frozenset({
    "enrollment", "assignment", "announcement", "course_update", "deadline", "maintenance", "feature", "completion",
    "certificate", "review", "discussion_reply", "grade", "approval", "system",
})  # fmt: skip
"""Kinds that a person can switch off; what is not named is on."""


class Event(NamedTuple):
    """Something that happened to somebody."""

    kind: str
    priority: Priority = "normal"


EVENTS: Mapping[str, Event] = {
    "enrolled": Event("enrollment"),
    "class_joined": Event("enrollment"),
    "course_published": Event("course_update"),
    "course_updated": Event("course_update"),
    "course_completed": Event("completion"),
    "graded": Event("grade"),
    "certificate_issued": Event("certificate"),
    "application_waiting": Event("approval"),
    "application_approved": Event("approval", "high"),
    "application_rejected": Event("approval", "high"),
    "teaching_suspended": Event("approval", "urgent"),
    "teaching_resumed": Event("approval", "high"),
    "role_changed": Event("system", "high"),
    "announcement": Event("announcement"),
    "maintenance": Event("maintenance", "high"),
    "feature": Event("feature", "low"),
    "system": Event("system"),
}
"""By name; the last four are said in an administrator's own words."""
SAID = frozenset({"announcement", "maintenance", "feature", "system"})
"""Events whose title and message are given with them."""
