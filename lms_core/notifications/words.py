"""What a notification says, in the shipped languages: one file of resources/notifications for each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from lms_core.folders import shipped
from lms_core.mail.letters import GAP, spoken

LONGEST = 200


class Said(NamedTuple):
    """A notification in words; `action` names the button that leads to what it is about, "" without one."""

    title: str
    message: str
    action: str = ""


@cache
def sentences(language: str) -> dict[str, dict[str, str]]:
    """Everything that is said in a shipped language: a section an event, and `values` for those that have names."""
    path = shipped("resources") / "notifications" / f"{language}.toml"
    found: dict[str, dict[str, str]] = tomllib.loads(path.read_text("utf-8"))
    return found


def say(event: str, language: str, values: Mapping[str, Any]) -> Said:
    """An event in a language (BCP 47), English where it is not shipped; raises KeyError for one without sentences.

    A value that is a name in the product (`{role}`: `student`) is said by its word.
    """
    shown = spoken(language) or "en"
    said = sentences(shown)
    words = {name: said["values"].get(f"{name}_{value}", str(value)) for name, value in values.items()}
    title, message, action = (
        GAP.sub(lambda gap: words.get(gap[1], ""), said[event].get(part, "")) for part in ("title", "message", "action")
    )
    return Said(clipped(title), message.strip(), action)


def clipped(title: str) -> str:
    """A title that is no longer than titles are."""
    title = " ".join(title.split())
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
