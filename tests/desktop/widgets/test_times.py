"""Moments are said as shortly as one understands them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from desktop_lms.widgets.times import when_words


def test_a_moment_of_today_of_this_year_and_of_another() -> None:
    now = datetime.now().astimezone()
    assert re.fullmatch(r"Today, \d\d:\d\d", when_words(round(now.timestamp() * 1000)))
    day = datetime(now.year, 7 if now.month < 6 else 2, 9, 8, 5).astimezone()
    assert when_words(round(day.timestamp() * 1000)) == f"9 {day:%b}, 08:05"
    long_ago = day.replace(year=now.year - 1) - timedelta(days=1)
    assert when_words(round(long_ago.timestamp() * 1000)) == f"8 {day:%b} {now.year - 1}"
