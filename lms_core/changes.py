"""What a write touched, so that a screen refreshes only when its topic is in it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Topic(StrEnum):
    """Areas of the product a screen may show."""

    ACCOUNT = "account"
    COURSES = "courses"
    DRAFTS = "drafts"
    LEARNING = "learning"
    NOTES = "notes"
    ASSESSMENT = "assessment"
    MEDIA = "media"
    PEOPLE = "people"
    SETTINGS = "settings"
    INBOX = "inbox"
    SYNC = "sync"
    ACTIVITY = "activity"
    REVIEW = "review"


class Changes(msgspec.Struct, frozen=True):
    """Topics and row ids that one committed transaction touched."""

    topics: frozenset[Topic] = frozenset()
    rows: frozenset[str] = frozenset()

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.topics | other.topics, self.rows | other.rows)

    def __bool__(self) -> bool:
        return bool(self.topics)
