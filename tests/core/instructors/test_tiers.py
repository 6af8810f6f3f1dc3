"""Tiers of instructors: who has which, and what the next one takes."""

from __future__ import annotations

import pytest

from lms_core.errors import UserError
from lms_core.instructors.tiers import next_tier, tier_of, tiers_from
from sync_server.config import Settings

TIERS = tiers_from(Settings().instructor_tiers)


@pytest.mark.parametrize(
    ("students", "rating", "tier"),
    [(0, 5.0, "bronze"), (49, 3.5, "bronze"), (50, 3.4, "bronze"), (50, 3.5, "silver"), (250, 3.9, "silver"),
     (250, 4.0, "gold"), (1000, 4.3, "platinum"), (5000, 4.6, "diamond"), (9000, 0.0, "bronze")],
)  # fmt: skip
def test_both_bounds_count(students: int, rating: float, tier: str) -> None:  # INS-04, INS-05
    assert tier_of(students, rating, TIERS) == tier


def test_the_tier_above() -> None:  # INS-04
    assert next_tier("bronze", TIERS) == ("silver", 50, 3.5)
    assert next_tier("platinum", TIERS) == ("diamond", 5000, 4.6)
    assert next_tier("diamond", TIERS) is None


@pytest.mark.parametrize(
    "lines", [("silver",), ("silver:many:3",), ("brass:1:1",), ("bronze:0:0",), ("gold:250:4", "silver:50:3.5"),
              ("silver:50:3.5", "gold:40:4"), ("silver:-1:3",), ("silver:50:6",), ("silver:1:1", "silver:2:2")],
)  # fmt: skip
def test_settings_that_are_none_are_refused(lines: tuple[str, ...]) -> None:  # INS-05
    with pytest.raises(UserError) as caught:
        Settings(instructor_tiers=lines)
    assert caught.value.values["name"] == "instructor_tiers"
