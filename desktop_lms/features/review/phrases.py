"""How the review says spans of time, states of cards and where they come from."""

from __future__ import annotations

from desktop_lms.words import counted, dotted, tr
from lms_core.review.model import DAY_MS, Card

MINUTE, HOUR = 60_000, 3_600_000


def span(ms: int) -> str:
    """A span in its largest fitting unit: 10 min, 3 h, 5 days, 2 months."""
    if ms < HOUR:
        return tr("{minutes} min", minutes=max(1, round(ms / MINUTE)))
    if ms < DAY_MS:
        return tr("{hours} h", hours=round(ms / HOUR))
    days = round(ms / DAY_MS)
    if days < 60:
        return counted("1 day", "{count} days", days)
    if days < 730:
        return counted("1 month", "{count} months", round(days / 30.4))
    return counted("1 year", "{count} years", round(days / 365.25))


def rating_words() -> tuple[str, str, str, str]:
    """The four ratings."""
    return tr("Again"), tr("Hard"), tr("Good"), tr("Easy")


def source_words(card: Card) -> str:
    """Where a card comes from."""
    return {
        "own": tr("Your card"), "highlight": tr("From a highlight"), "question": tr("From a question"),
        "author": tr("From the course"),
    }.get(card.source, "")  # fmt: skip


def when_words(card: Card, now_ms: int) -> str:
    """When it comes back."""
    if card.memory.state == "new":
        return tr("New")
    left = card.memory.due - now_ms
    return tr("Due now") if left <= 0 else tr("In {time}", time=span(left))


def due_words(count: int, minutes: int) -> str:
    """What waits: 23 due, about 9 min."""
    if not count:
        return tr("Nothing due")
    return dotted(counted("1 due", "{count} due", count), tr("about {minutes} min", minutes=minutes))
