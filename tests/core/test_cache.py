"""Values at hand: until their time is over, until what they were made of changes, and never older than a change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection

from lms_core.cache import Cache, NotAtHand, from_memory, remembering
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(clock: FakeClock) -> Cache:
    return Cache(clock.ms, most=3, kept_ms=1000)


def keep(cache: Cache, key: str, *of: str, weight: int = 1) -> None:
    cache.keep(key, f"the {key}", since=cache.moment(), of=of, weight=weight)


def test_a_value_ends_with_its_time(cache: Cache, clock: FakeClock) -> None:
    keep(cache, "page", "catalog")
    clock.advance(ms=999)
    assert cache.find("page") == "the page"
    clock.advance(ms=1)
    assert cache.find("page") is None


def test_a_value_ends_earlier_where_it_says_so(cache: Cache, clock: FakeClock) -> None:
    cache.keep("caller", "Ada", since=cache.moment(), of=(), until=clock.ms() + 10)
    clock.advance(ms=10)
    assert cache.find("caller") is None


def test_a_value_ends_with_any_name_that_it_was_made_of(cache: Cache) -> None:
    keep(cache, "page", "catalog", "account/ada")
    keep(cache, "other", "account/ben")
    cache.clear(["account/ada"])
    assert cache.find("page") is None
    assert cache.find("other") == "the other"


def test_what_was_read_before_a_change_is_not_kept_after_it(cache: Cache) -> None:
    since = cache.moment()
    cache.clear(["catalog"])
    cache.keep("page", "an old page", since=since, of=("catalog",))
    assert cache.find("page") is None


def test_what_was_not_asked_for_the_longest_makes_room(cache: Cache) -> None:
    keep(cache, "one")
    keep(cache, "two")
    assert cache.find("one")
    keep(cache, "three", weight=2)
    assert [cache.find(key) for key in ("one", "two", "three")] == ["the one", None, "the three"]


def test_what_is_over_makes_room_by_itself(clock: FakeClock) -> None:
    cache = Cache(clock.ms, most=1000, kept_ms=1000)
    keep(cache, "old", weight=999)
    clock.advance(ms=1000)
    keep(cache, "new")
    assert cache._weight == 1


def test_a_clock_that_is_set_back_ends_everything(cache: Cache, clock: FakeClock) -> None:
    keep(cache, "page")
    clock.set(clock.now().replace(year=2001))
    assert cache.find("page") is None


def test_nothing_stands_when_a_change_may_have_been_lost(cache: Cache) -> None:
    keep(cache, "page", "catalog")
    cache.clear_all()
    assert cache.find("page") is None


def test_many_names_are_not_kept_for_good(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms_core.cache.MOST_NAMES", 2)
    cache = Cache(clock.ms, most=10, kept_ms=1000)
    keep(cache, "page", "catalog")
    cache.clear(["account/1", "account/2", "account/3"])
    assert cache._cleared == {}
    assert cache.find("page") is None  # of which nobody can tell any more


def test_memory_alone_never_asks_the_database(cache: Cache) -> None:
    opened: list[str] = []

    @contextmanager
    def look() -> Iterator[Connection]:
        opened.append("connection")
        yield None  # type: ignore[misc]

    def read() -> str:
        with remembering(look, cache) as reader:
            return reader.get("page", lambda: f"made over {reader.conn}", of=("catalog",))

    with pytest.raises(NotAtHand):
        from_memory(read)
    assert opened == []
    assert read() == "made over None"
    assert from_memory(read) == "made over None"
    assert opened == ["connection"]
