"""Tiers of instructors: from how many learners and which rating on somebody has which (INS-04, INS-05)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lms_core.accounts.personal import TIERS
from lms_core.errors import UserError

LOWEST = TIERS[0]
MOST_RATING = 5.0


class Tier(NamedTuple):
    """A tier and what it takes: learners, and the mean of their ratings from 0 to 5."""

    name: str
    students: int
    rating: float


def tiers_from(lines: Sequence[str]) -> tuple[Tier, ...]:
    """The tiers of `silver:50:3.5` and the like, the lowest first. Raises UserError `setting_invalid`."""
    try:
        found = tuple(Tier(name, int(students), float(rating)) for name, students, rating in map(_parts, lines))
    except ValueError as error:
        raise UserError("setting_invalid", name="instructor_tiers", value=", ".join(lines)) from error
    names = [TIERS.index(tier.name) if tier.name in TIERS[1:] else 0 for tier in found]
    rising = names == sorted(set(names)) and 0 not in names and sorted(found, key=lambda t: t.students) == list(found)
    if not rising or not all(tier.students >= 0 and 0 <= tier.rating <= MOST_RATING for tier in found):
        raise UserError("setting_invalid", name="instructor_tiers", value=", ".join(lines))
    return found


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split(":")]


def tier_of(students: int, rating: float, tiers: Sequence[Tier]) -> str:
    """The highest tier whose two bounds are reached."""
    reached = [tier.name for tier in tiers if students >= tier.students and rating >= tier.rating]
    return reached[-1] if reached else LOWEST


def next_tier(name: str, tiers: Sequence[Tier]) -> Tier | None:
    """The tier above one, None above the highest."""
    return next((tier for tier in tiers if TIERS.index(tier.name) > TIERS.index(name)), None)
