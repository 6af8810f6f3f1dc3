"""Time, streaks and goals in words."""

from __future__ import annotations

from desktop_lms.words import counted, tr
from lms_core.learning.model import Goal

GOAL_MINUTES, GOAL_DAYS = (10, 15, 20, 30, 45, 60, 90, 120), (2, 3, 4, 5, 6, 7)


def spell(seconds: int) -> str:
    """A span of time in hours and minutes."""
    hours, minutes = divmod(seconds // 60, 60)
    return (
        tr("{hours} h {minutes} min", hours=hours, minutes=minutes) if hours else tr("{minutes} min", minutes=minutes)
    )


def streak_words(now: int, longest: int) -> str:
    """Days in a row, and the most there ever were."""
    if not now and not longest:
        return tr("No streak yet. A minute of study begins one.")
    streak = counted("Streak of 1 day", "Streak of {count} days", now) if now else tr("No streak at present")
    return tr("{streak}, longest {longest}", streak=streak, longest=longest)


def goal_words(goal: Goal) -> str:
    """What was reached of a goal."""
    if goal.kind == "minutes":
        return tr("{reached} of {target} min today", reached=goal.reached, target=goal.target)
    return tr("{reached} of {target} days this week", reached=goal.reached, target=goal.target)


def grade_words(*, passed: bool, final: bool) -> str:
    """What came of an attempt; until the server has checked it, that is provisional."""
    if final:
        return tr("Passed") if passed else tr("Not passed")
    return tr("Passed, provisional") if passed else tr("Not passed, provisional")
