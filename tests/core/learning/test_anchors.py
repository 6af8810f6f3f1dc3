"""Highlights are found again in a text that changed, or they are said to be gone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lms_core.learning.anchors import Anchor, Found, Spot, around, find_all, read_spot, write_spot

TEXT = (
    "Waves\nA sample is a witness, and witnesses differ. Count the waves for a minute.\nWhat the wind does\n"
    "Wind makes waves; the longer it blows, the higher they are.\nA mean of twelve wanders less than a mean of three."
)


def mark(text: str, quote: str, nth: int = 0) -> Anchor:
    """A highlight as the reading page sets it."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(quote, at + 1)
    return Anchor(quote, *around(text, at, at + len(quote)), at)


def found(text: str, anchor: Anchor) -> str | None:
    """The words that a highlight lies on now."""
    (spot,) = find_all(text, [anchor])
    return spot and text[spot.start : spot.end]


def test_words_that_stayed_are_where_they_were() -> None:
    anchor = mark(TEXT, "the longer it blows")
    assert find_all(TEXT, [anchor]) == [Found(anchor.start or 0, (anchor.start or 0) + 19, "exact")]
    assert find_all("A new first paragraph.\n" + TEXT, [anchor])[0] == Found(
        (anchor.start or 0) + 23, (anchor.start or 0) + 42, "moved"
    )


def test_of_words_that_stand_often_the_context_chooses() -> None:
    verses = "\n".join(f"Verse {n}: the sea, the sea, and nothing else {n}." for n in range(400))
    for n in (0, 7, 399):
        start = verses.index(f"Verse {n}:")
        at = verses.index("the sea, and", start)
        anchor = Anchor("the sea", *around(verses, at, at + 7), at)
        changed = "Another beginning.\n" * 40 + verses
        (spot,) = find_all(changed, [anchor])
        assert spot is not None
        assert spot.start == at + 19 * 40
    bare = Anchor("the sea", start=verses.index("Verse 200"))
    (spot,) = find_all(verses, [bare])
    assert spot is not None
    assert abs(spot.start - (bare.start or 0)) < 50, "without a context the nearest"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Wind makes waves; the longer it blows, the higher", "Wind makes waves: the longer it blows the higher"),
        ("Wind makes waves; the longer it blows, the higher", "The wind makes waves; the longer it blew, the higher"),
        ("witnesses differ. Count the waves", "witnesses differ.\nCount the waves"),
        ("witnesses differ. Count the waves", "witnesses differ.\n\ufffc\nCount the waves"),
        ("A mean of twelve wanders less", "A mean of 12 wanders less"),
        ("Count the waves for a minute.", "Count all waves for one minute."),
    ],
)
def test_words_that_were_changed_a_little_are_found(old: str, new: str) -> None:
    anchor = mark(TEXT, old)
    assert found(TEXT.replace(old, new), anchor) == new or found(TEXT.replace(old, new), anchor) == new.removeprefix(
        "The "
    )


def test_a_quote_goes_across_paragraphs_and_embeds() -> None:
    anchor = mark(TEXT, "for a minute.\nWhat the wind does\nWind makes")
    changed = TEXT.replace("minute.\n", "minute.\n\ufffc\n \ufffc\n")
    assert found(changed, anchor) == "for a minute.\n\ufffc\n \ufffc\nWhat the wind does\nWind makes"


def test_words_that_are_gone_are_nowhere() -> None:
    for quote in ("Count the waves for a minute.", "the longer it blows", "Wind", "A sample is a witness"):
        anchor = mark(TEXT, quote)
        rest = TEXT.replace(quote, "").replace("Wind", "")
        assert found(rest, anchor) is None, quote
    assert find_all(TEXT, [Anchor(""), Anchor(" \n"), Anchor("\ufffc")]) == [None] * 3
    assert find_all("", [mark(TEXT, "Wind")]) == [None]


def test_other_sentences_are_not_taken_for_a_quote() -> None:
    gone = Anchor("Barnacles close their doors when the tide goes out.", "On the rocks. ", " Then they wait.", 40)
    assert found(TEXT, gone) is None
    assert found(TEXT.replace("minute", "minute. On the rocks."), gone) is None


words = st.text(st.sampled_from("abcdefghij éعربي海 \n\ufffc.,"), max_size=200)


@settings(max_examples=200, deadline=None)
@given(words, words, words, words, st.data())
def test_untouched_words_in_their_context_are_always_found(
    before: str, quote: str, after: str, new: str, data: st.DataObject
) -> None:
    quote = quote.strip(" \n\ufffc")
    assume(quote)
    old = before + quote + after
    anchor = Anchor(quote, *around(old, len(before), len(before) + len(quote)), len(before))
    cut = data.draw(st.integers(0, max(0, len(before) - 60)))
    text = before[:cut] + new + before[cut:] + quote + after
    (spot,) = find_all(text, [anchor])
    assert spot is not None
    assert "".join(text[spot.start : spot.end].split()).replace("\ufffc", "") == "".join(quote.split()).replace(
        "\ufffc", ""
    )
    if len(before) - cut >= 60 and old.count(quote) == 1 and quote not in new + before[cut:]:
        assert text[spot.start :].startswith(quote)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60), st.integers(-5, 10**9) | st.none())
def test_any_text_and_any_anchor_give_a_stretch_or_nothing(
    text: str, quote: str, before: str, start: int | None
) -> None:
    (spot,) = find_all(text, [Anchor(quote, before, quote, start)])
    assert spot is None or 0 <= spot.start < spot.end <= len(text)
    assert find_all(text, [Anchor(quote, before, quote, start)]) == [spot], "the same each time"


def test_places_are_kept_as_text_and_old_ones_still_read() -> None:
    for spot in (Spot(), Spot(start=3), Spot(at_s=83.5), Spot(page=4, quote="Foam", item="k")):
        assert read_spot(write_spot(spot)) == spot
    assert read_spot("312") == Spot(start=312)
    for odd in (None, "", "wind", "[]", "{", '{"page": "x"}', "1" * 40, "²"):
        assert read_spot(odd) == Spot()
    assert read_spot('{"at_s": 5, "later": 1}') == Spot(at_s=5)


@pytest.mark.parametrize("anchor", ['{"at_s":1e308}', '{"at_s":-5}', '{"page":0}', f'{{"page":{"9" * 30}}}'])
def test_a_place_that_cannot_be_is_none(anchor: str) -> None:
    """Others read the notes that somebody shares, so what one device wrote must not stop those of the others."""
    assert read_spot(anchor) == Spot()
