"""Notifications as their owner sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Notification:
    """What somebody was told (NTF-01); times in ms since 1970.

    `action_url` is where to go from it in the app (`course/ID`, `lesson/COURSE/ID`, a place), `action_text` its button.
    `email_sent_at` is known at the hub alone.
    """

    id: str
    event: str
    kind: str
    priority: str
    title: str
    message: str
    action_url: str
    action_text: str
    metadata: dict[str, Any]
    created_at: int
    read_at: int | None
    dismissed_at: int | None
    expires_at: int | None
    email_sent_at: int | None = None
