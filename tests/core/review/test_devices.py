"""Two devices of one person review without a network: nothing is lost, and both come to know the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms_core import ops
from lms_core.content.model import AnswerKey, OptionDoc, QuestionDoc
from lms_core.errors import Denied
from lms_core.review import entities as e
from lms_core.review import tables as t
from lms_core.review.entities import AGAIN, EASY, GOOD
from lms_core.review.model import Memory, Review, replay
from lms_core.workspace import Workspace
from tests.core.school import School, forge, refusals
from tests.fakes import FakeClock

QUESTION = QuestionDoc("q", "single", "Why waves?", options=(OptionDoc("a", "Wind"), OptionDoc("b", "Fish")))
KEY = AnswerKey("quiz", "1", {"q": ("a",)}, {"q": "It blows."})


def stands(workspace: Workspace) -> list[tuple[object, ...]]:
    with workspace.work() as unit:
        return [tuple(r) for r in unit.all(select(t.card_now).order_by(t.card_now.c.id))]


def logged(workspace: Workspace) -> set[str]:
    with workspace.work() as unit:
        return {r.id for r in unit.all(select(t.card_review.c.id))}


def test_both_review_the_same_card_apart(school: School, clock: FakeClock) -> None:
    person = school.person("sam")
    phone, desk = school.laptop(person), school.laptop(person)
    phone.review.add_missed("l", "c", [QUESTION], KEY)
    clock.advance(ms=5)
    desk.review.add_missed("l", "c", [QUESTION], KEY)
    (card,) = (each.id for each in phone.review.cards()[1])
    assert [each.id for each in desk.review.cards()[1]] == [card]
    phone.review.rate(card, GOOD)
    clock.advance(timedelta(days=1))
    desk.review.rate(card, EASY)
    desk.review.edit(card, front="Why are there waves?", back="Wind")
    undone = phone.review.rate(card, AGAIN)
    phone.review.take_back(undone)
    school.sync(phone, desk, phone)
    assert refusals(phone) == refusals(desk) == []
    assert logged(phone) == logged(desk)
    assert len(logged(phone)) == 4
    assert stands(phone) == stands(desk)
    kept = phone.review.get(card)
    assert (kept.front, kept.memory.reps, kept.memory.lapses) == ("Why are there waves?", 2, 0)


days = st.integers(0, 20)
Step = tuple[int, int, int, int, bool]
"""Which device, which card, the rating, the days before it, and whether it is taken back."""
steps = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(AGAIN, EASY), days, st.booleans()), max_size=10
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.lists(st.integers(0, 9), max_size=3))
def test_any_two_histories_meet(school: School, clock: FakeClock, plan: list[Step], meets: list[int]) -> None:
    person = school.person(f"sam{clock.ms()}")
    both = [school.laptop(person), school.laptop(person)]
    cards = [both[0].review.add("Ebb", "out"), both[0].review.add("Flood", "in")]
    school.sync(*both)
    given: list[Review] = []
    for n, (who, which, rating, wait, undo) in enumerate(plan):
        clock.advance(timedelta(days=wait), ms=7)
        rated = both[who].review.rate(cards[which], rating)
        given.append(Review(rated, rating, cards[which], clock.ms(), 0.9))
        if undo:
            both[who].review.take_back(rated)
            given.pop()
        if n in meets:
            school.sync(both[n % 2])
    school.sync(*both, *both)
    assert logged(both[0]) == logged(both[1])
    assert stands(both[0]) == stands(both[1])
    for card in cards:
        log = [Review(r.id, r.rating, "", r.at, r.retention) for r in given if r.undoes == card]
        assert both[0].review.get(card).memory == (replay(log) if log else Memory())


def test_a_fresh_device_knows_where_cards_stand(school: School, clock: FakeClock) -> None:
    person = school.person("sam")
    phone = school.laptop(person)
    for n in range(30):
        phone.review.rate(phone.review.add(f"Front {n}", "back"), n % 4 + 1)
    phone.review.change_settings(new_a_day=3, retention=0.8)
    school.sync(phone)
    later = school.laptop(person)
    school.sync(phone, later)
    assert stands(later) == stands(phone)
    assert later.review.settings() == phone.review.settings()


def test_a_clock_that_is_years_ahead_costs_nothing_once_the_hub_has_seen_it(school: School, clock: FakeClock) -> None:
    person = school.person("sam")
    phone = school.laptop(person)
    card = phone.review.add("Ebb", "out")
    school.sync(phone)
    now = clock.now()
    clock.set(now + timedelta(days=4000))
    phone.review.rate(card, GOOD)
    clock.set(now + timedelta(hours=1))
    school.sync(phone)
    assert phone.review.get(card).memory.last_at == clock.ms()
    clock.advance(timedelta(days=2))
    assert [each.id for each in phone.review.queue()] == [card]


def test_nobody_reviews_cards_of_others(school: School, clock: FakeClock) -> None:
    sam, kim = school.laptop(school.person("sam")), school.laptop(school.person("kim"))
    card = sam.review.add("Ebb", "out")
    school.sync(sam, kim)
    assert kim.review.cards() == (0, [])
    values = {"user_id": kim.account, "card_id": card, "rating": GOOD, "reviewed_at": clock.ms()}
    mine = {**values, "user_id": sam.account}
    other = {"user_id": sam.account, "origin": "own", "source_key": "k", "asks": "a", "answers": "b"}
    forge(
        kim,
        ops.create(e.CARD_REVIEW, kim.new_id(), values),
        ops.create(e.CARD_REVIEW, kim.new_id(), mine),
        ops.create(e.CARD, e.CARD.id_for(sam.account, "own", "k"), other),
        ops.change(e.CARD, card, "suspended", True),
        ops.create(e.CARD_SETTINGS, e.CARD_SETTINGS.id_for(sam.account), {"user_id": sam.account}),
    )
    school.sync(kim, sam)
    assert [code for _, code in refusals(kim)] == ["forbidden"] * 5
    assert (sam.review.get(card).memory.reps, sam.review.get(card).suspended) == (0, False)
    with pytest.raises(Denied), sam.work() as unit:
        unit.emit(ops.create(e.CARD_REVIEW, unit.new_id(), values))


def test_the_log_says_what_it_means(school: School, clock: FakeClock) -> None:
    sam = school.laptop(school.person("sam"))
    card = sam.review.add("Ebb", "out")
    facts = {"user_id": sam.account, "card_id": card, "reviewed_at": clock.ms()}
    bad = ({"rating": 0}, {"rating": 3, "undoes": "x"}, {"rating": 5}, {"rating": 3, "retention": 0.5})
    forge(sam, *(ops.create(e.CARD_REVIEW, sam.new_id(), facts | each) for each in bad))
    school.sync(sam)
    assert [code for _, code in refusals(sam)] == ["bad_value", "bad_value", "out_of_range", "out_of_range"]
    assert sam.review.get(card).memory == Memory()
