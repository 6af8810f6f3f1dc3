"""What an import found, took over, changed and left out, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from lms_core.errors import UserError

Outcome = Literal["imported", "changed", "left_out"]

REASONS = {
    "lesson": "A lesson.",
    "assignment": "An assignment.",
    "quiz": "A quiz.",
    "page": "A page that belongs to a lesson.",
    "introduction": "Became the description of its module or of the course.",
    "picture": "A picture that a lesson shows.",
    "file": "A file that a lesson holds.",
    "file_missing": "The file “{file}” is not in the folder, or is none that a lesson holds.",
    "settings": "Read for title, order and details.",
    "div_to_callout": "Marked blocks became callouts.",
    "remote_picture": "The picture lies on the internet; it became a link.",
    "picture_missing": "The picture is not in the folder.",
    "picture_unusable": "{why}",
    "active_parts": "Scripts and active parts are not shown.",
    "link_unknown": "The link leads to a file that is not part of the course; its words were kept.",
    "encoding": "The text was not in UTF-8; it was read as {encoding}.",
    "empty": "The file has no text.",
    "binary": "The file is no text.",
    "too_large": "The file is larger than {most} MB.",
    "outside": "It leads out of the folder.",
    "not_a_file": "It is no ordinary file.",
    "bad_name": "Its name has characters that cannot be shown; rename it.",
    "unreadable": "It could not be read: {why}.",
    "too_many": "There are more files than an import takes.",
    "too_deep": "It lies too deep in the folder.",
    "made_by_tools": "A folder that tools make.",
    "split": "The text was too long for one lesson; it became {parts} lessons.",
    "front_matter": "Its settings could not be read and were left away: {why}.",
    "translation": "A translation; import its folder to get that language.",
    "not_a_lesson": "A file about the project, not a lesson.",
    "not_used": "No lesson uses it.",
    "quiz_unreadable": "The quiz could not be read: {why}.",
    "settings_unreadable": "The settings could not be read: {why}.",
}

Progress = Callable[[int, int, str], bool]
"""Told done, all and a name; returning False cancels."""


@dataclass(frozen=True)
class Item:
    """One file and what became of it."""

    path: str
    outcome: Outcome
    reason: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return REASONS[self.reason].format(**self.values)


@dataclass
class Report:
    """All items of an import, in the order they were met."""

    items: list[Item] = field(default_factory=list)
    _seen: set[tuple[str, str, str, str]] = field(default_factory=set, repr=False, compare=False)

    def add(self, path: str, outcome: Outcome, reason: str, **values: object) -> None:
        """Note what became of a file; the same thing is noted once."""
        key = (path, outcome, reason, str(values))
        if key not in self._seen:
            self._seen.add(key)
            self.items.append(Item(path, outcome, reason, values))

    def of(self, outcome: Outcome) -> list[Item]:
        """Items with one outcome."""
        return [item for item in self.items if item.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        """How many files of each reason."""
        return dict(Counter(item.reason for item in self.items))


def step(progress: Progress | None, done: int, total: int, name: str) -> None:
    """Tell progress; raises UserError `cancelled` when the listener says stop."""
    if progress and not progress(done, total, name):
        raise UserError("cancelled")
