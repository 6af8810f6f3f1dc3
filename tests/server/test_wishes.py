"""Laptop and hub find the same courses for the same wish (SRC-01, SRC-02, SRC-08)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms_core.accounts.passwords import PasswordHasher
from lms_core.courses import tables as t
from lms_core.courses.categories import every_category
from lms_core.courses.entities import COURSE_CARD
from lms_core.courses.wish import LENGTHS, SORTS, Wish, below, find
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from lms_core.schema import Actor
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client

WORDS = ("tide", "Shore", "moss", "Kelp", "50% salt", "sand_bar")
TAGS = ("sea", "Deep sea", 'a "quoted" tag', "50%")


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """The hub with courses."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


def fill(opened: Opened, chance: random.Random) -> None:
    """Twelve dozen cards in three categories, one below another."""
    root, known = Actor("root", "admin"), {"": ""}
    for name, above in (("aa", ""), ("bb", "aa"), ("cc", "")):
        parent = {"parent_category": known[above]} if above else {}
        known[name] = opened.served.categories.create(root, {"name": name, **parent}).id
    with opened.hub.unit(root) as unit:
        for n in range(144):
            values = card(n, chance)
            values["category_id"] = known[values["category_id"]]
            unit.derive(COURSE_CARD, COURSE_CARD.id_for(f"c{n}"), values)


def card(n: int, chance: random.Random) -> dict[str, Any]:
    def words(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))

    return {
        "course_id": f"c{n}", "title": f"{words(2)} {n:03}", "subtitle": words(1), "short_description": "",
        "description": words(3), "category_id": chance.choice(["aa", "bb", "cc", ""]),
        "level": chance.choice(["beginner", "advanced"]), "language": chance.choice(["en", "de"]),
        "subtitle_languages": chance.choice([[], ["en"], ["en", "de"]]), "tags": chance.sample(TAGS, k=2),
        "price": chance.choice([0.0, 5.0, 19.5]), "avg_rating": chance.choice([0.0, 3.2, 4.0, 4.8]),
        "minutes": chance.choice([20, 119, 120, 700]), "enrolled": n % 7, "published_at": n % 11,
        "is_featured": chance.random() < 0.3, "is_published": True, "authors": ["Tess"], "version": "1",
    }  # fmt: skip


def wish(chance: random.Random) -> Wish:
    given = {
        "search": chance.choice(["", "", "tide", "shore kelp", "50%", "d_b", "SALT"]),
        "category": chance.choice(["", "aa", "cc", "none"]),
        "level": chance.choice(["", "advanced"]), "language": chance.choice(["", "de"]),
        "subtitles": chance.choice(["", "", "de"]), "tag": chance.choice(["", "", *TAGS, "SEA"]),
        "least_price": chance.choice([None, None, 5.0]), "most_price": chance.choice([None, 0.0, 10.0]),
        "least_rating": chance.choice([None, None, 4.0]), "is_featured": chance.choice([None, None, True, False]),
    }  # fmt: skip
    least, most = chance.choice([(None, None), *LENGTHS.values()])
    few = {name: value for name, value in given.items() if chance.random() < 0.4}
    return Wish(**few, least_minutes=least, most_minutes=most, order=(chance.choice(SORTS),), limit=200)


@pytest.mark.postgresql
def test_both_find_the_same(opened: Opened) -> None:  # SRC-01, SRC-02, SRC-08
    chance = random.Random(11)
    fill(opened, chance)
    with opened.hub.unit(Actor("root", "admin")) as unit:
        offers = unit.all(select(t.course_card, t.course_card.c.avg_rating.label("rating")))
        categories = every_category(unit)
    found = 0
    for _ in range(120):
        asked = wish(chance)
        count, cards = opened.served.catalogue.find(None, asked)
        here, counts = find(offers, asked, below(asked.category, categories))
        assert [each.id for each in cards] == [each.course_id for each in here], asked
        told = opened.served.catalogue.facets(asked)
        assert told.count == count == len(here)
        assert {name: getattr(told, name) for name in counts} == {name: dict(each) for name, each in counts.items()}
        found += count
    assert found > 1000


def test_a_facet_is_counted_as_if_it_were_open(client: Client, opened: Opened) -> None:  # SRC-02
    fill(opened, random.Random(3))
    every = client.get("/courses/facets").json()
    assert every["count"] == 144
    assert every["level"]["beginner"] + every["level"]["advanced"] == 144
    assert set(every["duration"]) == {"short", "medium", "long"}
    some = client.get("/courses/facets?level=beginner&rating_min=4").json()
    assert some["count"] == client.get("/courses?level=beginner&rating_min=4").json()["count"]
    assert set(some["level"]) == {"beginner", "advanced"}
    assert sum(some["language"].values()) == some["count"]
    listed = client.get("/courses?tag=sea&subtitles=de&duration_max=120&ordering=-rating&page_size=100").json()
    assert 0 < listed["count"] < 144
    assert client.get("/courses?creation_method=import").json()["count"] == 0
