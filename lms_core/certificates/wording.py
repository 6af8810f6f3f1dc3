"""What certificates and the page that verifies them say: one file of resources/certificates for each language."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from lms_core.folders import shipped
from lms_core.mail.letters import LANGUAGES


@cache
def wording(language: str) -> dict[str, Any]:
    """Everything that is said in a language, English where it is not shipped."""
    name = language if language in LANGUAGES else "en"
    return tomllib.loads((shipped("resources") / "certificates" / f"{name}.toml").read_text("utf-8"))


def day_of(ms: int, language: str) -> str:
    """A day in words, as UTC has it."""
    said, day = wording(language), datetime.fromtimestamp(ms / 1000, UTC)
    return str(said["day"]).format(day=day.day, month=said["months"][day.month - 1], year=day.year)


def work_of(minutes: int, language: str) -> str:
    """How much work a course is, in words; "" where nothing is known."""
    hours, rest = divmod(minutes, 60)
    form = wording(language)["hours" if hours else "minutes"]
    return str(form).format(hours=hours, minutes=rest) if minutes else ""
